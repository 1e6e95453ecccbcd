"""The rows of print of a page, read line by line: sooner than an engine for whole pages, and more surely.

Loads numpy and OpenCV, so only a worker process imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
from PIL import Image

from ocr.documents.print_lines import Piece, find_pieces
from ocr.port import LineEngine, Script

_MARGIN = 0.3
"""Room around a line, over its height."""
_APART_EM = 3.0
"""What stands farther apart than this belongs to two columns."""
_LEVEL, _ONE_SIZE = 0.6, 2.2
"""How much of its height a piece shares with one of its row, and how different in height they are at most."""
_SIGN_SHAPE = 1.6
"""Width over height up to which a piece is a single sign, or a speck."""
_LEAST_EM_SHARE = 0.5
"""Height of what is read over that of the usual line."""
_MOST_ROWS = 40
_UNSURE = 0.5


def rows_on(engine: LineEngine, picture: Image.Image) -> Iterator[str]:
    """Yield the rows of print on an upright picture (L) from top to bottom, as soon as each was read.

    Raises:
        OcrError: from the engine.
    """
    pieces = find_pieces(np.asarray(picture))
    heights = sorted(piece.height for piece in pieces if piece.width > _SIGN_SHAPE * piece.height)
    least = _LEAST_EM_SHARE * heights[len(heights) // 2] if heights else 0.0
    kept = [piece for piece in pieces if piece.height >= least]
    for row in sorted(_rows(kept), key=lambda row: min(piece.top for piece in row))[:_MOST_ROWS]:
        if len(row) > 1 or row[0].width > _SIGN_SHAPE * row[0].height:
            yield _read(engine, picture, row)


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Put together what stands level, in one size and not far apart, e.g. the characters of a title."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        near = [row for row in rows if any(_belong(other, piece) for other in row)]
        rows = [row for row in rows if row not in near]
        rows.append([piece, *(other for row in near for other in row)])
    return rows


def _belong(one: Piece, other: Piece) -> bool:
    low, high = sorted((one.height, other.height))
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    gap = max(one.left, other.left) - min(one.right, other.right)
    return shared >= _LEVEL * low and high <= _ONE_SIZE * low and gap <= _APART_EM * high


def _read(engine: LineEngine, picture: Image.Image, pieces: Sequence[Piece]) -> str:
    around = reduce(Piece.joined, pieces)
    room = round(_MARGIN * around.height)
    box = (
        max(0, around.left - room), max(0, around.top - room),
        min(picture.width, around.right + room), min(picture.height, around.bottom + room),
    )  # fmt: skip
    (line,) = engine.lines([picture.crop(box)], script=Script.CHINESE)
    return line.text if line.confidence >= _UNSURE else ""
