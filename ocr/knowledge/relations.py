"""How a member of a household is related to its head, as the register prints it (after GB/T 4761)."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.knowledge.correction import Corrected
from ocr.knowledge.words import nearest

_ORDINALS = "长次三四五六七"
_WORDS = """
户主 本人 配偶 夫 妻
子 独生子 养子或继子 养子 继子 女婿 婿
女 独生女 养女或继女 养女 继女 儿媳 媳
孙子 孙女 外孙子 外孙 外孙女 孙媳妇或外孙媳妇 孙女婿或外孙女婿 孙媳 孙女婿 外孙媳 外孙女婿
曾孙子或外曾孙子 曾孙女或外曾孙女 曾孙 曾孙女
父亲 父 母亲 母 公公 婆婆 岳父 岳母 继父或养父 继母或养母 继父 继母 养父 养母
祖父 祖母 外祖父 外祖母 配偶的祖父母或外祖父母 曾祖父 曾祖母 配偶的曾祖父母或外曾祖父母
兄 嫂 弟 弟媳 姐姐 姐夫 妹妹 妹夫 姐 妹 兄弟 姐妹 哥哥 弟弟
伯父 伯母 叔父 婶母 舅父 舅母 姨父 姨母 姑父 姑母 堂兄弟 堂姐妹 表兄弟 表姐妹 侄子 侄女 外甥 外甥女 侄 甥
其他亲属 非亲属 其他 保姆 小集体户主 集体户成员
"""

RELATIONS = frozenset(_WORDS.split()) | {f"{ordinal}{child}" for ordinal in _ORDINALS for child in "子女"}


def read_relation(text: str, *, marks: Sequence[float] = ()) -> Corrected:
    """Return the relation, put right where one alone comes near; else as read.

    Args:
        text: Chinese characters only.
        marks: the engine's confidence for each character.
    """
    return nearest(text, RELATIONS, marks=marks)


def sex_by_relation(relation: str) -> str:
    """Return 男 or 女 where the relation tells, else an empty string."""
    if relation in {"妻", "嫂", "弟媳", "儿媳", "媳"} or relation[-1:] in {"女", "母", "姐", "妹"}:
        return "女"
    if relation in {"夫", "兄", "弟", "女婿", "婿"} or relation[-1:] in {"子", "父", "夫"}:
        return "男"
    return ""
