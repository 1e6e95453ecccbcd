"""Short closed lists of the household register and the licence, as printed."""

from __future__ import annotations

_EDUCATION = """
研究生教育 研究生 博士研究生 硕士研究生 博士研究生毕业 硕士研究生毕业 研究生毕业 博士 硕士
大学本科教育 大学本科 大学本科毕业 本科 大学 大学毕业
大学专科教育 大学专科 大学专科毕业 大专 专科 专科毕业 大学专科和专科学校
中等职业教育 中等专科 中等专业学校 中专 中专毕业 技工学校 技校 职业高中 职高 中等专业学校或中等技术学校
普通高级中学教育 普通高中 高中 高中毕业 高级中学
初级中学教育 初中 初中毕业 初级中学
小学教育 小学 小学毕业
文盲 半文盲 文盲或半文盲 文盲半文盲 不识字或识字很少 学龄前儿童 学龄前 其他
"""
EDUCATION = frozenset(_EDUCATION.split())
"""文化程度: the terms of GB/T 4658 and those of older registers."""

_MARITAL_STATUS = "未婚 已婚 初婚 再婚 复婚 有配偶 丧偶 离婚 离异 未说明的婚姻状况"
MARITAL_STATUS = frozenset(_MARITAL_STATUS.split())
"""婚姻状况 (GB/T 2261.2), with what older registers print."""

DISABILITY_KINDS = {
    "1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重",
}  # fmt: skip
"""By digit 19 of a disability certificate's number (残疾人证管理办法)."""

DISABILITY_GRADES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
"""By digit 20."""
