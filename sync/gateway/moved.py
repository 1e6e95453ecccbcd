"""An office that went to another database: the mark it leaves, and what keeps the old rows as they are."""

from __future__ import annotations

from collections.abc import Mapping

from sync.gateway.database import Rows
from sync.gateway.errors import OfficeError

MARK = "moved_to"
"""Name in `meta`; the place without its secrets."""


class OfficeMoved(OfficeError):
    """The rows of this folder went to a server; serving the old ones would part the office in two."""

    code = "Y560"


class TargetNotEmpty(OfficeError):
    """The database already holds an office, and not this one as it stands."""

    code = "Y561"


class MoveDiffers(OfficeError):
    """What arrived is not what was sent; nothing of it was kept."""

    code = "Y562"


def check_here(meta: Mapping[str, str]) -> None:
    """See that these rows are still the office's.

    Raises:
        OfficeMoved: they went elsewhere.
    """
    if MARK in meta:
        raise OfficeMoved(place=meta[MARK])


def seal(rows: Rows, tables: list[str], place: str) -> None:
    """Leave the mark in SQLite, and let no program that is still open write another row."""
    rows.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (MARK, place))
    for table in tables:
        for deed in ("INSERT", "UPDATE", "DELETE"):
            rows.execute(
                f'CREATE TRIGGER "moved_{table}_{deed.lower()}" BEFORE {deed} ON "{table}"'
                f" BEGIN SELECT RAISE(ABORT, '{MARK}'); END"
            )
