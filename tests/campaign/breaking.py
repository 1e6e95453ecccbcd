"""Rules of the product, each broken on purpose in the campaign's own processes: the campaign must notice."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.campaign.events import Say


def put(place: object, name: str, value: object) -> None:
    """Replace what a module or a class of the product holds under a name, in this process."""
    setattr(place, name, value)


def observe(say: Say) -> None:
    """Tell of each time the sender's lock is taken or given back, and of each receipt that is stored."""
    from sync.lock import SenderLock
    from workstation.store.outbox import OutboxTable

    acquire, release, delivered = SenderLock.acquire, SenderLock.release, OutboxTable.mark_delivered

    def watched_acquire(self: SenderLock) -> bool:
        was_held = self.held
        taken = acquire(self)
        if taken and not was_held:
            say("holds")
        return taken

    def watched_release(self: SenderLock) -> None:
        if self.held:
            say("released")
        release(self)

    def watched_delivered(self: OutboxTable, bundle_id: str, receipt: Any, now: Any) -> None:
        delivered(self, bundle_id, receipt, now)
        say("delivered", bundle=bundle_id, number=receipt.receipt.number)

    put(SenderLock, "acquire", watched_acquire)
    put(SenderLock, "release", watched_release)
    put(OutboxTable, "mark_delivered", watched_delivered)


def _skip_fsync() -> None:
    """The window's page files are renamed into place without being synced."""
    from workstation.store import files, vault

    def write_unsynced(handle: Any, data: bytes, mode: int) -> None:
        descriptor = os.open(handle, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)

    put(files, "_write_synced", write_unsynced)
    put(files, "sync_folder", lambda path: None)
    put(vault, "sync_folder", lambda path: None)


def _skip_commit_sync() -> None:
    """The window's database leaves syncing to the system."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def relax(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.close()


def _skip_gateway_fsync() -> None:
    """The gateway acknowledges pages that only stand in memory."""
    from sync.gateway import blobs

    put(blobs, "sync_folder", lambda folder: None)
    put(blobs, "os", _os_without_fsync())


def _os_without_fsync() -> object:
    return module_with(os, fsync=lambda handle: None)


def module_with(module: ModuleType, **other: object) -> ModuleType:
    """Return a copy of a module in which some names mean something else."""
    changed = ModuleType(module.__name__)
    changed.__dict__.update({**module.__dict__, **other})
    return changed


def _drop_receipt_check() -> None:
    """Whatever has the form of a receipt for this bundle is believed."""
    import sync.sender

    put(sync.sender, "check_receipt", lambda *_given, **_named: None)


def _drop_receipt_names() -> None:
    """Neither sender nor store looks whose receipt it is."""
    from sync.port import LineState
    from workstation.store import codec, outbox
    from workstation.store.rows import BundleDocumentRow

    def believe(self: outbox.OutboxTable, bundle_id: str, receipt: Any, now: Any) -> None:
        with self._database.write() as session:
            row = outbox._row(session, bundle_id)
            outbox._settle(row, LineState.DELIVERED)
            row.delivered_at = now
            session.get_one(BundleDocumentRow, bundle_id).receipt = codec.receipt_text(receipt)

    _drop_receipt_check()
    put(outbox.OutboxTable, "mark_delivered", believe)


def _drop_lock() -> None:
    """Everybody gets the sender's lock."""
    import fcntl

    from sync import lock

    put(lock, "fcntl", module_with(fcntl, flock=lambda handle, how: None))


def _drop_missing_check() -> None:
    """The gateway takes a manifest without looking for its pages."""
    from sync.gateway.intake import Intake

    put(Intake, "_check_pages", lambda self, manifest: None)


def _reuse_bundle_id() -> None:
    """Every bundle of a start of the program has the same id."""
    from workstation.services import sealing

    original = vars(sealing)["new_id"]
    made: list[str] = []

    def again(at: Any) -> str:
        if not made:
            made.append(original(at))
        return made[0]

    put(sealing, "new_id", again)


def _tell_before_commit() -> None:
    """The clerk is told that a case is sealed, and its line never comes into the queue."""
    from workstation.store.transaction import Tx

    put(Tx, "queue", lambda self, signed, *, legal_due_at: None)


def _forget_claims() -> None:
    """A line whose sender died is left claimed."""
    from workstation.store import database, outbox

    put(database, "release_claims", lambda session, now: 0)
    put(outbox, "release_claims", lambda session, now: 0)


def _number_by_the_clock() -> None:
    """Case numbers start anew with each start of the program."""
    from workstation.store.transaction import Tx

    counts: dict[str, int] = {}

    def next_serial(self: Tx, name: str) -> int:
        counts[name] = counts.get(name, 0) + 1
        return counts[name]

    put(Tx, "next_serial", next_serial)


def _never_quarantine() -> None:
    """What cannot be read waits for the network."""
    from sync import sender
    from sync.errors import FailureClass
    from sync.port import LineState

    sender.STATE_OF[FailureClass.QUARANTINE] = LineState.WAITING


RULES: dict[str, Callable[[], None]] = {
    "skip-fsync": _skip_fsync,
    "skip-commit-sync": _skip_commit_sync,
    "skip-gateway-fsync": _skip_gateway_fsync,
    "drop-receipt-check": _drop_receipt_check,
    "drop-receipt-names": _drop_receipt_names,
    "drop-lock": _drop_lock,
    "drop-missing-check": _drop_missing_check,
    "reuse-bundle-id": _reuse_bundle_id,
    "tell-before-commit": _tell_before_commit,
    "forget-claims": _forget_claims,
    "number-by-the-clock": _number_by_the_clock,
    "never-quarantine": _never_quarantine,
}
