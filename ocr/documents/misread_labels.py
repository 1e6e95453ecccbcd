"""Labels of two or three characters of which one was misread: the column they stand in says what they are.

Longer labels are known by their other characters. Of short ones any value might be a misreading, so only
labels that are missing count, and only where labels begin: below or above another one, flush with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ocr.documents.reading import Strip

_FLUSH, _LEVEL = 0.6, 0.5
"""How far apart the left ends of labels may be, and the middles of both characters of one."""
_SHORT = (2, 3)
_WIDEST_GAP = 8
"""Between the two characters of a label that is set wide, over their height."""
Either = tuple[str, ...]
"""Words for one label, of which one stands on the paper."""


def missing_of(either: Iterable[Either], found: Iterable[str]) -> list[Either]:
    """Return the labels of which no word was found."""
    names = frozenset(found)
    return [words for words in either if not names.intersection(words)]


def misread(
    texts: Mapping[int, str], strips: Sequence[Strip], lefts: Sequence[int], missing: Sequence[Either]
) -> dict[int, str]:
    """Return the strips that begin with a missing label, one of whose characters was misread.

    Args:
        texts: the strips without any label, by number, in the characters of labels.
        strips: all strips.
        lefts: where the labels that were found begin.
        missing: the labels that were not.
    """
    begins = {n: text for n, text in texts.items() if _is_flush(strips[n], lefts)}
    found: dict[int, list[tuple[int, str]]] = {}
    for label, words in enumerate(missing):
        for name in (name for name in words if len(name) in _SHORT):
            for n, text in begins.items():
                if _is_near(text, name):
                    found.setdefault(n, []).append((label, name))
    often = [label for entries in found.values() for label in {label for label, _ in entries}]
    return {
        n: max((name for _, name in entries), key=len)
        for n, entries in found.items()
        if len({label for label, _ in entries}) == 1 and often.count(entries[0][0]) == 1
    }


def misread_apart(
    texts: Mapping[int, str], strips: Sequence[Strip], lefts: Sequence[int], missing: Sequence[Either]
) -> dict[tuple[int, int], str]:
    """Return the pairs of single characters that are a missing label set wide, one of them misread.

    Args:
        texts: as for `misread`.
        strips: all strips.
        lefts: as for `misread`.
        missing: the labels that were not found.
    """
    found: dict[tuple[int, int], list[str]] = {}
    names = [name for words in missing for name in words if len(name) == 2]
    single = {n: text for n, text in texts.items() if len(text) == 1}
    for first in (n for n in single if _is_flush(strips[n], lefts)):
        second = _next(strips, first, single)
        if second is None:
            continue
        pair = single[first] + single[second]
        found[first, second] = [name for name in names if _is_near(pair, name)]
    often = [name for some in found.values() for name in some]
    return {pair: some[0] for pair, some in found.items() if len(some) == 1 and often.count(some[0]) == 1}


def _is_near(text: str, name: str) -> bool:
    """Say whether a text begins with a label one of whose characters is another one."""
    begun = text[: len(name)]
    return len(begun) == len(name) and sum(a != b for a, b in zip(begun, name, strict=True)) == 1


def _is_flush(strip: Strip, lefts: Sequence[int]) -> bool:
    return any(abs(strip.piece.left - left) <= _FLUSH * strip.piece.height for left in lefts)


def _next(strips: Sequence[Strip], first: int, among: Iterable[int]) -> int | None:
    """Return the nearest of some strips behind another on its row."""
    at = strips[first].piece
    behind = [
        n
        for n in among
        if 0 < strips[n].piece.left - at.right < _WIDEST_GAP * at.height
        and abs(strips[n].piece.middle - at.middle) < _LEVEL * at.height
    ]
    return min(behind, key=lambda n: strips[n].piece.left, default=None)
