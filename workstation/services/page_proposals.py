"""Where one picture comes apart into two pages: what the darkroom sees, else the halves."""

from __future__ import annotations

import logging

from scanners.errors import ScannerError
from workstation.domain.case import Corners, Page
from workstation.domain.geometry import corners_of, overlap
from workstation.services.page_pictures import PagePictures, treatment_of

log = logging.getLogger(__name__)

PAIR = 2


def two_pages(pictures: PagePictures, page: Page) -> tuple[Corners, Corners]:
    """Return the corners (px of the raw picture) of the two pages that lie on one.

    They are what the darkroom finds, when it finds exactly two within the page as it is cut; else the halves
    of the page across its longer side.

    Raises:
        StoreError: the vault does not give the picture back.
    """
    found = _found(pictures, page)
    return (found[0], found[1]) if len(found) == PAIR else halves(page)


def halves(page: Page) -> tuple[Corners, Corners]:
    """Return the upper and the lower half of a page, of a wide one the left and the right half."""
    cut = treatment_of(page)
    width, height = cut.size_px
    if width > height:
        middle = width // 2
        boxes = ((0, 0, middle, height), (middle, 0, width - middle, height))
    else:
        middle = height // 2
        boxes = ((0, 0, width, middle), (0, middle, width, height - middle))
    first, second = (corners_of(cut, box) for box in boxes)
    return first, second


def _found(pictures: PagePictures, page: Page) -> tuple[Corners, ...]:
    """Return the pages the darkroom sees within the page as it is cut, in reading order."""
    if pictures.darkroom is None:
        return ()
    data = pictures.store.vault.get(page.sha256)
    try:
        report = pictures.darkroom.inspect(data, page.resolution_dpi)
    except ScannerError as error:
        log.warning("event=no_proposal reason=%s", error.code)
        return ()
    present = treatment_of(page).corners
    return tuple(seen.corners for seen in report.pages if overlap(seen.corners, present))
