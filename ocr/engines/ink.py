"""Whether all print of a line was read: ink that no character accounts for is one that was left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MISSED_EM = 0.4
"""Ink this wide without a character is a character that was not read; print that was read leaves 0.2."""

_LEAST_CONTRAST = 50
_INK = 0.45
"""Part of the way from paper to the darkest print at which ink begins."""
_LEAST_EM = 0.6
"""Height of a character in heights of the picture, where the line is so flat (一) that it does not show."""
_WIDE, _NARROW = 0.62, 0.5
"""Half of the room, in em, that is a character's own: 汉 and the like; letters and digits."""
_GAP_EM = 0.2
_FEW_PX = 2
_LAST_OF_LATIN = 0xFF


def unread_em(grey: NDArray[np.uint8], text: str, places: Sequence[float]) -> float:
    """Return the width of the widest print that no character accounts for, in em; 0 for an empty line.

    Args:
        grey: the line.
        text: what was read.
        places: the middle of each of its characters, px from the left.
    """
    ink = _ink(grey)
    rows = np.flatnonzero(ink.sum(1) >= _FEW_PX)
    if not rows.size:
        return 0.0
    em: float = max(_LEAST_EM * grey.shape[0], float(rows[-1]) - float(rows[0]) + 1)
    columns = ink.sum(0) >= _FEW_PX
    for character, place in zip(text, places, strict=True):
        half = (_NARROW if ord(character) <= _LAST_OF_LATIN else _WIDE) * em
        columns[max(0, int(place - half)) : int(place + half) + 1] = False
    left = np.flatnonzero(columns)
    if not left.size:
        return 0.0
    pieces = np.split(left, np.flatnonzero(np.diff(left) > _GAP_EM * em) + 1)
    widest = max(int(piece[-1]) - int(piece[0]) + 1 for piece in pieces)
    return widest / em


def _ink(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    paper, darkest = np.percentile(grey, (75, 1))
    if paper - darkest < _LEAST_CONTRAST:
        return np.zeros(grey.shape, np.bool_)
    dark: NDArray[np.bool_] = grey < paper - _INK * (paper - darkest)
    return dark
