"""The cases by urgency: nothing on the desk is crowded out, and what changed is reckoned anew."""

from __future__ import annotations

from dataclasses import replace

from tests.services.conftest import RELIEF, Window
from workstation.domain.case import CaseState
from workstation.domain.lamps import LampColour
from workstation.store.database import Group


def test_the_case_that_ends_first_comes_first_and_drafts_are_never_crowded_out(window: Window) -> None:
    draft = window.open()
    first = window.received()
    window.clock.forward(days=3)
    second = window.received(RELIEF)
    window.clock.forward(days=4)
    board = window.desk.board
    assert [line.number for line in board.lines(9)] == [first.number, second.number, draft.number]
    assert [line.number for line in board.lines(2)] == [first.number, draft.number]
    totals = board.totals()
    assert totals.states == {CaseState.DRAFT: 1, CaseState.RECEIVED: 2}
    assert totals.lamps[LampColour.RED] == 2 and totals.held == len(window.desk.courier.waiting()) == 2


def test_another_calendar_reckons_every_case_anew(window: Window) -> None:
    case = window.received()
    board = window.desk.board
    assert board.totals().lamps[LampColour.GREY] == 0
    unknowing = replace(board.calendar, years=frozenset())
    other = replace(board, calendar=unknowing)
    assert [line.number for line in other.lines(5)] == [case.number]
    assert other.totals().lamps[LampColour.RED] == 0
    assert board.totals().lamps == board.totals().lamps


def test_the_queue_is_read_page_by_page_without_a_gap(window: Window) -> None:
    cases = [window.received() for _ in range(5)]
    sent = cases[0].bundles[-1].bundle_id
    queue, outbox = window.desk.queue, window.store.outbox
    outbox.hold(cases[1].bundles[-1].bundle_id, "等主管", window.clock.now)
    every = [line.line.bundle_id for line in queue.every(Group.EVERY)]
    assert len(set(every)) == 5
    for count in (1, 2, 3):
        pages = [queue.page(Group.EVERY, start, count) for start in range(0, 5, count)]
        assert [line.line.bundle_id for page in pages for line in page] == every
    assert queue.page(Group.EVERY, 5) == () and queue.page(Group.STUCK) == ()
    standing = queue.standing()
    assert (standing.waiting, standing.stuck, standing.delivered) == (5, 0, 0)
    assert [line.subject for line in outbox.named(sent[:12], least_prefix=8)] != []
    assert [line.bundle_id for line in outbox.named(cases[0].number, least_prefix=8)] == [sent]
    assert outbox.named(sent[:5], least_prefix=8) == ()
