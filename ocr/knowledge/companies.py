"""Kinds of market entities, as printed on the licence after 类型 (市场主体登记管理条例 art. 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.knowledge.correction import Corrected
from ocr.knowledge.words import nearest

_OWNERS = (
    "自然人独资",
    "法人独资",
    "自然人投资或控股",
    "自然人投资或控股的法人独资",
    "非自然人投资或控股的法人独资",
    "国有独资",
    "国有控股",
    "外商投资企业法人独资",
    "外商投资企业与内资合资",
    "外国法人独资",
    "外国自然人独资",
    "台港澳法人独资",
    "台港澳自然人独资",
    "港澳台法人独资",
    "港澳台自然人独资",
    "港澳台投资、非独资",
    "外商投资、非独资",
    "中外合资",
    "台港澳与境内合资",
)
_LIMITED = "有限责任公司"
_SHARES = "股份有限公司"
_SHARE_KINDS = (
    "上市",
    "非上市",
    "上市、自然人投资或控股",
    "非上市、自然人投资或控股",
    "上市、国有控股",
    "非上市、国有控股",
)
_PLAIN = """
有限责任公司 股份有限公司 有限责任公司分公司 股份有限公司分公司 分公司
个人独资企业 个人独资企业分支机构 普通合伙企业 特殊普通合伙企业 有限合伙企业 合伙企业分支机构 外商投资合伙企业
个体工商户 农民专业合作社 农民专业合作社联合社 农民专业合作社分支机构
全民所有制 全民所有制分支机构 集体所有制 集体所有制分支机构 股份合作制 股份合作制分支机构
联营 国有事业单位营业
内资企业法人 内资分公司 内资非法人企业 外国企业常驻代表机构 外商投资企业分支机构 个人经营 家庭经营
"""

KINDS = frozenset(
    (
        *_PLAIN.split(),
        *(f"{_LIMITED}({owner})" for owner in _OWNERS),
        *(f"{_LIMITED}分公司({owner})" for owner in _OWNERS),
        *(f"{_SHARES}({kind})" for kind in _SHARE_KINDS),
        *(f"{_SHARES}分公司({kind})" for kind in _SHARE_KINDS),
    )
)
"""With ASCII brackets."""

_OPENING, _CLOSING = re.compile(r"[（〔\[{]"), re.compile(r"[）〕\]}]")


def read_kind(text: str, *, marks: Sequence[float] = ()) -> Corrected:
    """Return the kind of an entity with the brackets as read, put right where one kind alone comes near."""
    plain = _CLOSING.sub(")", _OPENING.sub("(", text))
    found = nearest(plain, KINDS, marks=marks)
    if "（" in text and found.value:
        return Corrected(found.value.replace("(", "（").replace(")", "）"), found.changes)
    return found
