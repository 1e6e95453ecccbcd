"""From what stands in a blank to the reading of a field: normal form, checks, confidence, no guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ocr import checks, values
from ocr.documents.form import Written, unread
from ocr.knowledge import dates, identity
from ocr.knowledge.addresses import read_address, read_office
from ocr.knowledge.correction import Corrected
from ocr.knowledge.ethnicities import PRINTED_OTHERWISE, read_ethnicity
from ocr.knowledge.words import nearest
from ocr.port import Box, FieldReading

DOUBTFUL = 0.5
"""Most confidence of a value that a check speaks against."""
_CERTAIN = 0.995
_SECOND_BEST = 0.85
"""What the other reading's confidence counts for when the first one could not be used."""
_CLEAR = 0.93
"""Less sure than this, the surest of several readings counts, not the first."""
_EARLIEST = date(1880, 1, 1)
_NAME_DOT = re.compile(r"(?<=[\u3400-\u9fff])[·•．.・‧∙⋅*“”\"'‘’`](?=[\u3400-\u9fff])")
"""The dot that joins the parts of a name, and what it is read as."""
_WATERMARK = "样本"
"""No surname; it stands across papers that are no real ones."""
_NAME_ENDS = re.compile(
    r"(出生医学证明|中华人民共和国|居民身份证|社会保障|常住人口|残疾人证|不动产权|营业执照|结婚证|居住证|护照"
    r"|姓名|性别|民族|国籍|出生|公民身份|有效身份)"
)
"""Titles and labels into which a name may seem to run on."""
_LONGEST_NAME, _LONGEST_JOINED_NAME = 6, 20
"""Characters of a name, and of one whose parts a dot joins."""
_ADDRESS_ENDS = re.compile(r"[0-9A-Za-z号室房户组队村社区院楼栋幢座层屯寨坊园庄铺店厂校场站所)）]$")
_REGION_WORD, _REGION_WITHIN = re.compile(r"[省市县区旗州盟]"), 12
_ROUND_FIGURE = re.compile(r"(?<=[0-9])[OoQ](?=[0-9]*[室号户楼房])")
_BENT_FIGURE = re.compile(r"(?<=[0-9])了")
_NOTHING_IN_BRACKETS = re.compile(r"[(（][)）]")
"""A 0 that was taken for brackets."""
_BROKEN_OFF = 0.85
"""Most confidence of what may go on where it was not read."""

Marks = tuple[float, ...]
Normalise = Callable[[str, Marks], Corrected]
Holds = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Value:
    """A value in its normal form."""

    text: str
    confidence: float
    repaired: tuple[str, ...] = ()


def reading(value: str, confidence: float, box: Box | None, made: Iterable[str] = ()) -> FieldReading:
    """Return a field; a failed check among `made` makes it doubtful, an empty value unread."""
    if not value:
        return unread(box)
    done = tuple(made)
    sure = min(confidence, DOUBTFUL if any(name.startswith("!") for name in done) else 1.0)
    return FieldReading(value=value, confidence=round(sure, 3), box=box, checks=done)


def plainly(normalise: Callable[[str], str]) -> Normalise:
    """Return the normal form of a value in which nothing is ever put right."""
    return lambda text, _: Corrected(normalise(text))


def best(written: Written, normalise: Normalise, holds: Holds) -> Value:
    """Return the value of the first reading that holds, else that of the first, and its confidence.

    A reading in which something had to be put right comes after those in which nothing had.
    """
    found = [(normalise(text, sure), min(sure, default=0.0)) for text, sure in written.readings]
    held = [entry for entry in found if holds(entry[0].value)]
    first, confidence = min(held, key=lambda entry: entry[0].changes) if held else found[0]
    if held and confidence < _CLEAR:
        first, confidence = min(held, key=lambda entry: (entry[0].changes, -entry[1]))
    others = [sure for other, sure in held if other.value == first.value]
    sure = max([confidence, *others])
    if held and first.value != found[0][0].value and len(others) < 2:
        sure *= _SECOND_BEST
    return Value(first.value, first.capped(sure), first.checks)


def checked(written: Written, normalise: Normalise, name: str, holds: Holds) -> FieldReading:
    """Read a blank whose value has to hold one check."""
    value = best(written, normalise, holds)
    made = (checks.named(name, holds(value.text)), *value.repaired)
    return reading(value.text, value.confidence, written.box, made)


def name_of(written: Written) -> FieldReading:
    """Read a person's name."""
    return checked(written, plainly(_name), "name-length", _is_name_long)


def _is_name_long(value: str) -> bool:
    return 2 <= len(value) <= (_LONGEST_JOINED_NAME if "·" in value else _LONGEST_NAME)


def _name(text: str) -> str:
    """Return a name up to where the print of the form begins."""
    name = _NAME_ENDS.split(values.chinese(dotted(text)), maxsplit=1)[0].strip("·")
    return name.removeprefix(_WATERMARK) if len(name) > len(_WATERMARK) + 1 else name


def dotted(text: str) -> str:
    """Return a text with the middle dot wherever a small mark joins two Chinese characters."""
    return _NAME_DOT.sub("·", text)


def words_of(written: Written, *, least: int = 1) -> FieldReading:
    """Read words in Chinese, with digits and the marks of addresses."""
    return checked(written, plainly(values.address), "length", lambda value: len(value) >= least)


def one_of(written: Written, known: frozenset[str], name: str, read: Normalise | None = None) -> FieldReading:
    """Read a word of a list; any other is doubtful."""
    return checked(written, read or plainly(values.chinese), name, lambda value: value in known)


def word_of(written: Written, known: frozenset[str], name: str, endings: Sequence[str] = ()) -> FieldReading:
    """Read a word of a short list, of which nothing is put right; it may have one of `endings` behind it."""

    def plain(text: str) -> str:
        value = values.chinese(text)
        return next((value.removesuffix(ending) for ending in endings if value.endswith(ending)), value)

    return one_of(written, known, name, plainly(plain))


def found(written: Written, shape: re.Pattern[str], name: str) -> FieldReading:
    """Return the first stretch of a page's print that has a shape."""
    found = ((at, match) for at, line in enumerate(written.lines) if (match := shape.search(line)))
    line, match = next(found, (-1, None))
    if match is None:
        return unread()
    at = written.text.find(match[0])
    box = written.boxes[line] if written.boxes else None
    return reading(match[0], min(written.sure[at : at + len(match[0])], default=0.0), box, (name,))


def listed(written: Written, known: frozenset[str], name: str) -> FieldReading:
    """Read a word of a list, put right where one alone comes near."""
    return one_of(written, known, name, put_right(lambda text, *, marks: nearest(text, known, marks=marks)))


def put_right(read: Callable[..., Corrected], plain: Callable[[str], str] = values.chinese) -> Normalise:
    """Return the normal form by a function of `ocr.knowledge` that takes a text and its `marks`."""

    def normalise(text: str, sure: Marks) -> Corrected:
        value = plain(text)
        return read(value, marks=_kept(text, sure, value))

    return normalise


def ethnicity_of(written: Written) -> FieldReading:
    """Read the name of an ethnic group, or what forms print instead of one."""
    known = values.ETHNICITIES | PRINTED_OTHERWISE
    return one_of(written, known, "known-ethnicity", put_right(read_ethnicity, values.ethnicity))


def _kept(text: str, sure: Marks, value: str) -> Marks:
    """Return the marks of `value`, which is a part of `text`; none when it is not."""
    at = text.find(value)
    return sure[at : at + len(value)] if at >= 0 and len(sure) == len(text) else ()


def address_of(written: Written) -> FieldReading:
    """Read an address; its region is put right where one alone fits.

    One that begins without a region, or ends without a number or a place to live, may have been read in part.
    """
    read = put_right(_address, lambda text: values.address(text).lstrip("·-—#"))
    field = checked(written, read, "address-length", lambda value: len(value) >= 6)
    is_odd = (
        not _ADDRESS_ENDS.search(field.value)
        or not _REGION_WORD.search(field.value[:_REGION_WITHIN])
        or _NOTHING_IN_BRACKETS.search(field.value)
    )
    return at_most(field, _BROKEN_OFF) if is_odd else field


def _address(text: str, *, marks: Marks) -> Corrected:
    """Return an address put right; a round letter among the figures of a number is a 0, and a 了 is a 7."""
    found = read_address(text, marks=marks)
    plain = _BENT_FIGURE.sub("7", _ROUND_FIGURE.sub("0", found.value))
    return Corrected(plain, found.changes + sum(a != b for a, b in zip(plain, found.value, strict=True)))


def place_of(written: Written) -> FieldReading:
    """Read a place without a street, as 出生地: a region, put right where one alone fits."""
    return checked(written, put_right(read_address, values.address), "length", lambda value: len(value) >= 2)


def office_of(written: Written, name: str, holds: Holds) -> FieldReading:
    """Read the name of an office, in front of which its region stands."""
    plain = put_right(read_office, lambda text: values.chinese(text).strip("·"))
    return checked(written, plain, name, holds)


def ending(field: FieldReading, endings: tuple[str, ...]) -> FieldReading:
    """Lower the confidence of a name that does not end as such names do: part of it may be hidden."""
    return field if field.value.endswith(endings) else at_most(field, _BROKEN_OFF)


def number_of(written: Written, known: identity.Known = identity.NOTHING_KNOWN) -> FieldReading:
    """Read a citizen's number; the check digit tells which reading of several was right."""

    def read(text: str, sure: Marks) -> Corrected:
        return identity.read_number(text, marks=sure, known=known)

    value = best(written, read, identity.check_digit_holds)
    if not identity.check_digit_holds(value.text):
        return reading(value.text, value.confidence, written.box, ("!check-digit",))
    field = reading(value.text, value.confidence, written.box, ("check-digit", *value.repaired))
    return field if value.repaired else surer(field, 1 - 1 / 11)


def sex_of(written: Written, number: FieldReading) -> FieldReading:
    """Read the sex, and take it from a valid number when it cannot be read."""
    value = best(written, plainly(values.chinese), lambda sex: sex in {"男", "女"})
    by_number = checks.sex_of(number.value) if number.valid else ""
    if value.text not in {"男", "女"}:
        return from_number(by_number, number, written)
    if not by_number:
        return reading(value.text, value.confidence, written.box)
    made = checks.named("matches-number", value.text == by_number)
    return surer(reading(value.text, value.confidence, written.box, (made,)), number.confidence)


def sex_said(written: Written) -> str:
    """Return 男 or 女 as printed, empty when it cannot be read."""
    value = best(written, plainly(values.chinese), lambda sex: sex in {"男", "女"}).text
    return value if value in {"男", "女"} else ""


def date_of(written: Written, today: date, *, earliest: date = _EARLIEST) -> FieldReading:
    """Read a day that is past; one that may lack its last figure is doubtful."""

    def plausible(value: str) -> bool:
        day = checks.as_date(value)
        return day is not None and earliest <= day <= today

    field = checked(written, plainly(dates.date_in), "plausible-date", plausible)
    return at_most(field, _BROKEN_OFF) if dates.may_lack_figure(written.text) else field


def birth_of(written: Written, number: FieldReading, today: date) -> FieldReading:
    """Read a birth date, and take it from a valid number when it cannot be read."""
    born = date_of(written, today)
    by_number = checks.birth_date_of(number.value) if number.valid else None
    if not born.value:
        return from_number(by_number.isoformat() if by_number else "", number, written)
    if by_number is None:
        return born
    made = (*born.checks, checks.named("matches-number", born.value == by_number.isoformat()))
    return surer(reading(born.value, born.confidence, born.box, made), number.confidence)


def known_of(birth_date: Written, sex: Written, today: date) -> identity.Known:
    """Return what the rest of a page says about the holder of a number."""
    return identity.Known(checks.as_date(date_of(birth_date, today).value), sex_said(sex), today)


def at_most(field: FieldReading, confidence: float) -> FieldReading:
    """Lower the confidence where something speaks for doubt, yet not against the value."""
    return replace(field, confidence=min(field.confidence, confidence))


def surer(field: FieldReading, evidence: float) -> FieldReading:
    """Raise the confidence by independent evidence: the doubt that is left is the product of both doubts."""
    if not field.valid:
        return field
    doubt = (1 - field.confidence) * (1 - evidence)
    return replace(field, confidence=round(min(_CERTAIN, 1 - doubt), 3))


def from_number(value: str, number: FieldReading, written: Written) -> FieldReading:
    """Return what follows from a valid number for a blank that could not be read."""
    if not value:
        return unread(written.box)
    return FieldReading(
        value=value, confidence=number.confidence, box=written.box or number.box, checks=("from-number",)
    )
