"""Watches the pictures of a camera: waits until a page lies still and right, and takes its sharpest picture.

Runs in the camera's process. It keeps no clock: each look carries the time of its picture.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.camera_view import FrameState
from scanners.framing import LOOK_PX, Outline, Picture, Quad, find_outline, hindrance, shrink, sides

REST_S = 0.7
"""How long a page must lie still before it is taken by itself."""
SHARPEST_OF = 3
COMPARE_PX = 320
STILL_LEVEL, STILL_SHARE = 14, 0.004
"""Grey levels a pixel may change, and the part of them that may change more, between two still pictures."""
UPHEAVAL_SHARE = 0.06
"""Of the picture: from here on a hand is at work, and what else is wrong does not matter yet."""
DRIFT_SHARE = 0.008
"""Of the picture's diagonal: how far a corner may jump while the page lies still."""
OTHER_LEVEL, OTHER_SHARE = 20, 0.006
"""The same for telling whether the page that was taken still lies there, untouched."""
GONE_SHARE = 0.4
"""Part of the page's place that must look different before the page counts as taken away."""
SHARPNESS_PX = 1024
"""Side of the square in the page's middle where sharpness is measured at full size."""
MM_PER_INCH = 25.4
SHEET_MM, CARD_MM = (297.0, 210.0), (85.6, 54.0)
"""A4 (ISO 216) and ID-1 (ISO/IEC 7810), long side first."""
RATIO_OFF = 0.05
USUAL_VIEW_MM, LEAST_VIEW_MM, MOST_VIEW_MM = 360.0, 250.0, 520.0
"""What a document camera sees along its long side: a little more than an A4 sheet, up to an A3 one."""


@dataclass(frozen=True, slots=True)
class Framing:
    """What one look found."""

    state: FrameState
    corners: tuple[int, ...]
    """x, y of the page's four corners in px of the full picture, clockwise; empty when there is no page."""
    resolution_dpi: int
    dpi_measured: bool


@dataclass(frozen=True, slots=True)
class _Still:
    picture: Picture
    sharpness: float


class Watcher:
    """Follows one camera."""

    def __init__(self, *, rest_s: float = REST_S) -> None:
        """Start without a page."""
        self._rest_s = rest_s
        self._before: Picture | None = None
        self._corners: Quad | None = None
        self._still_since: float | None = None
        self._taken: Picture | None = None
        self._taken_at: Quad | None = None
        self._stills: deque[_Still] = deque(maxlen=SHARPEST_OF)
        self._dpi: int | None = None
        self._latest: Picture | None = None

    def look(self, picture: Picture, at_s: float) -> tuple[Framing, bool]:
        """Return what is seen, and whether the page should be taken now.

        Args:
            picture: (H, W, 3) RGB at full size; kept until it is no longer wanted, so it must not be changed.
            at_s: when it was seen, in seconds from any beginning.
        """
        small = shrink(picture, LOOK_PX)
        scale = max(picture.shape[:2]) / max(small.shape[:2])
        outline = find_outline(small)
        state = self._judge(small, outline, at_s)
        self._latest = picture
        self._keep(picture, outline, state, scale)
        if state is FrameState.STEADY:
            self._measure(outline, scale, max(picture.shape[:2]))
        rested = self._still_since is not None and at_s - self._still_since >= self._rest_s
        return self._framing(state, outline, scale, picture), state is FrameState.STEADY and rested

    def take(self) -> Picture:
        """Return the sharpest of the last still pictures, or the last one; it counts as taken from now on.

        Raises:
            ValueError: nothing has been seen yet.
        """
        if self._latest is None:
            raise ValueError("no look yet")
        self._taken, self._taken_at = self._before, self._corners
        if not self._stills:
            return self._latest
        best = max(self._stills, key=lambda still: still.sharpness).picture
        self._stills.clear()
        return best

    def _judge(self, small: Picture, outline: Outline | None, at_s: float) -> FrameState:
        now = _to_compare(small)
        changed = 1.0 if self._before is None else changed_share(now, self._before, STILL_LEVEL)
        moving = changed > STILL_SHARE or self._drifted(outline, small)
        self._before, self._corners = now, None if outline is None else outline.corners
        if moving:
            self._still_since = None
        elif self._still_since is None:
            self._still_since = at_s
        wrong = hindrance(small, outline)
        if not moving and self._still_taken(now, outline, wrong, small):
            return FrameState.SHOT
        if changed > UPHEAVAL_SHARE:
            return FrameState.MOVING if outline else FrameState.SEARCHING
        if wrong is not None:
            return wrong
        return FrameState.MOVING if moving else FrameState.STEADY

    def _drifted(self, outline: Outline | None, small: Picture) -> bool:
        if outline is None or self._corners is None:
            return outline is not None
        most = float(np.linalg.norm(outline.corners - self._corners, axis=1).max())
        return most > DRIFT_SHARE * float(np.hypot(*small.shape[:2]))

    def _still_taken(
        self, now: Picture, outline: Outline | None, wrong: FrameState | None, small: Picture
    ) -> bool:
        """Return whether what lies still is the page that was taken; forget that page once it is not.

        A hand that rests on the page and leaves it as it was does not make another page of it, since with
        the hand it does not lie right.
        """
        if self._taken is None:
            return False
        if changed_share(now, self._taken, OTHER_LEVEL) <= OTHER_SHARE:
            return True
        if wrong is None or (outline is None and self._place_changed(now, small)):
            self._taken = None
        return False

    def _place_changed(self, now: Picture, small: Picture) -> bool:
        if self._taken is None or self._taken_at is None:
            return True
        place = np.zeros(now.shape, np.uint8)
        scale = max(now.shape) / max(small.shape[:2])
        cv2.fillConvexPoly(place, (self._taken_at * scale).astype(np.int32), 1)
        differs = cv2.absdiff(now, self._taken) > OTHER_LEVEL
        return float(differs[place > 0].mean()) > GONE_SHARE

    def _keep(self, picture: Picture, outline: Outline | None, state: FrameState, scale: float) -> None:
        if outline is None or state not in (FrameState.STEADY, FrameState.SHOT):
            self._stills.clear()
        else:
            self._stills.append(_Still(picture, sharpness(picture, outline.corners.mean(axis=0) * scale)))

    def _measure(self, outline: Outline | None, scale: float, long_px: int) -> None:
        if outline is not None:
            self._dpi = resolution_of(outline.corners * scale, long_px) or self._dpi

    def _framing(self, state: FrameState, outline: Outline | None, scale: float, picture: Picture) -> Framing:
        corners = () if outline is None else tuple(int(v) for v in (outline.corners * scale).round().ravel())
        usual = round(max(picture.shape[:2]) / USUAL_VIEW_MM * MM_PER_INCH)
        return Framing(state, corners, self._dpi or usual, self._dpi is not None)


def _to_compare(small: Picture) -> Picture:
    grey = np.asarray(cv2.cvtColor(shrink(small, COMPARE_PX), cv2.COLOR_RGB2GRAY), np.uint8)
    return np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), np.uint8)


def changed_share(now: Picture, before: Picture, level: int) -> float:
    """Return the part of two grey pictures that differs by more than `level`, flicker of the light apart."""
    difference = now.astype(np.int16) - before.astype(np.int16)
    difference -= np.int16(np.median(difference))
    return float((np.abs(difference) > level).mean())


def sharpness(picture: Picture, middle: NDArray[np.float32]) -> float:
    """Return how much fine detail lies around a point (variance of the Laplacian, green channel)."""
    height, width = picture.shape[:2]
    half = SHARPNESS_PX // 2
    left = int(np.clip(middle[0] - half, 0, max(0, width - SHARPNESS_PX)))
    top = int(np.clip(middle[1] - half, 0, max(0, height - SHARPNESS_PX)))
    part = picture[top : top + SHARPNESS_PX, left : left + SHARPNESS_PX, 1]
    return float(cv2.Laplacian(np.ascontiguousarray(part), cv2.CV_16S).var())


def resolution_of(corners: Quad, long_px: int) -> int | None:
    """Return the dpi at which a page of these corners is an A4 sheet or a card, or None if it is neither.

    A smaller paper can have the shape of an A4 sheet; then the camera would see more than any does.

    Args:
        corners: (4, 2) in px of the full picture.
        long_px: the full picture's long side.
    """
    top, right, bottom, left = sides(corners)
    longer, shorter = sorted(((top + bottom) / 2, (left + right) / 2), reverse=True)
    for long_mm, short_mm in (SHEET_MM, CARD_MM):
        shape = (longer / max(shorter, 1e-6)) / (long_mm / short_mm)
        view_mm = long_px / longer * long_mm
        if abs(shape - 1) <= RATIO_OFF and LEAST_VIEW_MM <= view_mm <= MOST_VIEW_MM:
            return round(float(longer / long_mm * MM_PER_INCH))
    return None
