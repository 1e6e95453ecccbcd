"""Results as files: told by the feed, and handed to the window that took the case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sync.contract.models import MAX_RESULT_BYTES, Change, ChangeFile, ChangeKind
from sync.gateway import matters
from sync.gateway.blobs import Blobs
from sync.gateway.database import Database, Rows
from sync.gateway.errors import BadResult, IllegalDecision, MovedMeanwhile, ResultUnknown, UnknownSubject
from sync.gateway.feed import append
from sync.gateway.matters import MatterState, standing

KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
"""What a result may be, by its first bytes."""
LONGEST_NAME = 100


class Results:
    """The result files of one office."""

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime]) -> None:
        """Keep rows, pages and clock."""
        self._database, self._blobs, self._clock = database, blobs, clock

    def issue(self, subject: str, data: bytes, *, name: str, actor: str, seen: str = "") -> Change:
        """Keep a file and tell the window that it may be fetched; the same file again gives the first line.

        Raises:
            BadResult: no PDF, JPEG or PNG, or too large.
            UnknownSubject: no such case arrived.
            MovedMeanwhile: the case is not as it was `seen`.
            IllegalDecision: it is not decided.
        """
        file = _described(data, name)
        with self._blobs.receive(file.sha256, MAX_RESULT_BYTES) as incoming:
            incoming.write(data)
            incoming.keep()

        def work(rows: Rows) -> Change:
            matter = matters.held(rows, subject)
            if matter is None or matter.kind != "case":
                raise UnknownSubject(subject=subject)
            before = _told(rows, matter.window_id, file.sha256)
            if before is not None and before.subject == subject:
                return before
            if seen and seen != standing(rows, matter):
                raise MovedMeanwhile(subject=subject)
            if matter.state is not MatterState.DECIDED:
                raise IllegalDecision(subject=subject, state=matter.state.value, decision=ChangeKind.RESULT)
            return append(
                rows,
                matter.window_id,
                ChangeKind.RESULT,
                subject,
                at=self._clock(),
                bundle_id=matter.bundle_id,
                actor=actor,
                reason=file.name,
                files=(file,),
            )

        return self._database.write(work)

    def get(self, window_id: str, sha256: str) -> bytes:
        """Return a file that this window was told of.

        Raises:
            ResultUnknown: it was told of none of this hash.
        """
        with self._database.read() as rows:
            told = _told(rows, window_id, sha256)
        if told is None:
            raise ResultUnknown
        try:
            return self._blobs.read(sha256)
        except FileNotFoundError:
            raise ResultUnknown from None


def _described(data: bytes, name: str) -> ChangeFile:
    kind = next((kind for mark, kind in KINDS if data.startswith(mark)), "")
    if not kind or len(data) > MAX_RESULT_BYTES:
        raise BadResult(name=name)
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip(" .")[-LONGEST_NAME:]
    ending = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[kind]
    return ChangeFile(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type=kind,
        name=plain if plain.lower().endswith((ending, ".jpeg")) else f"{plain or 'result'}{ending}",
    )


def _told(rows: Rows, window_id: str, sha256: str) -> Change | None:
    found = rows.execute(
        "SELECT change FROM feed WHERE window_id = ? AND kind = ? ORDER BY position DESC",
        (window_id, ChangeKind.RESULT.value),
    )
    for row in found:
        if sha256 in row["change"]:
            change = Change.model_validate_json(row["change"])
            if sha256 in {file.sha256 for file in change.files}:
                return change
    return None
