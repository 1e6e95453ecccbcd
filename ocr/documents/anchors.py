"""The printed labels of a form among the strips of a page, and what stands beside or below each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from statistics import fmean

from ocr.documents.misread_labels import Either, misread, misread_apart, missing_of
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Strip
from ocr.port import Line

_VARIANTS = str.maketrans(
    "別號戶證醫學國業執會產權動類稱號碼齡屆:：()（）", "别号户证医学国业执会产权动类称号码龄届::()()"
)


Entry = tuple[int, int, str]
"""Start, end and name of a label in the text of a strip."""
Found = dict[int, list[Entry]]
"""The labels in each strip, by its number."""
Tail = tuple[int, int]
"""Characters at the beginning of a strip, and the number of the label whose they are."""
Places = Callable[[str, str], Iterable[tuple[int, int]]]
_LEAST_BEGUN = 3
"""Characters of a label on the first of its two lines."""
_WIDEST_GAP_EM = (5, 8)
"""Between the characters of a label that is set as wide as the longest of them: one of two has the widest."""
_RULES = "|｜"
"""What the upright lines of a table are taken for."""
_NO_VALUE = f":：{_RULES}"
WATERMARK = "样本"
"""Stands across every paper that is used for training and tests, and on no other."""


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label that was found."""

    name: str
    """As the form names it."""
    piece: Piece
    """Where it stands."""
    strip: int
    """Number of its strip, or -1 when its place is only known from the others."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a strip that belongs to no label, so perhaps to a value."""

    piece: Piece
    text: str
    sure: tuple[float, ...]
    strip: int
    begins: bool
    """The strip begins with it: nothing stands in front of it in the same strip."""
    owner: int = -1
    """Number of the label in front of it in the same strip, -1 without one."""

    def as_line(self) -> Line:
        """Return it as the engine said it."""
        return Line(self.text, fmean(self.sure) if self.sure else 0.0, self.sure)


def plain(text: str) -> str:
    """Return `text` with the simplified form of the few characters in which labels are also printed."""
    return text.translate(_VARIANTS)


def take_apart(
    strips: Sequence[Strip],
    names: Iterable[str],
    wanted: Iterable[str] = (),
    either: Iterable[Either] = (),
) -> tuple[list[Label], list[Part]]:
    """Find the labels `names` in `strips` and return them and what is left over.

    A label counts where a strip begins with it. One inside a strip counts when something stands in front of
    it that is a label itself, or when it is four characters or longer. Labels whose characters stand far
    apart are put together from their neighbours on the row.

    Args:
        strips: the print of a page.
        names: the labels to look for.
        wanted: those that must be there, a name as often as it stands on the form: what is missing of them is
            also looked for inside other strips.
        either: words for one label each: where none of them was found, one that was misread in part counts
            that stands where labels do.
    """
    ordered = sorted(names, key=len, reverse=True)
    labels: list[Label] = []
    parts: list[Part] = []
    spread, used = _spread_labels(strips, ordered)
    parts += _add_broken_labels(strips, ordered, spread, used)
    labels += spread
    found = {n: _labels_in(strip, ordered) for n, strip in enumerate(strips) if n not in used}
    for number, (length, label) in used.items():
        behind = [entry for entry in _labels_in(strips[number], ordered) if entry[0] >= length]
        _hand_out(strips[number], number, behind, labels, parts, length, label)
    _drop_words_of_values(strips, found)
    missing = Counter(wanted) - Counter(
        [*(label.name for label in spread), *(entry[2] for some in found.values() for entry in some)]
    )
    _add_misread(strips, missing_of(either, _names(spread, found)), found, labels)
    lacking = missing_of(either, _names(labels, found))
    for number, some in found.items():
        some += _inside(strips[number], some, missing)
        some += _at_end(strips[number], some, lacking)
        _hand_out(strips[number], number, sorted(some), labels, parts)
    return labels, parts


def _drop_words_of_values(strips: Sequence[Strip], found: Found) -> None:
    """Take a value that begins with a label's word for what it is: the label stands alone elsewhere."""
    alone = Counter(plain(strips[n].text).rstrip(":") for n in found)
    for number, some in found.items():
        text = plain(strips[number].text).rstrip(":")
        if len(some) == 1 and some[0][2] != text and len(some[0][2]) <= 3 and alone[some[0][2]] == 1:
            some.clear()


def _names(labels: Sequence[Label], found: Found) -> Iterator[str]:
    yield from (label.name for label in labels)
    yield from (name for some in found.values() for _, _, name in some)


def _add_misread(
    strips: Sequence[Strip], missing: Sequence[Either], found: Found, labels: list[Label]
) -> None:
    """Add short labels that are missing where one stands that differs in one character."""
    without = {n: plain(strips[n].text) for n, some in found.items() if not some}
    lefts = [label.piece.left for label in labels]
    lefts += [strips[n].piece.left for n, some in found.items() if some and some[0][0] == 0]
    for pair, name in misread_apart(without, strips, lefts, missing).items():
        labels.append(Label(name, strips[pair[0]].piece.joined(strips[pair[1]].piece), pair[0]))
        for number in pair:
            del found[number], without[number]
    left = missing_of(missing, (label.name for label in labels))
    for number, name in misread(without, strips, lefts, left).items():
        found[number].append((0, len(name), name))


def _at_end(strip: Strip, found: Sequence[Entry], lacking: list[Either]) -> list[Entry]:
    """Return a label that was found nowhere and stands right behind a value, as that of the next column."""
    text = plain(strip.text).rstrip(":")
    for words in lacking:
        name = next((name for name in words if len(name) > 2 and text.endswith(name)), "")
        start = len(text) - len(name)
        if name and start >= 2 and all(end <= start for _, end, _ in found):
            lacking.remove(words)
            return [(start, len(text), name)]
    return []


def _inside(strip: Strip, found: Sequence[Entry], missing: Counter[str]) -> list[Entry]:
    """Return labels that stand behind a value which runs up to them, if they were seen nowhere else."""
    text = plain(strip.text)
    more: list[Entry] = []
    for name in sorted(missing, key=len, reverse=True):
        at = _find(text, name, [*found, *more], _exactly) if missing[name] > 0 and name in text else None
        if at is not None and at[0] >= 2:
            more.append((*at, name))
            missing[name] -= 1
    return more


def _labels_in(strip: Strip, names: Sequence[str]) -> list[Entry]:
    """Return start, end and name of each label, from left to right."""
    text = plain(strip.text)
    taken: list[Entry] = []
    for places in (_exactly, _nearly):
        for name in names:
            at = _find(text, name, taken, places)
            while at is not None:
                taken.append((*at, name))
                at = _find(text, name, taken, places)
    taken.sort()
    counted: list[Entry] = []
    for entry in taken:
        if _counts(entry, counted):
            counted.append(entry)
    return counted


def _counts(entry: Entry, before: Sequence[Entry]) -> bool:
    return entry[0] <= 1 or len(entry[2]) >= 4 or bool(before)


def _find(text: str, name: str, taken: Sequence[Entry], places: Places) -> tuple[int, int] | None:
    for start, end in places(text, name):
        if all(end <= other[0] or start >= other[1] for other in taken):
            return start, end
    return None


def _exactly(text: str, name: str) -> Iterable[tuple[int, int]]:
    at = text.find(name)
    while at >= 0:
        yield at, at + len(name)
        at = text.find(name, at + 1)


def _nearly(text: str, name: str) -> Iterable[tuple[int, int]]:
    """Return where `name` stands with one of four characters wrong, its length kept."""
    allowed = len(name) // 4
    if not allowed:
        return
    for start in range(len(text) - len(name) + 1):
        part = text[start : start + len(name)]
        if sum(one != other for one, other in zip(part, name, strict=True)) <= allowed:
            yield start, start + len(name)
            return


def _hand_out(
    strip: Strip, number: int, found: Sequence[Entry], labels: list[Label], parts: list[Part],
    at: int = 0, owner: int = -1,
) -> None:  # fmt: skip
    """Make labels and parts of a strip, of which the first `at` characters belong to the label `owner`."""
    for start, end, name in found:
        _add_part(strip, number, at, start, owner, parts)
        owner = len(labels)
        labels.append(Label(name, _cut(strip, start, end), number))
        at = end
    _add_part(strip, number, at, len(strip.text), owner, parts)


def _add_part(strip: Strip, number: int, start: int, end: int, owner: int, parts: list[Part]) -> None:
    begins = start == 0
    while start < end and strip.text[start] in _NO_VALUE:
        start += 1
    while start < end and strip.text[end - 1] in _RULES:
        end -= 1
    if start < end:
        piece = strip.piece if (start, end) == (0, len(strip.text)) else _cut(strip, start, end)
        parts.append(Part(piece, strip.text[start:end], strip.sure[start:end], number, begins, owner))


def _cut(strip: Strip, start: int, end: int) -> Piece:
    return replace(strip.piece, left=round(strip.left_of(start)), right=round(strip.left_of(end)))


def _spread_labels(strips: Sequence[Strip], names: Sequence[str]) -> tuple[list[Label], dict[int, Tail]]:
    """Put labels together whose characters are strips of their own, as in 住　所.

    Returns:
        The labels, and for each strip that was used how much of it belongs to which label.
    """
    labels: list[Label] = []
    used: dict[int, Tail] = {}
    for number, strip in enumerate(strips):
        text = plain(strip.text)
        for name in names:
            if number in used or len(text) >= len(name) or not name.startswith(text):
                continue
            chain = _chain(strips, number, name)
            if chain and not used.keys() & chain.keys():
                pieces = [_cut(strips[place], 0, length) for place, length in chain.items()]
                used |= {place: (length, len(labels)) for place, length in chain.items()}
                labels.append(Label(name, reduce(Piece.joined, pieces), number))
    return labels, used


def _add_broken_labels(
    strips: Sequence[Strip], names: Sequence[str], labels: list[Label], used: dict[int, Tail]
) -> list[Part]:
    """Put labels together that stand on two lines of a narrow cell, as in 公民身份证件编 / 号.

    Returns:
        What stands behind their second lines: the second line of a value, or all of it.
    """
    parts: list[Part] = []
    for number, strip in enumerate(strips):
        text = plain(strip.text)
        whole = max((len(name) for name in names if text.startswith(name)), default=0)
        if number in used or 0 < whole < len(text):
            continue
        for name in names:
            begun = next(
                (k for k in range(len(name) - 1, _LEAST_BEGUN - 1, -1) if text.startswith(name[:k])), 0
            )
            if begun < whole:
                continue
            under = _under(strips, number, name[begun:], used) if begun else None
            if under is not None:
                length = min(len(name) - begun, len(strips[under].text))
                above, below = _cut(strip, 0, begun), _cut(strips[under], 0, length)
                used |= {number: (begun, len(labels)), under: (len(strips[under].text), len(labels))}
                labels.append(Label(name, above.joined(below), number))
                parts += _behind(strips[under], under, length)
                break
    return parts


def _behind(strip: Strip, number: int, start: int) -> list[Part]:
    end = len(strip.text)
    if start >= end:
        return []
    return [Part(_cut(strip, start, end), strip.text[start:], strip.sure[start:], number, begins=True)]


def _under(strips: Sequence[Strip], number: int, rest: str, used: Mapping[int, Tail]) -> int | None:
    """Return the strip below that begins with the rest of a label; a single character must stand alone.

    The last character alone will do: the one before it may have been lost.
    """
    for place, other in enumerate(strips):
        text = plain(other.text)
        fits = text in (rest, rest[-1]) or (len(rest) > 1 and text.startswith(rest))
        if place not in used and place != number and fits and _is_below(strips[number], other):
            return place
    return None


def _is_below(first: Strip, second: Strip) -> bool:
    one, other = first.piece, second.piece
    return (
        0.6 * one.height <= other.middle - one.middle <= 2.0 * one.height
        and abs(one.left - other.left) <= one.height
    )


def _chain(strips: Sequence[Strip], first: int, name: str) -> dict[int, int]:
    """Return the strips that make up a label and how many characters of each, nothing without the whole."""
    chain, last, wide = {first: len(strips[first].text)}, first, _WIDEST_GAP_EM[len(name) == 2]
    while rest := name[sum(chain.values()) :]:
        place = _next_in_row(strips, last, rest, wide)
        if place is None:
            return {}
        chain[place] = min(len(strips[place].text), len(rest))
        last = place
    return chain


def _next_in_row(strips: Sequence[Strip], last: int, rest: str, wide: int) -> int | None:
    """Return the strip behind another that goes on with a label, or begins with the end of it."""
    at = strips[last].piece
    found = [
        place
        for place, other in enumerate(strips)
        if (rest.startswith(plain(other.text)) or plain(other.text).startswith(rest))
        and 0 < other.piece.left - at.right < wide * at.height
        and abs(other.piece.middle - at.middle) < 0.5 * at.height
    ]
    return min(found, key=lambda place: strips[place].piece.left, default=None)


def by_name(labels: Sequence[Label]) -> Mapping[str, list[int]]:
    """Return the numbers of the labels of each name, from top to bottom."""
    found: dict[str, list[int]] = {}
    for number, label in sorted(
        enumerate(labels), key=lambda entry: (entry[1].piece.middle, entry[1].piece.left)
    ):
        found.setdefault(label.name, []).append(number)
    return found
