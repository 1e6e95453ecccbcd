"""Who refers to which page of the vault; the sweep keeps exactly these pages."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from workstation.domain.case import Case
from workstation.store.rows import PageUseRow
from workstation.store.writing import add, remove, table_of


class Holder(StrEnum):
    """Kinds of records that refer to pages."""

    CASE = "case"
    BUNDLE = "bundle"
    MATERIAL = "material"
    RESULT = "result"


_USES = table_of(PageUseRow).c


def set_uses(session: Session, holder: Holder, holder_id: str, pages: set[str]) -> None:
    """Make `pages` exactly the pages this holder refers to."""
    present = uses_of(session, holder, holder_id)
    whose = {"holder": holder.value, "holder_id": holder_id}
    add(session, PageUseRow, *({"sha256": sha256, **whose} for sha256 in sorted(pages - present)))
    if gone := present - pages:
        remove(session, PageUseRow, *_of(holder, holder_id), _USES.sha256.in_(gone))


def uses_of(session: Session, holder: Holder, holder_id: str) -> set[str]:
    """Return the SHA-256 of every page this holder refers to."""
    query = select(_USES.sha256).where(*_of(holder, holder_id))
    return set(session.connection().execute(query).scalars())


def _of(holder: Holder, holder_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _USES.holder == holder.value, _USES.holder_id == holder_id


def drop_uses(session: Session, holder: Holder, holder_id: str) -> set[str]:
    """Let this holder refer to nothing any more; return what it referred to."""
    pages = uses_of(session, holder, holder_id)
    set_uses(session, holder, holder_id, set())
    return pages


def is_used(session: Session, sha256: str) -> bool:
    """True while anybody refers to the page."""
    query = select(PageUseRow.sha256).where(PageUseRow.sha256 == sha256).limit(1)
    return session.exec(query).first() is not None


def used_pages(session: Session) -> set[str]:
    """Return the SHA-256 of every page somebody refers to."""
    return set(session.exec(select(col(PageUseRow.sha256)).distinct()).all())


def case_pages(case: Case) -> set[str]:
    """Return the files of the pages the case holds: scanned, reused, and taken out but not yet for good."""
    pages = {page.kept_sha256 for page in case.binned}
    for slot in case.slots.values():
        pages.update(page.kept_sha256 for page in slot.pages)
        if slot.reuse is not None:
            pages.update(page.kept_sha256 for page in slot.reuse.pages)
    return pages
