"""What the back office decides; each decision, its case's state and its feed line are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sync.contract.models import Change, ChangeDefect, ChangeKind, Outcome
from sync.gateway import branches, matters
from sync.gateway.branches import Branch
from sync.gateway.course import running_procedure
from sync.gateway.database import Database, Rows, next_number
from sync.gateway.errors import (
    IllegalDecision,
    IncompleteDecision,
    MovedMeanwhile,
    StoppedAlready,
    UnknownSubject,
)
from sync.gateway.feed import append, last_of
from sync.gateway.matters import DECISIONS, ENDINGS, Matter, MatterState, standing

AUTOMATIC = "auto"
"""Actor of decisions the office makes by itself (demo)."""

CLOSED = ENDINGS | {MatterState.REFUSED, MatterState.DELIVERED}
"""Nobody decides a part of such a case."""

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
        branch: str = "",
        seen: str = "",
        outcome: Outcome | None = None,
    ) -> Change:
        """Decide a case and tell its window; the same decision again gives the first one's change.

        Of a matter one approver decides its own part, and the case follows once all have; without `branch`
        the decision is that of all of them who have not gone further.

        Args:
            subject: case number.
            kind: the decision.
            actor: who decided.
            reason: ground; a refusal and a negative decision need one.
            number: number of the paper; made here when empty.
            due: last day, e.g. of the correction.
            defects: every defect at once; a correction needs at least one.
            branch: item code of the approver that decides its part of a matter.
            outcome: of a decision; nothing said is granted, for a denial is always said in so many words.
            seen: the case as the approver looked at it, see `matters.standing`; nothing: decide it as it is.

        Raises:
            UnknownSubject: no such case arrived.
            MovedMeanwhile: the case is not as it was `seen`; somebody decided, or a new version came.
            UnknownBranch: the case has no such approver.
            IllegalDecision: the case's state does not allow it, or it was decided with other words.
            IncompleteDecision: the ground or the defects are missing.
            StoppedAlready: a special procedure runs, so there is nothing to decide on yet.
        """
        outcome = (outcome or Outcome.GRANTED) if kind is ChangeKind.DECIDED else None

        def work(rows: Rows) -> Change:
            matter = _case(rows, subject)
            if seen and seen != standing(rows, matter):
                raise MovedMeanwhile(subject=subject)
            parts = branches.of_case(rows, matter)
            if branch:
                part = branches.find(parts, subject, branch)
                said = {
                    "actor": actor,
                    "reason": reason,
                    "number": number,
                    "due": due,
                    "defects": tuple(defects),
                    "outcome": outcome,
                }
                return self._decide_branch(rows, matter, part, kind, said)
            asked = tuple(defects)
            if kind is ChangeKind.CORRECTION:
                asked = tuple(dict.fromkeys((*defects, *branches.defects(parts))))
            _check_words(subject, kind, reason, asked, outcome)
            before = _repeated(rows, matter, kind, number, (reason, due, asked, outcome))
            if before is not None:
                return before
            whole: dict[str, Any] = {"actor": actor, "reason": reason, "outcome": outcome}
            self._decide_branches(rows, matter, parts, kind, whole)
            if parts and kind is ChangeKind.DECIDED:
                whole = _as_parts_say(whole, branches.of_case(rows, matter))
            return self._decide(rows, matter, kind, number=number, due=due, defects=asked, **whole)

        return self._database.write(work)

    def follow(self, rows: Rows, subject: str) -> None:
        """Let a case take the step its parts have all reached, inside the transaction that moved one."""
        while (matter := matters.find(rows, subject)) is not None and matter.kind == "case":
            parts = branches.of_case(rows, matter)
            kind = branches.next_step(parts, matter.state) if parts else None
            if kind is None:
                return
            self._decide(rows, matter, kind, **branches.together(parts, kind))

    def accept_by_itself(self, rows: Rows, subject: str) -> None:
        """Accept a case that waits for it, inside the transaction of its arrival."""
        matter = matters.find(rows, subject)
        if matter is not None and matter.state is MatterState.RECEIVED:
            parts = branches.of_case(rows, matter)
            self._decide_branches(rows, matter, parts, ChangeKind.ACCEPTED, {"actor": AUTOMATIC})
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

        def work(rows: Rows) -> Change:
            bag = matters.held(rows, number)
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

        return self._database.write(work)

    def _decide_branch(
        self, rows: Rows, matter: Matter, part: Branch, kind: ChangeKind, said: dict[str, Any]
    ) -> Change:
        about = f"{matter.subject} {part.item_code}"
        _check_words(about, kind, said["reason"], said["defects"], said["outcome"])
        if _is_repeated(part, kind, said) and part.said is not None:
            return part.said
        if matter.state in CLOSED or part.state not in DECISIONS[kind]:
            raise IllegalDecision(subject=about, state=part.state.value, decision=kind.value)
        change = self._tell_branch(rows, matter, part, kind, said)
        self.follow(rows, matter.subject)
        return change

    def _decide_branches(
        self,
        rows: Rows,
        matter: Matter,
        parts: Sequence[Branch],
        kind: ChangeKind,
        said: dict[str, Any],
    ) -> None:
        """Let a decision of the whole case be that of each part that can take it."""
        behind = branches.must_come_first(parts, kind)
        if behind:
            first = behind[0]
            raise IllegalDecision(
                subject=f"{matter.subject} {first.item_code}", state=first.state.value, decision=kind.value
            )
        for part in parts:
            if part.state in DECISIONS[kind] and kind is not ChangeKind.CORRECTION:
                self._tell_branch(rows, matter, part, kind, said)

    def _tell_branch(
        self, rows: Rows, matter: Matter, part: Branch, kind: ChangeKind, said: dict[str, Any]
    ) -> Change:
        facts = {**said, "number": said.get("number") or _paper_number(rows, matter, kind)}
        return append(
            rows,
            matter.window_id,
            ChangeKind.BRANCH,
            matter.subject,
            at=self._clock(),
            bundle_id=matter.bundle_id,
            item_code=part.item_code,
            branch=kind,
            **facts,
        )

    def _decide(
        self,
        rows: Rows,
        matter: Matter,
        kind: ChangeKind,
        *,
        actor: str,
        reason: str = "",
        number: str = "",
        due: date | None = None,
        defects: Sequence[ChangeDefect] = (),
        outcome: Outcome | None = None,
    ) -> Change:
        target = DECISIONS[kind].get(matter.state)
        running = running_procedure(rows, matter) if kind is ChangeKind.DECIDED else None
        if running is not None:
            raise StoppedAlready(subject=matter.subject, procedure=running.procedure)
        if target is None:
            raise IllegalDecision(subject=matter.subject, state=matter.state.value, decision=kind.value)
        kept = matter.due_on if kind is ChangeKind.IN_REVIEW else None
        matters.set_state(rows, matter.subject, target, due or kept)
        if outcome is not None:
            matters.set_outcome(rows, matter.subject, outcome)
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
            outcome=outcome,
        )


def _as_parts_say(whole: dict[str, Any], parts: Sequence[Branch]) -> dict[str, Any]:
    """Return the decision of a whole case where approvers had decided their parts before."""
    together = branches.together(parts, ChangeKind.DECIDED)
    return {**whole, "reason": whole["reason"] or together["reason"], "outcome": together["outcome"]}


def _case(rows: Rows, subject: str) -> Matter:
    matter = matters.held(rows, subject)
    if matter is None or matter.kind != "case":
        raise UnknownSubject(subject=subject)
    return matter


def _check_words(
    subject: str,
    kind: ChangeKind,
    reason: str,
    defects: Sequence[ChangeDefect],
    outcome: Outcome | None,
) -> None:
    is_against = kind is ChangeKind.REFUSED or outcome in (Outcome.DENIED, Outcome.PARTLY)
    is_silent = is_against and not reason.strip()
    if is_silent or (kind is ChangeKind.CORRECTION and not defects):
        raise IncompleteDecision(subject=subject, decision=kind.value)


def _is_repeated(part: Branch, kind: ChangeKind, said: dict[str, Any]) -> bool:
    """True when the approver said the same last, and its part still stands there."""
    before = part.said
    if before is None or before.branch is not kind or part.state not in DECISIONS[kind].values():
        return False
    is_same = all(getattr(before, name) == said[name] for name in ("reason", "due", "defects", "outcome"))
    return is_same and said["number"] in ("", before.number)


def _repeated(
    rows: Rows,
    matter: Matter,
    kind: ChangeKind,
    number: str,
    words: tuple[str, date | None, tuple[ChangeDefect, ...], Outcome | None],
) -> Change | None:
    """Return the change that already says this; the case must still stand where that change put it."""
    if matter.state not in DECISIONS[kind].values():
        return None
    before = last_of(rows, matter.window_id, matter.subject, kind)
    if before is None or (before.reason, before.due, before.defects) != words[:3]:
        return None
    if before.outcome not in (words[3], None, Outcome.PARTLY):
        return None
    return before if number in ("", before.number) else None


def _paper_number(rows: Rows, matter: Matter, kind: ChangeKind) -> str:
    word = PAPERS.get(kind)
    if word is None:
        return ""
    return f"{word}-{matter.number_prefix}-{next_number(rows, f'{word}-{matter.number_prefix}'):06d}"
