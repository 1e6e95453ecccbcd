"""From a page to proposals: OCR proposes, the clerk decides; a typed value is never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PIL import Image

from ocr.errors import UnknownDocument
from ocr.port import Box, FieldReading, Reading
from workstation.domain.case import Case, Fault, FieldSet, FieldValue, Origin, Page, Payload, Treatment
from workstation.domain.checklist import active_fields
from workstation.domain.clock import Clock
from workstation.domain.geometry import box_on_raw
from workstation.domain.items import Item, Material
from workstation.services.catalogue import Catalogue
from workstation.services.home_addresses import with_known_streets
from workstation.services.page_pictures import PagePictures, as_image, treatment_of
from workstation.services.profile import WindowProfile
from workstation.store.database import Store

Reader = Callable[[Image.Image, str], Reading]
"""Reads a page as a document of a kind; any thread may call, it blocks."""

READ_DPI = 300
"""Resolution at which pages are read at most: a printed character has 40 px, more only costs."""


@dataclass(frozen=True)
class Prefill:
    """Reads pages and records what they seem to say."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    read: Reader
    pictures: PagePictures
    _seen: dict[str, tuple[str, Treatment | None]] = field(default_factory=dict, init=False, compare=False)
    """What each page was last read as, and how it was cut then; forgotten at the end of the program."""

    def read_new(self, case_id: str, slot: str, page: Page) -> Reading | None:
        """Read a page unless it was read before as the same document, cut the same; see `read_page`."""
        case = self.store.case(case_id)
        material = next((m for m in self.catalogue.item_of(case).materials if m.id == slot), None)
        kind = _kind(material, case, slot, page) if material else None
        if kind is None or self._seen.get(page.page_id) == (kind, page.treatment):
            return None
        return self.read_page(case_id, slot, page)

    def read_page(self, case_id: str, slot: str, page: Page) -> Reading | None:
        """Read one page of a slot, as it is cut now, and record the proposals; None when it is not read.

        Boxes are recorded, and returned, in px of the raw picture.

        Raises:
            OcrError: the engine failed; nothing was recorded, the clerk types.
        """
        case = self.store.case(case_id)
        item = self.catalogue.item_of(case)
        page = next((now for now in case.slot(slot).pages if now.page_id == page.page_id), page)
        kind = _kind(item.material(slot), case, slot, page)
        if kind is None:
            return None
        try:
            picture = self._picture(page)
            reading = self.read(picture, kind)
        except UnknownDocument:
            return None
        self._seen[page.page_id] = (kind, page.treatment)
        reading = with_known_streets(_on_raw(reading, page, picture.size), self.catalogue.current)
        self._record(case_id, item, page, reading)
        return reading

    def _picture(self, page: Page) -> Image.Image:
        """Return the page as it is cut now; finer than `READ_DPI` it is only larger."""
        dpi = page.resolution_dpi
        if dpi <= READ_DPI:
            return as_image(self.pictures.full(page), dpi)
        width, height = treatment_of(page).size_px
        room = (max(1, round(width * READ_DPI / dpi)), max(1, round(height * READ_DPI / dpi)))
        return as_image(self.pictures.picture(page, room), READ_DPI)

    def _record(self, case_id: str, item: Item, page: Page, reading: Reading) -> None:
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            if case.is_sealed:
                # Sealed while the engine worked: what the bundle does not say, the case must not say either.
                return
            facts = _facts(case, item, page, reading)
            tx.record(case_id, *facts, actor=reading.engine, at=self.clock())


def _kind(material: Material, case: Case, slot: str, page: Page) -> str | None:
    """Return what to read the page as: what it was seen to be, else by its place in the slot.

    A place counts unless another page there was read as that, so a front side scanned again after its back
    side is still read as a front side. What seems another document is read once the clerk said it is not.
    """
    expected = (material.document_kind, material.back_kind)
    pages = [p.page_id for p in case.slot(slot).pages]
    if page.page_id not in pages or is_elsewhere(page):
        return None
    if page.document and page.document in expected:
        return page.document
    others = {name for name in pages if name != page.page_id}
    taken = {name.split(".")[0] for name, value in case.fields.items() if value.page_id in others}
    wanted = (page_kind(material, pages.index(page.page_id)), *expected)
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


def is_elsewhere(page: Page) -> bool:
    """Return whether the page seems to be another document than its slot takes, and nobody said it is not."""
    return bool({finding.fault for finding in page.open_findings} & {Fault.WRONG_KIND, Fault.WRONG_SIDE})


def _on_raw(reading: Reading, page: Page, size: tuple[int, int]) -> Reading:
    """Return the reading, of a picture of `size`, with its boxes where they lie on the raw picture."""
    cut, raw_size = treatment_of(page), (page.width_px, page.height_px)
    across, down = cut.size_px[0] / size[0], cut.size_px[1] / size[1]

    def on_raw(box: Box) -> Box:
        x, y, width, height = box
        full = round(x * across), round(y * down), round(width * across), round(height * down)
        return full if page.treatment is None else box_on_raw(cut, full, raw_size)

    fields = {
        name: replace(read, box=on_raw(read.box)) if read.box else read
        for name, read in reading.fields.items()
    }
    return replace(reading, fields=fields)


def page_kind(material: Material, position: int) -> str | None:
    """Return the document kind of the page at `position` (0 is the first) of a slot, if it is read."""
    return (material.document_kind, material.back_kind)[position] if position < 2 else None


def _value(read: FieldReading, page: Page) -> FieldValue:
    return FieldValue(
        value=read.value,
        origin=Origin.OCR,
        confidence=read.confidence,
        page_id=page.page_id,
        box=read.box,
        checks=read.checks,
        valid=read.valid,
    )
