"""Seal the pages of a folder anew with the policy's cipher; nothing needs it, all of them stay readable."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.store.engine import Database
from workstation.store.errors import PAGE_FAULTS, DiskFault
from workstation.store.page_uses import used_pages
from workstation.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """What was done."""

    done: int
    failed: tuple[str, ...]
    """First digits of pages that cannot be read; they stay as they are."""


def reseal(database: Database, vault: Vault) -> Resealed:
    """Seal every page that is referred to; cut off at any moment it goes on when it is called again.

    Raises:
        DiskFull: no space for one more page; nothing is lost.
    """
    done, failed = 0, list[str]()
    with database.read() as session:
        pages = sorted(used_pages(session))
    for sha256 in pages:
        try:
            done += vault.reseal(sha256)
        except (*PAGE_FAULTS, DiskFault):
            failed.append(sha256[:12])
    return Resealed(done=done, failed=tuple(failed))
