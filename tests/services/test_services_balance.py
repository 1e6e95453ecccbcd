"""The end of the day: received = delivered + queued + returned, and every original is somewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.contract.models import ChangeKind
from tests.services.conftest import DEFECT, NOW, MakeWindow, Window, change_of
from tests.services.receipts import deliver
from workstation.domain.case import CaseState, Custody, Defect, Move, Moved
from workstation.services.balance import Balance, day_balance
from workstation.store.database import Group

DAY = NOW.date()


def sql(window: Window, statement: str, *values: str) -> None:
    """Do to the database what no use case would."""
    with window.store.transaction() as tx:
        tx._session.connection().exec_driver_sql(statement, values)


def test_a_day_without_cases_balances(window: Window) -> None:
    balance = window.desk.balance()
    assert balance == Balance(
        day=DAY,
        received=0,
        delivered=0,
        queued=0,
        returned=0,
        originals_seen=0,
        originals_returned=0,
        originals_held=0,
        originals_bagged=0,
    )
    assert balance.balances


def test_drafts_count_for_nothing(window: Window) -> None:
    window.ready()
    assert window.desk.balance().received == window.desk.balance().originals_seen == 0


def test_each_case_and_original_is_counted_where_it_is(window: Window) -> None:
    first, second, third = window.received(), window.received(), window.received()
    deliver(window, first.bundles[0].bundle_id)
    window.desk.courier.pack(window.desk.courier.waiting()[0])
    third = window.desk.decisions.withdraw(third.case_id, why="撤回")
    deliver(window, third.bundles[0].bundle_id)
    deliver(window, third.bundles[1].bundle_id)
    balance = window.desk.balance()
    assert (balance.received, balance.delivered, balance.queued, balance.returned) == (3, 1, 1, 1)
    assert balance.originals_seen == 9
    assert balance.originals_bagged == 1
    assert balance.originals_returned + balance.originals_held == 8
    assert balance.balances
    assert second.state is CaseState.RECEIVED


def test_a_withdrawal_that_is_not_delivered_yet_counts_as_queued(window: Window) -> None:
    case = window.received()
    deliver(window, case.bundles[0].bundle_id)
    window.desk.decisions.withdraw(case.case_id, why="撤回")
    balance = window.desk.balance()
    assert (balance.queued, balance.returned) == (1, 0) and balance.balances


def test_yesterday_is_balanced_apart_from_today(window: Window) -> None:
    window.received()
    window.clock.forward(days=1)
    window.received()
    window.received()
    assert day_balance(window.store, DAY).received == 1
    assert day_balance(window.store, DAY + timedelta(days=1)).received == 2
    assert day_balance(window.store, DAY + timedelta(days=2)).received == 0


def test_a_case_received_again_counts_on_both_days(window: Window) -> None:
    case = window.received()
    window.tell_correction(case)
    window.clock.forward(days=3)
    window.desk.decisions.receive(case.case_id)
    for day in (DAY, DAY + timedelta(days=3)):
        balance = day_balance(window.store, day)
        assert balance.received == 1 and balance.balances
    assert day_balance(window.store, DAY + timedelta(days=1)).received == 0


def test_more_cases_than_a_list_shows_are_all_counted(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    summaries = window.store.summaries

    def watched(**arguments: int) -> object:
        asked.append(arguments["limit"])
        return summaries(limit=arguments["limit"])

    monkeypatch.setattr(window.store, "summaries", watched)
    window.desk.balance()
    assert asked == [1_000_000]


def lost_line(window: Window, bundle_id: str) -> None:
    sql(window, "DELETE FROM attempts WHERE bundle_id = ?", bundle_id)
    sql(window, "DELETE FROM bundle_documents WHERE bundle_id = ?", bundle_id)
    sql(window, "DELETE FROM bundles WHERE bundle_id = ?", bundle_id)


def lost_receipt(window: Window, bundle_id: str) -> None:
    deliver(window, bundle_id)
    sql(window, "UPDATE bundle_documents SET receipt = NULL WHERE bundle_id = ?", bundle_id)


@pytest.mark.parametrize("fault", [lost_line, lost_receipt])
def test_a_case_that_vanished_from_the_queue_makes_the_day_not_balance(
    window: Window, fault: Callable[[Window, str], None]
) -> None:
    window.received()
    case = window.received()
    fault(window, case.bundles[0].bundle_id)
    balance = window.desk.balance()
    assert not balance.cases_balance and not balance.balances
    assert balance.paper_balances
    assert balance.received == 2 and balance.delivered + balance.queued == 1


def test_an_original_that_vanished_from_its_bag_makes_the_day_not_balance(window: Window) -> None:
    window.received()
    bag = window.desk.courier.pack(window.desk.courier.waiting()[0])
    with window.store.transaction() as tx:
        tx.put_bag(dataclasses.replace(bag, lines=()))
    balance = window.desk.balance()
    assert balance.cases_balance and not balance.paper_balances and not balance.balances


def test_an_original_listed_in_a_bag_it_never_went_into_makes_the_day_not_balance(window: Window) -> None:
    case = window.received()
    bag = window.desk.courier.pack(window.desk.courier.waiting()[0])
    forged = dataclasses.replace(bag.lines[0], slot="id-card")
    with window.store.transaction() as tx:
        tx.put_bag(bag.with_line(forged))
    assert case.slot("id-card").custody is Custody.RETURNED
    assert not window.desk.balance().paper_balances


class Day:
    """A clerk's day as a row of small acts, each done where it is possible and passed over where not."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.cursor = 0

    def receive(self, pick: int) -> None:
        self.window.received()

    def correct_at_the_window(self, pick: int) -> None:
        defect = Defect(material_id="-", material="其他", problem="缺", needed="补", basis="")
        case = self.window.named(self.window.open())
        self.window.desk.decisions.correct(case.case_id, (defect,))

    def deliver(self, pick: int) -> None:
        lines = self.window.desk.queue.page(Group.WAITING)
        if lines:
            deliver(self.window, lines[pick % len(lines)].line.bundle_id)

    def tell(self, pick: int) -> None:
        cases = self.window.store.summaries()
        if cases:
            self.cursor += 1
            kind = (ChangeKind.ACCEPTED, ChangeKind.CORRECTION, ChangeKind.REFUSED)[pick % 3]
            number = cases[pick % len(cases)].number
            change = change_of(kind, number, self.cursor, reason="理由", defects=(DEFECT,))
            self.window.store.inbox.apply(change)

    def withdraw(self, pick: int) -> None:
        states = (CaseState.RECEIVED, CaseState.CORRECTION, CaseState.ACCEPTED)
        cases = self.window.store.summaries(states=states)
        if cases:
            self.window.desk.decisions.withdraw(cases[pick % len(cases)].case_id, why="撤回")

    def pack(self, pick: int) -> None:
        held = self.window.desk.courier.waiting()
        if held:
            self.window.desk.courier.pack(held[pick % len(held)])

    def close_bag(self, pick: int) -> None:
        bags = [bag for bag in self.window.desk.courier.bags() if bag.is_open]
        if bags:
            self.window.desk.courier.close(bags[0].number, seal_number="F")

    def clock_set_back(self, pick: int) -> None:
        self.window.clock.forward(minutes=-(pick % 30))


ACTS = tuple(name for name in vars(Day) if not name.startswith("_"))
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 20)), min_size=1, max_size=10)


@given(steps=STEPS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_clerk_does_the_day_balances(
    make_window: MakeWindow, steps: list[tuple[str, int]]
) -> None:
    window = make_window()
    before = window.desk.balance()
    day = Day(window)
    day.cursor = window.store.inbox.cursor()
    for name, pick in steps:
        getattr(day, name)(pick)
        balance = window.desk.balance()
        assert balance.balances, (name, balance)
    assert balance.received >= before.received


def test_a_received_case_without_any_bundle_is_unaccounted_for(window: Window) -> None:
    case = window.ready()
    with window.store.transaction() as tx:
        received = Moved(move=Move.RECEIVE, number=case.number)
        tx.record(case.case_id, received, actor="x", at=window.clock())
    assert not window.desk.balance().cases_balance
