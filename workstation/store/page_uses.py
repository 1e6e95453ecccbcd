"""Who refers to which page of the vault; the sweep keeps exactly these pages."""

from __future__ import annotations

from enum import StrEnum

from sqlmodel import Session, col, select

from workstation.domain.case import Case
from workstation.store.rows import PageUseRow


class Holder(StrEnum):
    """Kinds of records that refer to pages."""

    CASE = "case"
    BUNDLE = "bundle"
    MATERIAL = "material"


def set_uses(session: Session, holder: Holder, holder_id: str, pages: set[str]) -> None:
    """Make `pages` exactly the pages this holder refers to."""
    rows = session.exec(
        select(PageUseRow).where(PageUseRow.holder == holder.value, PageUseRow.holder_id == holder_id)
    ).all()
    for row in rows:
        if row.sha256 not in pages:
            session.delete(row)
    for sha256 in pages - {row.sha256 for row in rows}:
        session.add(PageUseRow(sha256=sha256, holder=holder.value, holder_id=holder_id))


def uses_of(session: Session, holder: Holder, holder_id: str) -> set[str]:
    """Return the SHA-256 of every page this holder refers to."""
    query = select(PageUseRow.sha256).where(
        PageUseRow.holder == holder.value, PageUseRow.holder_id == holder_id
    )
    return set(session.exec(query).all())


def drop_uses(session: Session, holder: Holder, holder_id: str) -> set[str]:
    """Let this holder refer to nothing any more; return what it referred to."""
    pages = uses_of(session, holder, holder_id)
    set_uses(session, holder, holder_id, set())
    session.flush()
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
