"""One look at a picture: the pages on it, how each lies, what is wrong with it, the codes it carries."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scanners.imaging import codes, faults, fingerprint, orientation, outline
from scanners.imaging.messages import corners_of
from scanners.imaging.pictures import Picture
from scanners.imaging.port import Barcode, Corners, PageFault, PageReport, PictureReport
from scanners.imaging.render import Quad, quad_of, render, size_of_page

LOOK_DPI = 150
"""Resolution at which a page is judged: print of 6 pt still has strokes of more than a pixel."""


def inspect(picture: Picture, dpi: int, corners: Corners | None = None) -> PictureReport:
    """Look for pages on a picture and judge each, or judge the one page somebody has cut out of it.

    Args:
        picture: the raw picture, or a smaller one of it with its own lower `dpi`.
        dpi: resolution of `picture`.
        corners: of the page somebody has cut and turned already; it is neither looked for nor turned again.
    """
    started = time.perf_counter()
    if corners is not None:
        given = quad_of(corners)
        pages = [replace(_judged(picture, dpi, given, given, turn=False), corners=corners)]
    else:
        pages = [
            _judged(picture, dpi, found, outline.with_border(picture, found, dpi), turn=True)
            for found in outline.find_pages(picture, dpi)
        ]
    barcodes = codes.find(picture)
    elapsed_ms = round((time.perf_counter() - started) * 1000)
    return PictureReport(pages=tuple(pages), barcodes=barcodes, elapsed_ms=elapsed_ms)


def _judged(picture: Picture, dpi: int, found: Quad, cut: Quad, *, turn: bool) -> PageReport:
    """Judge one page within its own outline; the border around it belongs to the cut alone."""
    size = size_of_page(found)
    scale = min(1.0, LOOK_DPI / dpi)
    room = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    page = render(picture, found, size, room=room, fine=False)
    page_dpi = max(1, round(dpi * scale))
    lies = orientation.turn_of(page, page_dpi) if turn else orientation.Turn(0, True)
    upright = np.ascontiguousarray(np.rot90(page, -lies.quarters))
    as_read, cut_as_read = (np.roll(quad, lies.quarters, axis=0) for quad in (found, cut))
    judgement = faults.judge(picture, as_read, upright, dpi)
    seen = (PageFault.UPSIDE_DOWN, *judgement.faults) if lies.quarters else judgement.faults
    return PageReport(
        corners=corners_of([float(number) for number in cut_as_read.ravel()]),
        size_px=size_of_page(cut_as_read),
        faults=seen,
        turn_certain=lies.certain,
        fingerprint=fingerprint.of(upright),
        measures=judgement.measures,
    )


def at_full_size(report: PictureReport, scale: tuple[float, float]) -> PictureReport:
    """Return a report on a smaller picture in px of the raw one, `scale` times as wide and as high."""
    if scale == (1.0, 1.0):
        return report
    return replace(
        report,
        pages=tuple(_page_at_full_size(page, scale) for page in report.pages),
        barcodes=codes_at_full_size(report.barcodes, scale),
    )


def codes_at_full_size(found: Sequence[Barcode], scale: tuple[float, float]) -> tuple[Barcode, ...]:
    """Return codes of a smaller picture in px of the raw one."""
    return tuple(replace(code, corners=_scaled(code.corners, scale)) for code in found)


def _page_at_full_size(page: PageReport, scale: tuple[float, float]) -> PageReport:
    corners = _scaled(page.corners, scale)
    return replace(page, corners=corners, size_px=size_of_page(quad_of(corners)))


def _scaled(corners: Corners, scale: tuple[float, float]) -> Corners:
    return corners_of([number * scale[place % 2] for place, number in enumerate(corners)])
