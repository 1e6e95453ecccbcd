"""The home screen's facts, gathered in one go."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from sync.contract.models import Change, ChangeKind
from workstation.domain.case import Case, CaseState, Flag
from workstation.domain.clock import local_date
from workstation.domain.courier import Bag
from workstation.i18n import N_, _
from workstation.services.balance import Balance
from workstation.services.desk import Desk
from workstation.services.queue import QueueLine

CHANGE_WORDS = {
    ChangeKind.ACCEPTED: N_("{who}已受理, 受理通知书可打印"),
    ChangeKind.CORRECTION: N_("{who}要求补正: {reason}"),
    ChangeKind.REFUSED: N_("{who}不予受理: {reason}"),
    ChangeKind.IN_REVIEW: N_("{who}审查中"),
    ChangeKind.DECIDED: N_("{who}已办结"),
    ChangeKind.DELIVERED: N_("结果已送达"),
    ChangeKind.WAYBILL: N_("{who}已逐件清点邮袋"),
    ChangeKind.ARCHIVED: N_("{who}已归档"),
}
WANTS_A_PERSON = frozenset({ChangeKind.CORRECTION, ChangeKind.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case on the home screen."""

    case_id: str
    number: str
    title: str
    applicant: str
    state: CaseState
    on_hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """What the back office said."""

    change: Change
    case_id: str
    title: str
    applicant: str
    words: str
    wants_a_person: bool
    is_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that home shows."""

    balance: Balance
    cases: tuple[CaseLine, ...]
    drafts: int
    queue: tuple[QueueLine, ...]
    """Undelivered lines only."""
    messages: tuple[MessageLine, ...]
    bags: tuple[Bag, ...]
    originals_waiting: int
    median_s: float | None
    """Median seconds from opening to receipt today; None before the first receipt."""
    reused: int
    scanned: int
    """Slots of today's received cases filled by reuse and by scanning."""


def overview(desk: Desk) -> Overview:
    """Gather today's facts."""
    today = local_date(desk.clock())
    summaries = desk.store.summaries(limit=200)
    cases = [desk.store.case(s.case_id) for s in summaries]
    received = [c for c in cases if c.received_at is not None and local_date(c.received_at) == today]
    durations = [(c.received_at - c.opened_at).total_seconds() for c in received if c.received_at is not None]
    slots = [slot for case in received for slot in case.slots.values()]
    return Overview(
        balance=desk.balance(),
        cases=tuple(_case_line(desk, c) for c in cases if _is_shown(c)),
        drafts=sum(c.state is CaseState.DRAFT for c in cases),
        queue=tuple(line for line in desk.queue.lines() if line.line.delivered_at is None),
        messages=tuple(
            _message(desk, applied.change, applied.is_read) for applied in desk.store.inbox.recent(20)
        ),
        bags=desk.courier.bags(),
        originals_waiting=len(desk.courier.waiting()),
        median_s=median(durations) if durations else None,
        reused=sum(slot.reuse is not None for slot in slots),
        scanned=sum(bool(slot.pages) for slot in slots),
    )


def _is_shown(case: Case) -> bool:
    return case.state not in (CaseState.DELIVERED, CaseState.WITHDRAWN)


def _case_line(desk: Desk, case: Case) -> CaseLine:
    return CaseLine(
        case_id=case.case_id,
        number=case.number,
        title=desk.catalogue.item_of(case).title,
        applicant=case.applicant.name if case.applicant else "",
        state=case.state,
        on_hold=Flag.ON_HOLD in case.flags,
    )


def _message(desk: Desk, change: Change, is_read: bool) -> MessageLine:
    case = desk.store.case_by_number(change.subject)
    words = _(CHANGE_WORDS[change.kind]).format(who=change.actor, reason=change.reason)
    return MessageLine(
        change=change,
        case_id=case.case_id if case else "",
        title=desk.catalogue.item_of(case).title if case else _("邮袋 {bag}").format(bag=change.subject),
        applicant=case.applicant.name if case and case.applicant else "",
        words=words,
        wants_a_person=change.kind in WANTS_A_PERSON,
        is_read=is_read,
    )
