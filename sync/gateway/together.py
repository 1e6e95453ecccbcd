"""A lot of bundles in one transaction: the disk is waited for once, and a lot is a handful of statements.

Only what stands for itself is taken so: the first version of a case or bag nobody has told of before, or what
changes none; with a number and a window that nobody else is busy with at this moment. Whatever else a bundle
may be (known, now or before a restore; a later version; awaited by one; in conflict; of several approvers)
goes alone, by the rules of `intake`. So a lot waits for no other transaction, and nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sync.contract.models import BundleKind
from sync.gateway import matters
from sync.gateway.arrival import COLUMNS, Arrival, Deposit
from sync.gateway.chain import ACCEPTED, HELD
from sync.gateway.database import Rows, in_list, insert_all

OPENING = frozenset({BundleKind.CASE, BundleKind.HANDOVER})
"""Kinds whose first version opens a case or a bag."""
RowOf = Callable[[Arrival, int, datetime, str], tuple[str, tuple[object, ...]]]
"""The receipt and the row of an arrival, its serial, the time and its state."""


def take(rows: Rows, arrivals: Sequence[Arrival], row_of: RowOf, now: datetime) -> list[Deposit | None]:
    """Take those that stand for themselves, inside the caller's transaction; None for each other one."""
    chosen = _unknown(rows, _held(rows, _plain(arrivals)))
    if not chosen:
        return [None] * len(arrivals)
    written = [
        row_of(arrival, serial, now, ACCEPTED)
        for arrival, serial in zip(chosen, rows.next_serials(len(chosen)), strict=True)
    ]
    insert_all(rows, "bundle", COLUMNS, [row for _receipt, row in written])
    matters.open_all(rows, [one.manifest for one in chosen if one.manifest.kind in OPENING], now)
    receipts = {
        arrival.manifest.bundle_id: receipt for arrival, (receipt, _row) in zip(chosen, written, strict=True)
    }
    taken = {id(arrival) for arrival in chosen}
    return [
        Deposit(receipts[arrival.manifest.bundle_id], is_new=True) if id(arrival) in taken else None
        for arrival in arrivals
    ]


def _plain(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return the first versions without approvers of their own, each id and each subject once."""
    ids, subjects, plain = set[str](), set[str](), []
    for arrival in arrivals:
        manifest = arrival.manifest
        is_met = manifest.bundle_id in ids or manifest.subject in subjects
        is_first = manifest.supersedes is None and arrival.earlier is None
        if is_first and "branches" not in manifest.body and not is_met:
            plain.append(arrival)
            ids.add(manifest.bundle_id)
            subjects.add(manifest.subject)
    return plain


def _held(rows: Rows, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Hold numbers and windows as far as they are free, and return the arrivals that have both."""
    if not arrivals:
        return []
    names = rows.hold_free([arrival.name for arrival in arrivals])
    windows = rows.hold_free_windows(list(dict.fromkeys(arrival.window.window_id for arrival in arrivals)))
    return [one for one in arrivals if one.name in names and one.window.window_id in windows]


def _unknown(rows: Rows, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return the arrivals the rows say nothing of: no such bundle or case, nothing that waits for it."""
    if not arrivals:
        return []
    ids = [arrival.manifest.bundle_id for arrival in arrivals]
    subjects = [arrival.manifest.subject for arrival in arrivals]
    digests = [arrival.digest for arrival in arrivals]
    windows = [arrival.window.window_id for arrival in arrivals]
    found = rows.execute(
        f"SELECT bundle_id FROM bundle WHERE bundle_id IN {in_list(ids)}"
        f" UNION ALL SELECT subject FROM matter WHERE subject IN {in_list(subjects)}"
        f" UNION ALL SELECT supersedes FROM bundle WHERE window_id IN {in_list(windows)}"
        f" AND supersedes IN {in_list(digests)} AND state = ?",
        (*ids, *subjects, *windows, *digests, HELD),
    )
    met = {str(row[0]) for row in found}
    return [
        one for one in arrivals if met.isdisjoint((one.manifest.bundle_id, one.manifest.subject, one.digest))
    ]
