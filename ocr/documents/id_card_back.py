"""The emblem side of the 居民身份证: who issued it and how long it is valid."""

from __future__ import annotations

from datetime import date

from ocr import checks, values
from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form, Written
from ocr.port import FieldReading

KIND = "id-card-back"
FIELDS = ("authority", "valid_from", "valid_until")
FORM = Form(
    blanks={
        "authority": Blank("签发机关", lines=2, window=(32.0, 36.2, 52.0, 7.2)),
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
    authority = fields.checked(blanks["authority"], values.chinese, "police-office", lambda v: "公安" in v)
    return {"authority": authority} | _validity(blanks["validity"], today)


def _validity(written: Written, today: date) -> dict[str, FieldReading]:
    value, confidence = fields.best(written, _span, lambda span: span.count("/") == 1 and span[-1] != "/")
    first, _, last = value.partition("/")
    start = checks.as_date(first)
    made = [checks.named("span", checks.plausible_span(start, last))] if start and last else []
    issued = (*made, checks.named("plausible-date", start is not None and start <= today))
    return {
        "valid_from": fields.reading(first, confidence, written.box, issued),
        "valid_until": fields.reading(last, confidence, written.box, (*made, "plausible-date")),
    }


def _span(text: str) -> str:
    """Return both days with a stroke between, an unread one empty."""
    first, last = [*values.point_dates(text)[:2], "", ""][:2]
    if not last and ("长" in text or "期" in text):
        last = checks.LONG_TERM
    return f"{first}/{last}"
