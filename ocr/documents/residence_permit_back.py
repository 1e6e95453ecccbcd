"""The side of the 居住证 with the address and the endorsements (居住证暂行条例 art. 4 and 10)."""

from __future__ import annotations

from datetime import date

from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.port import FieldReading

KIND = "residence-permit-back"
FIELDS = ("residence_address", "authority", "issued_on")
FORM = Form(
    blanks={
        "residence_address": Blank("居住地址", also=("现居住地址", "居住地住址", "居住地"), lines=4),
        "authority": Blank("签发机关", also=("发证机关",), lines=2),
        "issued_on": Blank("签发日期", also=("发证日期", "有效期限")),
    },
    others=("签注", "签注日期"),
    titles=("居住证",),
    least=2,
)
_OFFICES = ("局", "所", "厅", "队", "处", "中心")
"""Words with which the name of an office of the police ends."""


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a card."""
    return {
        "residence_address": fields.address_of(blanks["residence_address"]),
        "authority": fields.ending(
            fields.office_of(blanks["authority"], "police-office", lambda value: "公安" in value), _OFFICES
        ),
        "issued_on": fields.date_of(blanks["issued_on"], today),
    }
