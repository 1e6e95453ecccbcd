"""The 56 ethnic groups (GB/T 3304) and what else stands in their place on cards."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.knowledge.correction import Corrected
from ocr.knowledge.words import nearest

_ETHNICITIES = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白
土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇
柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒
乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
ETHNICITIES = frozenset(_ETHNICITIES.split())
"""GB/T 3304, without the word 族."""

PRINTED_OTHERWISE = frozenset({"穿青人", "革家人", "其他", "外国血统中国籍人士"})
"""Groups not yet identified, and citizens of foreign descent: printed with their last word."""

_PRINTED = ETHNICITIES | PRINTED_OTHERWISE


def read_ethnicity(text: str, *, marks: Sequence[float] = ()) -> Corrected:
    """Return the ethnic group without 族, put right where one group alone comes near; else as read.

    Args:
        text: Chinese characters only.
        marks: the engine's confidence for each character.
    """
    is_whole = text.endswith("族") and len(text) > 1
    word = text[:-1] if is_whole else text
    return nearest(word, _PRINTED, marks=marks[: len(word)])
