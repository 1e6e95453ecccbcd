"""What a scanned material is for the press: pages with their pictures and what was read on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanners.imaging.port import Layers


@dataclass(frozen=True, slots=True)
class ReadText:
    """Something that was read on a page; `x`, `y` are its top left corner from the page's, all in mm."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page at its true size in mm."""

    width: float
    height: float
    layers: Layers
    texts: tuple[ReadText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialDocument:
    """All pages of a material, to become one PDF/A."""

    title: str
    subject: str
    """Number of the case."""
    taken_at: datetime
    """When its last page was taken; the document carries no other time, so made again it is the same."""
    pages: tuple[ScannedPage, ...]
