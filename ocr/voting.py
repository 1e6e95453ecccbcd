"""Making one reading out of several of the same line: a vote, and dissent is doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from ocr.port import Line

_CERTAIN = 0.99
_MAJORITY, _HALF, _PATCHWORK = 0.85, 0.75, 0.6


def agreed(readings: Sequence[Line]) -> Line:
    """Return the text most readings agree on, else the one put together character by character.

    The confidence falls with the dissent: unanimity has that of the surest reading, a majority keeps 85 % of
    its mean, half of the readings 75 %, a text nobody read as a whole keeps 60 %.
    Agreement adds nothing: models of one engine err alike.
    """
    said = [line for line in readings if line.text]
    if not said:
        return Line("", 0.0)
    text, votes = Counter(line.text for line in said).most_common(1)[0]
    own = [line.confidence for line in said if line.text == text]
    if votes == len(readings):
        return Line(text, min(_CERTAIN, max(own)))
    if votes > 1:
        return Line(text, fmean(own) * (_MAJORITY if 2 * votes > len(readings) else _HALF))
    return Line(_patchwork(said), fmean(line.confidence for line in said) * _PATCHWORK)


def _patchwork(said: Sequence[Line]) -> str:
    best = max(said, key=lambda line: line.confidence)
    alike = [
        best.text,
        *(line.text for line in said if line is not best and len(line.text) == len(best.text)),
    ]
    return "".join(Counter(column).most_common(1)[0][0] for column in zip(*alike, strict=True))


def together(parts: Sequence[Line]) -> Line:
    """Join the lines of one field; the confidence is that of the worst part."""
    said = [part for part in parts if part.text]
    if not said:
        return Line("", 0.0)
    return Line("".join(part.text for part in said), min(part.confidence for part in said))
