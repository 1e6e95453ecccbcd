"""容缺受理通知书: what may follow, how, until when and what happens when late; two copies in one file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import ToleranceNoticeForm
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "容缺受理通知书"
COPIES = ("第一联　交申请人", "第二联　存档")


def render(form: ToleranceNoticeForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put both copies of the notice on paper at `target`; raises `PrintingError`s."""
    sheet = replace(common.sheet(TITLE, form), copies=COPIES)
    return write(sheet, lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: ToleranceNoticeForm) -> list[Flowable]:
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(_opening(form)),
        *parts.facts(
            [
                *common.case_facts(form),
                (("收件时间", chinese_time(form.received_at)), ("通知日期", chinese_date(form.told_on))),
                (("收件窗口", f"{form.hall}　{form.window}"), ("经办人", form.clerk)),
            ]
        ),
        *parts.section(f"一、需要补交的材料（共 {len(form.lines)} 项）"),
        *common.tolerated_table(parts, form.lines),
        *parts.section("二、怎样补交"),
        *parts.facts(
            [(("提交方式", form.where),), (("逾期后果", form.consequence),), common.phones(form)],
        ),
        *parts.section("三、说明"),
        *parts.notes(_notes(form), strong=1),
        parts.signatures(
            [common.applicant(form, "已收到本通知书"), common.seal(form, "通知单位", form.told_on)]
        ),
    ]


def _opening(form: ToleranceNoticeForm) -> str:
    day = chinese_date(common.day_of(form.received_at))
    basis = f"依据{form.basis}和" if form.basis else "根据"
    return (
        f"您（单位）于{day}提出的“{form.item_title}”申请，主要材料齐全，"
        f"{basis}您（单位）作出的《容缺受理承诺书》，同意容缺受理。请按下列要求补交材料。"
    )


def _notes(form: ToleranceNoticeForm) -> list[str]:
    limit = f"，且不超过本事项的承诺期限（{form.limit}）" if form.limit else ""
    return [
        f"补交以办理机关收到的时间为准{limit}；寄交的请用中国邮政，并写明办件编号{form.case_number}。",
        "办理结果在材料补齐后发出。",
        "因不可抗力不能按期补交的，请在期限届满前说明。",
        "本通知书一式两份，申请人一份，存档一份。",
    ]
