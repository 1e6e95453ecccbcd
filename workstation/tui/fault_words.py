"""What the quality gate found, in words a clerk can act on."""

from __future__ import annotations

from workstation.domain.case import Fault, Finding, Page
from workstation.i18n import N_, _, listed

WORDS: dict[Fault, tuple[str, str]] = {
    Fault.BLUR: (N_("模糊"), N_("擦净玻璃, 压平材料, 重扫")),
    Fault.CUT_EDGE: (N_("缺边"), N_("把材料整张放进扫描范围, 重扫")),
    Fault.UPSIDE_DOWN: (N_("方向认不准"), N_("看一眼方向, 不对就转正")),
    Fault.TOO_DARK: (N_("太暗"), N_("盖好盖板或调亮, 重扫")),
    Fault.GLARE: (N_("有反光"), N_("换个角度或关掉台灯, 重扫")),
    Fault.BLANK: (N_("空白页"), N_("放反了就翻面重扫; 背面没有字就删去")),
    Fault.DUPLICATE: (N_("与已有的页重复"), N_("放重了就删去这一页")),
    Fault.WRONG_SIDE: (N_("正反面放反"), N_("翻面重扫")),
    Fault.WRONG_KIND: (N_("不像这份材料"), N_("核对材料; 放错地方的移到正确的材料")),
}
"""Short name and what to do, by fault."""


def fault_words(finding: Finding) -> str:
    """Return the short name of a finding."""
    return _(WORDS[finding.fault][0])


def remedy_words(finding: Finding) -> str:
    """Return what to do about a finding."""
    return _(WORDS[finding.fault][1])


def page_faults(page: Page) -> str:
    """Return the short names of all that is open about a page; empty when all is well."""
    return listed(fault_words(finding) for finding in page.open_findings)
