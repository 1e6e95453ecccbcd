"""Characters that recognisers take for each other, and the search for the one text that must be meant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import combinations, product

UNREADABLE = "?"
"""Stands where something was seen that is no character of the text."""

DIGITS: Mapping[str, str] = {
    UNREADABLE: "0123456789X",
    "0": "689",
    "1": "743",
    "2": "7189",
    "3": "859",
    "4": "19",
    "5": "3689",
    "6": "058",
    "7": "129",
    "8": "0369",
    "9": "0348",
    "X": "",
}
"""For each digit as read, the digits it may have been: alike in shape, or taken for it on worn prints."""

AS_DIGIT = {
    ord(letter): digit
    for digit, letters in {
        "0": "OoQDU", "1": "Il|!i", "2": "Zz", "4": "A", "5": "Ss", "6": "bG", "8": "B", "X": "xKk×Y",
    }.items()
    for letter in letters
}  # fmt: skip
"""Letters that stand for digits in a purely numeric text; x, K and × stand for the check character X."""

LETTER_OR_DIGIT: Mapping[str, str] = {
    "0": "DQ6",
    "1": "LJT7",
    "2": "7",
    "3": "8B",
    "4": "A",
    "5": "6",
    "6": "G0",
    "7": "T1",
    "8": "B3",
    "9": "G",
    "A": "4",
    "B": "8R",
    "C": "G",
    "D": "0",
    "E": "F",
    "F": "EP",
    "G": "6C",
    "H": "N",
    "J": "1",
    "K": "X",
    "L": "1",
    "M": "N",
    "N": "MH",
    "P": "RF",
    "Q": "0",
    "R": "PB",
    "T": "7",
    "U": "0",
    "W": "",
    "X": "KY",
    "Y": "X",
}
"""For each character of a code as read (alphabet of GB 32100), what it may have been."""


def variants(
    text: str, alternatives: Mapping[str, str], places: Collection[int], most: int
) -> Iterator[tuple[str, int]]:
    """Yield every text that differs from `text` in 1 to `most` of `places`, with the number of exchanges."""
    open_places = [place for place in sorted(places) if alternatives.get(text[place])]
    for count in range(1, most + 1):
        for chosen in combinations(open_places, count):
            for characters in product(*(alternatives[text[place]] for place in chosen)):
                changed = list(text)
                for place, character in zip(chosen, characters, strict=True):
                    changed[place] = character
                yield "".join(changed), count


def only_one(candidates: Iterator[tuple[str, int]], holds: Callable[[str], bool]) -> tuple[str, int] | None:
    """Return the candidate that holds when there is exactly one, with its exchanges; else None."""
    found: tuple[str, int] | None = None
    for candidate, count in candidates:
        if not holds(candidate):
            continue
        if found is not None and found[0] != candidate:
            return None
        found = found or (candidate, count)
    return found
