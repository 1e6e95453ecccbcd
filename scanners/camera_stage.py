"""The practice camera's desk: papers are laid under a camera that does not exist, and taken away again.

Runs in the camera's process, in place of a device. The pictures have what the watching has to live with:
noise, a dark mat with grain, a page that comes in sideways, and, where asked, bad light, a lamp's
reflection, a slant or an edge outside of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.framing import Picture

FRAME_PX = (2592, 1944)
VIEW_MM = 325.0
"""Along the frame's long side; an A4 sheet lies sideways in it with a finger's breadth around."""
MAT = (52, 60, 58)
NOISE = 3.0
GRAINS = 3
COMING, GOING, EMPTY = 4, 3, 3
"""How many looks a paper takes to come and go, and how long the desk is empty between two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper and how it lies."""

    picture: Picture
    """(H, W, 3) RGB."""
    size_mm: tuple[float, float]
    turn_deg: float = 0.0
    away_mm: tuple[float, float] = (0.0, 0.0)
    """From the middle of the view."""
    slant: float = 0.0
    """How much shorter its right side is seen, 0 to 1."""
    light: float = 0.88
    """Part of full brightness its white has in the picture."""
    lamp: bool = False
    """A lamp is reflected on it."""
    rests: int = 14
    """For how many looks it lies still."""


class Stage:
    """Draws the pictures."""

    def __init__(
        self, frame_px: tuple[int, int] | None = None, *, seed: int = 0, empty_looks: int = EMPTY
    ) -> None:
        """Lay the mat; the same seed gives the same pictures, `empty_looks` of them between two papers."""
        self._empty_looks = empty_looks
        self._width, self._height = frame_px or FRAME_PX
        self._px_per_mm = self._width / VIEW_MM
        dice = np.random.default_rng(seed)
        shape = (self._height, self._width, 3)
        self._grains = [
            np.asarray(dice.normal(0, NOISE, shape).round(), np.int16) for _number in range(GRAINS)
        ]
        self._mat = np.clip(np.asarray(MAT) + self._grains[0] * 2, 0, 255).astype(np.uint8)
        self._lying: tuple[Paper | None, Picture] | None = None
        """The paper drawn last, and its picture without noise."""
        self._shown = 0

    def play(self, papers: Sequence[Paper]) -> Iterator[Picture]:
        """Yield the pictures of all papers, one after the other, with an empty desk between."""
        for paper in papers:
            for step in range(COMING, 0, -1):
                yield self.picture(_aside(paper, step / COMING))
            for _look in range(paper.rests):
                yield self.picture(paper)
            for step in range(1, GOING + 1):
                yield self.picture(_aside(paper, step / GOING))
            for _look in range(self._empty_looks):
                yield self.picture(None)

    def play_again(self, papers: Sequence[Paper]) -> Iterator[Picture]:
        """Yield the pictures of all papers over and over."""
        while True:
            yield from self.play(papers)

    def picture(self, paper: Paper | None) -> Picture:
        """Return one picture, (H, W, 3) RGB, with noise of its own."""
        if self._lying is None or self._lying[0] is not paper:
            self._lying = paper, self._mat if paper is None else self._laid(paper)
        self._shown += 1
        grain = self._grains[self._shown % GRAINS]
        return np.asarray(cv2.add(self._lying[1], grain, dtype=cv2.CV_8U), np.uint8)

    def _laid(self, paper: Paper) -> Picture:
        height, width = paper.picture.shape[:2]
        flat = np.asarray([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        matrix = cv2.getPerspectiveTransform(flat, self.corners(paper))
        size = (self._width, self._height)
        lit = np.asarray(paper.picture * paper.light, np.uint8)
        seen = cv2.warpPerspective(lit, matrix, size, flags=cv2.INTER_AREA)
        inside = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
        dim = np.asarray(self._mat * min(1.0, paper.light + 0.1), np.uint8)
        scene = np.where(inside[..., None] > 127, seen, dim).astype(np.uint8)
        return self._reflected(scene, paper) if paper.lamp else scene

    def corners(self, paper: Paper) -> NDArray[np.float32]:
        """Return where the paper's four corners lie in the picture, (4, 2), as the paper is read."""
        width, height = (side * self._px_per_mm for side in paper.size_mm)
        x, y = width / 2, height / 2
        inner = y * (1 - paper.slant)
        flat = np.asarray([(-x, -y), (x, -inner), (x, inner), (-x, y)], np.float32)
        turn = np.radians(paper.turn_deg)
        turned = flat @ np.asarray([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))], np.float32)
        middle = np.asarray((self._width, self._height), np.float32) / 2
        return np.asarray(turned + middle + np.asarray(paper.away_mm) * self._px_per_mm, np.float32)

    def _reflected(self, scene: Picture, paper: Paper) -> Picture:
        x, y = self.corners(paper).mean(axis=0)
        spot = np.zeros((self._height, self._width), np.float32)
        side = min(paper.size_mm) * self._px_per_mm
        cv2.ellipse(spot, (int(x), int(y)), (int(side / 5), int(side / 9)), 20.0, 0, 360, 1.0, cv2.FILLED)
        glow = cv2.GaussianBlur(spot, (0, 0), max(1.0, side / 40))[..., None] * 400
        return np.asarray(np.clip(scene + glow, 0, 255), np.uint8)


def _aside(paper: Paper, part: float) -> Paper:
    """Return the paper on its way, `part` of a way of half the view to the right."""
    return replace(paper, away_mm=(paper.away_mm[0] + VIEW_MM * 0.6 * part, paper.away_mm[1]))
