"""The emblem side of the 居民身份证: who issued it and how long it is valid."""

from __future__ import annotations

from datetime import date

from PIL import Image

from ocr import checks, values
from ocr.crops import Crop
from ocr.documents.form import Form, locate, surrounding, unread
from ocr.lines import read_lines
from ocr.port import Engine, FieldReading, Line, Script

KIND = "id-card-back"
FIELDS = ("authority", "valid_from", "valid_until")
FORM = Form(
    size=(85.6, 54.0),
    em=3.3,
    labels={
        "中华人民共和国": (28.2, 10.2), "居民身份证": (27.3, 19.4),
        "签发机关": (18.6, 40.2), "有效期限": (18.6, 46.6),
    },
)  # fmt: skip
_AUTHORITY = (32.0, 36.2, 50.0, 7.2)
_VALIDITY = (32.0, 43.6, 50.0, 6.0)
_DOUBTFUL = 0.5


def read_fields(engine: Engine, picture: Image.Image, today: date) -> tuple[dict[str, FieldReading], float]:
    """Read the card in `picture` and return its fields and the skew in degrees.

    Raises:
        OcrError: from the engine.
    """
    card = locate(engine, picture, FORM)
    if card is None:
        return {name: unread() for name in FIELDS}, 0.0
    authority = card.cut(_AUTHORITY, label="签发机关", above="有效期限", most=2)
    validity = card.cut(_VALIDITY, label="有效期限")
    lines = read_lines(engine, [crop.image for crop in authority + validity], script=Script.CHINESE)
    digits = read_lines(engine, [crop.image for crop in validity], script=Script.DIGITS)
    fields = {"authority": _authority(authority, lines[: len(authority)])}
    return fields | _validity(validity, lines[len(authority) :] + digits, today), card.skew_deg


def _authority(crops: list[Crop], lines: list[Line]) -> FieldReading:
    box = surrounding(crops)
    value = values.chinese("".join(line.text for line in lines))
    if not value:
        return unread(box)
    confidence = min(line.confidence for line in lines if line.text)
    made = checks.named("police-office", "公安" in value)
    return FieldReading(value=value, confidence=round(confidence, 3), box=box, checks=(made,))


def _validity(crops: list[Crop], readings: list[Line], today: date) -> dict[str, FieldReading]:
    box = surrounding(crops)
    spans = [(_span(line.text), line.confidence) for line in readings]
    is_long = any("长" in line.text or "期" in line.text for line in readings)
    best = max(spans, key=lambda span: (sum(map(bool, span[0])), span[1]), default=(("", ""), 0.0))
    (first, last), confidence = best
    last = checks.LONG_TERM if is_long and not last else last
    start = checks.as_date(first)
    made = []
    if start and last:
        made.append(checks.named("span", checks.plausible_span(start, last)))
    return {
        "valid_from": _dated(first, confidence, box, made, start is not None and start <= today),
        "valid_until": _dated(last, confidence, box, made, True),
    }


def _span(text: str) -> tuple[str, str]:
    found = [*values.point_dates(text)[:2], "", ""]
    return found[0], found[1]


def _dated(
    value: str, confidence: float, box: tuple[int, int, int, int] | None, made: list[str], plausible: bool
) -> FieldReading:
    if not value:
        return unread(box)
    done = (*made, checks.named("plausible-date", plausible))
    doubtful = any(name.startswith("!") for name in done)
    sure = min(confidence, _DOUBTFUL) if doubtful else confidence
    return FieldReading(value=value, confidence=round(sure, 3), box=box, checks=done)
