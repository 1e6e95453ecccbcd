"""The stops beside a line of print: a wide ； 、 。 stands off from its line and is too small alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ocr.documents.print_lines import Piece

Grey = NDArray[np.uint8]

_LONG_EM = 5.0
"""Shorter pieces are names, numbers and words, behind which a speck is only a speck."""
_STOP_REACH_EM, _STOP_WIDTH_EM = 1.0, 0.4
_STOP_HEIGHT_EM = (0.1, 1.0)
_STOP_FOOT_EM = (0.45, 0.3)
"""A stop ends at the foot of its line or a little above or below it."""


def with_stops(pieces: Sequence[Piece], ink: Grey, em: int) -> list[Piece]:
    """Return the pieces with their stops; a stop that was a piece of its own is none any more."""
    lines = [_with_stops(piece, pieces, ink, em) for piece in pieces]
    return [piece for piece in lines if not _is_taken(piece, lines, em)]


def _with_stops(piece: Piece, pieces: Sequence[Piece], ink: Grey, em: int) -> Piece:
    """Return a long piece with the stops beside it."""
    if piece.width < _LONG_EM * em:
        return piece
    level = [p for p in pieces if p.top < piece.bottom and p.bottom > piece.top and not _is_mark(p, em)]
    reach = round((_STOP_REACH_EM + _STOP_WIDTH_EM) * em)
    end = min([piece.right + reach, *(p.left for p in level if p.left > piece.right)])
    # A stop between two pieces is that of the first.
    follows = any(piece.left - 2 * reach < p.right <= piece.left for p in level)
    start = piece.left if follows else max(0, piece.left - reach)
    rows = slice(piece.top, round(piece.bottom + _STOP_FOOT_EM[1] * em))
    behind = _stop_in(ink[rows, piece.right : end], piece.height, em)
    before = _stop_in(ink[rows, start : piece.left][:, ::-1], piece.height, em)
    return replace(piece, left=piece.left - before, right=piece.right + behind)


def _is_mark(piece: Piece, em: int) -> bool:
    """Say whether a piece is no larger than a stop."""
    return piece.width <= _STOP_WIDTH_EM * em + 1 and piece.height <= _STOP_HEIGHT_EM[1] * em / 2


def _is_taken(piece: Piece, lines: Sequence[Piece], em: int) -> bool:
    """Say whether a stop has become part of the line beside it."""
    return _is_mark(piece, em) and any(
        line.left <= piece.left and piece.right <= line.right and line.top <= piece.middle <= line.bottom
        for line in lines
        if line is not piece
    )


def _stop_in(ink: Grey, height: int, em: int) -> int:
    """Return how far the first ink reaches, from the left on, if it is a stop; else 0."""
    columns = np.flatnonzero(ink.any(axis=0)) if ink.size else np.zeros(0, np.int64)
    if columns.size and columns[0] <= 1:
        # A stroke of the line itself, cut through by its box.
        breaks = np.flatnonzero(np.diff(columns) > 2)
        columns = columns[breaks[0] + 1 :] if breaks.size else columns[:0]
    if not columns.size or columns[0] > _STOP_REACH_EM * em:
        return 0
    breaks = np.flatnonzero(np.diff(columns) > 2)
    last = int(columns[breaks[0]] if breaks.size else columns[-1])
    rows = np.flatnonzero(ink[:, columns[0] : last + 1].any(axis=1))
    high, foot = int(rows[-1] - rows[0]) + 1, height - int(rows[-1])
    is_small = _STOP_HEIGHT_EM[0] * em <= high <= _STOP_HEIGHT_EM[1] * em
    is_narrow = last - columns[0] <= _STOP_WIDTH_EM * em
    return last + 1 if is_small and is_narrow and foot <= _STOP_FOOT_EM[0] * em else 0
