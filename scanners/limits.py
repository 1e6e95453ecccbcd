"""The one limit on the size of a page, checked before pixels are asked for and again before they are read."""

from __future__ import annotations

from scanners.errors import PageTooLarge
from scanners.port import MAX_PAGE_PIXELS


def check_pixels(width: float, height: float) -> None:
    """Refuse a page of more than `MAX_PAGE_PIXELS`.

    Raises:
        PageTooLarge: it is.
    """
    if width * height > MAX_PAGE_PIXELS:
        raise PageTooLarge(f"{width:.0f} x {height:.0f} px, limit {MAX_PAGE_PIXELS}")
