"""个人信息处理告知书: who handles what, why, how long, and what the person may ask for.

A state organ handles data under its statutory duty and still has to tell (个人信息保护法 art. 17,
30, 35); the person need not agree for that, and agrees on another paper to any reuse (art. 23).
"""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms_notice import PrivacyNoticeForm
from workstation.printing.ink import chinese_date
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Block, Parts

TITLE = "个人信息处理告知书"


def render(form: PrivacyNoticeForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the notice on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: PrivacyNoticeForm) -> list[Flowable]:
    return [
        *parts.facts(
            [
                *common.case_facts(form),
                (("处理者", form.authority), ("告知窗口", f"{form.hall} {form.window}")),
                (("告知日期", chinese_date(form.told_on)), ("经办人", form.clerk)),
                common.phones(form),
            ]
        ),
        *parts.section("一、处理的目的和依据"),
        parts.paragraph(
            f"为依法办理“{form.item_title}”，需要扫描、识别、核对并送达您提交的材料。"
            "这是履行法定职责所必需，依据个人信息保护法第十三条第一款第三项、第三十五条。"
        ),
        *parts.section("二、处理的信息和材料"),
        parts.paragraph("本次办理需要的材料：" + ("、".join(form.materials) or "见材料清单") + "。"),
        parts.paragraph(
            "其中身份证件号码、住址、健康、金融账户等属于敏感个人信息，只在本事项必需的范围内处理；"
            "不提供的，可能无法办理本事项，不影响您办理其他事项。"
        ),
        *parts.section("三、处理的方式和保存的期限"),
        *parts.notes(
            [
                "扫描件在本窗口加密保存，封装后只送达办理机关；送达后按期清除。",
                f"供以后复用的核验副本保存到事项规定的有效期；没有规定的，最长 {form.keep_days} 天。"
                "每次复用都须您另行确认，封装前可以撤回；您也可以要求不再保存。",
                "谁在什么时候为哪件办件查看过您的存档材料，均有记录，至少保存六个月。",
            ]
        ),
        *parts.section("四、您的权利"),
        parts.paragraph(
            "您可以查阅、复制您的个人信息，请求更正、补充或者删除，要求说明处理规则，撤回对复用的同意。"
            f"请向本窗口或者拨打 {form.complaint_phone} 提出。"
        ),
        parts.signatures(
            [
                Block(party, (("签字", ""), ("日期", "　　　年　　月　　日")))
                for party in ("已告知本人", "告知人")
            ]
        ),
    ]
