"""Cases and bags as the back office sees them: where each stands, and which decision it allows.

The state follows what the window's bundles say until the office decides; from then on the office leads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync.contract.models import BundleKind, ChangeKind, Manifest, Outcome
from sync.gateway.database import Row, Rows, insert_all, only_value


class MatterState(StrEnum):
    """Where a case or a bag stands at the office."""

    RECEIVED = "RECEIVED"
    CORRECTION = "CORRECTION"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    IN_REVIEW = "IN_REVIEW"
    DECIDED = "DECIDED"
    DELIVERED = "DELIVERED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    LISTED = "LISTED"
    """A bag is on its way."""
    CHECKED = "CHECKED"
    DISCREPANCY = "DISCREPANCY"


_S, _K = MatterState, ChangeKind

DECISIONS: dict[ChangeKind, dict[MatterState, MatterState]] = {
    _K.ACCEPTED: {_S.RECEIVED: _S.ACCEPTED},
    _K.CORRECTION: {_S.RECEIVED: _S.CORRECTION},
    _K.REFUSED: {_S.RECEIVED: _S.REFUSED},
    _K.IN_REVIEW: {_S.ACCEPTED: _S.IN_REVIEW},
    _K.DECIDED: {_S.ACCEPTED: _S.DECIDED, _S.IN_REVIEW: _S.DECIDED},
    _K.DELIVERED: {_S.DECIDED: _S.DELIVERED},
    _K.WAYBILL: {},
    _K.ARCHIVED: {},
}
"""What the office may decide from which state, and where it leads; the window's own table allows the same."""

OPEN = frozenset({_S.RECEIVED, _S.CORRECTION})
"""Before the office decided, the window's own word counts."""
ENDINGS = frozenset({_S.WITHDRAWN, _S.TERMINATED})
UNDECIDED = OPEN | {_S.ACCEPTED, _S.IN_REVIEW}
"""The applicant may still withdraw (行政许可法)."""
OVER = ENDINGS | {_S.REFUSED, _S.DELIVERED, _S.CHECKED}
"""Nobody waits for anything."""
STATED_AT_WINDOW = frozenset({_S.RECEIVED, _S.CORRECTION, _S.ACCEPTED, _S.REFUSED}) | ENDINGS
"""States a case bundle may arrive in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One line of the office's list."""

    subject: str
    kind: str
    window_id: str
    window_name: str
    number_prefix: str
    home_street: str
    bundle_id: str
    """Latest bundle of the chain."""
    version: int
    state: MatterState
    item: str
    received_at: datetime
    due_on: date | None = None
    """Last day (China) of the clock that runs: to tell what is missing, of a correction, of the decision."""
    due_order: str = ""
    outcome: str = ""
    """How it was decided (`Outcome`); empty: not yet, or nobody said."""
    stopped: str = ""
    """Name of the special procedure that runs; empty: the clock runs."""


_SELECT = (
    'SELECT matter.*, "window".name AS window_name, "window".number_prefix'
    ' FROM matter JOIN "window" USING (window_id)'
)


def find(rows: Rows, subject: str) -> Matter | None:
    """Return the case or bag of a number."""
    row = rows.execute(f"{_SELECT} WHERE subject = ?", (subject,)).fetchone()
    return None if row is None else _matter(row)


def held(rows: Rows, subject: str) -> Matter | None:
    """Return a case or bag once its window is held: what is read from then on stays true until the end."""
    matter = find(rows, subject)
    if matter is None:
        return None
    rows.hold_window(matter.window_id)
    return find(rows, subject)


def everything(rows: Rows) -> tuple[Matter, ...]:
    """Return all cases and bags, oldest receipt first."""
    return tuple(_matter(row) for row in rows.execute(f"{_SELECT} ORDER BY received_at, subject"))


def some(rows: Rows, condition: str, parameters: Sequence[object], most: int) -> tuple[Matter, ...]:
    """Return at most so many cases and bags under a condition, in the order their clocks end."""
    found = rows.execute(
        f"{_SELECT} WHERE {condition} ORDER BY due_order, subject LIMIT ?", (*parameters, most)
    )
    return tuple(_matter(row) for row in found)


def arrive(rows: Rows, manifest: Manifest, received_at: datetime) -> bool:
    """Let an accepted bundle open its case or bag, or move it on; False when it is another window's."""
    matter = find(rows, manifest.subject)
    if matter is None:
        if manifest.kind in (BundleKind.CASE, BundleKind.HANDOVER):
            open_all(rows, [manifest], received_at)
        return True
    if matter.window_id != manifest.window_id:
        # Another window may tell of the case (a rating, a delivery) but not change it.
        return False
    if manifest.kind in (BundleKind.CASE, BundleKind.SUPPLEMENT, BundleKind.HANDOVER):
        state = matter.state if _only_settles(manifest) else _after_version(matter.state, _stated(manifest))
        rows.execute(
            "UPDATE matter SET bundle_id = ?, version = ?, item = ? WHERE subject = ?",
            (manifest.bundle_id, manifest.version, _item(manifest) or matter.item, matter.subject),
        )
        if not (_only_settles(manifest) or state is matter.state is not MatterState.RECEIVED):
            set_state(rows, matter.subject, state, _due(manifest))
    elif manifest.kind is BundleKind.DELIVERY and matter.state is MatterState.DECIDED:
        set_state(rows, matter.subject, MatterState.DELIVERED)
    return True


def set_state(rows: Rows, subject: str, state: MatterState, due: date | None = None) -> None:
    """Record where a case or bag stands now, and the last day of the clock that runs from here on."""
    received = only_value(rows.execute("SELECT received_at FROM matter WHERE subject = ?", (subject,)))
    rows.execute(
        "UPDATE matter SET state = ?, due_on = ?, due_order = ? WHERE subject = ?",
        (state, due.isoformat() if due else "", due_order(state, due, str(received)), subject),
    )


def set_outcome(rows: Rows, subject: str, outcome: Outcome) -> None:
    """Record how a case was decided."""
    rows.execute("UPDATE matter SET outcome = ? WHERE subject = ?", (outcome.value, subject))


def standing(rows: Rows, matter: Matter) -> str:
    """Return what changes whenever a case does: its bundle, and the last line of the feed about it."""
    found = rows.execute(
        "SELECT max(position) FROM feed WHERE window_id = ? AND subject = ?",
        (matter.window_id, matter.subject),
    )
    return f"{matter.bundle_id}.{int(only_value(found) or 0)}"


def set_course(rows: Rows, matter: Matter, stopped: str, due: date | None) -> None:
    """Record which special procedure holds the clock of a case (none: it runs), and its last day."""
    received = matter.received_at.isoformat()
    order = due_order(matter.state, None if stopped else due, received)
    rows.execute(
        "UPDATE matter SET stopped = ?, due_on = ?, due_order = ? WHERE subject = ?",
        (stopped, due.isoformat() if due else "", order, matter.subject),
    )


def due_order(state: MatterState, due: date | None, received_at: str) -> str:
    """Return what the list is sorted by: the day a clock ends, then what has no clock, then what is over."""
    if state in OVER:
        return f"9 {received_at}"
    return f"1 {due.isoformat()}" if due else f"2 {received_at}"


def open_all(rows: Rows, manifests: Sequence[Manifest], received_at: datetime) -> None:
    """Open a case or bag for each manifest; their subjects are new and differ."""
    insert_all(rows, "matter", _COLUMNS, [_opening(manifest, received_at) for manifest in manifests])


_COLUMNS = (
    "subject",
    "kind",
    "window_id",
    "home_street",
    "bundle_id",
    "version",
    "state",
    "item",
    "received_at",
    "due_on",
    "due_order",
)


def _opening(manifest: Manifest, received_at: datetime) -> tuple[object, ...]:
    state, due = _stated(manifest), _due(manifest)
    return (
        manifest.subject,
        manifest.kind.value,
        manifest.window_id,
        manifest.home_street,
        manifest.bundle_id,
        manifest.version,
        state,
        _item(manifest),
        received_at.isoformat(),
        due.isoformat() if due else "",
        due_order(state, due, received_at.isoformat()),
    )


def _only_settles(manifest: Manifest) -> bool:
    """True for a supplement of what was tolerated: it answers no correction and moves no state."""
    supplement = manifest.body.get("supplement")
    return isinstance(supplement, dict) and bool(supplement.get("settled"))


def _after_version(state: MatterState, stated: MatterState) -> MatterState:
    if state in OPEN or (stated in ENDINGS and state in UNDECIDED):
        return stated
    return state


def _stated(manifest: Manifest) -> MatterState:
    """Return the state the bundle's body names; what is not understood counts as received."""
    if manifest.kind is BundleKind.HANDOVER:
        return MatterState.LISTED
    stated = manifest.body.get("state")
    if isinstance(stated, str) and stated in STATED_AT_WINDOW:
        return MatterState(stated)
    return MatterState.RECEIVED


def _due(manifest: Manifest) -> date | None:
    """Return the last day that the window's last move names: of silence, of a correction, of the decision."""
    decision = manifest.body.get("decision")
    named = decision.get("due") if isinstance(decision, dict) else None
    try:
        return date.fromisoformat(named) if isinstance(named, str) else None
    except ValueError:
        return None


def _item(manifest: Manifest) -> str:
    """Return the item's title (or code) from the body, if it says one."""
    item = manifest.body.get("item")
    if not isinstance(item, dict):
        return ""
    name = item.get("title") or item.get("code") or ""
    # PostgreSQL's text cannot hold a NUL; the manifest keeps what was sent.
    return name.replace("\0", "") if isinstance(name, str) else ""


def _matter(row: Row) -> Matter:
    return Matter(
        subject=str(row["subject"]),
        kind=str(row["kind"]),
        window_id=str(row["window_id"]),
        window_name=str(row["window_name"]),
        number_prefix=str(row["number_prefix"]),
        home_street=str(row["home_street"]),
        bundle_id=str(row["bundle_id"]),
        version=int(row["version"]),
        state=MatterState(row["state"]),
        item=str(row["item"]),
        received_at=datetime.fromisoformat(row["received_at"]),
        due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        due_order=str(row["due_order"]),
        outcome=str(row["outcome"]),
        stopped=str(row["stopped"]),
    )
