"""Pieces of recognised text into lines, each beginning with its label: columns kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Piece:
    """A recognised piece of text: its place in px of the level page."""

    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Return how high it is."""
        return self.bottom - self.top


def lines_of(pieces: Sequence[Piece], labels: re.Pattern[str]) -> list[str]:
    """Return what stands behind each label together, with what goes on under it; a tab between pieces.

    Args:
        pieces: in any order.
        labels: of the kind of page.
    """
    groups: list[list[Piece]] = []
    for row in _rows(pieces):
        before: Piece | None = None
        for piece in _merged(row, labels):
            group = None if labels.match(piece.text) else _group_for(piece, before, groups, labels)
            if group is None:
                groups.append(group := [])
            group.append(piece)
            before = piece
    return ["\t".join(piece.text for piece in group) for group in groups]


def _group_for(
    piece: Piece, before: Piece | None, groups: list[list[Piece]], labels: re.Pattern[str]
) -> list[Piece] | None:
    """Behind a label alone stands its value; else a piece goes on what it stands under, or what is left."""
    own = next((group for group in reversed(groups) if before in group), None)
    if before and own and (labels.fullmatch(before.text) or piece.left - before.right < piece.height):
        return own
    under = [group for group in groups if any(_is_under(piece, one) for one in group)]
    return under[-1] if under else own


def _is_under(piece: Piece, above: Piece) -> bool:
    gap = (piece.top + piece.bottom - above.top - above.bottom) / 2
    return 0.5 * piece.height < gap < 2.2 * piece.height and abs(piece.left - above.left) < 1.5 * piece.height


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.top + one.bottom):
        middle = (piece.top + piece.bottom) / 2
        last = rows[-1] if rows else []
        if last and any(abs(middle - (one.top + one.bottom) / 2) < 0.45 * one.height for one in last):
            last.append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _merged(row: Sequence[Piece], labels: re.Pattern[str]) -> list[Piece]:
    """Join the two characters of a label that are printed far apart."""
    merged: list[Piece] = []
    for piece in row:
        last = merged[-1] if merged else None
        if last and len(last.text) == 1 and labels.match(last.text + piece.text):
            merged[-1] = replace(last, text=last.text + piece.text, right=piece.right)
        else:
            merged.append(piece)
    return merged


def score_of(value: str, pieces: Sequence[Piece]) -> float:
    """Return the least score of the pieces that hold part of a value, 0 when none does."""
    wanted = _bare(value)
    held = [one for one in pieces if (text := _bare(one.text)) and (wanted in text or text in wanted)]
    return min((one.score for one in held if len(_bare(one.text)) > 1 or len(wanted) == 1), default=0.0)


def _bare(text: str) -> str:
    """Drop what a date is written with, and the zeros that stand before its single figures."""
    return re.sub(r"[\s年月日时分.:：\-T0]", "", text)
