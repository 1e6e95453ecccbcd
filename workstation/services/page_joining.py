"""Two pages on one sheet: the sides of a card as they lie on a photocopy, each at its true size."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image

from workstation.domain.case import Page
from workstation.services.darkroom import jpeg
from workstation.services.page_pictures import PagePictures, as_image

A4_MM = (210.0, 297.0)
GAP_MM = 10.0
"""Between two pages that are too large for one A4 sheet."""
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture made of two pages."""

    data: bytes
    width_px: int
    height_px: int
    resolution_dpi: int

    def page_of(self, first: Page) -> Page:
        """Return the page it makes, after the first of the two; id, hash and time are its maker's."""
        return replace(
            first,
            size=len(self.data),
            media_type="image/jpeg",
            width_px=self.width_px,
            height_px=self.height_px,
            resolution_dpi=self.resolution_dpi,
            treatment=None,
            checked=False,
            findings=(),
            fingerprint="",
            document="",
            file=None,
        )


def joined(pictures: PagePictures, first: Page, second: Page) -> Sheet:
    """Return the sheet with the first page above the second; raises StoreError."""
    dpi = max(first.resolution_dpi, second.resolution_dpi)
    upper, lower = (_at(pictures, page, dpi) for page in (first, second))
    width, height = _room(upper, lower, dpi)
    sheet = Image.new("L" if upper.mode == lower.mode == "L" else "RGB", (width, height), "white")
    seam = min(max(height // 2, upper.height), height - lower.height)
    _lay(sheet, upper, 0, seam)
    _lay(sheet, lower, seam, height)
    return Sheet(jpeg(sheet, dpi), width, height, dpi)


def _lay(sheet: Image.Image, page: Image.Image, top: int, bottom: int) -> None:
    """Lay a page into the middle of a band of the sheet."""
    sheet.paste(page, ((sheet.width - page.width) // 2, top + (bottom - top - page.height) // 2))


def _at(pictures: PagePictures, page: Page, dpi: int) -> Image.Image:
    image = as_image(pictures.full(page), page.resolution_dpi)
    if page.resolution_dpi == dpi:
        return image
    scale = dpi / page.resolution_dpi
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)


def _room(upper: Image.Image, lower: Image.Image, dpi: int) -> tuple[int, int]:
    """Return the size of the sheet: an A4, or larger where the pages are."""
    width, height = (round(length * dpi / MM_PER_INCH) for length in A4_MM)
    gap = round(GAP_MM * dpi / MM_PER_INCH)
    return max(width, upper.width, lower.width), max(height, upper.height + lower.height + gap)
