"""The page's words: Chinese is the source language, English comes from the project's catalogue."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from pathlib import Path

from sync.contract.models import ChangeKind, Outcome
from sync.gateway.matters import MatterState

DOMAIN = "workstation"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
"""What a browser may ask for, and the catalogue of it."""
FIRST_LANGUAGE = "zh"

Translate = Callable[[str], str]
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u061c\u2028-\u202e\u2060-\u2069\ufeff]")
"""What a browser would not show, or what turns the direction of the letters that follow."""


def N_(message: str) -> str:
    """Mark a text for translation and return it unchanged."""
    return message


def translator(locales: Path | None, language: str) -> Translate:
    """Return what translates into a language; without catalogues the Chinese texts stand."""
    name = LANGUAGES.get(language, LANGUAGES[FIRST_LANGUAGE])
    if locales is None:
        return str
    return gettext.translation(DOMAIN, locales, languages=[name], fallback=True).gettext


def preferred(accepted: str) -> str:
    """Return the language of an `Accept-Language` header, by its order."""
    for part in accepted[:200].split(","):
        name = part.partition(";")[0].strip().lower()[:2]
        if name in LANGUAGES:
            return name
    return FIRST_LANGUAGE


def visible(text: object) -> str:
    """Return text of strangers with every character to be seen: hidden ones by their number."""
    return _HIDDEN.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", str(text))


STATES = {
    MatterState.RECEIVED: N_("已收件"),
    MatterState.CORRECTION: N_("待补正"),
    MatterState.ACCEPTED: N_("已受理"),
    MatterState.REFUSED: N_("不予受理"),
    MatterState.IN_REVIEW: N_("审查中"),
    MatterState.DECIDED: N_("已办结"),
    MatterState.DELIVERED: N_("已送达"),
    MatterState.WITHDRAWN: N_("已撤回"),
    MatterState.TERMINATED: N_("已终止"),
}
GROUPS = {
    "todo": N_("待处理"),
    "decide": N_("待决定"),
    "correction": N_("待补正"),
    "decided": N_("已办结"),
    "over": N_("已了结"),
    "all": N_("全部"),
}
CHANGES = {
    ChangeKind.ACCEPTED: N_("受理"),
    ChangeKind.CORRECTION: N_("告知补正"),
    ChangeKind.REFUSED: N_("不予受理"),
    ChangeKind.IN_REVIEW: N_("开始审查"),
    ChangeKind.DECIDED: N_("作出决定"),
    ChangeKind.DELIVERED: N_("送达"),
    ChangeKind.RESULT: N_("发结果文件"),
    ChangeKind.ARCHIVED: N_("归档"),
    ChangeKind.SPECIAL_STARTED: N_("启动特别程序"),
    ChangeKind.SPECIAL_ENDED: N_("特别程序结束"),
    ChangeKind.EXTENDED: N_("延长期限"),
}
OUTCOMES = {
    Outcome.GRANTED: N_("准予"),
    Outcome.DENIED: N_("不予批准"),
    Outcome.PARTLY: N_("部分准予"),
}
ACTS = {
    "accepted": N_("受理"),
    "correction": N_("要求补正"),
    "refused": N_("不予受理"),
    "in_review": N_("开始审查"),
    "decided": N_("作出决定"),
    "result": N_("发结果文件"),
    "special_started": N_("启动特别程序"),
    "special_ended": N_("结束特别程序"),
    "extended": N_("延长期限"),
}
"""Names of the buttons, by the decision."""
PEOPLE = {
    "applicant.name": N_("申请人"),
    "applicant.id_number": N_("证件号码"),
    "applicant.phone": N_("电话"),
    "applicant.address": N_("地址"),
    "applicant.id_valid_until": N_("证件有效期至"),
    "agent.name": N_("代办人"),
    "agent.id_number": N_("代办人证件号码"),
    "agent.phone": N_("代办人电话"),
    "agent.relation": N_("与申请人关系"),
    "agent.document_number": N_("授权书编号"),
    "agent.valid_until": N_("授权有效期至"),
}
ORIGINS = {
    "TYPED": N_("窗口录入"),
    "OCR": N_("识别"),
    "CARD": N_("取自身份证"),
    "REUSED": N_("取自存档"),
    "DERIVED": N_("由号码推算"),
}
CUSTODY = {
    "NOT_SEEN": N_("未见原件"),
    "RETURNED": N_("已核原件, 已退还"),
    "HELD": N_("原件留存"),
    "BAGGED": N_("原件已装袋"),
}
LEVELS = {
    "A": N_("A 级 · 签发机关数据"),
    "B": N_("B 级 · 窗口核过原件"),
    "C": N_("C 级 · 本人上传, 须核原件"),
    "D": N_("D 级 · 未经核验"),
}
ROLES = {"approver": N_("审核"), "viewer": N_("查看")}

# What follows stands on the citizen's paper, so it is Chinese whatever language the page is read in.
OTHER = "-"
"""Material id of a defect that belongs to no line."""
FORM = "form"
"""Material id of a defect in the form."""
PROBLEMS = (
    "未提交",
    "页面不清晰, 关键内容无法辨认",
    "缺页, 内容不完整",
    "已过有效期",
    "未签名或未盖章",
    "姓名、号码与身份证件不一致",
    "与申请表所填内容不一致",
    "不是本事项所要求的材料",
    "复印件未注明与原件一致",
)
NEEDED = (
    "请补交该材料",
    "请提供清晰完整的原件重新扫描",
    "请补齐全部页面",
    "请提供有效期内的证件",
    "请补签名或盖章后重新提交",
    "请核对后更正申请表, 或提供变更证明",
)
PROCEDURES = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")
"""行政许可法 art. 45: what is not counted in the limit."""
GROUNDS = (
    "申请事项依法不需要取得行政许可(行政许可法第三十二条第一款第一项)",
    "申请事项依法不属于本机关职权范围, 请向有权机关申请: (行政许可法第三十二条第一款第二项)",
)
