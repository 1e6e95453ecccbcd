"""The home screen's facts, the catalogue behind them, and what a screen shows of one case."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import (
    DEFECT,
    ELDER_CARD,
    NOW,
    ZHAO,
    MakeWindow,
    Window,
    change_of,
)
from workstation.domain.case import CaseState, Move
from workstation.domain.items import Pack
from workstation.services.catalogue import Catalogue
from workstation.services.errors import PackMissing
from workstation.services.messages import CHANGE_WORDS
from workstation.services.overview import overview
from workstation.services.view import STATE_WORDS, TODO_WORDS, missing_words


def test_an_empty_morning(window: Window) -> None:
    seen = overview(window.desk)
    assert (seen.cases, seen.queue, seen.messages, seen.bags) == ((), (), (), ())
    assert seen.median_s is None and seen.drafts == 0


def test_the_day_at_a_glance(window: Window) -> None:
    draft = window.open()
    window.desk.intake.hold(draft.case_id, why="等候")
    window.clock.forward(minutes=1)
    case = window.ready()
    window.clock.forward(seconds=200)
    window.desk.decisions.receive(case.case_id)
    seen = overview(window.desk)
    assert {(line.number, line.state, line.on_hold) for line in seen.cases} == {
        (draft.number, CaseState.DRAFT, True),
        (case.number, CaseState.RECEIVED, False),
    }
    assert (seen.drafts, seen.originals_waiting, seen.median_s) == (1, 1, 200.0)
    assert (seen.scanned, seen.reused) == (3, 0)
    assert [line.title for line in seen.queue] == [case.number]
    assert {line.title for line in seen.cases} == {ELDER_CARD}
    assert ZHAO.name in {line.applicant for line in seen.cases}


def test_a_clock_set_back_between_opening_and_receipt_gives_no_negative_duration(window: Window) -> None:
    case = window.ready()
    window.clock.forward(minutes=-30)
    window.desk.decisions.receive(case.case_id)
    assert overview(window.desk).median_s is None


def test_yesterdays_cases_are_shown_and_not_counted_for_today(window: Window) -> None:
    window.received()
    window.clock.forward(days=3)
    seen = overview(window.desk)
    assert len(seen.cases) == 1 and seen.balance.received == seen.scanned == 0


def test_a_case_that_is_over_leaves_the_screen(window: Window) -> None:
    window.desk.intake.discard(window.open().case_id, why="走错窗口")
    delivered = window.received()
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED, ChangeKind.DELIVERED):
        window.tell(kind, delivered.number)
    assert overview(window.desk).cases == ()


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_news_is_a_sentence(window: Window, kind: ChangeKind) -> None:
    case = window.received()
    window.tell(kind, case.number, reason="缺页", defects=(DEFECT,))
    (message,) = overview(window.desk).messages
    assert message.words and "{" not in message.words
    assert (message.case_id, message.title, message.applicant) == (case.case_id, ELDER_CARD, ZHAO.name)
    assert message.wants_a_person is (kind in (ChangeKind.CORRECTION, ChangeKind.REFUSED))
    assert not message.is_read


def test_news_about_a_bag_names_the_bag(window: Window) -> None:
    window.tell(ChangeKind.WAYBILL, "W03-XMH-0001")
    (message,) = overview(window.desk).messages
    assert (message.title, message.case_id) == ("邮袋 W03-XMH-0001", "")


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (ChangeKind.CATALOGUE, "事项目录"),
        (ChangeKind.CERTIFICATE_REVOKED, "电子证照"),
        (ChangeKind.REFUSED, "W99-20261120-001"),
    ],
)
def test_news_about_no_case_of_this_window_is_not_called_a_bag(
    window: Window, kind: ChangeKind, title: str
) -> None:
    window.tell(kind, "W99-20261120-001")
    (message,) = overview(window.desk).messages
    assert (message.title, message.case_id) == (title, "")


def test_words_from_the_back_office_are_never_taken_for_a_pattern(window: Window) -> None:
    case = window.received()
    change = change_of(ChangeKind.REFUSED, case.number, 1, reason="{who} {0} {x.y}")
    window.store.inbox.apply(change)
    assert overview(window.desk).messages[0].words.endswith("{who} {0} {x.y}")


def test_every_state_kind_and_todo_has_a_word() -> None:
    assert set(STATE_WORDS) == set(CaseState)
    assert set(CHANGE_WORDS) == set(ChangeKind)
    assert all(TODO_WORDS[todo] for todo in TODO_WORDS if todo)


def test_a_case_keeps_the_item_it_was_taken_under(make_window: MakeWindow, pack: Pack) -> None:
    items = tuple(dataclasses.replace(item, title=f"{item.title} (新)") for item in pack.items)
    case = make_window().open()
    newer = dataclasses.replace(pack, version="2027.01", items=items)
    window = make_window(packs=(newer, pack))
    assert window.desk.view(case.case_id).item.title == ELDER_CARD
    assert window.open(f"{ELDER_CARD} (新)").pack_version == "2027.01"


@pytest.mark.parametrize(
    "change",
    [
        lambda pack: dataclasses.replace(pack, version="2027.01"),
        lambda pack: dataclasses.replace(pack, items=()),
    ],
    ids=["other version", "same name, other content"],
)
def test_a_case_whose_pack_is_gone_says_so_and_home_still_opens(
    make_window: MakeWindow, pack: Pack, change: Callable[[Pack], Pack]
) -> None:
    case = make_window().open()
    window = make_window(packs=(change(pack),))
    with pytest.raises(PackMissing):
        window.desk.view(case.case_id)
    assert [line.number for line in overview(window.desk).cases] == [case.number]


def test_the_catalogue_finds_by_initials_and_names_what_it_knows(pack: Pack) -> None:
    catalogue = Catalogue((pack,))
    assert catalogue.search("jlyd")[0].item.title == ELDER_CARD
    assert (catalogue.street_name("XMH"), catalogue.street_name("??")) == ("香蜜湖街道", "??")
    assert catalogue.title_of("000000000000") == "000000000000"


def test_a_view_shows_what_the_screen_needs_and_the_moves_the_table_allows(window: Window) -> None:
    view = window.desk.view(window.received().case_id)
    assert view.moves == {Move.ACCEPT, Move.CORRECT, Move.REFUSE, Move.WITHDRAW}
    assert (view.home_street_name, view.offers) == ("香蜜湖街道", {})
    assert view.line("id-card") is not None and view.line("nothing") is None
    assert missing_words(view.readiness) == ()


def test_the_services_need_no_screen() -> None:
    load = "import sys, workstation.services.desk, workstation.services.link"
    check = f"{load}; assert 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=300)


def test_the_clock_of_the_screen_is_the_clock_of_the_case(window: Window) -> None:
    assert window.open().opened_at == NOW
