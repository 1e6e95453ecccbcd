"""Laying the grid of a known form over a picture: find the paper, level it, read it once, find the labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from ocr import imaging, labels, view
from ocr.crops import Crop, cut_lines
from ocr.labels import Grid, Point
from ocr.port import Box, Engine, FieldReading, Layout, Script
from ocr.view import View

GLYPH_PX = 30.0
"""Height of a printed character for which the engines read best (25 to 32 px)."""

NUMBER = "#"
"""Stands among the labels of a form for its long number, which is an anchor like them."""

A4_HEIGHT_MM = 297.0
Window = tuple[float, float, float, float]
_ENOUGH_ANCHORS = 2
_LEAST_SIDE_PX = 100
_MAX_RESCALE = 0.06


@dataclass(frozen=True, slots=True)
class Form:
    """What is printed where on one kind of paper; all lengths in mm from its top left corner."""

    size: tuple[float, float]
    em: float
    """Height of a filled-in character."""
    labels: Mapping[str, Point]
    """Left edge and middle height of each printed label."""

    @property
    def scale(self) -> float:
        """Px a mm at which the engines read best."""
        return GLYPH_PX / self.em


@dataclass(frozen=True, slots=True)
class Located:
    """A form found in a picture."""

    form: Form
    view: View
    grid: Grid
    anchors: Mapping[str, Point]
    """Left edge and middle height, in px of the view, of the labels that were found."""
    number: str
    """The long number seen at the first look, empty when none was."""
    em_px: float
    skew_deg: float

    def cut(self, window: Window, *, label: str, above: str = "", most: int = 1) -> list[Crop]:
        """Cut the lines inside a window.

        Args:
            window: x, y, width, height in mm of the form.
            label: the window moves up or down with this label when it was found.
            above: the window ends above this label when it was found.
            most: lines wanted.
        """
        x, y, width, height = self.grid.box(*window)
        if label in self.anchors:
            y += self.anchors[label][1] - self.grid.top - self.form.labels[label][1] * self.grid.scale
        if above in self.anchors:
            height = min(height, self.anchors[above][1] - 0.8 * self.em_px - y)
        return cut_lines(self.view, (x, y, width, height), self.em_px, most=most)


def locate(engine: Engine, picture: Image.Image, form: Form) -> Located | None:
    """Find `form` in `picture` (RGB or L, any quarter turn, some degrees of skew), None when it is not there.

    Raises:
        OcrError: from the engine.
    """
    if min(picture.size) < _LEAST_SIDE_PX or not imaging.has_print(picture):
        return None
    paper = _paper_view(picture, form)
    best: Located | None = None
    for turn in _turns(paper, form):
        found = _look(engine, paper.turned(turn), form)
        if found and (best is None or found.grid.anchors > best.grid.anchors):
            best = found
        if best and best.grid.anchors >= _ENOUGH_ANCHORS:
            break
    return best


def _paper_view(picture: Image.Image, form: Form) -> View:
    everything = view.whole(imaging.without_red(picture))
    box = imaging.paper_box(everything.image)
    paper = everything.cropped(box) if box else everything
    return paper.scaled(form.scale / _px_per_mm(picture, paper, form))


def _px_per_mm(picture: Image.Image, paper: View, form: Form) -> float:
    long, short = max(paper.image.size), min(paper.image.size)
    by_outline = (
        long / max(form.size) if 0.84 < (long / short) / (max(form.size) / min(form.size)) < 1.2 else 0.0
    )
    dpi = picture.info.get("dpi")
    # Less than 100 dpi is what cameras and editors write when they do not know.
    by_header = float(dpi[0]) / 25.4 if dpi and 100 <= float(dpi[0]) <= 1300 else 0.0
    if by_header and (not by_outline or 0.85 < by_header / by_outline < 1.15):
        return by_header
    return by_outline or max(picture.size) / A4_HEIGHT_MM


def _turns(paper: View, form: Form) -> tuple[int, ...]:
    lies_along = (paper.image.width >= paper.image.height) == (form.size[0] >= form.size[1])
    return (0, 180, 90, 270) if lies_along else (90, 270, 0, 180)


def _look(engine: Engine, paper: View, form: Form) -> Located | None:
    angle = imaging.skew(paper.image)
    level = paper.deskewed(angle, imaging.paper_level(paper.image))
    lines = labels.glyph_lines(engine.words(level.image, script=Script.CHINESE, layout=Layout.PAGE))
    found, number = labels.find_labels(lines, form.labels), labels.find_long_number(lines)
    if number and NUMBER in form.labels:
        found[NUMBER] = number[1]
    grid = labels.fit(found, form.labels, form.scale)
    if grid is None:
        return None
    factor = form.scale / grid.scale
    if abs(factor - 1) > _MAX_RESCALE:
        level, grid = level.scaled(factor), grid.times(factor)
        found = {label: (x * factor, y * factor) for label, (x, y) in found.items()}
    return Located(form, level, grid, found, number[0] if number else "", form.em * grid.scale, angle)


def unread(box: Box | None = None) -> FieldReading:
    """Return the reading of a field that could not be read."""
    return FieldReading(value="", confidence=0.0, box=box)


def surrounding(crops: list[Crop]) -> Box | None:
    """Return the box around all crops, in px of the input."""
    if not crops:
        return None
    left, top = min(crop.box[0] for crop in crops), min(crop.box[1] for crop in crops)
    right = max(crop.box[0] + crop.box[2] for crop in crops)
    bottom = max(crop.box[1] + crop.box[3] for crop in crops)
    return left, top, right - left, bottom - top
