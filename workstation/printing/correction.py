"""申请材料补正告知书: every defect at once, in one notice (行政许可法 art. 32(4), 72(4))."""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import CorrectionForm
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import LONG_ROW_ROOM, Parts

TITLE = "申请材料补正告知书"


def render(form: CorrectionForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the correction notice on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: CorrectionForm) -> list[Flowable]:
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(_opening(form)),
        *parts.facts(
            [
                *common.case_facts(form),
                (("收件时间", chinese_time(form.received_at)), ("告知日期", chinese_date(form.told_on))),
                (("收件窗口", form.window), ("经办人", form.clerk)),
            ]
        ),
        *parts.section(f"一、需要补正的全部内容（共 {len(form.defects)} 项）", room=LONG_ROW_ROOM),
        *_defects(parts, form),
        *parts.section("二、怎样补正"),
        *parts.facts(
            [
                (("补正期限", _deadline(form)),),
                (("提交地点", form.where),),
                (("逾期后果", form.consequence),),
                (("退还材料", form.returned),),
                common.phones(form),
            ]
        ),
        *parts.section("三、说明"),
        *parts.notes(_notes(form), strong=1),
        parts.signatures(
            [common.applicant(form, "已收到本告知书"), common.seal(form, "告知单位", form.told_on)]
        ),
    ]


def _opening(form: CorrectionForm) -> str:
    day = chinese_date(common.day_of(form.received_at))
    return (
        f"您（单位）于{day}提交的“{form.item_title}”申请材料不齐全或者不符合法定形式。"
        f"依据{form.basis}，现将需要补正的全部内容一次告知如下。"
    )


def _defects(parts: Parts, form: CorrectionForm) -> list[Flowable]:
    rows = [(str(n), d.material, d.problem, d.needed, d.basis) for n, d in enumerate(form.defects, start=1)]
    return parts.table(
        ("序号", "材料名称", "存在的问题", "需要补正的内容", "依据"),
        (13, 32, 42, 47, 36),
        rows,
        centred=frozenset({0}),
    )


def _deadline(form: CorrectionForm) -> str:
    return f"请在{chinese_date(form.deadline)}前（含当日）补正" if form.deadline else "未设期限，请尽早补正"


def _notes(form: CorrectionForm) -> list[str]:
    return [
        "本告知书一次列明需要补正的全部内容；按本告知书补正齐全的，应当受理，不再要求补正其他内容。",
        "补正的材料可由本人、代理人提交；已提交且没有问题的材料无需再交。",
        "本告知书一式两份，申请人一份，存档一份。",
    ]
