"""The receipts that come back on the stick: each proves itself, whoever carried it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from sync.carry.errors import BagDamaged, MediumFailed
from sync.contract.models import Model, Short, SignedReceipt
from sync.errors import SyncError
from sync.port import LineState, Outbox
from sync.receipts import check_receipt

SUFFIX = ".receipts.json"
MAX_FILE_BYTES = 32 << 20


class Refusal(Model):
    """A bundle the back office did not take; unsigned, so only for people to read."""

    bundle_id: Short
    code: Short
    detail: Short = ""


class Receipts(Model):
    """The answer to one bag."""

    format: str = "window-receipts-1"
    receipts: tuple[SignedReceipt, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the receipts of a medium changed."""

    delivered: tuple[str, ...]
    known: int
    """Receipts for bundles that were delivered before, or are none of this queue."""
    untrue: tuple[str, ...]
    """Bundles whose receipt proves nothing: they stay in the queue."""
    refused: tuple[Refusal, ...]


def write_receipts(bag: Path, answer: Receipts) -> Path:
    """Put the answer beside its bag, whole or not at all.

    Raises:
        MediumFailed: the medium cannot be written.
    """
    target = bag.with_name(bag.name + SUFFIX)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(answer.model_dump_json(indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise MediumFailed(reason=error.strerror or type(error).__name__) from error
    return target


def take_receipts(
    outbox: Outbox, medium: Path, *, gateway_id: str, gateway_key: Ed25519PublicKey, now: datetime
) -> Taken:
    """Mark as delivered what the receipts on a medium prove; nothing else is changed.

    Raises:
        BagDamaged: a file of receipts cannot be understood.
        MediumFailed: the medium cannot be read.
    """
    delivered: list[str] = []
    untrue: list[str] = []
    refused: list[Refusal] = []
    known = 0
    for answer in _answers(medium):
        refused += answer.refused
        for receipt in answer.receipts:
            bundle_id = receipt.receipt.bundle_id
            if outbox.state(bundle_id) in (None, LineState.DELIVERED):
                known += 1
                continue
            try:
                check_receipt(receipt, outbox.load(bundle_id), gateway_id=gateway_id, gateway_key=gateway_key)
                outbox.mark_delivered(bundle_id, receipt, now)
            except SyncError:
                untrue.append(bundle_id)
            else:
                delivered.append(bundle_id)
    return Taken(delivered=tuple(delivered), known=known, untrue=tuple(untrue), refused=tuple(refused))


def _answers(medium: Path) -> Iterator[Receipts]:
    try:
        paths: Sequence[Path] = sorted(medium.glob(f"*{SUFFIX}"))
        for path in paths:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise BagDamaged(file=path.name)
            yield Receipts.model_validate_json(path.read_bytes())
    except OSError as error:
        raise MediumFailed(reason=error.strerror or type(error).__name__) from error
    except (ValidationError, json.JSONDecodeError) as error:
        raise BagDamaged(file="receipts") from error
