"""The home screen's facts, gathered in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workstation.domain.case import CaseState, Flag, Outcome
from workstation.domain.clock import local_date, start_of_day
from workstation.domain.courier import Bag
from workstation.domain.lamps import LampColour
from workstation.domain.tickets import TicketState
from workstation.i18n import _
from workstation.services.balance import EVERY_CASE, Balance
from workstation.services.case_board import SHOWN
from workstation.services.desk import Desk
from workstation.services.item_changes import CONCERNED, ItemChange
from workstation.services.lamps import Lamp, LampBoard, totals_words
from workstation.services.messages import MessageLine, message_of
from workstation.services.pack_updates import Trouble
from workstation.services.queue import QueueLine
from workstation.store.database import CaseSummary, Group

SHOWN_MOST, QUEUE_SHOWN, MESSAGES_SHOWN = 100, 50, 20
"""Lines the home screen shows; the most urgent come first."""
DECIDED = frozenset({CaseState.DECIDED, CaseState.DELIVERED})
WANTED = (LampColour.RED, LampColour.YELLOW, LampColour.GREY)
"""Lamps that want a person, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case on the home screen."""

    case_id: str
    number: str
    title: str
    applicant: str
    state: CaseState
    on_hold: bool
    is_deemed_accepted: bool = False
    """Silence has accepted it (行政许可法 art. 32(4))."""
    lamps: tuple[Lamp, ...] = ()
    """Every clock that runs for it, the most urgent first."""
    outcome: Outcome | None = None
    """How it was decided; None: not yet, or nobody said."""
    change: ItemChange | None = None
    """What a newer pack changed in its item before the back office took it."""

    @property
    def lamp(self) -> Lamp | None:
        """The most urgent of its clocks; None when none runs."""
        return self.lamps[0] if self.lamps else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that home shows."""

    balance: Balance
    cases: tuple[CaseLine, ...]
    """Red and yellow lamps first, then what the clerk works on, then what can wait; the first of all."""
    cases_in_hand: int
    lamps: str
    """How many cases want a person, e.g. `红 1 · 黄 2`; empty when none does."""
    waiting_numbers: int
    """Queue numbers that wait to be called."""
    drafts: int
    queue: tuple[QueueLine, ...]
    """The first undelivered lines."""
    waiting: int
    """All undelivered lines."""
    messages: tuple[MessageLine, ...]
    bags: tuple[Bag, ...]
    originals_waiting: int
    median_s: float | None
    """Median seconds of work on a case received today, from call to receipt; None before the first."""
    reused: int
    scanned: int
    """Slots of today's received cases filled by reuse and by scanning."""
    pack_trouble: Trouble | None
    """Why an announced pack is not used; None when all is well."""


def overview(desk: Desk) -> Overview:
    """Gather today's facts."""
    today = local_date(desk.clock())
    cases = _case_lines(desk, desk.board.lines(SHOWN_MOST), today)
    totals = desk.board.totals()
    changed = desk.store.summaries(changed_from=start_of_day(today), limit=EVERY_CASE)
    figures = desk.figures.of(summary for summary in changed if _is_received_on(summary, today))
    return Overview(
        balance=desk.balance(),
        cases=cases,
        cases_in_hand=sum(totals.states.get(state, 0) for state in SHOWN),
        lamps=totals_words(totals.lamps),
        waiting_numbers=sum(t.state is TicketState.WAITING for t in desk.store.tickets(today)),
        drafts=totals.states.get(CaseState.DRAFT, 0),
        queue=desk.privacy.masked(desk.queue.page(Group.WAITING, count=QUEUE_SHOWN)),
        waiting=desk.queue.waiting_count(),
        messages=tuple(message_of(desk, applied) for applied in desk.store.inbox.recent(MESSAGES_SHOWN)),
        bags=desk.courier.bags(),
        originals_waiting=totals.held,
        median_s=figures.median_s,
        reused=figures.reused,
        scanned=figures.scanned,
        pack_trouble=desk.packs.trouble(),
    )


def _is_received_on(summary: CaseSummary, day: date) -> bool:
    return summary.received_at is not None and local_date(summary.received_at) == day


def _case_lines(desk: Desk, summaries: Sequence[CaseSummary], today: date) -> tuple[CaseLine, ...]:
    """Return the lines by urgency; those of equal rank keep their order, the one changed last first."""
    board = LampBoard(desk.catalogue, desk.calendar, today)
    hidden, names = desk.privacy.hidden(summaries), desk.privacy.names(summaries)
    lines = [
        _case_line(desk, case, board, _("他人在办") if case.case_id in hidden else names[case.number])
        for case in summaries
    ]
    return tuple(sorted(lines, key=_rank))


def _rank(line: CaseLine) -> tuple[int, int]:
    """Red and yellow before the drafts on the desk, the rest after them, fewest days first."""
    if line.lamp is None:
        return len(WANTED), 0
    clock = line.lamp.clock
    place = WANTED.index(clock.lamp) if clock.lamp in WANTED else len(WANTED) + 1
    return place, clock.days_left or 0


def _case_line(desk: Desk, case: CaseSummary, board: LampBoard, applicant: str) -> CaseLine:
    return CaseLine(
        case_id=case.case_id,
        number=case.number,
        title=desk.catalogue.title_of(case.item_code),
        applicant=applicant,
        state=case.state,
        on_hold=Flag.ON_HOLD in case.flags,
        is_deemed_accepted=Flag.DEEMED_ACCEPTED in case.flags,
        lamps=board.of_line(case),
        outcome=case.course.outcome if case.state in DECIDED else None,
        change=_change(desk, case),
    )


def _change(desk: Desk, case: CaseSummary) -> ItemChange | None:
    """Compare with the current pack; with one pack only nothing can have changed."""
    if case.state not in CONCERNED or len(desk.catalogue.packs) == 1:
        return None
    return desk.changes.of(desk.store.case(case.case_id))
