"""Cases in the database: the action log is the truth, the row of a case is what lists show of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import bindparam, func, or_
from sqlalchemy import case as choose
from sqlmodel import Session, col, select

from workstation.domain.case import (
    MOVES,
    Case,
    CaseState,
    Custody,
    Entry,
    Flag,
    PageAdded,
    PageRemoved,
    PagesArranged,
    Payload,
    ReuseWithdrawn,
    Sealed,
    SlotReused,
)
from workstation.domain.errors import IllegalMove
from workstation.domain.folding import apply
from workstation.domain.lamps import course_of
from workstation.store import codec
from workstation.store.counters import grow
from workstation.store.errors import StoreDamaged, UnknownRecord
from workstation.store.page_uses import Holder, case_pages, set_uses
from workstation.store.rows import CaseRow, EntryRow
from workstation.store.writing import Values, add, put, table_of

TICK = "tick"
_MARKED, _BAGGED = "original", "bagged"
"""Kinds of the entries that say where an original is."""
_LINES = table_of(EntryRow)
_LOG = (
    _LINES.select()
    .where(_LINES.c.case_id == bindparam("case_id"), _LINES.c.seq > bindparam("after"))
    .order_by(_LINES.c.seq)
)
_TOUCHES_PAGES = (PageAdded, PageRemoved, PagesArranged, Sealed, SlotReused, ReuseWithdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """One line of a case list."""

    case_id: str
    number: str
    item_code: str
    applicant_name: str
    """Empty until the applicant is known; mask it where it is not needed."""
    state: CaseState
    flags: frozenset[Flag]
    opened_at: datetime
    changed_at: datetime
    home_street: str
    received_at: datetime | None
    tick: int
    """Of its last change, by the store's own count."""
    course_text: str
    """JSON of `course`, read only where clocks are shown."""

    @property
    def course(self) -> Case:
        """The case with only what its clocks need (`lamps.course_of`).

        Raises:
            StoreDamaged: it cannot be read.
        """
        return codec.course_from(self.course_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who did it, when by the window's clock, and why."""

    actor: str
    at: datetime
    why: str = ""


def record(session: Session, base: Case | None, case_id: str, payloads: Sequence[Payload], act: Act) -> Case:
    """Append to a case's log and return the case as it is then; see `Tx.record`.

    Args:
        session: an open write transaction.
        base: the case as it is before; None makes a new one.
        case_id: its id.
        payloads: at least one.
        act: who, when, why.
    """
    first_tick = grow(session, TICK, by=len(payloads)) - len(payloads) + 1
    length = 0 if base is None else base.length
    entries = [
        _entry(case_id, length + offset, first_tick + offset - 1, payload, act)
        for offset, payload in enumerate(payloads, start=1)
    ]
    # Folded before anything is written: a forbidden move leaves no line behind, even if the caller goes on.
    case = reduce(apply, entries[1:], apply(base, entries[0]))
    # The lines refer to the case's row, which must stand first.
    put(session, CaseRow, _case_row(case, entries[-1].tick))
    add(session, EntryRow, *(_entry_row(entry) for entry in entries))
    if any(isinstance(payload, _TOUCHES_PAGES) for payload in payloads):
        set_uses(session, Holder.CASE, case_id, case_pages(case))
    return case


def load(session: Session, case_id: str, base: Case | None = None) -> Case:
    """Fold the case from its log, or from `base` (an earlier fold) and what was added since.

    Raises:
        UnknownRecord: there is no such case.
        StoreDamaged: the log cannot be folded.
    """
    entries = _entries(session, case_id, after=0 if base is None else base.length)
    try:
        case = reduce(apply, entries, base)
    except ValueError as error:
        raise StoreDamaged(what="log", reason=str(error)) from error
    if case is None:
        raise UnknownRecord(kind="case", name=case_id)
    return case


def log(session: Session, case_id: str) -> tuple[Entry, ...]:
    """Return the case's log in order.

    Raises:
        UnknownRecord: there is no such case.
    """
    entries = _entries(session, case_id, after=0)
    if not entries:
        raise UnknownRecord(kind="case", name=case_id)
    return entries


def id_of_number(session: Session, number: str) -> str | None:
    """Return the id of the case with this number."""
    return session.exec(select(CaseRow.case_id).where(CaseRow.number == number)).first()


def summaries(
    session: Session,
    *,
    states: Iterable[CaseState] | None,
    opened_on: date | None,
    changed_from: datetime | None,
    limit: int,
) -> tuple[CaseSummary, ...]:
    """Return case lines, the one changed last first."""
    # Sorted by what is searched for, or the engine would walk through all cases in the other order.
    order = col(CaseRow.last_tick) if changed_from is None else col(CaseRow.changed_at)
    query = select(CaseRow).order_by(order.desc()).limit(limit)
    if states is not None:
        query = query.where(col(CaseRow.state).in_([state.value for state in states]))
    if opened_on is not None:
        query = query.where(CaseRow.opened_on == opened_on)
    if changed_from is not None:
        # Either: where the clock was set back, the last change may lie before the receipt.
        received = col(CaseRow.received_at) >= changed_from
        query = query.where(or_(col(CaseRow.changed_at) >= changed_from, received))
    return tuple(summary_of(row) for row in session.exec(query).all())


def summaries_of(session: Session, numbers: Iterable[str]) -> dict[str, CaseSummary]:
    """Return the lines of the cases with these numbers, by number; a number of no case is left out."""
    query = select(CaseRow).where(col(CaseRow.number).in_(set(numbers)))
    return {row.number: summary_of(row) for row in session.exec(query).all()}


def openers(session: Session, case_ids: Iterable[str]) -> dict[str, str]:
    """Return who opened each of these cases, by case id."""
    first = select(EntryRow.case_id, EntryRow.actor).where(
        EntryRow.seq == 1, col(EntryRow.case_id).in_(set(case_ids))
    )
    return dict(session.exec(first).all())


def mentioning(session: Session, kind: str, part: str, *, limit: int) -> tuple[str, ...]:
    """Return ids of cases with a log entry of this kind whose JSON holds `part`, the last changed first."""
    said = select(EntryRow.case_id).where(
        EntryRow.kind == kind, col(EntryRow.payload).contains(part, autoescape=True)
    )
    query = select(CaseRow.case_id).where(col(CaseRow.case_id).in_(said))
    return tuple(session.exec(query.order_by(col(CaseRow.last_tick).desc()).limit(limit)).all())


def named(session: Session, part: str, *, limit: int) -> tuple[str, ...]:
    """Return ids of cases whose number or applicant's name holds `part`, the last changed first."""
    query = select(CaseRow.case_id).where(
        or_(
            col(CaseRow.number).contains(part, autoescape=True),
            col(CaseRow.applicant_name).contains(part, autoescape=True),
        )
    )
    return tuple(session.exec(query.order_by(col(CaseRow.last_tick).desc()).limit(limit)).all())


def maybe_holding(session: Session, states: Iterable[CaseState]) -> tuple[str, ...]:
    """Return cases in these states that may hold an original here, the one opened first first.

    Every case that does is among them: each bag takes one original that was marked as held before, so a case
    with as many bagged as held marks holds nothing. The fold has the last word.
    """
    held = choose((col(EntryRow.payload).contains(f'"{Custody.HELD.value}"'), 1), else_=0)
    marks = func.sum(choose((col(EntryRow.kind) == _MARKED, held), else_=-1))
    query = (
        select(EntryRow.case_id)
        .join(CaseRow, col(CaseRow.case_id) == col(EntryRow.case_id))
        .where(col(CaseRow.state).in_([state.value for state in states]))
        .where(col(EntryRow.kind).in_([_MARKED, _BAGGED]))
        .group_by(col(EntryRow.case_id))
        .having(marks > 0)
        .order_by(col(CaseRow.opened_at), col(CaseRow.number))
    )
    return tuple(session.exec(query).all())


def _entries(session: Session, case_id: str, *, after: int) -> tuple[Entry, ...]:
    found = session.connection().execute(_LOG, {"case_id": case_id, "after": after})
    return tuple(_entry_from(row) for row in found)


def _entry(case_id: str, seq: int, tick: int, payload: Payload, act: Act) -> Entry:
    return Entry(
        case_id=case_id, seq=seq, at=act.at, tick=tick, actor=act.actor, payload=payload, why=act.why
    )


def _entry_row(entry: Entry) -> Values:
    return {
        "case_id": entry.case_id,
        "seq": entry.seq,
        "tick": entry.tick,
        "at": entry.at,
        "actor": entry.actor,
        "kind": entry.payload.kind,
        "payload": codec.payload_text(entry.payload),
        "why": entry.why,
    }


def _entry_from(row: DatabaseRow[Any]) -> Entry:
    return Entry(
        case_id=row.case_id,
        seq=row.seq,
        at=row.at,
        tick=row.tick,
        actor=row.actor,
        payload=codec.payload_from(row.payload),
        why=row.why,
    )


def _case_row(case: Case, tick: int) -> Values:
    return {
        "case_id": case.case_id,
        "number": case.number,
        "item_code": case.item_code,
        "applicant_name": "" if case.applicant is None else case.applicant.name,
        "state": case.state.value,
        "flags": " ".join(sorted(flag.value for flag in case.flags)),
        "opened_at": case.opened_at,
        "opened_on": case.opened_at.date(),
        "changed_at": case.changed_at,
        "home_street": case.home_street,
        "received_at": case.received_at,
        "length": case.length,
        "last_tick": tick,
        "course": codec.course_text(course_of(case)),
    }


def fill_courses(session: Session) -> None:
    """Write what the clocks need into rows of an older program, which have it in their log only.

    A log that cannot be folded is left alone: whoever opens that case is told.
    """
    open_states = [state.value for state, moves in MOVES.items() if moves]
    query = select(CaseRow).where(CaseRow.course == "").where(col(CaseRow.state).in_(open_states))
    for row in session.exec(query).all():
        with suppress(StoreDamaged, IllegalMove):
            row.course = codec.course_text(course_of(load(session, row.case_id)))
    session.flush()


def _bare(row: CaseRow) -> Case:
    """Return a case without any clock, for a row of an older program whose case is over."""
    return Case(
        case_id=row.case_id,
        number=row.number,
        item_code=row.item_code,
        pack_version="",
        window="",
        receiving_street="",
        opened_at=row.opened_at,
        opened_by="",
        changed_at=row.changed_at,
    )


def summary_of(row: CaseRow) -> CaseSummary:
    """Return the line of a row."""
    return CaseSummary(
        case_id=row.case_id,
        number=row.number,
        item_code=row.item_code,
        applicant_name=row.applicant_name,
        state=CaseState(row.state),
        flags=frozenset(Flag(value) for value in row.flags.split()),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        home_street=row.home_street,
        received_at=row.received_at,
        tick=row.last_tick,
        course_text=row.course or codec.course_text(_bare(row)),
    )
