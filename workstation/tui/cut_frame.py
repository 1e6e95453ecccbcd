"""The frame a clerk lays around a page: four corners moved by millimetres, drawn over the raw picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workstation.domain.case import Corners, Page, Treatment
from workstation.domain.geometry import (
    apply,
    box_on_page,
    plane_to_raw,
    size_of,
    spans_page,
    turned_treatment,
    whole,
)
from workstation.i18n import N_, _
from workstation.services.page_pictures import treatment_of
from workstation.tui.theme import AMBER, BLUE

if TYPE_CHECKING:
    from PIL import Image

Place = tuple[int, int]

MM_PER_INCH = 25.4
STRAIGHT = 0.01
"""Part of the picture's longer side by which the sides of an upright frame may be out."""
DIMMED = 0.4
"""What is left of the light outside of the frame."""
ALL = 4
"""Chosen instead of a corner: the frame as a whole."""
WORDS = (N_("左上角"), N_("右上角"), N_("右下角"), N_("左下角"), N_("整个框"))
BESIDE, BELOW = (1, 0, 3, 2), (3, 2, 1, 0)
"""Corner that shares the height, and the one that shares the side, of each corner of an upright frame."""


@dataclass(frozen=True, slots=True)
class CutFrame:
    """Four corners on the raw picture, turned so that the page stands as it is read."""

    view: Treatment
    """The whole raw picture, turned."""
    points: tuple[Place, ...]
    """Top left, top right, bottom right, bottom left, in px of the turned picture."""
    resolution_dpi: int
    chosen: int = 0
    """Corner that moves, or `ALL`."""
    free: bool = False
    """False: the frame stays an upright rectangle; True: each corner moves alone."""

    @classmethod
    def of(cls, page: Page) -> CutFrame:
        """Return the frame around the page as it is cut now."""
        cut = treatment_of(page)
        view = turned_treatment(whole(page.width_px, page.height_px), -_quarters(cut.corners), by=cut.by)
        raw = [(cut.corners[n], cut.corners[n + 1]) for n in range(0, 8, 2)]
        points = tuple(box_on_page(view, (x, y, 0, 0))[:2] for x, y in raw)
        free = not _is_upright(points, STRAIGHT * max(view.size_px))
        return cls(view, points, page.resolution_dpi, free=free)

    @property
    def corners(self) -> Corners:
        """The corners in px of the raw picture, named as the page is read."""
        plane = plane_to_raw(self.view)
        return _flat([(round(x), round(y)) for x, y in (apply(plane, place) for place in self.points)])

    @property
    def words(self) -> str:
        """What moves, and how large the frame is."""
        width, height = (round(side * MM_PER_INCH / self.resolution_dpi) for side in size_of(self.corners))
        return _("{what} · 框 {width}×{height} 毫米").format(
            what=_(WORDS[self.chosen]), width=width, height=height
        )

    def choose(self, way: int) -> CutFrame:
        """Return the frame with the next corner (or the whole) chosen; -1: the one before."""
        return replace(self, chosen=(self.chosen + way) % len(WORDS))

    def set_free(self) -> CutFrame:
        """Let each corner move alone, or make the frame upright again around where they are."""
        if not self.free:
            return replace(self, free=True)
        across, down = [x for x, _y in self.points], [y for _x, y in self.points]
        left, right, top, bottom = min(across), max(across), min(down), max(down)
        upright = ((left, top), (right, top), (right, bottom), (left, bottom))
        return replace(self, free=False, points=upright)

    def moved(self, across_mm: int, down_mm: int) -> CutFrame:
        """Return the frame with what is chosen moved; never off the picture, never folded."""
        x, y = (round(mm * self.resolution_dpi / MM_PER_INCH) for mm in (across_mm, down_mm))
        points = list(self.points)
        with_x, with_y = self._moving()
        for n in with_x:
            points[n] = (points[n][0] + self._within(x, 0, with_x), points[n][1])
        for n in with_y:
            points[n] = (points[n][0], points[n][1] + self._within(y, 1, with_y))
        fits = spans_page(_flat(points), self.view.size_px)
        return replace(self, points=tuple(points)) if fits else self

    def _moving(self) -> tuple[set[int], set[int]]:
        """Return the corners that go sideways, and those that go up and down."""
        if self.chosen == ALL:
            return set(range(4)), set(range(4))
        if self.free:
            return {self.chosen}, {self.chosen}
        return {self.chosen, BELOW[self.chosen]}, {self.chosen, BESIDE[self.chosen]}

    def _within(self, step: int, axis: int, moving: set[int]) -> int:
        """Return as much of a step as the picture allows all that move together."""
        places = [self.points[n][axis] for n in moving]
        return max(-min(places), min(step, self.view.size_px[axis] - max(places)))


def draw_frame(picture: Image.Image, frame: CutFrame) -> Image.Image:
    """Return the turned raw picture with the frame on it and everything outside darkened."""
    from PIL import Image, ImageDraw

    scale = picture.width / frame.view.size_px[0], picture.height / frame.view.size_px[1]
    places = [(round(x * scale[0]), round(y * scale[1])) for x, y in frame.points]
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).polygon(places, fill=255)
    drawn = Image.composite(picture, picture.point(lambda light: round(light * DIMMED)), mask)
    pen, width = ImageDraw.Draw(drawn), max(2, max(picture.size) // 200)
    pen.line([*places, places[0]], fill=BLUE, width=width)
    for n in range(4) if frame.chosen == ALL else (frame.chosen,):
        x, y = places[n]
        pen.rectangle((x - 2 * width, y - 2 * width, x + 2 * width, y + 2 * width), fill=AMBER)
    return drawn


def _quarters(corners: Corners) -> int:
    """Return how many quarters clockwise the page lies turned on its picture."""
    angle = math.atan2(corners[3] - corners[1], corners[2] - corners[0])
    return round(angle / (math.pi / 2)) % 4


def _is_upright(points: tuple[Place, ...], most: float) -> bool:
    return all(
        abs(points[n][1] - points[BESIDE[n]][1]) <= most and abs(points[n][0] - points[BELOW[n]][0]) <= most
        for n in range(4)
    )


def _flat(points: list[Place] | tuple[Place, ...]) -> Corners:
    one, two, three, four = points
    return (*one, *two, *three, *four)
