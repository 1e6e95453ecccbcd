"""Fields out of the text of a whole page, by labels and regular expressions: what most programs do.

The same rules serve every recogniser that gives text and no fields, so that recognisers are compared and
not rules. A page is a list of lines; the pieces of a line are parted by a tab where there was a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Normal = Callable[[str], str]
_DAY = r"([12]\d{3})[年.\-/]?(\d{1,2})[月.\-/]?(\d{1,2})日?"
_CHINESE = "\u3400-\u9fff\U00020000-\U0003134f"


@dataclass(frozen=True, slots=True)
class Piece:
    """A recognised piece of text: its place in px of the page."""

    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field is found: what stands before it, or what it looks like by itself."""

    label: str
    normal: Normal
    goes_on: bool = False
    """The value may go on in the next lines, until a label."""
    at: int = 0
    """Which of the places of the label, 0 is the first."""


def chinese(text: str) -> str:
    """Keep what a name or a word has."""
    return re.sub(rf"[^{_CHINESE}·]", "", text)


def ethnicity(text: str) -> str:
    """Drop the word 族."""
    found = chinese(text)
    return found.removesuffix("族") if len(found) > 1 else found


def sex(text: str) -> str:
    """Return 男 or 女."""
    found = re.search("[男女]", text)
    return found.group() if found else ""


def day(text: str) -> str:
    """Return the first date."""
    found = re.search(_DAY, re.sub(r"\s", "", text))
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""


def minute(text: str) -> str:
    """Return the first date with its time."""
    found = re.search(_DAY + r"(\d{1,2})[时:](\d{1,2})", re.sub(r"\s", "", text))
    if not found:
        return ""
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}T{int(found[4]):02}:{int(found[5]):02}"


def second_day(text: str) -> str:
    """Return the end of a span."""
    if "长期" in text:
        return "长期"
    found = list(re.finditer(_DAY, re.sub(r"\s", "", text)))
    return f"{found[1][1]}-{int(found[1][2]):02}-{int(found[1][3]):02}" if len(found) > 1 else ""


def number(text: str) -> str:
    """Return the first identity number."""
    found = re.search(r"\d{17}[\dXx]", re.sub(r"\s", "", text))
    return found.group().upper() if found else ""


def long_number(text: str) -> str:
    """Return the first number of a disability certificate."""
    found = re.search(r"\d{17}[\dXx][1-7][1-4](B\d)?", re.sub(r"\s", "", text))
    return found.group().upper() if found else ""


def credit_code(text: str) -> str:
    """Return the first unified social credit code."""
    found = re.search(r"[1-9A-Y][\dA-Z]{17}", re.sub(r"\s", "", text))
    return found.group() if found else ""


def birth_number(text: str) -> str:
    """Return the number of a birth certificate."""
    found = re.search(r"[A-Z]\d{9}", re.sub(r"\s", "", text))
    return found.group() if found else ""


def marriage_number(text: str) -> str:
    """Return the first number of a marriage certificate."""
    found = re.search(r"J\d{6}-\d{4}-\d{6}", re.sub(r"\s", "", text))
    return found.group() if found else ""


def whole(text: str) -> str:
    """Drop the gaps and the colon behind a label."""
    return re.sub(r"\s", "", text).strip(":：.,，")


_CARD = {
    "name": Rule("姓名", chinese), "sex": Rule("性别", sex), "ethnicity": Rule("民族", ethnicity),
    "birth_date": Rule("出生日期|出生", day), "address": Rule("住址", whole, goes_on=True),
    "id_number": Rule("", number),
}  # fmt: skip
_SPOUSE = {
    f"{role}_{name}": Rule(label, normal, at=index)
    for index, role in enumerate(("husband", "wife"))
    for name, label, normal in (
        ("name", "姓名", chinese), ("birth_date", "出生日期", day), ("id_number", "身份证件号", number),
    )
}  # fmt: skip
RULES: Mapping[str, Mapping[str, Rule]] = {
    "id-card-front": _CARD,
    "id-card-back": {
        "authority": Rule("签发机关", whole, goes_on=True), "valid_from": Rule("有效期限", day),
        "valid_until": Rule("有效期限", second_day),
    },
    "household-register-page": {
        "name": Rule("姓名", chinese), "relation": Rule("户主或与户主关系|与户主关系", chinese),
        "sex": Rule("性别", sex), "birth_place": Rule("出生地", whole, goes_on=True),
        "ethnicity": Rule("民族", ethnicity), "native_place": Rule("籍贯", whole, goes_on=True),
        "birth_date": Rule("出生日期", day), "id_number": Rule("", number),
        "education": Rule("文化程度", chinese), "marital_status": Rule("婚姻状况", chinese),
        "employer": Rule("服务处所", whole, goes_on=True), "registered_on": Rule("登记日期", day),
    },
    "marriage-certificate": {
        "holder": Rule("持证人", chinese), "registered_on": Rule("登记日期", day),
        "certificate_number": Rule("", marriage_number), **_SPOUSE,
    },
}  # fmt: skip
_OTHER_LABELS: Mapping[str, str] = {
    "id-card-front": "公民身份号码|样本非真实",
    "id-card-back": "样本非真实",
    "household-register-page": "曾用名|本市.县.其他住址|宗教信仰|公民身份号码|公民身份证件编号|身高|血型"
    "|兵役状况|职业|何时由何地迁来|承办人签章|样本非真实|户口登记机关|样本专用章",
    "marriage-certificate": "性别|国籍|登记机关|登记员|备注|样本非真实|样本专用章",
}


def fields_of(kind: str, lines: Sequence[str]) -> dict[str, str]:
    """Return every field of `kind`; empty where nothing was found."""
    rules = RULES.get(kind, {})
    labels = {rule.label for rule in rules.values() if rule.label} | {_OTHER_LABELS.get(kind, "\0")}
    ends = re.compile("|".join(sorted("|".join(labels).split("|"), key=len, reverse=True)))
    text = "\n".join(lines)
    return {name: rule.normal(_behind(rule, text, ends)) for name, rule in rules.items()}


def _behind(rule: Rule, text: str, ends: re.Pattern[str]) -> str:
    if not rule.label:
        return text
    wanted = set(rule.label.split("|"))
    found = [match for match in ends.finditer(text) if match.group() in wanted]
    if len(found) <= rule.at:
        return ""
    start = found[rule.at].end()
    following = ends.search(text, start)
    value = text[start : following.start() if following else len(text)]
    if rule.goes_on or not value.split("\n")[0].strip("\t :："):
        return value
    return value.split("\n")[0]


def lines_of(pieces: Sequence[Piece]) -> list[str]:
    """Put pieces into lines from top to bottom, left to right; a tab between the pieces of a line."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.top + one.bottom):
        middle = (piece.top + piece.bottom) / 2
        last = rows[-1][-1] if rows else None
        if last and last.top < middle < last.bottom and (piece.top < (last.top + last.bottom) / 2):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return ["\t".join(one.text for one in sorted(row, key=lambda one: one.left)) for row in rows]


def score_of(value: str, pieces: Sequence[Piece]) -> float:
    """Return the least score of the pieces that hold part of a value, 0 when none does."""
    wanted = _bare(value)
    held = [one for one in pieces if (text := _bare(one.text)) and (wanted in text or text in wanted)]
    return min((one.score for one in held if len(_bare(one.text)) > 1 or len(wanted) == 1), default=0.0)


def _bare(text: str) -> str:
    """Drop what a date is written with, and the zeros that stand before its single figures."""
    return re.sub(r"[\s年月日时分.:：\-T0]", "", text)
