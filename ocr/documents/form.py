"""What is printed where on a kind of paper, as data, and what was found of it on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ocr.port import Box, FieldReading

Point = tuple[float, float]
Window = tuple[float, float, float, float]
"""x, y, width, height in mm of the form."""
Around = tuple[float, float, float, float]
"""Left, top, right, bottom in heights of a label's characters, from the label's left end and middle."""
Enough = Callable[[Sequence[str]], tuple[bool, bool]]
_AT_BORDER = 0.6
"""Most confidence of a character in a value that may go on outside of the page."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A place that is filled in, told by the label printed in front of it or above it."""

    label: str
    also: tuple[str, ...] = ()
    """Other words for the same label."""
    nth: int = 0
    """Which of the labels of that name, counted from the top; -1 is the last."""
    lines: int = 1
    """Most lines of the value."""
    digits: bool = False
    """Mostly digits: it is read another time as such."""
    length: int = 0
    """Characters of the value, 0 when that is open."""
    below: bool = False
    """Where nothing stands beside the label, the value stands below it."""
    centred: bool = False
    """The lines of the value stand above and below the middle of the label, as in the cell of a table."""
    window: Window | None = None
    """Where the layout is fixed: the value lies in it, and is looked for there when no label tells."""
    red: bool = False
    """Printed in red on some papers, like a seal: it is looked for in red where nothing else was found."""
    sealed: Around | None = None
    """The value is a day over which a seal is stamped: where around the label it may stand."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of paper."""

    blanks: Mapping[str, Blank]
    """By the name of the field."""
    others: tuple[str, ...] = ()
    """Labels beside those of `blanks`; a value ends where one begins."""
    titles: tuple[str, ...] = ()
    """Printed words that tell the paper but have no value."""
    closings: tuple[str, ...] = ()
    """Words in the print at the foot of the paper, below all values."""
    places: Mapping[str, Point] = field(default_factory=dict)
    """Left edge and middle height in mm of labels whose place is fixed."""
    everything: str = ""
    """Name under which all print of the page is handed over, row by row; empty: nobody asks for it."""
    is_enough: Enough | None = None
    """Where all print is handed over: tells whether the zone at the foot of the page was read, and whether
    nothing more is wanted."""
    codes: str = ""
    """Name under which the QR codes on the picture are handed over, a line for each; empty: nobody asks."""
    em: float = 3.0
    """Height in mm of a label's characters."""
    least: int = 2
    """Labels and titles that must be there."""

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, each once."""
        own = (name for blank in self.blanks.values() for name in (blank.label, *blank.also))
        return tuple(dict.fromkeys((*own, *self.others)))

    @property
    def wanted(self) -> tuple[str, ...]:
        """The labels of the blanks, a name as often as it stands on the paper."""
        often: dict[str, int] = {}
        for blank in self.blanks.values():
            if not blank.also:
                often[blank.label] = max(often.get(blank.label, 1), blank.nth + 1)
        return tuple(name for name, times in often.items() for _ in range(times))

    @property
    def either(self) -> tuple[tuple[str, ...], ...]:
        """For each label that stands once on the paper, the words for it."""
        often = {blank.label for blank in self.blanks.values() if blank.nth}
        groups = ((blank.label, *blank.also) for blank in self.blanks.values() if blank.label not in often)
        return tuple(dict.fromkeys(groups))


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a blank."""

    text: str = ""
    sure: tuple[float, ...] = ()
    """0 to 1 for each character."""
    box: Box | None = None
    """In px of the input."""
    lines: tuple[str, ...] = ()
    """The lines `text` is made of."""
    others: tuple[tuple[str, tuple[float, ...]], ...] = ()
    """Other readings of the same: text and confidences."""
    boxes: tuple[Box, ...] = ()
    """Of each line in px of the input; empty when only `box` is known."""
    cut: bool = False
    """There may be more of it, as the print runs up to the side of the page, or it may belong elsewhere."""
    disturbed: bool = False
    """A seal or a stamp runs through the print or up to it: part of it may be hidden."""

    @property
    def confidence(self) -> float:
        """That of the least sure character, 0 for no text."""
        return min(self.sure, default=0.0)

    @property
    def readings(self) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """All readings, the first one first, none of them sure where the print is cut or disturbed."""
        found = ((self.text, self.sure), *self.others)
        if not (self.cut or self.disturbed):
            return found
        return tuple((text, tuple(min(mark, _AT_BORDER) for mark in sure)) for text, sure in found)


NOTHING = Written()
Filled = Mapping[str, Written]
"""What stands in each blank of a form, by the name of the field."""
Interpret = Callable[..., dict[str, FieldReading]]


def unread(box: Box | None = None) -> FieldReading:
    """Return the reading of a field that could not be read."""
    return FieldReading(value="", confidence=0.0, box=box)
