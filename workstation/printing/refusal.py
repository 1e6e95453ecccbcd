"""不予受理通知书: why not, who is competent, and how to object.

Grounds: 行政许可法 art. 32(1), 32(2); remedies: 行政复议法 art. 20 (60 days), 行政诉讼法 art. 46 (6 months).
"""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import RefusalForm
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "不予受理通知书"


def render(form: RefusalForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the refusal on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: RefusalForm) -> list[Flowable]:
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(_opening(form)),
        *parts.facts(
            [
                *common.case_facts(form),
                (("收件时间", chinese_time(form.received_at)), ("决定日期", chinese_date(form.decided_on))),
                (("收件窗口", form.window), ("经办人", form.clerk)),
            ]
        ),
        *parts.section("一、理由和依据"),
        *parts.facts(
            [
                (("理由", form.reason),),
                (("依据", form.basis),),
                (("主管机关", form.competent_body),),
                (("联系方式", form.competent_contact),),
            ]
        ),
        *_returned(parts, form),
        *parts.section("二、您的权利"),
        *parts.notes(_remedies(form)),
        Spacer(0, 1.5 * mm),
        *parts.facts([common.phones(form)]),
        parts.signatures(
            [common.applicant(form, "已收到本通知书"), common.seal(form, "作出单位", form.decided_on)]
        ),
    ]


def _opening(form: RefusalForm) -> str:
    day = chinese_date(common.day_of(form.received_at))
    advice = f"请向{form.competent_body}提出申请。" if form.competent_body else ""
    return f"您（单位）于{day}提出的“{form.item_title}”申请，经审查，决定不予受理。{advice}"


def _returned(parts: Parts, form: RefusalForm) -> list[Flowable]:
    if not form.materials:
        return []
    rows = [
        (str(n), m.title, m.original, common.count(m.sheets), m.note) for n, m in enumerate(form.materials, 1)
    ]
    head, shares = ("序号", "材料名称", "原件处理", "张数", "备注"), (13, 66, 36, 16, 39)
    return [Spacer(0, 2 * mm), *parts.table(head, shares, rows, centred=frozenset({0, 2, 3}))]


def _remedies(form: RefusalForm) -> list[str]:
    body = form.review_body or "有管辖权的行政复议机关"
    court = form.court or "有管辖权的人民法院"
    return [
        f"不服本决定的，可以自知道本决定之日起六十日内向{body}申请行政复议（《中华人民共和国行政复议法》第二十条）。",
        f"也可以自知道本决定之日起六个月内依法向{court}提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条）。",
        "不予受理的原因消除或者改变后，可以重新申请。",
    ]
