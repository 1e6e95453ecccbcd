"""A picture that changes several times a second: another thread draws it, the interface only shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import groupby

from rich.color import Color
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from workstation.tui.sixels import colours_first
from workstation.tui.terminal import Terminal

SIXEL_PX = (900, 675)
"""More pixels than these take too long to encode four times a second."""
SIXEL_COLOURS = 64
COARSE = 0xF8
"""Colours are told apart in steps of eight: noise would make every cell one of its own."""


@dataclass(frozen=True)
class Drawn:
    """A picture ready to be shown, with its size in cells."""

    columns: int
    rows: int
    strips: tuple[Strip, ...] = ()
    """One a row, in half-blocks."""
    sixels: str = ""
    """The whole picture, where the terminal draws pixels."""


def room_px(terminal: Terminal, columns: int, rows: int) -> tuple[int, int]:
    """Return how large a picture for so many cells should be, (width, height) in px."""
    if not terminal.sixel:
        return columns, rows * 2
    width, height = terminal.cell_px
    return min(columns * width, SIXEL_PX[0]), min(rows * height, SIXEL_PX[1])


def draw(terminal: Terminal, width: int, height: int, pixels: bytes) -> Drawn:
    """Return a picture ready to be shown; `pixels` are RGB rows. For any thread."""
    if not terminal.sixel:
        rows = height // 2
        return Drawn(width, rows, tuple(_half_blocks(width, pixels, row) for row in range(rows)))
    from PIL import Image

    library = import_module("textual_image._sixel")
    picture = Image.frombytes("RGB", (width, height), pixels)
    sixels = library.image_to_sixels(picture, library.SixelOptions(colors=SIXEL_COLOURS))
    cell_width, cell_height = terminal.cell_px
    return Drawn(-(-width // cell_width), -(-height // cell_height), sixels=colours_first(sixels))


def _half_blocks(width: int, pixels: bytes, row: int) -> Strip:
    """Return a row of cells: each is a pixel above one below."""
    upper, line = row * 2 * width * 3, width * 3
    above, below = pixels[upper : upper + line], pixels[upper + line : upper + 2 * line]
    cells = (
        (above[i] & COARSE, above[i + 1] & COARSE, above[i + 2] & COARSE)
        + (below[i] & COARSE, below[i + 1] & COARSE, below[i + 2] & COARSE)
        for i in range(0, line, 3)
    )
    runs = ((_style(colours), sum(1 for _cell in run)) for colours, run in groupby(cells))
    return Strip([Segment("▀" * length, style) for style, length in runs], width)


@lru_cache(maxsize=8192)
def _style(colours: tuple[int, ...]) -> Style:
    return Style.from_color(Color.from_rgb(*colours[:3]), Color.from_rgb(*colours[3:]))


class LivePicture(Widget):
    """Shows the latest drawn picture; it is as large as the picture."""

    DEFAULT_CSS = "LivePicture { width: auto; height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self._drawn = Drawn(0, 0)

    def show(self, drawn: Drawn) -> None:
        """Replace the picture."""
        resized = (drawn.columns, drawn.rows) != (self._drawn.columns, self._drawn.rows)
        self._drawn = drawn
        if resized:
            self.styles.width, self.styles.height = drawn.columns, drawn.rows
        self.refresh(layout=resized)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips; a sixel picture is one escape sequence behind the last of them."""
        drawn = self._drawn
        if not drawn.sixels:
            strips = drawn.strips[crop.y : crop.bottom]
            blank = [Strip.blank(crop.width)] * (crop.height - len(strips))
            return [strip.crop(crop.x, crop.right) for strip in strips] + blank
        if not self.screen.is_active:
            return [Strip.blank(crop.width)] * crop.height
        region = self.screen.find_widget(self).visible_region
        segments = [
            Segment(Control.move_to(region.x, region.y).segment.text),
            Segment(drawn.sixels, control=((ControlType.CURSOR_FORWARD, 0),)),
            Segment(Control.move_to(region.right, region.bottom).segment.text),
        ]
        return [Strip([])] * (crop.height - 1) + [Strip(segments, crop.width)]
