"""The approvers of a matter (一件事): each decides its own part, and the case follows what all have said.

What an approver said is read from the feed, which tells the window the same; who they are is read from the
bundle the case stands at. So there is nothing that could disagree with either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sync.contract.models import Change, ChangeDefect, ChangeKind, Outcome, SignedManifest
from sync.gateway.database import Rows
from sync.gateway.errors import UnknownBranch
from sync.gateway.matters import DECISIONS, ENDINGS, OPEN, Matter, MatterState

MOST = 20
"""Approvers of one case; more are not read."""
NAME_LENGTH = 200
"""Longest name on the wire."""

_S, _K = MatterState, ChangeKind
_COURSE = (_S.ACCEPTED, _S.IN_REVIEW, _S.DECIDED, _S.DELIVERED)
"""How far a part that goes on may be; the case is as far as the part that is least so."""
_STEP = {
    _S.ACCEPTED: _K.ACCEPTED,
    _S.IN_REVIEW: _K.IN_REVIEW,
    _S.DECIDED: _K.DECIDED,
    _S.DELIVERED: _K.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One approver's part of a case."""

    item_code: str
    title: str
    authority: str
    slots: tuple[str, ...]
    """Slots of the bundle whose pages are for this approver."""
    fields: tuple[str, ...]
    state: MatterState
    said: Change | None = None
    """What the approver said last."""
    decision: Change | None = None
    """What the approver said when it decided its part."""

    @property
    def outcome(self) -> Outcome | None:
        """How its part was decided; None: not yet, or nobody said."""
        return None if self.decision is None else self.decision.outcome

    @property
    def goes_on(self) -> bool:
        """False once the approver refused its part."""
        return self.state is not MatterState.REFUSED


def of_case(rows: Rows, matter: Matter) -> tuple[Branch, ...]:
    """Return the approvers of a case as it stands; none when it is of a single item."""
    row = rows.execute("SELECT manifest FROM bundle WHERE bundle_id = ?", (matter.bundle_id,)).fetchone()
    if row is None:
        return ()
    body = SignedManifest.model_validate_json(row["manifest"]).manifest.body
    said = _said(rows, matter)
    return tuple(_as_it_stands(branch, said, matter) for branch in _stated(body, matter))


def find(branches: Iterable[Branch], subject: str, item_code: str) -> Branch:
    """Return the part with this item code.

    Raises:
        UnknownBranch: the case has no such approver.
    """
    for branch in branches:
        if branch.item_code == item_code:
            return branch
    raise UnknownBranch(subject=subject, branch=item_code)


def next_step(branches: Sequence[Branch], state: MatterState) -> ChangeKind | None:
    """Return the decision the whole case is due, now that its parts stand as they do; None: it waits.

    A correction waits until every approver has spoken, so that the citizen is told once of everything
    (行政许可法 art. 32(4)). A part that was refused holds nobody up; only when all are is the case refused.
    """
    going = [branch for branch in branches if branch.goes_on]
    if state is _S.RECEIVED:
        return _first_step(going)
    if state not in _COURSE or not going or not all(branch.state in _COURSE for branch in going):
        return None
    reached = _COURSE[min(_COURSE.index(branch.state) for branch in going)]
    return _STEP[reached] if DECISIONS[_STEP[reached]].get(state) is reached else None


def _first_step(going: Sequence[Branch]) -> ChangeKind | None:
    states = {branch.state for branch in going}
    if not states:
        return _K.REFUSED
    if _S.RECEIVED in states:
        return None
    return _K.CORRECTION if _S.CORRECTION in states else _K.ACCEPTED


def together(branches: Sequence[Branch], kind: ChangeKind) -> dict[str, Any]:
    """Return what the case's change says for its parts: who, why, until when, and every defect at once."""
    spoken = [branch for branch in branches if branch.said is not None and _counts(branch, kind)]
    said = [(branch, branch.said) for branch in spoken if branch.said is not None]
    dues = [change.due for _branch, change in said if change.due is not None]
    against = [branch for branch in branches if not branch.goes_on or branch.outcome is Outcome.DENIED]
    told = spoken if kind is _K.CORRECTION else against
    return {
        "actor": "、".join(dict.fromkeys(change.actor for _branch, change in said if change.actor))[
            :NAME_LENGTH
        ],
        "reason": "; ".join(filter(None, map(_reason, told))),
        "due": _due(kind, dues),
        "defects": defects(branches) if kind is _K.CORRECTION else (),
        "outcome": outcome_of(branches) if kind is _K.DECIDED else None,
    }


def outcome_of(branches: Sequence[Branch]) -> Outcome:
    """Return what the decisions of the parts come to; a part that was refused was not granted."""
    granted = [branch.goes_on and branch.outcome is Outcome.GRANTED for branch in branches]
    if all(granted):
        return Outcome.GRANTED
    return Outcome.PARTLY if any(granted) else Outcome.DENIED


def defects(branches: Iterable[Branch]) -> tuple[ChangeDefect, ...]:
    """Return every defect that approvers wait to have corrected, each once."""
    asked = (branch.said.defects for branch in branches if branch.state is _S.CORRECTION and branch.said)
    return tuple(dict.fromkeys(defect for several in asked for defect in several))


def must_come_first(branches: Iterable[Branch], kind: ChangeKind) -> tuple[Branch, ...]:
    """Return the parts that keep the whole case from a decision: behind it, and not able to take it."""
    targets = DECISIONS[kind]
    if kind not in _STEP.values():
        return ()
    goal = next(state for state, step in _STEP.items() if step is kind)
    done = _COURSE[_COURSE.index(goal) :]
    return tuple(b for b in branches if b.goes_on and b.state not in done and b.state not in targets)


def _counts(branch: Branch, kind: ChangeKind) -> bool:
    if kind is _K.CORRECTION:
        return branch.state is _S.CORRECTION
    return branch.goes_on or kind is _K.REFUSED


def _reason(branch: Branch) -> str:
    if branch.said is None:
        return ""
    if branch.decision is not None and branch.outcome is Outcome.DENIED:
        return f"{branch.title}: 不予批准, {branch.decision.reason}"
    if branch.goes_on:
        return f"{branch.title}: {branch.said.reason}" if branch.said.reason else ""
    return f"{branch.title}: 不予受理, {branch.said.reason}"


def _due(kind: ChangeKind, dues: Sequence[date]) -> date | None:
    """Return the first day of several corrections, else the last: then every part is done."""
    if not dues:
        return None
    return min(dues) if kind is _K.CORRECTION else max(dues)


def _said(rows: Rows, matter: Matter) -> list[Change]:
    """Return what approvers said of their parts, in order."""
    found = rows.execute(
        "SELECT change FROM feed WHERE window_id = ? AND subject = ? AND kind = ? ORDER BY position",
        (matter.window_id, matter.subject, _K.BRANCH.value),
    )
    return [Change.model_validate_json(row["change"]) for row in found]


def _as_it_stands(branch: Branch, changes: Sequence[Change], matter: Matter) -> Branch:
    mine = [change for change in changes if change.item_code == branch.item_code]
    said = mine[-1] if mine else None
    if said is None or said.branch is None:
        return branch
    state = next(iter(DECISIONS[said.branch].values()))
    if state is _S.CORRECTION and said.bundle_id != matter.bundle_id:
        # The next version is the answer to it, and the approver looks again.
        state = _S.RECEIVED
    decision = next((change for change in mine if change.branch is _K.DECIDED), None)
    return replace(branch, state=state, said=said, decision=decision)


def _stated(body: Mapping[str, Any], matter: Matter) -> Iterable[Branch]:
    """Yield the parts a bundle's body names; what is not understood is passed over."""
    found = body.get("branches")
    first = _first_state(matter.state)
    seen: set[str] = set()
    for entry in found[:MOST] if isinstance(found, list) else ():
        code = entry.get("item_code") if isinstance(entry, dict) else None
        if isinstance(code, str) and code and len(code) <= NAME_LENGTH and code not in seen:
            seen.add(code)
            yield Branch(
                item_code=code,
                title=_text(entry, "title") or code,
                authority=_text(entry, "authority"),
                slots=_texts(entry, "slots"),
                fields=_texts(entry, "fields"),
                state=first,
            )


def _first_state(state: MatterState) -> MatterState:
    """Return where a part stands of which its approver has said nothing."""
    if state in OPEN:
        return _S.RECEIVED
    # Accepted at the window: for all of them.
    return state if state in ENDINGS | {_S.REFUSED} else _S.ACCEPTED


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value[:NAME_LENGTH] if isinstance(value, str) else ""


def _texts(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = entry.get(name)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
