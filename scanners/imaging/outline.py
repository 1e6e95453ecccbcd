"""Where the pages lie on a picture."""

from __future__ import annotations

from scanners.imaging.pictures import Picture
from scanners.imaging.render import Quad, quad_of


def whole(picture: Picture) -> Quad:
    """Return the outline of the whole picture."""
    height, width = picture.shape[:2]
    return quad_of((0, 0, width, 0, width, height, 0, height))


def find_pages(picture: Picture, dpi: int) -> tuple[Quad, ...]:
    """Return the outlines of the pages on the glass, in reading order; at least one."""
    return (whole(picture),)


def with_border(picture: Picture, outline: Quad, dpi: int) -> Quad:
    """Return the cut around a page."""
    return outline
