"""Lines of the feed that only a newer program knows: kept, shown, and applied after the upgrade."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.client import GatewayClient
from sync.contract.feed import UnknownChange, read_line
from sync.contract.models import Change, ChangeKind
from sync.sender import Sender
from tests.services.conftest import NOW, PROFILE, MakeWindow, Window, change_of
from workstation.domain.case import Case, CaseState, Move, Moved, Opened
from workstation.services import doctor
from workstation.services.enrolment import join
from workstation.services.ids import new_id
from workstation.services.overview import overview

pytest.importorskip("uvicorn")
from sync.gateway.database import Rows  # noqa: E402
from sync.gateway.office import Office  # noqa: E402 - needs the optional extra
from sync.gateway.serve import GatewayServer  # noqa: E402


def later(subject: str, cursor: int, **more: object) -> UnknownChange:
    """Return a line of a kind that no program knows yet."""
    known = change_of(ChangeKind.ACCEPTED, subject, cursor).model_dump(mode="json", exclude_defaults=True)
    text = json.dumps({**known, "kind": "hearing_announced", **more}, ensure_ascii=False)
    line = read_line(text.replace(", ", ",").replace(": ", ":"))
    assert isinstance(line, UnknownChange)
    return line


def unread_by_an_older_program(change: Change) -> UnknownChange:
    """Return a line as a program keeps it that does not know its kind yet."""
    return UnknownChange(
        cursor=change.cursor,
        change_id=change.change_id,
        at=change.at,
        kind=change.kind,
        subject=change.subject,
        document=change.model_dump_json(exclude_defaults=True),
    )


def test_an_unknown_line_is_kept_shown_and_does_not_stop_the_feed(window: Window) -> None:
    case, other = window.received(), window.received()
    assert window.store.inbox.keep(later(case.number, 5))
    assert not window.store.inbox.keep(later(case.number, 5))
    assert window.store.inbox.cursor() == 5
    assert window.tell(ChangeKind.ACCEPTED, other.number)
    assert window.store.case(other.case_id).state is CaseState.ACCEPTED
    known, unknown = overview(window.desk).messages
    assert not known.wants_a_person
    assert unknown.wants_a_person and not unknown.is_read and unknown.case_id == case.case_id
    assert unknown.words == "收到新版本才认识的消息「hearing_announced」, 请联系信息部门升级; 升级后自动记入"


def test_what_comes_behind_an_unknown_line_waits_for_it_and_says_so(window: Window) -> None:
    case = window.received()
    window.store.inbox.keep(later(case.number, 5))
    assert window.tell(ChangeKind.ACCEPTED, case.number)
    assert window.store.case(case.case_id) == case
    line = overview(window.desk).messages[0]
    assert line.words.startswith("香蜜湖街道已受理") and line.words.endswith("升级后自动记入办件)")
    assert window.store.inbox.catch_up() == 0
    assert window.store.case(case.case_id) == case


def test_a_mark_on_kept_copies_is_not_put_off(window: Window) -> None:
    case = window.received()
    window.store.inbox.keep(later(case.number, 5))
    window.tell(ChangeKind.ARCHIVED, case.number, procedure="revoked")
    with window.store.transaction() as tx:
        assert {copy.state.value for copy in tx.archived_of_case(case.number)} == {"REVOKED"}
    assert "升级" not in overview(window.desk).messages[0].words


def test_the_doctor_says_what_is_not_understood(window: Window) -> None:
    assert doctor.news(window.store).level is doctor.Level.GOOD
    window.store.inbox.keep(later("HF03-000001", 5))
    window.tell(ChangeKind.ACCEPTED, "HF03-000001")
    finding = doctor.news(window.store)
    assert finding.level is doctor.Level.BAD
    assert finding.what == "2 条后台消息等新版本: hearing_announced"


def test_the_upgraded_program_applies_what_was_kept_when_it_starts(
    window: Window, make_window: MakeWindow
) -> None:
    case = window.received()
    accepted, decided = (
        change_of(kind, case.number, cursor)
        for kind, cursor in ((ChangeKind.ACCEPTED, 5), (ChangeKind.DECIDED, 6))
    )
    window.store.inbox.keep(unread_by_an_older_program(accepted))
    window.store.inbox.mark_read(accepted.change_id)
    window.store.inbox.apply(decided)
    assert window.store.case(case.case_id).state is CaseState.RECEIVED
    make_window()
    assert window.store.case(case.case_id).state is CaseState.DECIDED
    assert (window.store.inbox.kept(), window.store.inbox.unread()) == (0, 2)
    make_window()
    assert window.store.case(case.case_id).length == case.length + 2


KINDS = st.sampled_from(
    [
        ChangeKind.IN_REVIEW,
        ChangeKind.DECIDED,
        ChangeKind.DELIVERED,
        ChangeKind.SPECIAL_STARTED,
        ChangeKind.SPECIAL_ENDED,
        ChangeKind.EXTENDED,
        ChangeKind.RESULT,
    ]
)
LINES = st.lists(st.tuples(st.integers(0, 1), KINDS, st.booleans()), min_size=4, max_size=10)


def opened(window: Window) -> Case:
    case_id = new_id(NOW)
    start = Opened(
        number=f"W03-{case_id}",
        item_code="1",
        pack_version="1",
        window="03",
        receiving_street="HF",
        practice=False,
        ticket="",
    )
    with window.store.transaction() as tx:
        moves = (Moved(move=Move.RECEIVE), Moved(move=Move.ACCEPT))
        return tx.record(case_id, start, *moves, actor="clerk", at=NOW)


def what_became_of(window: Window, cases: list[Case]) -> list[tuple[object, ...]]:
    return [
        (entry.payload, entry.at, entry.why, entry.actor)
        for case in cases
        for entry in window.store.log(case.case_id)[3:]
    ]


def test_an_upgraded_window_stands_where_one_that_knew_all_stands(window: Window) -> None:
    @settings(max_examples=20, deadline=None)
    @given(LINES, st.integers(2, 10))
    def check(lines: list[tuple[int, ChangeKind, bool]], upgraded_after: int) -> None:
        old, new = told(window, lines, upgraded_after)
        assert what_became_of(window, old) == what_became_of(window, new)

    check()


def told(
    window: Window, lines: list[tuple[int, ChangeKind, bool]], upgraded_after: int
) -> tuple[list[Case], list[Case]]:
    """Tell two pairs of cases the same: one of a window that learns to read some lines only on the way."""
    inbox, base = window.store.inbox, window.store.inbox.cursor()
    old, new = ([opened(window) for _number in (0, 1)] for _who in ("old", "new"))
    for step, (number, kind, is_known) in enumerate(lines):
        before, after = (
            line_of(kind, case.number, base + 2 * step + offset, step)
            for offset, case in ((1, old[number]), (2, new[number]))
        )
        is_kept = step < upgraded_after and not is_known
        assert inbox.keep(unread_by_an_older_program(before)) if is_kept else inbox.apply(before)
        assert inbox.apply(after)
        if step + 1 == upgraded_after:
            inbox.catch_up()
    inbox.catch_up()
    assert inbox.catch_up() == 0 == inbox.kept()
    return old, new


def line_of(kind: ChangeKind, subject: str, cursor: int, step: int) -> Change:
    return change_of(
        kind,
        subject,
        cursor,
        at=NOW + timedelta(minutes=step),
        procedure="听证",
        workdays=step,
        due=date(2026, 12, 20),
        reason=str(step),
    )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office.open(tmp_path / "office", streets={"HF": "华富街道"}, practice=False)
    yield office
    office.close()


def test_a_newer_back_office_speaks_to_this_window(window: Window, office: Office) -> None:
    server = GatewayServer(office)
    try:
        url = server.start()
        member = join(
            window.store,
            url,
            code=office.new_code("HF"),
            window_name="综合窗口 03",
            street="HF",
            practice=PROFILE.practice,
        )
        line = later("HF03-000001", 5, hall="三号听证室")
        known = change_of(ChangeKind.CATALOGUE, "pack", 6, version="2026.2")
        statement = "INSERT INTO feed (window_id, position, subject, kind, change) VALUES (?, ?, ?, ?, ?)"
        window_id = member.identity.window_id

        def told(there: Rows) -> None:
            there.execute(statement, (window_id, 5, line.subject, line.kind, line.document))
            there.execute(statement, (window_id, 6, "pack", "catalogue", known.model_dump_json()))

        office.database.write(told)
        with GatewayClient(url, member.identity) as client:
            sender = Sender(
                window.store.outbox,
                window.store.inbox,
                client,
                clock=lambda: datetime.now(UTC),
                random=Random(1),
            )
            assert sender.poll_changes() == 2
            assert sender.poll_changes() == 0
    finally:
        server.stop()
    assert window.store.inbox.unknown() == (line,)
    assert window.store.inbox.cursor() == 6
