"""What the documents that are told apart look like in words: one entry a kind.

Sources of the words: 居民身份证法 art. 3; 常住人口登记卡, 出生医学证明 and 不动产权证书 as printed;
市场主体登记管理条例实施细则 art. 23; 居住证暂行条例 art. 4; 残疾人证管理办法; ICAO 9303 (the zone for
machines).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Looks:
    """What is printed on a document of one kind."""

    titles: tuple[str, ...]
    labels: tuple[str, ...]
    """Printed words that few other papers have."""
    with_title: int
    """Labels wanted beside the title."""
    alone: int
    """Labels wanted when the title was not read; more than there are where the title is needed."""
    is_card: bool = False
    """Such a page must have the shape of a card, or at least few words."""
    pattern: re.Pattern[str] | None = None
    """Telling print of this form, e.g. a number; a card that is not cut to its edges must show it."""
    worth: int = 1
    """How many labels the form counts for."""
    never: tuple[str, ...] = ()
    """Words of documents that resemble it: with one of them it is another."""


LOOKS: Mapping[str, Looks] = {
    "id-card-front": Looks(
        (),
        ("姓名", "性别", "民族", "出生", "住址", "公民身份号码"),
        9, 4, True, re.compile(r"\d{14,}"),
        never=("出生日期", "户籍地址", "社会保障"),
    ),
    "id-card-back": Looks(
        ("居民身份证",),
        ("签发机关", "有效期限", "中华人民共和国"),
        1, 3, True, re.compile(r"\d{4}\.\d\d\.\d\d"),
    ),
    "household-register-page": Looks(
        ("常住人口登记卡",),
        (
            "户主或与户主关系", "曾用名", "出生地", "籍贯", "本市县其他住址", "宗教信仰", "身高", "血型",
            "文化程度", "婚姻状况", "兵役状况", "服务处所", "何时由何地迁来",
        ),
        2, 6, False, re.compile(r"户主或.{0,2}[户主]主?关系"), 2,
    ),
    "marriage-certificate": Looks(
        ("结婚证",),
        ("持证人", "登记日期", "结婚证字号", "国籍", "身份证件号", "婚姻登记"),
        2, 4, False, re.compile(r"\d{6}-\d{4}-\d{6}"), 2,
    ),
    "birth-certificate": Looks(
        ("出生医学证明",),
        (
            "新生儿姓名", "出生时间", "出生孕周", "出生体重", "出生身长", "出生地点", "医疗机构名称",
            "母亲姓名", "父亲姓名", "出生证编号", "接生人员",
        ),
        1, 4,
    ),
    "business-licence": Looks(
        ("营业执照",),
        (
            "统一社会信用代码", "法定代表人", "经营者", "组成形式", "注册资本", "成立日期", "经营范围",
            "营业期限", "经营场所", "登记机关", "投资人", "负责人",
        ),
        2, 5,
    ),
    "disability-certificate": Looks(
        ("残疾人证",),
        ("残疾类别", "残疾等级", "监护人", "残疾人证号", "批准残联", "签发机关", "联系电话"),
        2, 3,
    ),
    "passport": Looks(
        ("护照", "PASSPORT"),
        (
            "国家码", "护照号", "签发地点", "出生地点", "Nationality", "Dateofbirth", "Placeofbirth",
            "Dateofissue", "Dateofexpiry", "Authority",
        ),
        3, 5, False, re.compile(r"P[<く〈《K]CHN|<{3,}|[A-Z0-9]{1,9}[0-9]CHN[0-9]{5,}"), 3,
    ),
    "social-security-card": Looks(
        ("社会保障卡",), ("社会保障号码", "发卡日期", "卡号", "有效期限"), 1, 3, True
    ),
    "residence-permit-front": Looks(
        ("居住证",), ("姓名", "性别", "民族", "户籍地址", "公民身份号码"), 2, 9, True, re.compile(r"\d{14,}")
    ),
    "residence-permit-back": Looks(
        ("居住证",), ("居住地址", "签发机关", "签发日期", "有效期限", "签注"), 2, 4, True
    ),
    "property-certificate": Looks(
        ("不动产权证书", "不动产权第"),
        (
            "权利人", "共有情况", "坐落", "不动产单元号", "权利类型", "权利性质", "使用期限",
            "权利其他状况", "附记",
        ),
        2, 5, False, re.compile(r"不动产权第.{6,8}号"), 4,
    ),
}  # fmt: skip
CARDS = frozenset(kind for kind, looks in LOOKS.items() if looks.is_card)
_SIDES = (("id-card-front", "id-card-back"), ("residence-permit-front", "residence-permit-back"))
OTHER_SIDE = {side: other for front, back in _SIDES for side, other in ((front, back), (back, front))}

OTHER_PAPERS = re.compile(
    r"(申请表|申请书|登记表|审批表|审核表|登记申请|信息表|情况表|合同|合同书|协议|协议书|承诺书|委托书|声明书?"
    r"|告知书|通知书|决定书|送达回证|回执单?|收据|发票|受理单|收件凭证|交接单|清单|说明|证明信|介绍信|报告书?)"
    r"(\(.{1,12}\))?[:：]?$"
)
"""How a line ends that names a paper which is no certificate."""
NO_IDENTITY = ("驾驶证", "行驶证", "准驾车型", "离婚证", "毕业证书")
"""Documents with the labels of known ones that are not told apart further and prove no identity."""
OTHER_IDENTITY = ("通行证", "港澳居民", "台湾居民", "外国人")
"""The same for documents that may stand for an identity card: they are held against nobody."""
