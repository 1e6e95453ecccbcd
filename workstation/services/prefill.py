"""From a page to proposals: OCR proposes, the clerk decides; a typed value is never overwritten."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from ocr.errors import UnknownDocument
from ocr.port import Engine, FieldReading, Reading
from workstation.domain.case import Case, FieldSet, FieldValue, Origin, Page, Payload
from workstation.domain.checklist import active_fields
from workstation.domain.clock import Clock
from workstation.domain.items import Item, Material
from workstation.services.catalogue import Catalogue
from workstation.services.profile import WindowProfile
from workstation.store.database import Store

Reader = Callable[[Engine, Image.Image, str], Reading]


@dataclass(frozen=True)
class Prefill:
    """Reads pages and records what they seem to say."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    engine: Engine
    read: Reader

    def read_page(self, case_id: str, slot: str, page: Page) -> Reading | None:
        """Read one page of a slot and record the proposals; None when its kind is not read.

        Raises:
            OcrError: the engine failed; nothing was recorded, the clerk types.
        """
        case = self.store.case(case_id)
        item = self.catalogue.item_of(case)
        kind = _kind(item.material(slot), case, slot, page)
        if kind is None:
            return None
        with Image.open(io.BytesIO(self.store.vault.get(page.sha256))) as picture:
            picture.load()
            try:
                reading = self.read(self.engine, picture, kind)
            except UnknownDocument:
                return None
        self._record(case_id, item, page, reading)
        return reading

    def _record(self, case_id: str, item: Item, page: Page, reading: Reading) -> None:
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            if case.is_sealed:
                # Sealed while the engine worked: what the bundle does not say, the case must not say either.
                return
            facts = _facts(case, item, page, reading)
            tx.record(case_id, *facts, actor=reading.engine, at=self.clock())


def _kind(material: Material, case: Case, slot: str, page: Page) -> str | None:
    """Return what to read the page as: by its place in the slot, unless another page there was read as that.

    So a front side scanned again after its back side is still read as a front side.
    """
    pages = [p.page_id for p in case.slot(slot).pages]
    if page.page_id not in pages:
        return None
    others = {name for name in pages if name != page.page_id}
    taken = {name.split(".")[0] for name, value in case.fields.items() if value.page_id in others}
    wanted = (page_kind(material, pages.index(page.page_id)), material.document_kind, material.back_kind)
    return next((kind for kind in wanted if kind is not None and kind not in taken), None)


def _facts(case: Case, item: Item, page: Page, reading: Reading) -> list[Payload]:
    """Return every reading under its document's name, and proposals for the form fields that take them."""
    facts: list[Payload] = [
        FieldSet(field=f"{reading.document}.{name}", value=_value(read, page))
        for name, read in reading.fields.items()
    ]
    for form_field in active_fields(item, case.answers):
        for source in form_field.sources:
            if source.document_kind == reading.document:
                read = reading.fields.get(source.field)
                if read is not None and read.value:
                    facts.append(FieldSet(field=form_field.id, value=_value(read, page)))
                break
            preferred = case.fields.get(f"{source.document_kind}.{source.field}")
            if preferred is not None and preferred.value:
                # The item names its sources in order: a lesser one never replaces a better one.
                break
    return facts


def page_kind(material: Material, position: int) -> str | None:
    """Return the document kind of the page at `position` (0 is the first) of a slot, if it is read."""
    return (material.document_kind, material.back_kind)[position] if position < 2 else None


def _value(field: FieldReading, page: Page) -> FieldValue:
    return FieldValue(
        value=field.value,
        origin=Origin.OCR,
        confidence=field.confidence,
        page_id=page.page_id,
        box=field.box,
        checks=field.checks,
        valid=field.valid,
    )
