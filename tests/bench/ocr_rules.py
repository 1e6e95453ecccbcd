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
_FIGURES = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE = "\u3400-\u9fff\U00020000-\U0003134f"


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
    text = re.sub("[•・.]", "·", text)
    return re.sub(rf"[^{_CHINESE}·]", "", text)


def ethnicity(text: str) -> str:
    """Drop the word 族."""
    found = chinese(text)
    return found.removesuffix("族") if len(found) > 1 else found


def sex(text: str) -> str:
    """Return 男 or 女."""
    found = re.search("[男女]", text)
    return found.group() if found else ""


def _in_figures(text: str) -> str:
    """Write the figures of a date that stands in words."""
    text = re.sub(r"\s", "", text)

    def figures(found: re.Match[str]) -> str:
        tens, _, ones = found.group().translate(_FIGURES).rpartition("十")
        return f"{tens or 1}{ones or 0}" if "十" in found.group() else ones

    return re.sub(r"[〇○零一二三四五六七八九十]+(?=[年月日])", figures, text)


def day(text: str) -> str:
    """Return the first date."""
    found = re.search(_DAY, _in_figures(text))
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""


def last_day(text: str) -> str:
    """Return the last date."""
    found = re.findall(_DAY, _in_figures(text))
    return f"{found[-1][0]}-{int(found[-1][1]):02}-{int(found[-1][2]):02}" if found else ""


def span(text: str) -> str:
    """Keep what stands before the end of a term."""
    found = re.match(r".*?止", re.sub(r"\s", "", text))
    return whole(found.group() if found else text)


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


def title_number(text: str) -> str:
    """Return the number of a property certificate."""
    found = re.search(
        r"[\u4e00-\u9fff][(（]\d{4}[)）][\u4e00-\u9fff]+?不动产权第\d+号", re.sub(r"\s", "", text)
    )
    return found.group() if found else ""


def zone_part(line: int, group: int) -> Normal:
    """Return a part of the machine-readable zone of a passport."""

    def part(text: str) -> str:
        together = re.sub(r"[^\S\n]", "", text)
        first = re.search(r"P[A-Z<]([A-Z]{3})([A-Z]+)<<([A-Z<]*)", together)
        second = re.search(r"([A-Z\d<]{9})\d([A-Z]{3})(\d{6})\d([MF<])(\d{6})\d", together)
        found = (first, second)[line]
        return found[group].split("<<")[0].replace("<", " ").strip() if found else ""

    return part


def zone_day(group: int, *, is_past: bool) -> Normal:
    """Return a date of the zone."""

    def part(text: str) -> str:
        figures = zone_part(1, group)(text)
        if len(figures) != 6:
            return ""
        century = "19" if is_past and int(figures[:2]) > 26 else "20"
        return f"{century}{figures[:2]}-{figures[2:4]}-{figures[4:]}"

    return part


def zone_sex(text: str) -> str:
    """Return the sex in the zone."""
    return {"M": "男", "F": "女"}.get(zone_part(1, 4)(text), "")


def nothing(_text: str) -> str:
    """Return nothing: the specimens leave this part of the zone empty."""
    return ""


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
_REGISTER = {
    "name": Rule("姓名", chinese), "relation": Rule("户主或与户主关系|与户主关系", chinese),
    "sex": Rule("性别", sex), "birth_place": Rule("出生地", whole, goes_on=True),
    "ethnicity": Rule("民族", ethnicity), "native_place": Rule("籍贯", whole, goes_on=True),
    "birth_date": Rule("出生日期", day), "id_number": Rule("", number),
    "education": Rule("文化程度", chinese), "marital_status": Rule("婚姻状况", chinese),
    "employer": Rule("服务处所", whole, goes_on=True), "registered_on": Rule("登记日期", day),
}  # fmt: skip
_BIRTH = {
    "certificate_number": Rule("", birth_number), "newborn_name": Rule("新生儿姓名", chinese),
    "sex": Rule("性别", sex), "born_at": Rule("出生时间", minute),
    "birth_place": Rule("出生地点", whole, goes_on=True),
    "hospital": Rule("医疗机构名称", whole, goes_on=True),
    "mother_name": Rule("母亲姓名", chinese), "mother_id_number": Rule("有效身份证件号码", number),
    "father_name": Rule("父亲姓名", chinese), "father_id_number": Rule("有效身份证件号码", number, at=1),
    "issued_on": Rule("签发日期", day),
}  # fmt: skip
_LICENCE = {
    "uscc": Rule("", credit_code), "name": Rule("名称", whole, goes_on=True),
    "kind": Rule("类型", whole, goes_on=True), "legal_person": Rule("法定代表人|经营者", chinese),
    "registered_capital": Rule("注册资本", whole), "established_on": Rule("成立日期|注册日期", day),
    "address": Rule("住所|经营场所", whole, goes_on=True),
    "business_scope": Rule("经营范围", whole, goes_on=True), "issued_on": Rule("", last_day),
}  # fmt: skip
_DISABILITY = {
    "name": Rule("姓名", chinese), "sex": Rule("性别", sex), "ethnicity": Rule("民族", ethnicity),
    "birth_date": Rule("出生日期", day), "certificate_number": Rule("", long_number),
    "kind": Rule("残疾类别", chinese), "grade": Rule("残疾等级", chinese),
    "address": Rule("住址", whole, goes_on=True), "guardian": Rule("监护人", chinese),
    "issuer": Rule("批准残联|签发机关", whole), "issued_on": Rule("签发日期", day),
    "valid_until": Rule("有效期至|有效期限至|有效期限", day),
}  # fmt: skip
_PASSPORT = {
    "issuing_state": Rule("", zone_part(0, 1)),
    "surname": Rule("", zone_part(0, 2)), "given_names": Rule("", zone_part(0, 3)),
    "passport_number": Rule("", zone_part(1, 1)), "nationality": Rule("", zone_part(1, 2)),
    "birth_date": Rule("", zone_day(3, is_past=True)), "sex": Rule("", zone_sex),
    "expires_on": Rule("", zone_day(5, is_past=False)), "personal_number": Rule("", nothing),
}  # fmt: skip
_TITLE = {
    "certificate_number": Rule("", title_number), "owner": Rule("权利人", chinese),
    "co_ownership": Rule("共有情况", chinese), "location": Rule("坐落", whole, goes_on=True),
    "unit_number": Rule("不动产单元号", whole), "right_type": Rule("权利类型", whole),
    "right_nature": Rule("权利性质", whole), "use": Rule("用途", whole),
    "area": Rule(r"(?<![\u3400-\u9fff])面积", whole, goes_on=True),
    "term": Rule("使用期限", span, goes_on=True),
}  # fmt: skip
RULES: Mapping[str, Mapping[str, Rule]] = {
    "id-card-front": _CARD,
    "id-card-back": {
        "authority": Rule("签发机关", whole, goes_on=True), "valid_from": Rule("有效期限", day),
        "valid_until": Rule("有效期限", second_day),
    },
    "household-register-page": _REGISTER,
    "marriage-certificate": {
        "holder": Rule("持证人", chinese), "registered_on": Rule("登记日期", day),
        "certificate_number": Rule("", marriage_number), **_SPOUSE,
    },
    "birth-certificate": _BIRTH,
    "business-licence": _LICENCE,
    "disability-certificate": _DISABILITY,
    "passport": _PASSPORT,
    "social-security-card": {
        "name": Rule("姓名", chinese), "id_number": Rule("", number),
        "card_number": Rule("社会保障卡号|卡号", whole), "issued_on": Rule("发卡日期", day),
    },
    "residence-permit-front": _CARD | {"address": Rule("户籍地址", whole, goes_on=True)},
    "residence-permit-back": {
        "residence_address": Rule("居住地址", whole, goes_on=True), "authority": Rule("签发机关", whole),
        "issued_on": Rule("签发日期", day),
    },
    "property-certificate": _TITLE,
}  # fmt: skip
_OTHER_LABELS: Mapping[str, str] = {
    "id-card-front": "公民身份号码",
    "household-register-page": "曾用名|本市.县.其他住?址?|宗教信仰|公民身份号码|公民身份证件编号|身高|血型"
    "|兵役状况|职业|何时由何地迁来本市.县.|何时由何地迁来本址|承办人签章|户口登记机关",
    "marriage-certificate": "性别|国籍|结婚证字号|登记员|婚姻登记员|备注",
    "birth-certificate": "出生孕周|出生体重|出生身长|年龄|国籍|民族|证件类别|出生证编号|签发机构|签发机关",
    "business-licence": "统一社会信用代码|营业执照|组成形式|营业期限|扫描二维码.*",
    "disability-certificate": "联系电话|残疾人证号",
    "social-security-card": "社会保障号码|中?华?人?民?共?和?国?社会保障卡(?!号)",
    "residence-permit-front": "公民身份号码",
    "residence-permit-back": "签注",
    "property-certificate": "权利其他状况|附记",
}
_FOOT = "样本.?非真实.*|样本专用章|.*专用章|样本派出所|样本市市场监督管理局"


def labels_of(kind: str) -> re.Pattern[str]:
    """Return what ends a value on a page of `kind`: any label, the notice, a stamp."""
    labels = {rule.label for rule in RULES.get(kind, {}).values() if rule.label}
    labels |= {_OTHER_LABELS.get(kind, "\0"), _FOOT}
    return re.compile("|".join(sorted("|".join(labels).split("|"), key=len, reverse=True)))


def fields_of(kind: str, lines: Sequence[str]) -> dict[str, str]:
    """Return every field of `kind`; empty where nothing was found."""
    ends, text = labels_of(kind), "\n".join(lines)
    return {name: rule.normal(_behind(rule, text, ends)) for name, rule in RULES.get(kind, {}).items()}


def _behind(rule: Rule, text: str, ends: re.Pattern[str]) -> str:
    if not rule.label:
        return text
    found = [match for match in ends.finditer(text) if re.fullmatch(rule.label, match.group())]
    if len(found) <= rule.at:
        found = [match for match in re.finditer(rule.label, text) if match.group()]
    if len(found) <= rule.at:
        return ""
    start = found[rule.at].end()
    following = ends.search(text, start)
    value = text[start : following.start() if following else len(text)]
    if rule.goes_on or not value.split("\n")[0].strip("\t :："):
        return value
    return value.split("\n")[0]
