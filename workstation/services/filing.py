"""From pages to what is delivered: each page as a small file, each material as one PDF/A beside them.

Pages are packed ahead of sealing, in the background; what is not packed when the key is pressed is packed
then. Whatever fails is left out and said in the log: the page goes as it came, and sealing is never barred.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scanners.errors import ScannerError
from scanners.imaging.port import Layers, Packed
from sync.contract.models import MAX_BLOB_BYTES, PageEntry
from sync.errors import SyncError
from workstation.domain.case import Case, Page, PageFile
from workstation.domain.checklist import derive
from workstation.domain.facts import Corners
from workstation.domain.geometry import whole
from workstation.domain.items import Item, Material
from workstation.printing.errors import PrintingError
from workstation.printing.scanned import MaterialDocument, ScannedPage
from workstation.services.filed_texts import texts_on
from workstation.services.ids import new_id
from workstation.services.page_pictures import treatment_of
from workstation.services.paper_desk import Render
from workstation.store.database import Store
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

MM_PER_INCH = 25.4
MOST_FAILURES = 2
"""After so many the rest is not tried: a packer that hangs takes a minute a page, and the citizen waits."""
PDF = "application/pdf"
JPEG = "image/jpeg"


class Packer(Protocol):
    """Makes a page's file; see `scanners.imaging.darkroom.Darkroom`."""

    def pack(self, file: bytes, corners: Corners, size_px: tuple[int, int], dpi: int) -> Packed:
        """Return the page between the corners as the file that leaves the house.

        Raises:
            ScannerError: it cannot be made.
        """
        ...


@dataclass(frozen=True, slots=True)
class Filed:
    """What stands for a case's pages from this seal on."""

    pages: Mapping[str, PageFile]
    """By page id; a page without one is delivered as it came, or as it was filed before."""
    documents: tuple[PageEntry, ...] = ()
    """One PDF/A a material, in the order of the checklist."""


NOTHING_FILED = Filed({})


class Filing(Protocol):
    """Makes what is delivered of a case's pages."""

    def pack_pages(self, case_id: str, stopped: Callable[[], bool] = bool) -> None:
        """Make ahead what can be made ahead, until `stopped` says so; for the background."""
        ...

    def prepare(self, case: Case, item: Item) -> None:
        """Make what is to be delivered; called before the transaction, it may take seconds."""
        ...

    def files(self, case: Case, item: Item) -> Filed:
        """Return what is ready of what `prepare` made, at once."""
        ...


class AsTheyCame:
    """Delivers the pages as they were scanned, and nothing beside them."""

    def pack_pages(self, case_id: str, stopped: Callable[[], bool] = bool) -> None:
        """Do nothing."""

    def prepare(self, case: Case, item: Item) -> None:
        """Do nothing."""

    def files(self, case: Case, item: Item) -> Filed:
        """Return nothing."""
        return NOTHING_FILED


@dataclass(frozen=True, slots=True)
class _Kept:
    """A packed page in the vault: its file, and its layers as one blob (paper, then stencil)."""

    sha256: str
    size: int
    media_type: str
    size_px: tuple[int, int]
    dpi: int
    layers_sha256: str
    paper_bytes: int
    stencil_px: tuple[int, int]
    ink: tuple[int, int, int]


_Recipe = tuple[str, Corners, tuple[int, int]]
"""SHA-256 of the bytes a page is cut from, its corners there and its size."""


@dataclass
class FilingRoom:
    """Packs pages and puts materials together; what it made is found again by what it was made of."""

    store: Store
    packer: Packer
    render: Render
    folder: Path
    """Private; a PDF lies there only until it is in the vault."""
    _pages: dict[_Recipe, _Kept] = field(default_factory=dict, init=False, repr=False)
    _documents: dict[str, PageEntry] = field(default_factory=dict, init=False, repr=False)
    """By the hash of all that a document shows and says."""
    _refused: set[_Recipe] = field(default_factory=set, init=False, repr=False)
    """What could not be packed this time."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def pack_pages(self, case_id: str, stopped: Callable[[], bool] = bool) -> None:
        """Pack what is not packed yet; for the background, after pages were checked or cut anew."""
        self._refused.clear()
        slots = self.store.case(case_id).slots.values()
        for page in (page for slot in slots for page in slot.pages if page.file is None):
            if stopped():
                return
            self._packed(page)

    def prepare(self, case: Case, item: Item) -> None:
        """Pack the pages of every slot and put each material together."""
        self._refused.clear()
        for material in item.materials:
            pages = case.slot(material.id).pages
            if pages:
                self._assemble(case, material, pages)

    def files(self, case: Case, item: Item) -> Filed:
        """Return what is ready; a page cut anew since `prepare` goes as it came."""
        pages: dict[str, PageFile] = {}
        documents: list[PageEntry] = []
        for material in derive(item, case.answers):
            present = case.slot(material.id).pages
            for page in present:
                kept = self._pages.get(_recipe(page))
                if page.file is None and kept is not None and self.store.vault.has(kept.sha256):
                    pages[page.page_id] = _file(page, kept)
            document = self._documents.get(_name(case, material, present)) if present else None
            if document is not None and self.store.vault.has(document.sha256):
                documents.append(document)
        return Filed(pages, tuple(documents))

    def _packed(self, page: Page) -> _Kept | None:
        """Return the packed page, made now if it was not before; None when it cannot be made."""
        recipe = _recipe(page)
        with self._lock:
            kept = self._pages.get(recipe)
            if kept is not None and self.store.vault.has(kept.layers_sha256):
                return kept
            if recipe in self._refused or len(self._refused) >= MOST_FAILURES:
                return None
            kept = self._pack(recipe, page)
            if kept is None:
                self._refused.add(recipe)
            else:
                self._pages[recipe] = kept
            return kept

    def _pack(self, recipe: _Recipe, page: Page) -> _Kept | None:
        source, corners, size_px = recipe
        vault = self.store.vault
        try:
            packed = self.packer.pack(vault.get(source), corners, size_px, _dpi(page))
            layers = packed.layers
            if layers is None:
                return None
            # A page that was filed before keeps its file: only its layers are wanted again.
            sha256 = page.file.sha256 if page.file else vault.put(packed.data)
            layers_sha256 = vault.put(layers.paper + layers.stencil)
        except (ScannerError, StoreError) as error:
            log.warning("event=page_not_packed reason=%s", error.code)
            return None
        return _Kept(
            sha256=sha256,
            size=page.file.size if page.file else len(packed.data),
            media_type=packed.media_type,
            size_px=(packed.width_px, packed.height_px),
            dpi=packed.resolution_dpi,
            layers_sha256=layers_sha256,
            paper_bytes=len(layers.paper),
            stencil_px=layers.stencil_px,
            ink=layers.ink,
        )

    def _assemble(self, case: Case, material: Material, pages: tuple[Page, ...]) -> None:
        for page in pages:
            if page.file is None:
                self._packed(page)
        name = _name(case, material, pages)
        known = self._documents.get(name) or self._delivered(case, material, pages)
        if known is None or not self.store.vault.has(known.sha256):
            known = self._document(case, material, pages)
        if known is not None:
            self._documents[name] = known

    def _delivered(self, case: Case, material: Material, pages: tuple[Page, ...]) -> PageEntry | None:
        """Return the document that the last version delivered of exactly these pages."""
        if not case.bundles or any(page.file is None for page in pages):
            return None
        try:
            entries = self.store.outbox.load(case.bundles[-1].bundle_id).manifest.pages
        except (SyncError, StoreError):
            return None
        mine = [entry for entry in entries if entry.slot == material.id]
        scanned = [entry.sha256 for entry in mine if entry.origin == "scanned"]
        if scanned != [page.kept_sha256 for page in pages]:
            return None
        return next((entry for entry in mine if entry.origin == "assembled"), None)

    def _document(self, case: Case, material: Material, pages: tuple[Page, ...]) -> PageEntry | None:
        path = self.folder / f"{new_id(pages[-1].taken_at)}.pdf"
        try:
            form = MaterialDocument(
                title=material.title,
                subject=case.number,
                taken_at=max(page.taken_at for page in pages),
                pages=tuple(self._scanned(case, page) for page in pages),
            )
            made = self.render(form, path)
            data = path.read_bytes()
            if len(data) > MAX_BLOB_BYTES:
                raise PrintingError(reason="too large")
            return PageEntry(
                page_id=f"{material.id}.pdf",
                slot=material.id,
                sha256=self.store.vault.put(data),
                size=len(data),
                media_type=PDF,
                pages=made.pages,
                origin="assembled",
            )
        except (PrintingError, StoreError, OSError) as error:
            reason = getattr(error, "code", type(error).__name__)
            log.warning("event=material_not_assembled case=%s reason=%s", case.number, reason)
            return None
        finally:
            path.unlink(missing_ok=True)

    def _scanned(self, case: Case, page: Page) -> ScannedPage:
        kept = self._packed(page)
        if kept is None:
            return self._as_it_came(case, page)
        treatment = treatment_of(page)
        width, height = (length / page.resolution_dpi * MM_PER_INCH for length in treatment.size_px)
        blob = self.store.vault.get(kept.layers_sha256)
        layers = Layers(
            paper=blob[: kept.paper_bytes],
            stencil=blob[kept.paper_bytes :],
            stencil_px=kept.stencil_px,
            ink=kept.ink,
        )
        return ScannedPage(width, height, layers, tuple(texts_on(case, page, treatment)))

    def _as_it_came(self, case: Case, page: Page) -> ScannedPage:
        """Return the raw picture as a page: what cannot be packed must still be in the document."""
        if page.file is not None or page.media_type != JPEG:
            raise PrintingError(reason="no picture of this page can be put in")
        raw = whole(page.width_px, page.height_px)
        width, height = (length / page.resolution_dpi * MM_PER_INCH for length in raw.size_px)
        texts = tuple(texts_on(case, page, raw))
        return ScannedPage(width, height, Layers(paper=self.store.vault.get(page.sha256)), texts)


def _recipe(page: Page) -> _Recipe:
    """Return what the page is made of: its raw picture, or from sealing on its file."""
    if page.file is not None:
        shown = whole(page.file.width_px, page.file.height_px)
        return page.file.sha256, shown.corners, shown.size_px
    treatment = treatment_of(page)
    return page.sha256, treatment.corners, treatment.size_px


def _dpi(page: Page) -> int:
    return page.file.resolution_dpi if page.file else page.resolution_dpi


def _file(page: Page, kept: _Kept) -> PageFile:
    return PageFile(
        page_id=page.page_id,
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        width_px=kept.size_px[0],
        height_px=kept.size_px[1],
        resolution_dpi=kept.dpi,
    )


def _name(case: Case, material: Material, pages: tuple[Page, ...]) -> str:
    """Return the hash of all that the document of these pages shows and says."""
    return hashlib.sha256(repr(tuple(_contents(case, material, pages))).encode()).hexdigest()


def _contents(case: Case, material: Material, pages: tuple[Page, ...]) -> Iterator[object]:
    yield case.case_id, material.id, material.title
    for page in pages:
        yield _recipe(page), page.page_id, tuple(texts_on(case, page, treatment_of(page)))
