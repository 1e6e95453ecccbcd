"""The heads of the windows' audit chains: all are kept, and a chain that was bent is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.anchors import Anchor, AnchorPoint, AnchorRequest, Anchors, SignedAnchor
from sync.contract.signing import key_id, sign
from sync.gateway.database import Database, Rows
from sync.gateway.errors import AnchorBehind, AnchorForked, AnchorGap

SLICE = 1000
"""Most anchors of one answer."""


@dataclass(frozen=True)
class AnchorBook:
    """The anchors of one office."""

    database: Database
    key: Ed25519PrivateKey
    gateway_id: str
    clock: Callable[[], datetime]

    def keep(self, window_id: str, request: AnchorRequest) -> SignedAnchor:
        """Keep the head of a window's chain and return the signed word for it; the same again is the same.

        Raises:
            AnchorForked: the chain has another link where the office saw one.
            AnchorBehind: the chain is shorter than it was.
            AnchorGap: the request does not say what stands at the last anchor.
        """
        return self.database.write(lambda rows: self._keep(rows, window_id, request))

    def since(self, window_id: str, after: int) -> Anchors:
        """Return what was seen of a window's chain beyond a place, in order."""
        with self.database.read() as rows:
            found = rows.execute(
                "SELECT seq, hash FROM anchor WHERE window_id = ? AND seq > ? ORDER BY seq LIMIT ?",
                (window_id, after, SLICE),
            ).fetchall()
            last = _last(rows, window_id)
        points = tuple(AnchorPoint(seq=int(row["seq"]), hash=str(row["hash"])) for row in found)
        return Anchors(anchors=points, last=last)

    def _keep(self, rows: Rows, window_id: str, request: AnchorRequest) -> SignedAnchor:
        rows.hold_window(window_id)
        last, head = _last(rows, window_id), request.head
        if last is not None and head.seq <= last.seq:
            return _known(rows, window_id, head)
        if last is not None:
            _check_link(last, request.after)
        anchor = Anchor(
            window_id=window_id,
            seq=head.seq,
            hash=head.hash,
            received_at=self.clock(),
            gateway_id=self.gateway_id,
        )
        signed = SignedAnchor(
            anchor=anchor, key_id=key_id(self.key.public_key()), signature=sign(anchor, self.key)
        )
        rows.execute(
            "INSERT INTO anchor (window_id, seq, hash, receipt) VALUES (?, ?, ?, ?)",
            (window_id, head.seq, head.hash, signed.model_dump_json()),
        )
        return signed


def _known(rows: Rows, window_id: str, head: AnchorPoint) -> SignedAnchor:
    """Return the word given before for a head that is not beyond the last one."""
    row = rows.execute(
        "SELECT hash, receipt FROM anchor WHERE window_id = ? AND seq = ?", (window_id, head.seq)
    ).fetchone()
    if row is None:
        raise AnchorBehind(f"seq {head.seq}")
    if row["hash"] != head.hash:
        raise AnchorForked(f"seq {head.seq}")
    if _last(rows, window_id) != head:
        raise AnchorBehind(f"seq {head.seq}")
    return SignedAnchor.model_validate_json(row["receipt"])


def _check_link(last: AnchorPoint, after: AnchorPoint | None) -> None:
    if after is None or after.seq != last.seq:
        raise AnchorGap(f"seq {last.seq}")
    if after.hash != last.hash:
        raise AnchorForked(f"seq {last.seq}")


def _last(rows: Rows, window_id: str) -> AnchorPoint | None:
    row = rows.execute(
        "SELECT seq, hash FROM anchor WHERE window_id = ? ORDER BY seq DESC LIMIT 1", (window_id,)
    ).fetchone()
    return None if row is None else AnchorPoint(seq=int(row["seq"]), hash=str(row["hash"]))
