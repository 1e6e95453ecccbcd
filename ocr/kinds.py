"""Which document a page shows, told from its printed titles and labels: enough to notice a misplaced paper.

The page is read once and small. A kind is named only when its title and some of its labels, or most of its
labels, are there and no other kind comes near; whatever calls itself an application, a contract or a letter
is no certificate, however many of a certificate's words it holds. Sources of the words: 居民身份证法 art. 3;
常住人口登记卡 and 出生医学证明 as printed; 市场主体登记管理条例实施细则 art. 23; 居住证暂行条例; ICAO 9303.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from ocr import imaging
from ocr.labels import glyph_lines
from ocr.port import Engine, Layout, Script

Clash = Literal["", "side", "kind"]

_SHEET_MM = 230.0
"""A longer page is a sheet, whose upper parts are read: titles and the first labels stand there."""
_FIRST_SHARE, _UPPER_SHARE = 0.26, 0.62
_FIRST_SHARE_ACROSS = 0.45
_FEW_GLYPHS = 8
_READING_DPI, _LEAST_PX, _MOST_PX = 140, 620, 1400
_A4_MM = 297.0
_KNOWN_DPI = (75, 1300)
_LEAST_SIDE_PX = 60
_CARD_RATIO = (1.42, 1.75)
"""Long side over short side of an ID-1 card (ISO/IEC 7810: 1.586), with room for a careless cut."""
_CARD_GLYPHS = 130
"""Most characters of a page that shows a card and is not cut to it."""
_LEAD, _SOME_LABELS = 2, 2
_LONGEST_TITLE = 24
_OTHER_PAPERS = re.compile(
    r"(申请表|申请书|登记表|审批表|审核表|登记申请|信息表|情况表|合同|合同书|协议|协议书|承诺书|委托书|声明书?"
    r"|告知书|通知书|决定书|送达回证|回执单?|收据|发票|受理单|收件凭证|交接单|清单|说明|证明信|介绍信|报告书?)"
    r"(\(.{1,12}\))?[:：]?$"
)
_OTHER_CARDS = (
    "驾驶证",
    "行驶证",
    "准驾车型",
    "通行证",
    "离婚证",
    "毕业证书",
    "港澳居民",
    "台湾居民",
    "外国人",
)
"""Documents with the labels of known ones that are not told apart further."""
_MACHINE_READABLE = re.compile(r"P[<く〈《K]CHN|<{3,}|[A-Z0-9]{1,9}[0-9]CHN[0-9]{5,}")


@dataclass(frozen=True, slots=True)
class KindGuess:
    """What a page seems to be."""

    document: str
    """A document kind, e.g. `id-card-front`; empty when it is none of the known ones or cannot be told."""
    certain: bool
    """False: too little was read to hold anything against the page."""


@dataclass(frozen=True, slots=True)
class _Looks:
    titles: tuple[str, ...]
    labels: tuple[str, ...]
    """Printed words that few other papers have."""
    with_title: int
    """Labels wanted beside the title."""
    alone: int
    """Labels wanted when the title was not read."""
    is_card: bool = False
    """Such a page must have the shape of a card, or at least few words."""


UNKNOWN = KindGuess("", False)
_LOOKS: Mapping[str, _Looks] = {
    "id-card-front": _Looks((), ("姓名", "性别", "民族", "出生", "住址", "公民身份号码"), 9, 4, True),
    "id-card-back": _Looks(("居民身份证",), ("签发机关", "有效期限", "中华人民共和国"), 1, 3, True),
    "household-register-page": _Looks(
        ("常住人口登记卡",),
        (
            "户主或与户主关系", "曾用名", "出生地", "籍贯", "本市县其他住址", "宗教信仰", "身高", "血型",
            "文化程度", "婚姻状况", "兵役状况", "服务处所", "何时由何地迁来",
        ),
        2, 6,
    ),
    "marriage-certificate": _Looks(
        ("结婚证",), ("持证人", "登记日期", "结婚证字号", "国籍", "身份证件号", "婚姻登记"), 2, 4
    ),
    "birth-certificate": _Looks(
        ("出生医学证明",),
        (
            "新生儿姓名", "出生时间", "出生孕周", "出生体重", "出生身长", "出生地点", "医疗机构名称",
            "母亲姓名", "父亲姓名", "出生证编号", "接生人员",
        ),
        1, 4,
    ),
    "business-licence": _Looks(
        ("营业执照",),
        (
            "统一社会信用代码", "法定代表人", "经营者", "组成形式", "注册资本", "成立日期", "经营范围",
            "营业期限", "经营场所", "登记机关", "投资人", "负责人",
        ),
        2, 5,
    ),
    "disability-certificate": _Looks(
        ("残疾人证",),
        ("残疾类别", "残疾等级", "监护人", "残疾人证号", "批准残联", "签发机关", "联系电话"),
        2, 3,
    ),
    "passport": _Looks(
        ("护照", "PASSPORT"),
        (
            "国家码", "护照号", "签发地点", "出生地点", "Nationality", "Dateofbirth", "Placeofbirth",
            "Dateofissue", "Dateofexpiry", "Authority",
        ),
        3, 5,
    ),
    "social-security-card": _Looks(
        ("社会保障卡",), ("社会保障号码", "发卡日期", "卡号", "有效期限"), 1, 3, True
    ),
    "residence-permit": _Looks(
        ("居住证",),
        ("公民身份号码", "签发机关", "有效期限", "居住地址", "住址", "签发日期", "签注"),
        1, 9, True,
    ),
    "property-certificate": _Looks(
        ("不动产权证书", "不动产权第"),
        (
            "权利人", "共有情况", "坐落", "不动产单元号", "权利类型", "权利性质", "使用期限",
            "权利其他状况", "附记",
        ),
        2, 5,
    ),
}  # fmt: skip
KINDS = tuple(_LOOKS)
"""The kinds that can be recognised."""
_OTHER_SIDE = {"id-card-front": "id-card-back", "id-card-back": "id-card-front"}


def kind_of(engine: Engine, image: Image.Image) -> KindGuess:
    """Say which document the page `image` (RGB or L, upright, cut to the page) shows.

    Its resolution is taken from `image.info["dpi"]` when it is there.

    Raises:
        OcrError: from the engine.
    """
    if min(image.size) < _LEAST_SIDE_PX or not imaging.has_print(image):
        return UNKNOWN
    is_card_shaped = _is_card_shaped(image)
    for share in _shares(image):
        lines = _lines(engine, image, share)
        guess = kind_of_text(lines, is_card_shaped=is_card_shaped)
        if _is_decided(guess) or not _may_go_on(lines):
            break
    return guess


def clash(expected_kinds: Sequence[str], guess: KindGuess) -> Clash:
    """Say what is wrong with a page where one of `expected_kinds` belongs.

    Returns:
        `side`: the other side of the card is wanted; `kind`: another document altogether; empty when it fits,
        or when it is not known well enough to say, or nothing particular is expected.
    """
    if not expected_kinds or not guess.certain or not guess.document or guess.document in expected_kinds:
        return ""
    return "side" if _OTHER_SIDE.get(guess.document) in expected_kinds else "kind"


def kind_of_text(lines: Sequence[str], *, is_card_shaped: bool) -> KindGuess:
    """Return the kind of a page from its lines of text, without spaces, as they were read."""
    if _calls_itself_other(lines):
        return UNKNOWN
    text = "|".join(lines)
    few_words = is_card_shaped or sum(character.isalnum() for character in text) <= _CARD_GLYPHS
    points = {
        kind: _points(looks, lines, text) for kind, looks in _LOOKS.items() if few_words or not looks.is_card
    }
    ranked = sorted(points.items(), key=lambda entry: entry[1], reverse=True)
    (best, most), (_, second) = ranked[0], ranked[1]
    if most == 0:
        return UNKNOWN
    return KindGuess(best, most - second >= _LEAD and not _shows_other_side(best, text))


def _shows_other_side(kind: str, text: str) -> bool:
    """Both sides of a card copied on one page belong to neither."""
    other = _OTHER_SIDE.get(kind)
    labels = _LOOKS[other].labels if other else ()
    return sum(holds(text, label) for label in labels) >= _SOME_LABELS


def _is_decided(guess: KindGuess) -> bool:
    """On a sheet with a card the other side may follow further down."""
    return guess.certain and not _LOOKS[guess.document].is_card


def _may_go_on(lines: Sequence[str]) -> bool:
    """Reading a whole sheet is worth while only where something points to a document, or nothing was read."""
    text = "|".join(lines)
    if _calls_itself_other(lines):
        return False
    words = (word for looks in _LOOKS.values() for word in looks.titles + looks.labels)
    return len(text) < _FEW_GLYPHS or any(holds(text, word) for word in words)


def _calls_itself_other(lines: Sequence[str]) -> bool:
    titles = [line for line in lines if len(line) <= _LONGEST_TITLE]
    return any(_OTHER_PAPERS.search(line) or any(word in line for word in _OTHER_CARDS) for line in titles)


def _points(looks: _Looks, lines: Sequence[str], text: str) -> int:
    labels = sum(holds(text, label) for label in looks.labels)
    labels += 3 if looks.titles[:1] == ("护照",) and _MACHINE_READABLE.search(text) else 0
    has_title = any(_is_title(line, title) for line in lines for title in looks.titles)
    if has_title and labels >= looks.with_title:
        return labels + 4
    return labels if labels >= looks.alone else 0


def _is_title(line: str, title: str) -> bool:
    """A title stands on a line of its own, perhaps with the state's name, a number or (副本) beside it."""
    return len(line) <= _LONGEST_TITLE and holds(line, title)


def holds(text: str, label: str) -> bool:
    """Say whether `label` stands in `text`; of every four characters one may be wrong, missing or added."""
    if label in text:
        return True
    allowed = len(label) // 4
    if not allowed or sum(character in text for character in set(label)) < len(set(label)) - allowed:
        return False
    return _least_edits(text, label) <= allowed


def _least_edits(text: str, label: str) -> int:
    """Return the fewest edits that make some part of `text` into `label` (Sellers 1980)."""
    column = list(range(len(label) + 1))
    least = column[-1]
    for character in text:
        diagonal, column[0] = column[0], 0
        for row, wanted in enumerate(label, 1):
            changed = diagonal + (character != wanted)
            diagonal = column[row]
            column[row] = min(changed, column[row] + 1, column[row - 1] + 1)
        least = min(least, column[-1])
    return least


def _is_card_shaped(image: Image.Image) -> bool:
    return _CARD_RATIO[0] < max(image.size) / min(image.size) < _CARD_RATIO[1]


def _shares(image: Image.Image) -> tuple[float, ...]:
    """Return which upper shares of the page to read, one after the other as long as nothing is decided."""
    if _long_mm(image) <= _SHEET_MM:
        return (1.0,)
    if image.width > image.height:
        return _FIRST_SHARE_ACROSS, 1.0
    return _FIRST_SHARE, _UPPER_SHARE


def _lines(engine: Engine, image: Image.Image, share: float) -> list[str]:
    words = engine.words(_reduced(image, share), script=Script.CHINESE, layout=Layout.PAGE)
    return ["".join(glyph.character for glyph in line) for line in glyph_lines(words)]


def _reduced(image: Image.Image, share: float) -> Image.Image:
    upper = image.crop((0, 0, image.width, round(image.height * share)))
    wanted_px = min(_MOST_PX, max(_LEAST_PX, _long_mm(image) * _READING_DPI / 25.4))
    factor = min(1.0, wanted_px / max(image.size))
    size = (max(1, round(upper.width * factor)), max(1, round(upper.height * factor)))
    return imaging.without_red(upper).resize(size, Image.Resampling.BOX)


def _long_mm(image: Image.Image) -> float:
    return max(image.size) * 25.4 / _dpi_of(image)


def _dpi_of(image: Image.Image) -> float:
    """Return the resolution the picture names, else the one at which it would be an A4 page."""
    named = image.info.get("dpi")
    if named and _KNOWN_DPI[0] <= float(named[0]) <= _KNOWN_DPI[1]:
        return float(named[0])
    return max(image.size) * 25.4 / _A4_MM
