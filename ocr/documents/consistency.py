"""What the fields of one paper say about each other, beyond what the module of its kind looks at.

A paper is drawn up by rules that tie its parts together: nobody is registered before birth, a certificate of
marriage carries the year of the marriage, a mother's number is a woman's. Where such a rule is broken one of
the fields was misread, and all that take part are doubtful. A field that another check speaks against already
is no witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from ocr import checks
from ocr.knowledge import identity
from ocr.port import FieldReading

DATE_ORDER, NUMBER_DATE, ROLE_SEX, COUPLE = "date-order", "number-date", "role-sex", "one-of-couple"
SAME_PROVINCE, SAME_YEAR, RUNS_ON = "same-province", "same-year", "runs-on"
CHECKS = (DATE_ORDER, NUMBER_DATE, ROLE_SEX, COUPLE, SAME_PROVINCE, SAME_YEAR, RUNS_ON)
"""Names of the checks that are made here."""

_ORDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "household-register-page": (("birth_date", "registered_on"),),
    "marriage-certificate": (("husband_birth_date", "registered_on"), ("wife_birth_date", "registered_on")),
    "birth-certificate": (("born_at", "issued_on"),),
    "business-licence": (("established_on", "issued_on"),),
    "disability-certificate": (("birth_date", "issued_on"), ("issued_on", "valid_until")),
    "passport": (("birth_date", "expires_on"),),
}
"""By kind: a date and one that is not before it."""
_ROLES = {
    "mother_id_number": "女", "father_id_number": "男", "husband_id_number": "男", "wife_id_number": "女",
}  # fmt: skip
_NUMBERS: Mapping[str, tuple[str, ...]] = {"disability-certificate": ("certificate_number",)}
"""Fields that begin with a citizen's number under another name than `id_number`."""
_PROVINCES = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23",
    "沪": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41",
    "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "黔": "52",
    "贵": "52", "滇": "53", "云": "53", "藏": "54", "陕": "61", "甘": "62", "青": "63", "宁": "64",
    "新": "65",
}  # fmt: skip
_MARRIAGE_NUMBER = re.compile(r"J[0-9]{6}-([0-9]{4})-[0-9]{6}")
_PLACES = ("address", "location", "residence_address", "birth_place", "native_place")
_TEXTS = (*_PLACES, "employer", "hospital", "issuer", "authority")
_FORM_PRINT = re.compile(r"身份|号码|份号|签发|有效期|姓名|性别|住址|迁来|迁入|登记日期")
"""Print of forms that stands in no place's name and no employer's."""
_PROVINCE = re.compile(
    r"(河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)省"
    r"|(内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区"
)

Fields = Mapping[str, FieldReading]
Found = Iterator[tuple[str, str]]
"""Names of fields, each with a check that was made of it."""


def checked_together(kind: str, fields: Fields, today: date) -> dict[str, FieldReading]:
    """Return the fields of a paper of `kind` with the checks that were made of several of them."""
    made: dict[str, list[str]] = {}
    for look in (_orders, _numbers, _couple, _title, _marriage, _runs):
        for name, check in look(kind, fields, today):
            if check not in made.setdefault(name, []):
                made[name].append(check)
    return {name: _with(field, made.get(name, [])) for name, field in fields.items()}


def _with(field: FieldReading, made: list[str]) -> FieldReading:
    """One rule broken and another kept of the same name is a broken one."""
    failed = [name for name in made if name.startswith("!")]
    kept = [name for name in made if not name.startswith("!") and f"!{name}" not in failed]
    return replace(field, checks=(*field.checks, *kept, *failed)) if made else field


def _holding(fields: Fields, name: str) -> str:
    """Return the value of a field that no check speaks against."""
    field = fields.get(name)
    return field.value if field is not None and field.valid else ""


def _orders(kind: str, fields: Fields, _today: date) -> Found:
    for earlier, later in _ORDERS.get(kind, ()):
        one, other = _holding(fields, earlier)[:10], _holding(fields, later)[:10]
        if checks.as_date(one) and checks.as_date(other):
            yield from _each((earlier, later), DATE_ORDER, one <= other)


def _numbers(kind: str, fields: Fields, today: date) -> Found:
    """Look at what citizens' numbers say: a birth date (GB 11643), and the sex of who has that role."""
    for name in (*(name for name in fields if name.endswith("id_number")), *_NUMBERS.get(kind, ())):
        number = _holding(fields, name)[: identity.LENGTH]
        if not identity.check_digit_holds(number):
            continue
        born = identity.birth_date_of(number)
        if born is None or not checks.plausible_birth(born, today):
            # That it is one goes without saying.
            yield name, checks.named(NUMBER_DATE, holds=False)
        if name in _ROLES:
            yield name, checks.named(ROLE_SEX, identity.sex_of(number) == _ROLES[name])


def _couple(kind: str, fields: Fields, _today: date) -> Found:
    """The holder is one of the two (婚姻登记工作规范)."""
    if kind != "marriage-certificate":
        return
    holder = _holding(fields, "holder")
    names = [_holding(fields, f"{role}_name") for role in ("husband", "wife")]
    if holder and all(names):
        yield "holder", checks.named(COUPLE, holder in names)


def _marriage(kind: str, fields: Fields, _today: date) -> Found:
    """A number J440304-2016-000123 has the year of the registration in it."""
    number = _MARRIAGE_NUMBER.fullmatch(_holding(fields, "certificate_number"))
    day = _holding(fields, "registered_on")
    if kind == "marriage-certificate" and number and day:
        yield from _each(("certificate_number", "registered_on"), SAME_YEAR, number[1] == day[:4])


def _title(kind: str, fields: Fields, _today: date) -> Found:
    """A unit's number begins with its county (不动产单元设定与代码编制规则), a title's with the province."""
    number, unit = _holding(fields, "certificate_number"), _holding(fields, "unit_number")
    province = _PROVINCES.get(number[:1])
    if kind == "property-certificate" and province and unit:
        yield from _each(("certificate_number", "unit_number"), SAME_PROVINCE, unit[:2] == province)


def _runs(_kind: str, fields: Fields, _today: date) -> Found:
    """A value that goes on into the print of the form, or into another place, was cut in the wrong place."""
    for name in (name for name in _TEXTS if name in fields):
        value = _holding(fields, name)
        is_twice = name in _PLACES and _PROVINCE.search(value, 1)
        if value and (is_twice or _FORM_PRINT.search(value)):
            yield name, checks.named(RUNS_ON, holds=False)


def _each(names: tuple[str, ...], check: str, holds: bool) -> Found:
    yield from ((name, checks.named(check, holds)) for name in names)
