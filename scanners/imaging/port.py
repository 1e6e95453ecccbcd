"""What the darkroom says of a picture: where the pages lie on it and what is wrong with each.

Everything here is plain data: neither numpy nor OpenCV is loaded by reading this module, so the program can
use it while the pixels stay in the darkroom's process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Corners = tuple[int, int, int, int, int, int, int, int]
"""x, y of the page's top left, top right, bottom right and bottom left corner, in px of the picture.

Named as the page is read: one lying upside down has its top left corner at the picture's bottom right.
"""

Cut = tuple[Corners, tuple[int, int]]
"""Where a page lies on its picture, and its width and height in px."""


class PageFault(StrEnum):
    """What can be seen wrong with a page by looking at its picture alone."""

    BLUR = "BLUR"
    CUT_EDGE = "CUT_EDGE"
    UPSIDE_DOWN = "UPSIDE_DOWN"
    """It does not lie as it is read; `corners` are turned already when `turn_certain` holds."""
    TOO_DARK = "TOO_DARK"
    GLARE = "GLARE"
    BLANK = "BLANK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode:
    """A bar or QR code on the picture."""

    text: str
    format: str
    """As zxing names it, e.g. `QRCode`, `Code128`."""
    corners: Corners


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReport:
    """One page found on a picture."""

    corners: Corners
    size_px: tuple[int, int]
    """Width and height of the page at the picture's own resolution."""
    faults: tuple[PageFault, ...] = ()
    turn_certain: bool = True
    """False: how the page lies could not be told; it is left as it lay."""
    fingerprint: str = ""
    """Lower-case hex; see `scanners.imaging.fingerprint`."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """The numbers behind the faults, for the log and the benchmark: `sharpness`, `brightness`, `ink` ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReport:
    """One picture: its pages in reading order (a glass may hold two cards), at least one."""

    pages: tuple[PageReport, ...]
    barcodes: tuple[Barcode, ...] = ()
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A page as a PDF shows it: the paper as a picture, and the print upon it as a stencil of one colour."""

    paper: bytes
    """JPEG, stretched over the whole page; empty: the paper is white."""
    stencil: bytes = b""
    """CCITT group 4 (ITU-T T.6) in one strip, its black is print; empty: `paper` shows it as well."""
    stencil_px: tuple[int, int] = (0, 0)
    ink: tuple[int, int, int] = (0, 0, 0)
    """Red, green, blue of the print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A page as a file that may leave the house."""

    data: bytes
    media_type: str
    width_px: int
    height_px: int
    resolution_dpi: int
    layers: Layers | None = None
    """The same page as it goes into a PDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page as pixels: packed 8-bit rows from the top left, no padding."""

    width: int
    height: int
    mode: str
    """`RGB` or `L`, as Pillow names them."""
    pixels: bytes
