"""What moves the clock of an accepted case: special procedures stop it, the head of the agency extends it.

Grounds: 行政许可法 art. 45 (hearing, tender, auction, inspection, test, quarantine, appraisal and expert
review are not counted, and the applicant is told in writing how long they take) and art. 42 (once ten working
days more, approved by the head of the agency, with the reason told).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sync.contract.models import Change, ChangeKind
from sync.gateway import matters
from sync.gateway.database import Database, Rows, next_number
from sync.gateway.due import moved, today_of, workdays
from sync.gateway.errors import (
    BadExtension,
    ExtendedBefore,
    IllegalDecision,
    IncompleteDecision,
    MovedMeanwhile,
    NotStopped,
    StoppedAlready,
    UnknownSubject,
)
from sync.gateway.feed import append, last_of
from sync.gateway.matters import Matter, MatterState, standing

MOST_WORKDAYS = 10
"""行政许可法 art. 42; where several agencies decide together the government may give fifteen."""
MOST_WORKDAYS_JOINT = 15
COUNTING = frozenset({MatterState.ACCEPTED, MatterState.IN_REVIEW})
"""States in which the limit of the decision runs."""
SPECIAL_PAPER, EXTENSION_PAPER = "特别程序", "延期"
"""Words the numbers of the two notices begin with."""


class Course:
    """Stops and extensions of one office; each is one transaction with its line of the feed."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the rows and the clock."""
        self._database = database
        self._clock = clock

    def stop(
        self,
        subject: str,
        *,
        procedure: str,
        until: date | None,
        actor: str,
        reason: str = "",
        seen: str = "",
    ) -> Change:
        """Start a special procedure and tell the window; the same again gives the first one's change.

        Args:
            subject: case number.
            procedure: its name in words, as the applicant is told.
            until: the day it should end; None: not known.
            actor: who started it.
            reason: why.
            seen: the case as the approver looked at it, see `matters.standing`.

        Raises:
            UnknownSubject: no such case arrived.
            MovedMeanwhile: the case is not as it was `seen`.
            IllegalDecision: the case is not accepted, or decided already.
            StoppedAlready: another procedure runs.
            IncompleteDecision: the procedure has no name, or ends before today.
        """
        is_past = until is not None and until < today_of(self._clock())
        if not procedure.strip() or is_past:
            raise IncompleteDecision(subject=subject, decision=ChangeKind.SPECIAL_STARTED.value)

        def work(rows: Rows) -> Change:
            matter = _counting(rows, subject, ChangeKind.SPECIAL_STARTED)
            running = running_procedure(rows, matter)
            if running is not None:
                if (running.procedure, running.due) == (procedure.strip(), until):
                    return running
                raise StoppedAlready(subject=subject, procedure=running.procedure)
            _check_seen(rows, matter, seen)
            matters.set_course(rows, matter, procedure.strip(), matter.due_on)
            return self._tell(
                rows,
                matter,
                ChangeKind.SPECIAL_STARTED,
                actor=actor,
                number=_paper_number(rows, matter, SPECIAL_PAPER),
                procedure=procedure.strip(),
                due=until,
                reason=reason.strip(),
            )

        return self._database.write(work)

    def resume(self, subject: str, *, actor: str, reason: str = "", seen: str = "") -> Change:
        """End the special procedure: the clock goes on, its last day moved by the working days it took.

        Raises:
            UnknownSubject: no such case arrived.
            MovedMeanwhile: the case is not as it was `seen`.
            IllegalDecision: the case is not accepted, or decided already.
            NotStopped: no procedure runs.
        """

        def work(rows: Rows) -> Change:
            matter = _counting(rows, subject, ChangeKind.SPECIAL_ENDED)
            running = running_procedure(rows, matter)
            if running is None:
                raise NotStopped(subject=subject)
            _check_seen(rows, matter, seen)
            took = workdays(today_of(running.at), today_of(self._clock()))
            due = moved(matter.due_on, took)
            matters.set_course(rows, matter, "", due)
            return self._tell(
                rows,
                matter,
                ChangeKind.SPECIAL_ENDED,
                actor=actor,
                procedure=running.procedure,
                due=due,
                reason=reason.strip(),
            )

        return self._database.write(work)

    def extend(
        self,
        subject: str,
        *,
        workdays: int,
        approver: str,
        reason: str,
        joint: bool = False,
        seen: str = "",
    ) -> Change:
        """Extend the limit of the decision, once; the same again gives the first one's change.

        Args:
            subject: case number.
            workdays: how many more.
            approver: the head of the agency who approved it.
            reason: told to the applicant.
            joint: several agencies decide together.
            seen: the case as the approver looked at it, see `matters.standing`.

        Raises:
            UnknownSubject: no such case arrived.
            IllegalDecision: the case is not accepted, or decided already.
            BadExtension: no days, or more than the law allows.
            IncompleteDecision: nobody approved it, or the reason is missing.
            ExtendedBefore: it was extended once.
        """
        most = MOST_WORKDAYS_JOINT if joint else MOST_WORKDAYS
        if not 0 < workdays <= most:
            raise BadExtension(subject=subject, workdays=workdays, most=most)
        if not approver.strip() or not reason.strip():
            raise IncompleteDecision(subject=subject, decision=ChangeKind.EXTENDED.value)

        def work(rows: Rows) -> Change:
            matter = _counting(rows, subject, ChangeKind.EXTENDED)
            before = last_of(rows, matter.window_id, subject, ChangeKind.EXTENDED)
            if before is not None:
                if (before.workdays, before.actor, before.reason) == (
                    workdays,
                    approver.strip(),
                    reason.strip(),
                ):
                    return before
                raise ExtendedBefore(subject=subject, workdays=before.workdays)
            _check_seen(rows, matter, seen)
            due = moved(matter.due_on, workdays)
            matters.set_course(rows, matter, matter.stopped, due)
            return self._tell(
                rows,
                matter,
                ChangeKind.EXTENDED,
                actor=approver.strip(),
                number=_paper_number(rows, matter, EXTENSION_PAPER),
                workdays=workdays,
                due=due,
                reason=reason.strip(),
            )

        return self._database.write(work)

    def _tell(self, rows: Rows, matter: Matter, kind: ChangeKind, *, actor: str, **facts: object) -> Change:
        at = self._clock()
        return append(
            rows,
            matter.window_id,
            kind,
            matter.subject,
            at=at,
            bundle_id=matter.bundle_id,
            actor=actor,
            **facts,
        )


def _check_seen(rows: Rows, matter: Matter, seen: str) -> None:
    if seen and seen != standing(rows, matter):
        raise MovedMeanwhile(subject=matter.subject)


def running_procedure(rows: Rows, matter: Matter) -> Change | None:
    """Return the change that started the special procedure now running; None when the clock runs."""
    started = last_of(rows, matter.window_id, matter.subject, ChangeKind.SPECIAL_STARTED)
    ended = last_of(rows, matter.window_id, matter.subject, ChangeKind.SPECIAL_ENDED)
    if started is None or (ended is not None and ended.cursor > started.cursor):
        return None
    return started


def _counting(rows: Rows, subject: str, kind: ChangeKind) -> Matter:
    """Return a case whose decision is being counted, its window held."""
    matter = matters.held(rows, subject)
    if matter is None or matter.kind != "case":
        raise UnknownSubject(subject=subject)
    if matter.state not in COUNTING:
        raise IllegalDecision(subject=subject, state=matter.state.value, decision=kind.value)
    return matter


def _paper_number(rows: Rows, matter: Matter, word: str) -> str:
    return f"{word}-{matter.number_prefix}-{next_number(rows, f'{word}-{matter.number_prefix}'):06d}"
