"""What is found at the end, read by fresh processes: each window's store and the gateway's office."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sync.contract.signing import BadSignature, load_public, verify
from tests.campaign.window import Seat, lines_of
from workstation.cli.wiring import build_desk_for, find_membership
from workstation.domain.case import Moved
from workstation.domain.clock import now
from workstation.store.database import Store
from workstation.store.errors import StoreError

Found = dict[str, Any]
EVERY = 10_000


def dump_window(seat: Seat, told_pages: list[str], target: Path) -> None:
    """Write what a window's store holds."""
    store = Store.open(seat.folder, seat.key)
    recovery = store.recover(now())
    desk = build_desk_for(
        seat.settings,
        store,
        find_membership(store),
        scanner=None,
        clock=now,
        papers_folder=seat.folder.parent / "papers",
    )
    cases = [store.case(summary.case_id) for summary in store.summaries(limit=EVERY)]
    found = {
        "was_alone": recovery.was_alone,
        "lines": [_line(store, shown) for shown in lines_of(desk)],
        "cases": [
            {
                "number": case.number,
                "state": case.state.value,
                "bundles": [bundle.bundle_id for bundle in case.bundles],
                "pages": [page.sha256 for slot in case.slots.values() for page in slot.pages],
                "accepted": sum(_is_acceptance(entry.payload) for entry in store.log(case.case_id)),
            }
            for case in cases
        ],
        "changes": [kept.change.change_id for kept in store.inbox.recent(EVERY)],
        "lost_pages": [sha256 for sha256 in told_pages if not _has(store, sha256)],
    }
    store.close()
    target.write_text(json.dumps(found))


def _line(store: Store, shown: Found) -> Found:
    bundle_id = shown["bundle"]
    receipt = store.outbox.receipt(bundle_id)
    line = store.outbox.line(bundle_id)
    more: Found = {
        "sha256": line.manifest_sha256,
        "subject": line.subject,
        "receipt": None if receipt is None else receipt.model_dump(mode="json"),
        "pages": [],
    }
    try:
        more["pages"] = [page.sha256 for page in store.outbox.load(bundle_id).manifest.pages]
    except Exception as error:  # noqa: BLE001 - an unreadable manifest is a finding, not a fault of the reader
        more["unreadable"] = type(error).__name__
    return {**shown, **more}


def _is_acceptance(payload: object) -> bool:
    return isinstance(payload, Moved) and payload.move.value == "ACCEPT"


def _has(store: Store, sha256: str) -> bool:
    try:
        return hashlib.sha256(store.vault.get(sha256)).hexdigest() == sha256
    except StoreError:
        return False


def dump_gateway(folder: Path, target: Path, pages: Path) -> None:
    """Write what the office holds; its pages are copied to `pages` under their hashes."""
    from sync.gateway.office import Office

    office = Office.open(folder, create=False)
    key = load_public(office.public_key)
    pages.mkdir(exist_ok=True)
    bundles = []
    for bundle_id in office.bundle_ids():
        stored = office.bundle(bundle_id)
        for page in stored.signed.manifest.pages:
            try:
                (pages / page.sha256).write_bytes(office.blobs.read(page.sha256))
            except FileNotFoundError:
                continue
        try:
            verify(stored.receipt.receipt, stored.receipt.signature, key)
            is_signed = True
        except BadSignature:
            is_signed = False
        bundles.append(
            {
                "bundle": bundle_id,
                "window": stored.signed.manifest.window_id,
                "subject": stored.signed.manifest.subject,
                "version": stored.signed.manifest.version,
                "supersedes": stored.signed.manifest.supersedes,
                "sha256": stored.receipt.receipt.manifest_sha256,
                "state": stored.state,
                "receipt": stored.receipt.model_dump(mode="json"),
                "is_signed": is_signed,
                "pages": [page.sha256 for page in stored.signed.manifest.pages],
            }
        )
    found = {
        "gateway": office.gateway_id,
        "bundles": bundles,
        "conflicts": [aside.code for aside in office.conflicts()],
        "changes": feed_of(folder),
    }
    office.close()
    target.write_text(json.dumps(found))


def bundles_of(folder: Path) -> set[str]:
    """Return the ids of all bundles' rows."""
    with closing(sqlite3.connect(f"file:{folder / 'office.db'}?mode=ro", uri=True)) as rows:
        return {str(row[0]) for row in rows.execute("SELECT bundle_id FROM bundle")}


def feed_of(folder: Path) -> list[Found]:
    """Return window, position and id of every line of the feeds; all rows, not through the office's code."""
    address = f"file:{folder / 'office.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as rows:
        found = rows.execute("SELECT window_id, position, json_extract(change, '$.change_id') FROM feed")
        return [{"window": row[0], "position": row[1], "change": row[2]} for row in found.fetchall()]
