"""营业执照 of a company or an individual business (市场主体登记管理条例实施细则 art. 23)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocr import checks
from ocr.documents import agreement, fields
from ocr.documents.form import NOTHING, Blank, Filled, Form, Written
from ocr.knowledge import companies, licence_codes, uscc
from ocr.knowledge.addresses import read_address
from ocr.knowledge.correction import Corrected
from ocr.port import FieldReading

KIND = "business-licence"
FIELDS = (
    "uscc", "name", "kind", "legal_person", "registered_capital", "established_on", "address",
    "business_scope", "issued_on",
)  # fmt: skip
FORM = Form(
    blanks={
        "uscc": Blank("统一社会信用代码", also=("社会信用代码", "注册号"), below=True, length=18),
        "name": Blank("名称", also=("企业名称", "字号名称"), lines=3),
        "kind": Blank("类型", also=("主体类型", "公司类型"), lines=2),
        "legal_person": Blank(
            "法定代表人", also=("经营者", "经营者姓名", "负责人", "投资人", "执行事务合伙人")
        ),
        "registered_capital": Blank("注册资本", also=("出资额", "成员出资总额", "注册资金")),
        "established_on": Blank("成立日期", also=("注册日期",)),
        "address": Blank("住所", also=("经营场所", "营业场所", "主要经营场所"), lines=3),
        "business_scope": Blank("经营范围", also=("业务范围",), lines=16, centred=True),
        "issued_on": Blank("登记机关", sealed=(-5.0, -1.0, 20.0, 10.0)),
    },
    others=("营业期限", "组成形式", "经营期限", "合伙期限", "扫描二维码"),
    titles=("营业执照",),
    closings=("系统网址", "市场主体应当于", "监督管理总局监制"),
    codes="qr_codes",
    least=3,
)
_MARKS = str.maketrans("（）〔〕［］；，：〈〉", "()()[];,:()")
_NOT_SCOPE = re.compile(r"[★☆|｜]")
_MATCHES = "matches-code"
_BY_CODE = 0.99
"""How sure a value is that the QR code says as well."""
_NOT_CODE = re.compile(r"[^0-9A-Z]")
_MONEY = {"元", "整", "币"}
_LIKE_FIGURES = str.maketrans("参參贰貳什任式弍", "叁叁贰贰仟仟贰贰")
"""What the figures of bills are read as, or written as; none of these stands in an amount for itself."""
_AMOUNT = re.compile(
    r"[0-9.,()零〇○一二三四五六七八九壹贰貳叁肆伍陆柒捌玖十拾百佰千仟万亿元圆角分整正人民币美港澳欧日英镑新加坡瑞士法郎加拿大林吉特]+"
)
"""What an amount is written with, in figures or in words as on bills, and the names of currencies."""


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a licence."""
    kind = fields.put_right(companies.read_kind, _plain)
    capital = blanks["registered_capital"]
    name = fields.checked(blanks["name"], fields.put_right(read_address, _plain), "length", _is_long)
    number, name = _compared(_code(blanks["uscc"]), name, blanks.get("qr_codes", NOTHING).lines)
    return {
        "uscc": number,
        "name": name,
        "kind": fields.one_of(blanks["kind"], frozenset(companies.KINDS), "known-kind", kind),
        "legal_person": fields.name_of(blanks["legal_person"]),
        "registered_capital": fields.checked(capital, _amount, "amount", _is_amount),
        "established_on": fields.date_of(blanks["established_on"], today),
        "address": fields.address_of(blanks["address"]),
        "business_scope": fields.checked(
            blanks["business_scope"], fields.plainly(_scope), "length", _is_long
        ),
        "issued_on": agreement.day_of(blanks["issued_on"], today),
    }


def _code(written: Written) -> FieldReading:
    value = fields.best(written, _read_code, uscc.holds)
    made = (checks.named("check-character", uscc.holds(value.text)), *value.repaired)
    field = fields.reading(value.text, value.confidence, written.box, made)
    return field if value.repaired else fields.surer(field, 1 - 1 / 31)


def _compared(
    number: FieldReading, name: FieldReading, codes: Sequence[str]
) -> tuple[FieldReading, FieldReading]:
    """Compare number and name with what the QR code says; a code of somebody else makes both doubtful."""
    said = licence_codes.said_by(codes)
    if said.number and len(said.number) == len(number.value):
        agrees = said.number == number.value
        number = _with_code(number, agrees)
        name = name if agrees else _with_code(name, False)
    if said.name and name.value and _MATCHES not in "".join(name.checks):
        name = _with_code(name, said.name == licence_codes.same_name(name.value))
    return number, name


def _with_code(field: FieldReading, agrees: bool) -> FieldReading:
    done = replace(field, checks=(*field.checks, checks.named(_MATCHES, agrees)))
    return fields.surer(done, _BY_CODE) if agrees else fields.at_most(done, fields.DOUBTFUL)


def _read_code(text: str, sure: tuple[float, ...]) -> Corrected:
    """Read a code with, at its side, what may be a corner of the QR code."""
    plain = _NOT_CODE.sub("", text)
    whole = (plain[at : at + uscc.LENGTH] for at in range(len(plain) - uscc.LENGTH + 1))
    held = next((code for code in whole if uscc.holds(code)), "")
    return Corrected(held) if held else uscc.read_code(text, marks=sure)


def _plain(text: str) -> str:
    return "".join(text.split()).translate(_MARKS).strip(":·")


def _scope(text: str) -> str:
    """Return a scope as printed; the first stroke of its usual beginning is often taken for a line."""
    plain = _NOT_SCOPE.sub("", "".join(text.split()).translate(_MARKS))
    return f"一{plain}" if plain.startswith("般项目") else plain


def _amount(text: str, _: tuple[float, ...]) -> Corrected:
    plain = _plain(text)
    value = plain.translate(_LIKE_FIGURES)
    return Corrected(value, sum(a != b for a, b in zip(plain, value, strict=True)))


def _is_amount(value: str) -> bool:
    return value[-1:] in _MONEY and bool(_AMOUNT.fullmatch(value))


def _is_long(value: str) -> bool:
    return len(value) >= 4
