"""What the case page shows: the case, its bundle, what was said of it, what may be decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync.contract.ids import uuid7
from sync.contract.models import Change, ChangeKind, Manifest, SignedManifest
from sync.gateway import branches
from sync.gateway.branches import Branch
from sync.gateway.course import COUNTING
from sync.gateway.database import Rows
from sync.gateway.desk import casefile, listing
from sync.gateway.desk.accounts import Reviewer
from sync.gateway.desk.casefile import CaseFile
from sync.gateway.desk.words import ACTS
from sync.gateway.feed import last_of
from sync.gateway.matters import DECISIONS, Matter, MatterState, standing
from sync.gateway.review import CLOSED

MOST_VERSIONS = 50
COURSE = frozenset({ChangeKind.SPECIAL_STARTED, ChangeKind.SPECIAL_ENDED, ChangeKind.EXTENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One version of a case that came from its window."""

    at: datetime
    version: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything the page of one case shows."""

    matter: Matter
    file: CaseFile
    changes: tuple[Change, ...]
    arrivals: tuple[Arrival, ...]
    parts: tuple[Branch, ...]
    seen: str
    """The case as it is shown; a decision names it, so nothing is decided that nobody looked at."""
    acts: tuple[str, ...]
    """Decisions this reviewer may take now."""

    @property
    def history(self) -> list[Change | Arrival]:
        """Everything that happened, newest first."""
        return sorted([*self.changes, *self.arrivals], key=lambda event: event.at, reverse=True)

    @property
    def last(self) -> Change | None:
        """What was said last of the case."""
        return self.changes[-1] if self.changes else None


def view(rows: Rows, reviewer: Reviewer, number: str) -> CaseView | None:
    """Return a case of the reviewer's streets; None for every other."""
    matter = listing.of_streets(rows, number, reviewer.streets)
    if matter is None:
        return None
    manifest, before = _manifests(rows, matter)
    parts = branches.of_case(rows, matter)
    extended = last_of(rows, matter.window_id, matter.subject, ChangeKind.EXTENDED) is not None
    return CaseView(
        matter=matter,
        file=casefile.read(manifest, before),
        changes=_changes(rows, matter),
        arrivals=_arrivals(rows, matter),
        parts=parts,
        seen=standing(rows, matter),
        acts=tuple(
            kind for kind in ACTS if reviewer.decides and _may(ChangeKind(kind), matter, parts, extended)
        ),
    )


def page_of(rows: Rows, matter: Matter, sha256: str) -> bool:
    """Return whether a file is one of a case's, in whichever version."""
    found = rows.execute(
        "SELECT manifest FROM bundle WHERE subject = ? AND window_id = ? ORDER BY serial DESC LIMIT ?",
        (matter.subject, matter.window_id, MOST_VERSIONS),
    )
    texts = (str(row["manifest"]) for row in found)
    return any(
        sha256 in {page.sha256 for page in SignedManifest.model_validate_json(text).manifest.pages}
        for text in texts
        if sha256 in text
    )


def record_look(rows: Rows, reviewer: Reviewer, subject: str, page: str, at: datetime) -> None:
    """Write down who looked at which case, and which page of it."""
    rows.execute(
        "INSERT INTO desk_look (look_id, at, reviewer_id, subject, page) VALUES (?, ?, ?, ?, ?)",
        (uuid7(at), at.isoformat(), reviewer.reviewer_id, subject, page),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looked at a case, or at a page of it."""

    at: datetime
    name: str
    page: str
    """Hash of the page; nothing: the case."""


def looks(rows: Rows, subject: str) -> tuple[Look, ...]:
    """Return who looked at a case, in the order of time."""
    found = rows.execute(
        "SELECT at, name, page FROM desk_look JOIN reviewer USING (reviewer_id) WHERE subject = ?"
        " ORDER BY at, look_id",
        (subject,),
    )
    return tuple(
        Look(at=datetime.fromisoformat(row["at"]), name=str(row["name"]), page=str(row["page"]))
        for row in found
    )


def _may(kind: ChangeKind, matter: Matter, parts: tuple[Branch, ...], is_extended: bool) -> bool:
    if kind is ChangeKind.RESULT:
        return matter.state is MatterState.DECIDED
    if kind in COURSE:
        is_stopped = bool(matter.stopped)
        fits = {
            ChangeKind.SPECIAL_STARTED: not is_stopped,
            ChangeKind.SPECIAL_ENDED: is_stopped,
            ChangeKind.EXTENDED: not is_extended,
        }
        return matter.state in COUNTING and fits[kind]
    if matter.state in CLOSED:
        return False
    return matter.state in DECISIONS[kind] or any(part.state in DECISIONS[kind] for part in parts)


def _manifests(rows: Rows, matter: Matter) -> tuple[Manifest, Manifest | None]:
    now = rows.execute("SELECT manifest FROM bundle WHERE bundle_id = ?", (matter.bundle_id,)).fetchone()
    assert now is not None
    manifest = SignedManifest.model_validate_json(now["manifest"]).manifest
    before = rows.execute(
        "SELECT manifest FROM bundle WHERE window_id = ? AND manifest_sha256 = ?",
        (matter.window_id, manifest.supersedes or ""),
    ).fetchone()
    return manifest, SignedManifest.model_validate_json(before["manifest"]).manifest if before else None


def _changes(rows: Rows, matter: Matter) -> tuple[Change, ...]:
    found = rows.execute(
        "SELECT change FROM feed WHERE window_id = ? AND subject = ? ORDER BY position",
        (matter.window_id, matter.subject),
    )
    return tuple(Change.model_validate_json(row["change"]) for row in found)


def _arrivals(rows: Rows, matter: Matter) -> tuple[Arrival, ...]:
    found = rows.execute(
        "SELECT received_at, version, kind FROM bundle WHERE subject = ? AND window_id = ?"
        " AND state = 'accepted' ORDER BY serial",
        (matter.subject, matter.window_id),
    )
    return tuple(
        Arrival(
            at=datetime.fromisoformat(row["received_at"]), version=int(row["version"]), kind=str(row["kind"])
        )
        for row in found
    )
