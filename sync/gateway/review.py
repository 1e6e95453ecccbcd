"""What the back office decides; each decision, its case's state and its feed line are one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sync.contract.models import Change, ChangeDefect, ChangeKind
from sync.gateway import matters
from sync.gateway.database import Database, next_number
from sync.gateway.errors import IllegalDecision, IncompleteDecision, UnknownSubject
from sync.gateway.feed import append, last_of
from sync.gateway.matters import DECISIONS, Matter, MatterState

AUTOMATIC = "auto"
"""Actor of decisions the office makes by itself (demo)."""

PAPERS = {
    ChangeKind.ACCEPTED: "受理",
    ChangeKind.CORRECTION: "补正",
    ChangeKind.REFUSED: "不予受理",
    ChangeKind.DECIDED: "决定",
}
"""Decisions that are a numbered paper, and the word its number begins with."""


class Review:
    """Decisions of one office."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the rows and the clock."""
        self._database = database
        self._clock = clock

    def decide(
        self,
        subject: str,
        kind: ChangeKind,
        *,
        actor: str,
        reason: str = "",
        number: str = "",
        due: date | None = None,
        defects: Sequence[ChangeDefect] = (),
    ) -> Change:
        """Decide a case and tell its window; the same decision again gives the first one's change.

        Args:
            subject: case number.
            kind: the decision.
            actor: who decided.
            reason: ground; a refusal needs one.
            number: number of the paper; made here when empty.
            due: last day, e.g. of the correction.
            defects: every defect at once; a correction needs at least one.

        Raises:
            UnknownSubject: no such case arrived.
            IllegalDecision: the case's state does not allow it, or it was decided with other words.
            IncompleteDecision: the ground or the defects are missing.
        """
        if (kind is ChangeKind.CORRECTION and not defects) or (
            kind is ChangeKind.REFUSED and not reason.strip()
        ):
            raise IncompleteDecision(subject=subject, decision=kind.value)
        with self._database.write() as rows:
            matter = _case(rows, subject)
            before = _repeated(rows, matter, kind, number, (reason, due, tuple(defects)))
            if before is not None:
                return before
            return self._decide(
                rows, matter, kind, actor=actor, reason=reason, number=number, due=due, defects=defects
            )

    def accept_by_itself(self, rows: sqlite3.Connection, subject: str) -> None:
        """Accept a case that waits for it, inside the transaction of its arrival."""
        matter = matters.find(rows, subject)
        if matter is not None and matter.state is MatterState.RECEIVED:
            self._decide(rows, matter, ChangeKind.ACCEPTED, actor=AUTOMATIC)

    def check_bag(self, number: str, differences: Sequence[ChangeDefect], *, actor: str) -> Change:
        """Record that the street counted a bag and tell its window by a WAYBILL change.

        Args:
            number: bag number.
            differences: one entry for each sheet too few, too many or wrong; none means complete.
            actor: who counted.

        Raises:
            UnknownSubject: no such bag was announced.
            IllegalDecision: it was counted before with another result.
        """
        result = MatterState.DISCREPANCY if differences else MatterState.CHECKED
        with self._database.write() as rows:
            bag = matters.find(rows, number)
            if bag is None or bag.kind != "handover":
                raise UnknownSubject(subject=number)
            before = last_of(rows, bag.window_id, number, ChangeKind.WAYBILL)
            if before is not None and before.defects == tuple(differences):
                return before
            if bag.state is not MatterState.LISTED:
                raise IllegalDecision(subject=number, state=bag.state.value, decision=result.value)
            matters.set_state(rows, number, result)
            return append(
                rows,
                bag.window_id,
                ChangeKind.WAYBILL,
                number,
                at=self._clock(),
                bundle_id=bag.bundle_id,
                actor=actor,
                defects=differences,
            )

    def _decide(
        self,
        rows: sqlite3.Connection,
        matter: Matter,
        kind: ChangeKind,
        *,
        actor: str,
        reason: str = "",
        number: str = "",
        due: date | None = None,
        defects: Sequence[ChangeDefect] = (),
    ) -> Change:
        target = DECISIONS[kind].get(matter.state)
        if target is None:
            raise IllegalDecision(subject=matter.subject, state=matter.state.value, decision=kind.value)
        matters.set_state(rows, matter.subject, target)
        return append(
            rows,
            matter.window_id,
            kind,
            matter.subject,
            at=self._clock(),
            bundle_id=matter.bundle_id,
            actor=actor,
            number=number or _paper_number(rows, matter, kind),
            reason=reason,
            due=due,
            defects=defects,
        )


def _case(rows: sqlite3.Connection, subject: str) -> Matter:
    matter = matters.find(rows, subject)
    if matter is None or matter.kind != "case":
        raise UnknownSubject(subject=subject)
    return matter


def _repeated(
    rows: sqlite3.Connection,
    matter: Matter,
    kind: ChangeKind,
    number: str,
    words: tuple[str, date | None, tuple[ChangeDefect, ...]],
) -> Change | None:
    """Return the change that already says this; the case must still stand where that change put it."""
    if matter.state not in DECISIONS[kind].values():
        return None
    before = last_of(rows, matter.window_id, matter.subject, kind)
    if before is None or (before.reason, before.due, before.defects) != words:
        return None
    return before if number in ("", before.number) else None


def _paper_number(rows: sqlite3.Connection, matter: Matter, kind: ChangeKind) -> str:
    word = PAPERS.get(kind)
    if word is None:
        return ""
    return f"{word}-{matter.number_prefix}-{next_number(rows, f'{word}-{matter.number_prefix}'):06d}"
