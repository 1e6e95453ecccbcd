"""Whether two pictures show the very same sheet: laid upon each other, every printed place must agree.

Two filled copies of one form, two people's cards, two pages of one contract look alike as a whole and differ
in few glyphs, perhaps in one. So the two are laid upon each other (`scanners.imaging.overlay`), and every
place is asked how much of its strokes the other picture lacks. Another scanner's contrast, sharpness and a
hair's shift explain most of what is left on one sheet; a changed glyph is what they do not explain.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging import overlay
from scanners.imaging.overlay import CELL, Ink, Picture

UNLIKE = 1.0
_LEAST_PX, _LONG_PX, _ROUGH_PX = 64, 1392, 720
"""Shortest side of a page that is compared; its longest at the close look and at the rough one."""
_LIKE = 0.88, 1.14
"""Proportions of two cuts of one sheet, the one's to the other's."""
_WINDOW_PX = 2 * CELL
"""Side of a place that is compared: about a glyph of a text on A4."""
_FAINT = 1.6e-3
"""Mean square of the strokes in a window below which they are grain rather than print."""
_LEAST_PRINT = 6
"""Windows with print that tell a sheet from others."""
_DIFFERENT = 0.28
"""Share of a window's strokes that the other picture lacks: less on one sheet."""
_CLEARLY, _MANY = 0.35, 6
"""Rough look: two sheets where so many windows lack more than this share."""
_SUSPECT, _MOST_SUSPECTS = 0.08, 400
"""Close look: share that makes a window worth explaining, and the most windows that are."""
_EXPLAINS = 4e-5 / np.array([1.0, 1.0, 0.15, 0.5]) ** 2
"""What a shift by 1 px, 15 % more contrast or half a Laplacian more sharpness cost as explanations."""


def same_sheet(one: Picture, other: Picture) -> bool:
    """Return whether two upright pages, (H, W, 3) RGB or (H, W), are pictures of one sheet."""
    return difference(one, other) < _DIFFERENT


def difference(one: Picture, other: Picture) -> float:
    """Return the share of its strokes that the most different place lacks; `UNLIKE` or more: not one sheet.

    A rough look answers where it is enough: two filled copies of a form differ in more than one place.
    """
    size, times = _working_size(one, other)
    if not times:
        return UNLIKE
    small = (size[0] // times, size[1] // times)
    first, second = overlay.ink_of(one, small), overlay.ink_of(other, small)
    on_first, on_second = overlay.on_page(first), overlay.on_page(second)
    plane = overlay.plane_between(first, second)
    if plane is None:
        return UNLIKE
    laid = overlay.lay(second, plane)
    field = overlay.bent(first, laid)
    compared = on_first * overlay.lay(on_second, plane, way=cv2.INTER_NEAREST)
    laid = overlay.lay(second, plane, field)
    cells, strokes = overlay.shrunk(compared, CELL), _strokes(first)
    if not _has_print(strokes, cells):
        return UNLIKE
    if np.count_nonzero(_lacking(strokes, _strokes(laid), cells) > _CLEARLY) >= _MANY:
        return UNLIKE
    first, second = overlay.ink_of(one, size), overlay.ink_of(other, size)
    laid = overlay.lay(second, overlay.enlarged(plane, times), field, times, cv2.INTER_CUBIC)
    finer = cv2.resize(compared, (size[0] // CELL, size[1] // CELL), interpolation=cv2.INTER_NEAREST)
    return _worst(_strokes(first), _strokes(laid), np.asarray(finer, np.float32))


def _working_size(one: Picture, other: Picture) -> tuple[tuple[int, int], int]:
    """Return the (width, height) px of the close look and how many times smaller the rough one is.

    The coarser picture decides: what it does not show cannot be compared. 0 times: no two cuts of one sheet.
    """
    high, wide = one.shape[:2]
    high_too, wide_too = other.shape[:2]
    if min(high, wide, high_too, wide_too) < _LEAST_PX:
        return (0, 0), 0
    if not _LIKE[0] < high * wide_too / (wide * high_too) < _LIKE[1]:
        return (0, 0), 0
    longest = min(_LONG_PX, max(high, wide), max(high_too, wide_too))
    times = math.ceil(longest / _ROUGH_PX)
    step, shrink = CELL * times, longest / max(high, wide)
    width, height = (max(4, round(length * shrink / step)) * step for length in (wide, high))
    return (width, height), times


def _strokes(ink: Ink) -> Ink:
    """Return the strokes without the mass of the glyphs, which any text has at the same places."""
    soft = cv2.GaussianBlur(ink, (0, 0), 1)
    return np.asarray(soft - cv2.GaussianBlur(soft, (0, 0), 4), np.float32)


def _has_print(strokes: Ink, compared: Ink) -> bool:
    """Return whether there is enough on a page to tell it from others; empty pages are all alike."""
    printed = _windows(overlay.shrunk(strokes * strokes, CELL)) > _FAINT / 8
    return int(np.count_nonzero(printed & (_windows(compared) == 1))) >= _LEAST_PRINT


def _lacking(here: Ink, there: Ink, compared: Ink) -> Ink:
    """Return what share of the strokes of each window one picture lacks of the other's.

    Args:
        here: strokes.
        there: strokes of the page laid upon it.
        compared: 1 for each cell that lies on both pages, else less.
    """
    had, has, left = (_windows(overlay.shrunk(part * part, CELL)) for part in (here, there, here - there))
    lacking = left / (np.maximum(had, has) + _FAINT)
    lacking[_windows(compared) < 1] = 0
    return np.asarray(lacking, np.float32)


def _windows(cells: Ink) -> Ink:
    """Return the means of 2 x 2 cells, each pair of rows and columns."""
    rows = cells[:-1] + cells[1:]
    return np.asarray((rows[:, :-1] + rows[:, 1:]) / 4, np.float32)


def _worst(here: Ink, there: Ink, compared: Ink) -> float:
    lacking = _lacking(here, there, compared)
    suspects = min(int(np.count_nonzero(lacking > _SUSPECT)), _MOST_SUSPECTS)
    if not suspects:
        return float(lacking.max())
    places = np.argpartition(lacking.ravel(), -suspects)[-suspects:]
    rows, columns = np.unravel_index(places, lacking.shape)
    return float(_unexplained(here, there, rows * CELL, columns * CELL).max())


def _unexplained(
    here: Ink, there: Ink, tops: NDArray[np.intp], lefts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return for each window the share of its strokes that no shift, contrast or sharpness explains."""
    both = (here + there) / 2
    causes = (
        cv2.Sobel(both, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(both, cv2.CV_32F, 0, 1, scale=1 / 8),
        both,
        cv2.Laplacian(both, cv2.CV_32F),
    )
    along = np.arange(_WINDOW_PX)
    rows, columns = tops[:, None, None] + along[:, None], lefts[:, None, None] + along
    pixels = _WINDOW_PX**2
    ours, theirs = (strokes[rows, columns].reshape(-1, pixels) for strokes in (here, there))
    cause = np.stack([np.asarray(values)[rows, columns].reshape(-1, pixels) for values in causes], 2)
    left = theirs - ours
    normal = np.einsum("npi,npj->nij", cause, cause) / pixels + np.diag(_EXPLAINS)
    pull = np.einsum("npi,np->ni", cause, left) / pixels
    left = left - np.einsum("npi,ni->np", cause, np.linalg.solve(normal, pull[..., None])[..., 0])
    strokes = np.maximum((ours**2).mean(1), (theirs**2).mean(1))
    return np.asarray((left**2).mean(1) / (strokes + _FAINT), np.float64)
