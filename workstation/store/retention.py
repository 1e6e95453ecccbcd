"""Letting the pages of delivered bundles go; what is known of a bundle stays for good.

A page goes only with the last one that refers to it. Whoever may still need it refers to it: a bundle that is
not delivered, a case that may still be sealed again, a copy in the archive. The rows go first, in one small
transaction a bundle, the files after the commit: a crash between the two leaves files nobody refers to, which
the next start sweeps.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sync.port import SETTLED, LineState
from workstation.domain.case import TAKES_SUPPLEMENTS, CaseState
from workstation.store import codec
from workstation.store.attempts import note
from workstation.store.engine import Database
from workstation.store.errors import StoreDamaged
from workstation.store.folder import Presence
from workstation.store.page_uses import Holder, drop_uses, is_used, uses_of
from workstation.store.rows import BundleDocumentRow, BundleRow, CaseRow, PageUseRow
from workstation.store.vault import Vault

log = logging.getLogger(__name__)

OVER = frozenset(CaseState) - TAKES_SUPPLEMENTS - {CaseState.DRAFT}
"""States in which nothing of a case is sealed again."""
PAGES_GONE = "pages removed"
"""What the history of a line says from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A delivered bundle whose pages nobody here needs any more, but for the time it stays replayable."""

    bundle_id: str
    subject: str
    delivered_at: datetime
    """By this machine's clock."""
    received_at: datetime
    """By the gateway's, as it signed."""
    size: int


@dataclass(frozen=True, slots=True)
class Freed:
    """What went with one bundle."""

    pages: int
    size: int
    """Bytes on the disk."""


class Retention:
    """Finds what may go and lets it go; each bundle is one transaction."""

    def __init__(self, database: Database, vault: Vault, presence: Presence) -> None:
        """Use the store's database, pages and presence."""
        self._database, self._vault, self._presence = database, vault, presence

    def spent(self, before: datetime, limit: int) -> tuple[Spent, ...]:
        """Return bundles delivered, and cases last changed, before `before`; the first delivered first."""
        query = _spent(before).order_by(col(BundleRow.delivered_at)).limit(limit)
        with self._database.read() as session:
            found = (_described(session, row) for row in session.exec(query).all())
            return tuple(spent for spent in found if spent is not None)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Give True while no other process has the folder open, and keep others waiting until the end."""
        with self._presence.alone() as is_alone:
            yield is_alone

    def let_go(self, bundle_id: str, before: datetime, now: datetime) -> Freed | None:
        """Let the pages of one bundle go; None when it is not, or no longer, among the `spent`.

        Only inside `alone`: another process may be about to record a page that it finds here.
        """
        with self._database.write() as session:
            row = session.exec(_spent(before).where(BundleRow.bundle_id == bundle_id)).first()
            if row is None:
                return None
            pages = _drop(session, row)
            detail = f"{PAGES_GONE}: {len(pages)}"
            note(session, row, now, detail=detail)
        return self._remove(pages)

    def _remove(self, pages: set[str]) -> Freed:
        count = size = 0
        for sha256 in sorted(pages):
            freed = self._vault.discard(sha256, self._is_used)
            count, size = count + (freed > 0), size + freed
        return Freed(count, size)

    def _is_used(self, sha256: str) -> bool:
        with self._database.read() as session:
            return is_used(session, sha256)


def _spent(before: datetime) -> SelectOfScalar[BundleRow]:
    """Select delivered bundles that still hold pages, and whose case needs none of them."""
    holds = select(PageUseRow.holder_id).where(PageUseRow.holder == Holder.BUNDLE.value)
    return (
        select(BundleRow)
        .join(CaseRow, col(CaseRow.number) == col(BundleRow.subject), isouter=True)
        .where(col(BundleRow.bundle_id).in_(holds))
        .where(BundleRow.state == LineState.DELIVERED.value, col(BundleRow.delivered_at) < before)
        .where(or_(col(CaseRow.case_id).is_(None), _is_over(before)))
        .where(~_has_unsent())
    )


def _is_over(before: datetime) -> ColumnElement[bool]:
    over = col(CaseRow.state).in_([state.value for state in OVER])
    return and_(over, col(CaseRow.changed_at) < before)


def _has_unsent() -> ColumnElement[bool]:
    """True for a bundle of whose case or bag another one is not delivered: they may share pages."""
    other = aliased(BundleRow)
    return (
        select(other.bundle_id)
        .where(col(other.subject) == col(BundleRow.subject))
        .where(col(other.state).not_in([state.value for state in SETTLED]))
        .exists()
    )


def _drop(session: Session, row: BundleRow) -> set[str]:
    """Drop what the bundle refers to, with its last bundle also what the case does; return those pages."""
    pages = drop_uses(session, Holder.BUNDLE, row.bundle_id)
    case_id = session.exec(select(CaseRow.case_id).where(CaseRow.number == row.subject)).first()
    siblings = session.exec(select(BundleRow).where(BundleRow.subject == row.subject)).all()
    held = [one for one in siblings if uses_of(session, Holder.BUNDLE, one.bundle_id)]
    if all(one.state == LineState.REPLACED.value for one in held):
        # What was replaced never went out: it goes with the last version that did.
        for one in held:
            pages |= drop_uses(session, Holder.BUNDLE, one.bundle_id)
        if case_id is not None:
            pages |= drop_uses(session, Holder.CASE, case_id)
    return pages


def _described(session: Session, row: BundleRow) -> Spent | None:
    """Return what is asked of the row; None without a receipt that can be read: then its pages stay."""
    document = session.get(BundleDocumentRow, row.bundle_id)
    if document is None or document.receipt is None or row.delivered_at is None:
        return None
    try:
        received_at = codec.receipt_from(document.receipt).receipt.received_at
    except StoreDamaged:
        log.error("pages kept bundle=%s: its receipt cannot be read", row.bundle_id)
        return None
    return Spent(
        bundle_id=row.bundle_id,
        subject=row.subject,
        delivered_at=row.delivered_at,
        received_at=received_at,
        size=row.size,
    )
