"""Archived materials of a person, and the courier's bags."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from workstation.domain.archive import ArchivedMaterial, CopyState
from workstation.domain.courier import Bag, BagState
from workstation.store import codec
from workstation.store.page_uses import Holder, drop_uses, set_uses
from workstation.store.rows import BagRow, MaterialRow
from workstation.store.writing import put, remove

_SOURCE_CASE = func.json_extract(col(MaterialRow.document), "$.source_case")


def put_material(session: Session, person: str, material: ArchivedMaterial) -> None:
    """Keep a material under the person's keyed hash; one of the same id is replaced."""
    document = codec.material_text(material)
    put(session, MaterialRow, {"archive_id": material.archive_id, "person": person, "document": document})
    set_uses(session, Holder.MATERIAL, material.archive_id, {page.kept_sha256 for page in material.pages})


def materials(session: Session, person: str, *, source_case: str = "") -> tuple[ArchivedMaterial, ...]:
    """Return the person's materials, the one checked last first; only those from the case of this number."""
    query = select(MaterialRow.document).where(MaterialRow.person == person)
    if source_case:
        query = query.where(source_case == _SOURCE_CASE)
    found = [codec.material_from(document) for document in session.exec(query).all()]
    return tuple(sorted(found, key=lambda material: material.checked_on, reverse=True))


def forget_materials(session: Session, today: date) -> int:
    """Remove materials kept until a day before `today`, withdrawn, or of a holder who is gone."""
    document = col(MaterialRow.document)
    until = func.json_extract(document, "$.keep_until")
    ended = (CopyState.WITHDRAWN.value, CopyState.REVOKED.value, CopyState.HOLDER_GONE.value)
    over = or_(until < today.isoformat(), func.json_extract(document, "$.state").in_(ended))
    gone = session.exec(select(MaterialRow.archive_id).where(over)).all()
    for archive_id in gone:
        drop_uses(session, Holder.MATERIAL, archive_id)
        remove(session, MaterialRow, col(MaterialRow.archive_id) == archive_id)
    return len(gone)


def materials_of_case(session: Session, number: str) -> tuple[ArchivedMaterial, ...]:
    """Return what a case left in the archive, whoever it belongs to."""
    query = select(MaterialRow.document).where(number == _SOURCE_CASE)
    return tuple(codec.material_from(document) for document in session.exec(query).all())


def put_bag(session: Session, bag: Bag) -> None:
    """Keep a bag as it is now."""
    document, state = codec.bag_text(bag), bag.state.value
    row = {"number": bag.number, "state": state, "opened_at": bag.opened_at, "document": document}
    put(session, BagRow, row)


def bags(session: Session, state: BagState | None) -> tuple[Bag, ...]:
    """Return bags, oldest first."""
    query = select(BagRow.document).order_by(col(BagRow.opened_at), col(BagRow.number))
    if state is not None:
        query = query.where(BagRow.state == state.value)
    return tuple(codec.bag_from(document) for document in session.exec(query).all())


def bag(session: Session, number: str) -> Bag | None:
    """Return a bag, None when there is none of this number."""
    document = session.exec(select(BagRow.document).where(BagRow.number == number)).first()
    return None if document is None else codec.bag_from(document)
