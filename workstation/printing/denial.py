"""不予批准决定告知书: the office decided against the applicant; why, and how to object.

Grounds: 行政许可法 art. 38 (a refusal states its reason and tells of review and suit); remedies: 行政复议法
art. 20 (60 days), 行政诉讼法 art. 46 (6 months).
"""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms_notice import DenialForm
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "不予批准决定告知书"


def render(form: DenialForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the notice on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: DenialForm) -> list[Flowable]:
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(_opening(form)),
        *parts.facts(
            [
                *common.case_facts(form),
                (("收件时间", chinese_time(form.received_at)), ("决定日期", chinese_date(form.decided_on))),
                (("决定机关", form.authority), ("决定文号", form.decision_number)),
                (("收件窗口", form.window), ("经办人", form.clerk)),
            ]
        ),
        *parts.section("一、理由和依据"),
        *parts.facts([(("理由", form.reason),), (("依据", form.basis),)]),
        *_parts(parts, form),
        *parts.section("二、您的权利"),
        *parts.notes(_remedies(form)),
        Spacer(0, 1.5 * mm),
        *parts.facts([common.phones(form)]),
        parts.signatures(
            [common.applicant(form, "已收到本告知书"), common.seal(form, "转告单位", form.decided_on)]
        ),
    ]


def _opening(form: DenialForm) -> str:
    day = chinese_date(common.day_of(form.received_at))
    decided = "作出部分准予、部分不予批准的决定" if form.in_part else "决定不予批准"
    return f"您（单位）于{day}提出的“{form.item_title}”申请，经{form.authority}审查，{decided}，现予告知。"


def _parts(parts: Parts, form: DenialForm) -> list[Flowable]:
    if not form.parts:
        return []
    head, shares = ("事项", "决定"), (130, 40)
    return [Spacer(0, 2 * mm), *parts.table(head, shares, form.parts, centred=frozenset({1}))]


def _remedies(form: DenialForm) -> list[str]:
    body = form.review_body or "有管辖权的行政复议机关"
    court = form.court or "有管辖权的人民法院"
    return [
        f"不服该决定的，可以自知道该决定之日起六十日内向{body}申请行政复议（《中华人民共和国行政复议法》第二十条）。",
        f"也可以自知道该决定之日起六个月内依法向{court}提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条）。",
        "决定书由决定机关作出并送达；本告知书不代替决定书。",
    ]
