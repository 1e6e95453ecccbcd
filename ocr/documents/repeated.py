"""Labels that stand twice on a paper, once for each of two people: which is whose, and where a lost one is.

Counted from the top, the second person's label takes the place of the first one's when that was not read, and
one person's name stands with the other one's number. Labels that were seen twice tell how far apart they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ocr.documents.anchors import Label, by_name
from ocr.documents.form import Blank, Form
from ocr.documents.print_lines import Piece

_SAME_ROW = 0.6
"""Over the height of a character."""
Pair = tuple[Label, Label]


def names_of(blank: Blank) -> tuple[str, ...]:
    """Return all words for the label of a blank."""
    return (blank.label, *blank.also)


def is_repeated(form: Form, blank: Blank) -> bool:
    """Say whether the label of a blank stands on the paper more than once."""
    return any(other.label == blank.label and other.nth > 0 for other in form.blanks.values())


def lost_labels(form: Form, labels: Sequence[Label], em: float) -> Iterator[Label]:
    """Yield the labels of which one of two was found, where the other one has to be."""
    blanks = [blank for blank in form.blanks.values() if blank.nth == 1]
    families = {blank.label: _places(labels, names_of(blank)) for blank in blanks}
    pairs = _pairs(labels, families)
    for row, (name, found) in enumerate(families.items()):
        if len(found) != 1:
            continue
        place = _place_of(found[0], row, list(families), pairs, em)
        if place is not None:
            number, (first, second) = place
            apart = second.piece.middle - first.piece.middle
            yield _moved(found[0], name, -apart if number else apart)


def _places(labels: Sequence[Label], names: Sequence[str]) -> list[Label]:
    found = [label for label in labels if label.name in names]
    return sorted(found, key=lambda label: label.piece.middle)


def _pairs(labels: Sequence[Label], families: Mapping[str, list[Label]]) -> dict[str, Pair]:
    """Return the labels that were seen twice, those of the families by the name of the family."""
    own = {name for name, found in families.items() if len(found) == 2}
    pairs = {name: (families[name][0], families[name][1]) for name in own}
    for name, numbers in by_name(labels).items():
        if len(numbers) == 2 and name not in families:
            pairs[name] = (labels[numbers[0]], labels[numbers[1]])
    return pairs


def _place_of(
    label: Label, row: int, order: Sequence[str], pairs: Mapping[str, Pair], em: float
) -> tuple[int, Pair] | None:
    """Return whose label it is, 0 or 1, and a pair that tells how far apart the two people stand."""
    middle = label.piece.middle
    for pair in pairs.values():
        for number, other in enumerate(pair):
            if abs(other.piece.middle - middle) < _SAME_ROW * em:
                return number, pair
    for name, pair in pairs.items():
        if name not in order:
            continue
        if order.index(name) < row:
            return int(middle > pair[1].piece.middle), pair
        return int(middle > pair[0].piece.middle), pair
    return None


def _moved(label: Label, name: str, down: float) -> Label:
    piece = label.piece
    moved = Piece(piece.left, round(piece.top + down), piece.right, round(piece.bottom + down))
    return Label(name, moved, -1)
