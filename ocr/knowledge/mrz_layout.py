"""Where what stands in a machine-readable zone (ICAO Doc 9303 parts 4 and 5), and its check digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FILLER = "<"
COMPOSITE = "composite"
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (7, 3, 1)
Span = tuple[int, int]


def check_digit(text: str) -> str:
    """Return the check digit of a field (part 3, 4.9): weights 7, 3, 1 modulo 10, `<` is 0, A is 10.

    Raises:
        ValueError: a character belongs in no zone.
    """
    values = (0 if character == FILLER else _VALUES.index(character) for character in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


@dataclass(frozen=True, slots=True)
class Layout:
    """One size of zone; places count within the data, the lines without names joined."""

    lines: int
    width: int
    data_lines: tuple[int, ...]
    names_line: int
    names_start: int
    checked: Mapping[str, Span]
    """Start and end of each field with a check digit of its own, which stands at its end."""
    nationality: slice
    sex: int
    optional: slice
    composite: tuple[Span, ...]
    """What the last check digit of the data counts."""
    composite_place: int

    @property
    def data_line(self) -> int:
        """The line that is never padded: it holds the dates."""
        return self.data_lines[-1]

    @property
    def digit_places(self) -> Iterator[int]:
        """Places that hold digits only; the check digit of an empty field may be a filler."""
        for name, (start, end) in self.checked.items():
            yield from range(start, end + 1) if name.endswith("date") else (end,)
        yield self.composite_place

    def data_of(self, zone: Sequence[str]) -> str:
        """Return the lines that hold numbers, joined."""
        return "".join(zone[line] for line in self.data_lines)

    def part(self, data: str, name: str) -> str:
        """Return a checked field without its check digit."""
        start, end = self.checked[name]
        return data[start:end]

    def failed(self, data: str) -> frozenset[str]:
        """Return the names of the fields whose check digit does not hold; `composite` is that over all."""
        wrong = {
            name for name, (start, end) in self.checked.items() if not _holds(data[start:end], data[end])
        }
        counted = "".join(data[start:end] for start, end in self.composite)
        if check_digit(counted) != data[self.composite_place]:
            wrong.add(COMPOSITE)
        return frozenset(wrong)


def _holds(text: str, digit: str) -> bool:
    return digit == check_digit(text) or (digit == FILLER and not text.strip(FILLER))


PASSPORT = Layout(
    lines=2,
    width=44,
    data_lines=(1,),
    names_line=0,
    names_start=5,
    checked={"number": (0, 9), "birth_date": (13, 19), "expiry_date": (21, 27), "optional": (28, 42)},
    nationality=slice(10, 13),
    sex=20,
    optional=slice(28, 42),
    composite=((0, 10), (13, 20), (21, 43)),
    composite_place=43,
)
CARD = Layout(
    lines=3,
    width=30,
    data_lines=(0, 1),
    names_line=2,
    names_start=0,
    checked={"number": (5, 14), "birth_date": (30, 36), "expiry_date": (38, 44)},
    nationality=slice(45, 48),
    sex=37,
    optional=slice(48, 59),
    composite=((5, 30), (30, 37), (38, 45), (48, 59)),
    composite_place=59,
)
