"""The archive of the back office: what approved cases hold of a person or an organisation, told by scene.

Each look is recorded. It is read from the stored bundles. Who a bundle is about stands in an index of keyed
hashes, brought up to date before each answer, so that no name or number stands in a column.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sync.contract.archive import (
    AHEAD,
    ArchiveAnswer,
    ArchivedCopy,
    ArchivedPage,
    ArchivePageQuery,
    ArchiveQuery,
)
from sync.contract.libraries import Scene
from sync.contract.models import ChangeKind, Manifest, Outcome
from sync.gateway.blobs import Blobs
from sync.gateway.database import Database, Rows
from sync.gateway.enrolment import Window
from sync.gateway.errors import SceneRefused
from sync.gateway.feed import append
from sync.gateway.matters import MatterState, find

KEY, INDEXED, MARK = "archive.key", "archive.indexed", "archive.mark:"
MARKED_BY = "archive.marked-by:"
BATCH = 500
"""Bundles that one answer indexes at most in one transaction."""
APPROVED = frozenset({MatterState.DECIDED, MatterState.DELIVERED})
NOT_SEEN = "NOT_SEEN"


class Archive:
    """The archive of one office."""

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime]) -> None:
        """Read the bundles of this database."""
        self._database, self._blobs, self._clock = database, blobs, clock

    def query(self, window: Window, query: ArchiveQuery) -> ArchiveAnswer:
        """Tell what approved cases hold of a person, as far as the scene asks for it.

        Raises:
            SceneRefused: the scene is not a case or booking of this window.
        """
        _check_scene(window, query.scene)
        while self._database.write(_index_more):
            pass
        what = ",".join(query.standard_ids)

        def told(rows: Rows) -> ArchiveAnswer:
            person = _hashed(rows, query.holder)
            wanted = frozenset(query.standard_ids)
            copies = tuple(
                copy
                for manifest in _approved(rows, person)
                for copy in _copies(manifest, query.holder)
                if copy.standard_id in wanted and not _is_marked(rows, copy)
            )
            _note(rows, window, query.scene, person, what, self._clock())
            return ArchiveAnswer(copies=copies)

        return self._database.write(told)

    def mark(self, subject: str, standard_id: str, state: str, *, actor: str = "", reason: str = "") -> None:
        """Tell every window that copies of a case may not be reused any more; nobody is told of them again.

        Args:
            subject: number of the source case.
            standard_id: which material; empty: all of the case.
            state: `revoked`, `withdrawn`, `superseded` or `holder_gone`.
            actor: who says so; kept with the reason beside the mark.
            reason: why.
        """
        at = self._clock()

        def told(rows: Rows) -> None:
            rows.hold_windows()
            _put(rows, f"{MARK}{subject}/{standard_id}", state)
            said = {"at": at.isoformat(), "actor": actor, "reason": reason, "state": state}
            _put(rows, f"{MARKED_BY}{subject}/{standard_id}", json.dumps(said, ensure_ascii=False))
            for row in rows.execute('SELECT window_id FROM "window" WHERE revoked_at IS NULL').fetchall():
                append(
                    rows,
                    str(row["window_id"]),
                    ChangeKind.ARCHIVED,
                    subject,
                    at=at,
                    item_code=standard_id,
                    procedure=state,
                )

        self._database.write(told)

    def page(self, window: Window, query: ArchivePageQuery) -> bytes:
        """Return a page of an approved case of the person.

        Raises:
            SceneRefused: the scene is not this window's, or no approved case of the person holds the page.
        """
        _check_scene(window, query.scene)

        def noted(rows: Rows) -> bool:
            person = _hashed(rows, query.holder)
            held = any(
                page.sha256 == query.sha256
                for manifest in _approved(rows, person)
                for copy in _copies(manifest, query.holder)
                for page in copy.pages
            )
            _note(rows, window, query.scene, person, query.sha256[:12] if held else "refused", self._clock())
            return held

        if not self._database.write(noted):
            raise SceneRefused
        return self._blobs.read(query.sha256)


def _check_scene(window: Window, scene: Scene) -> None:
    """Let only a case under the window's own numbers look, or a booking it was given."""
    is_own = scene.case_number.startswith(f"{window.number_prefix}-")
    if not is_own and not scene.case_number.startswith(AHEAD):
        raise SceneRefused


def _index_more(rows: Rows) -> bool:
    """Index the next bundles; False when none is left."""
    rows.hold(INDEXED)
    found = rows.execute("SELECT value FROM meta WHERE name = ?", (INDEXED,)).fetchone()
    last = int(found["value"]) if found is not None else 0
    bundles = rows.execute(
        "SELECT serial, subject, manifest FROM bundle WHERE serial > ? ORDER BY serial LIMIT ?", (last, BATCH)
    ).fetchall()
    for bundle in bundles:
        for number in _holders(json.loads(bundle["manifest"])):
            rows.execute(
                "INSERT INTO archive_person (person, subject) VALUES (?, ?)"
                " ON CONFLICT (person, subject) DO NOTHING",
                (_hashed(rows, number), bundle["subject"]),
            )
        last = int(bundle["serial"])
    if bundles:
        _put(rows, INDEXED, str(last))
    return len(bundles) == BATCH


def _holders(signed: dict[str, Any]) -> Iterator[str]:
    """Yield whose papers a bundle holds: its applicant's, and those of an organisation the case is for."""
    body = signed.get("manifest", signed).get("body", {})
    numbers = [_applicant(body).get("id_number"), *(said.get("holder") for said in _slots(body).values())]
    yield from {number for number in numbers if isinstance(number, str) and number}


def _applicant(body: dict[str, Any]) -> dict[str, Any]:
    applicant = body.get("applicant")
    return applicant if isinstance(applicant, dict) else {}


def _slots(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the body says of each slot; of one that says nothing orderly, nothing."""
    slots = body.get("slots")
    found = slots.items() if isinstance(slots, dict) else ()
    return {slot: said for slot, said in found if isinstance(said, dict)}


def _approved(rows: Rows, person: str) -> Iterator[Manifest]:
    """Yield the latest bundle of each approved case of a person, the newest first."""
    subjects = rows.execute("SELECT subject FROM archive_person WHERE person = ?", (person,)).fetchall()
    matters = [m for row in subjects if (m := find(rows, str(row["subject"]))) is not None]
    for matter in sorted(matters, key=lambda each: each.received_at, reverse=True):
        if matter.state not in APPROVED or matter.outcome != Outcome.GRANTED:
            continue
        row = rows.execute("SELECT manifest FROM bundle WHERE bundle_id = ?", (matter.bundle_id,)).fetchone()
        if row is not None:
            document = json.loads(row["manifest"])
            yield Manifest.model_validate(document.get("manifest", document))


def _copies(manifest: Manifest, holder: str) -> Iterator[ArchivedCopy]:
    """Yield what a clerk checked against the original; a reused copy is told by the case it came from.

    A paper whose holder is not told, as in bundles of earlier versions, is the applicant's.
    """
    body = manifest.body
    applicant, log = _applicant(body), body.get("log") or [{}]
    for slot, said in _slots(body).items():
        if (said.get("holder") or applicant.get("id_number")) != holder:
            continue
        pages = tuple(
            ArchivedPage(page_id=p.page_id, sha256=p.sha256, size=p.size, media_type=p.media_type)
            for p in manifest.pages
            if p.slot == slot and p.origin == "scanned"
        )
        if not pages or said.get("custody", NOT_SEEN) == NOT_SEEN or not said.get("standard_id"):
            continue
        yield ArchivedCopy(
            standard_id=said["standard_id"],
            title=said.get("title", ""),
            source_case=manifest.subject,
            checked_by=str(log[-1].get("actor", "")),
            checked_on=manifest.created_at.date(),
            holder_name=applicant.get("name", ""),
            holder_address=applicant.get("address", ""),
            card_valid_until=applicant.get("id_valid_until", ""),
            pages=pages,
        )


def _is_marked(rows: Rows, copy: ArchivedCopy) -> bool:
    marks = [f"{MARK}{copy.source_case}/{name}" for name in ("", copy.standard_id)]
    return rows.execute("SELECT name FROM meta WHERE name IN (?, ?)", marks).fetchone() is not None


def _hashed(rows: Rows, number: str) -> str:
    """Return the keyed hash (HMAC-SHA256, hex) of an identity number."""
    row = rows.execute("SELECT value FROM meta WHERE name = ?", (KEY,)).fetchone()
    key = str(row["value"]) if row is not None else _put(rows, KEY, secrets.token_hex(32))
    return hmac.new(bytes.fromhex(key), number.strip().upper().encode(), hashlib.sha256).hexdigest()


def _put(rows: Rows, name: str, value: str) -> str:
    rows.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
    return value


def _note(rows: Rows, window: Window, scene: Scene, person: str, what: str, at: datetime) -> None:
    rows.execute(
        "INSERT INTO archive_look (look_id, at, window_id, case_number, item, clerk, person, what)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            secrets.token_hex(16),
            at.isoformat(),
            window.window_id,
            scene.case_number,
            scene.item_code,
            scene.clerk,
            person,
            what,
        ),
    )
