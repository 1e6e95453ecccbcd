"""不动产权证书: the table of the inner page and the number above it (不动产登记暂行条例)."""

from __future__ import annotations

import re
from datetime import date

from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.port import FieldReading

KIND = "property-certificate"
FIELDS = (
    "certificate_number", "owner", "co_ownership", "location", "unit_number", "right_type", "right_nature",
    "use", "area", "term",
)  # fmt: skip
FORM = Form(
    blanks={
        "owner": Blank("权利人", lines=2, centred=True),
        "co_ownership": Blank("共有情况"),
        "location": Blank("坐落", lines=3, centred=True),
        "unit_number": Blank("不动产单元号", lines=2, centred=True, length=28),
        "right_type": Blank("权利类型", lines=2, centred=True),
        "right_nature": Blank("权利性质", lines=2, centred=True),
        "use": Blank("用途", lines=2, centred=True),
        "area": Blank("面积", lines=3, centred=True),
        "term": Blank("使用期限", lines=3, centred=True),
    },
    others=("权利其他状况", "附记", "附图"),
    titles=("不动产权第",),
    everything="certificate_number",
    least=4,
)
_NUMBER = re.compile(
    r"(内蒙古|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云滇藏陕甘青宁新])[(（]([0-9]{4})[)）]([一-龥]{1,12})不动产权第([0-9]{5,8})号"
)
_UNIT = re.compile(r"[0-9]{12}[A-Z]{2}[0-9]{5}[FLW0][0-9]{8}")
_WITHOUT_WORDS = re.compile(r"^[0-9.].*面积|面积$")
_WORDS_LOST = 0.8
"""Most confidence of an area whose second part is named and whose first is not."""
_SHARED = frozenset({"单独所有", "共同共有", "按份共有", "房屋单独所有"})


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a page; `today` decides nothing."""
    number = fields.found(blanks["certificate_number"], _NUMBER, "shape")
    unit = fields.checked(
        blanks["unit_number"], fields.plainly(_unit), "shape", lambda value: bool(_UNIT.fullmatch(value))
    )
    return {
        "certificate_number": number,
        "owner": fields.checked(
            blanks["owner"], fields.plainly(lambda text: fields.dotted(_plain(text))), "length", _is_word
        ),
        "co_ownership": fields.word_of(blanks["co_ownership"], _SHARED, "known-word"),
        "location": fields.address_of(blanks["location"]),
        "unit_number": unit,
        "right_type": _printed(blanks, "right_type"),
        "right_nature": _printed(blanks, "right_nature"),
        "use": _printed(blanks, "use"),
        "area": _area(blanks),
        "term": _printed(blanks, "term"),
    }


def _printed(blanks: Filled, name: str) -> FieldReading:
    return fields.checked(
        blanks[name], fields.plainly(_plain), "length", _is_word
    )  # fmt: skip


def _plain(text: str) -> str:
    return "".join(text.split()).strip(":：·")


def _is_word(value: str) -> bool:
    return len(value) >= 2


def _area(blanks: Filled) -> FieldReading:
    """Read one area, or that of the land and that of the building, each with its words in front."""
    field = _printed(blanks, "area")
    return fields.at_most(field, _WORDS_LOST) if _WITHOUT_WORDS.search(field.value) else field


def _unit(text: str) -> str:
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    digits = str.maketrans("OQDIZSB", "0001258")
    if len(plain) != 28:
        return plain
    return (
        plain[:12].translate(digits)
        + plain[12:14]
        + plain[14:19].translate(digits)
        + plain[19]
        + plain[20:].translate(digits)
    )
