"""Archived materials of a person, and the courier's bags."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from workstation.domain.archive import ArchivedMaterial, CopyState
from workstation.domain.courier import Bag, BagState
from workstation.store import codec
from workstation.store.page_uses import Holder, set_uses
from workstation.store.rows import BagRow, MaterialRow


def put_material(session: Session, person: str, material: ArchivedMaterial) -> None:
    """Keep a material under the person's keyed hash; one of the same id is replaced."""
    document = codec.material_text(material)
    session.merge(MaterialRow(archive_id=material.archive_id, person=person, document=document))
    set_uses(session, Holder.MATERIAL, material.archive_id, {page.kept_sha256 for page in material.pages})
    session.flush()


def materials(session: Session, person: str) -> tuple[ArchivedMaterial, ...]:
    """Return the person's materials, the one checked last first."""
    rows = session.exec(select(MaterialRow).where(MaterialRow.person == person)).all()
    found = [codec.material_from(row.document) for row in rows]
    return tuple(sorted(found, key=lambda material: material.checked_on, reverse=True))


def forget_materials(session: Session, today: date) -> int:
    """Remove materials kept until a day before `today`, withdrawn, or of a holder who is gone."""
    document = col(MaterialRow.document)
    until = func.json_extract(document, "$.keep_until")
    ended = (CopyState.WITHDRAWN.value, CopyState.REVOKED.value, CopyState.HOLDER_GONE.value)
    over = or_(until < today.isoformat(), func.json_extract(document, "$.state").in_(ended))
    rows = session.exec(select(MaterialRow).where(over)).all()
    for row in rows:
        set_uses(session, Holder.MATERIAL, row.archive_id, set())
        session.delete(row)
    session.flush()
    return len(rows)


def materials_of_case(session: Session, number: str) -> tuple[ArchivedMaterial, ...]:
    """Return what a case left in the archive, whoever it belongs to."""
    source = func.json_extract(col(MaterialRow.document), "$.source_case")
    rows = session.exec(select(MaterialRow).where(source == number)).all()
    return tuple(codec.material_from(row.document) for row in rows)


def put_bag(session: Session, bag: Bag) -> None:
    """Keep a bag as it is now."""
    document = codec.bag_text(bag)
    row = BagRow(number=bag.number, state=bag.state.value, opened_at=bag.opened_at, document=document)
    session.merge(row)
    session.flush()


def bags(session: Session, state: BagState | None) -> tuple[Bag, ...]:
    """Return bags, oldest first."""
    query = select(BagRow).order_by(col(BagRow.opened_at), col(BagRow.number))
    if state is not None:
        query = query.where(BagRow.state == state.value)
    return tuple(codec.bag_from(row.document) for row in session.exec(query).all())


def bag(session: Session, number: str) -> Bag | None:
    """Return a bag, None when there is none of this number."""
    row = session.get(BagRow, number)
    return None if row is None else codec.bag_from(row.document)
