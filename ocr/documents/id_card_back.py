"""The emblem side of the 居民身份证: who issued it and how long it is valid."""

from __future__ import annotations

from datetime import date

from ocr import checks
from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form, Written
from ocr.knowledge import dates
from ocr.knowledge.validity import fits
from ocr.port import FieldReading

KIND = "id-card-back"
FIELDS = ("authority", "valid_from", "valid_until")
FORM = Form(
    blanks={
        "authority": Blank("签发机关", lines=2, centred=True, window=(32.0, 32.0, 52.0, 11.4)),
        "validity": Blank("有效期限", digits=True, window=(32.0, 43.0, 52.0, 6.4)),
    },
    others=("中华人民共和国", "居民身份证"),
    places={
        "中华人民共和国": (28.2, 9.4), "居民身份证": (27.3, 18.2),
        "签发机关": (18.6, 39.8), "有效期限": (18.6, 46.2),
    },
    em=2.75,
    least=2,
)  # fmt: skip


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a card."""
    authority = fields.office_of(blanks["authority"], "police-office", lambda value: "公安" in value)
    return {"authority": authority} | _validity(blanks["validity"], today)


def _validity(written: Written, today: date) -> dict[str, FieldReading]:
    value = fields.best(written, fields.plainly(_span), _is_whole)
    first, _, last = value.text.partition("/")
    start = checks.as_date(first)
    made = [checks.named("span", fits(start, last))] if start and last else []
    issued = (*made, checks.named("plausible-date", start is not None and start <= today))
    return {
        "valid_from": fields.reading(first, value.confidence, written.box, issued),
        "valid_until": fields.reading(last, value.confidence, written.box, (*made, "plausible-date")),
    }


def _span(text: str) -> str:
    """Return both days with a stroke between, an unread one empty."""
    return "/".join(dates.span_in(text))


def _is_whole(span: str) -> bool:
    first, _, last = span.partition("/")
    start = checks.as_date(first)
    return start is not None and bool(last) and fits(start, last)
