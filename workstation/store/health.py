"""Whether what the store holds is whole: the database by its own checks, the pages by their being there."""

from __future__ import annotations

from workstation.store.engine import Database
from workstation.store.page_uses import used_pages
from workstation.store.vault import Vault

MOST = 10
"""Faults named at most."""


def faults(database: Database, vault: Vault) -> tuple[str, ...]:
    """Return what is damaged, in the words of the engine; empty when all is well.

    Every page of the database is decrypted and checked; of the pages of cases only that they are there.
    """
    found: list[str] = []
    with database.cursor() as cursor:
        for pragma in ("cipher_integrity_check", f"quick_check({MOST})"):
            cursor.execute(f"PRAGMA {pragma}")
            found += [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
    with database.read() as session:
        missing = sum(not vault.has(sha256) for sha256 in used_pages(session))
    if missing:
        found.append(f"{missing} pages missing")
    return tuple(found[:MOST])
