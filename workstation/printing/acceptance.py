"""受理通知书: the application is accepted; now the clock of the decision runs (行政许可法 art. 32, 42)."""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import AcceptanceForm, ToleratedLine
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Fact, Parts

TITLE = "受理通知书"


def render(form: AcceptanceForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the notice of acceptance on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: AcceptanceForm) -> list[Flowable]:
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(_decision(form)),
        *parts.facts(
            [
                *common.case_facts(form),
                (("收件时间", chinese_time(form.received_at)), ("受理日期", chinese_date(form.accepted_on))),
                *_limits(form),
                (
                    ("受理窗口", f"{form.window}　{form.clerk}"),
                    ("咨询、投诉", f"{form.phone}；{form.complaint_phone}"),
                ),
            ]
        ),
        *parts.section("受理的材料"),
        *common.material_table(parts, form.materials),
        *_tolerated(parts, form.tolerated),
        *common.branch_table(parts, form.branches),
        *parts.section("说明"),
        *parts.notes(_notes(form)),
        parts.signatures(common.two_parties(form, "受理机关", form.accepted_on)),
    ]


def _decision(form: AcceptanceForm) -> str:
    asked = f"您（单位）于{chinese_date(common.day_of(form.received_at))}提出的“{form.item_title}”申请"
    basis = f"依据{form.basis}，" if form.basis else ""
    if form.deemed:
        return f"{asked}，因未在法定期限内告知需要补正的内容，{basis}自收到申请材料之日起即为受理。"
    kept = "，其中次要材料容缺后补" if form.tolerated else ""
    return f"{asked}，经审查符合受理条件{kept}，{basis}决定予以受理。"


def _limits(form: AcceptanceForm) -> list[tuple[Fact, ...]]:
    due = f"{chinese_date(form.due)}前（含当日）" if form.due else ""
    return [
        (("法定期限", form.statutory_limit), ("承诺期限", form.promised_limit)),
        (("承诺办结日", due), ("收费", form.fee)),
        (("办理机关", form.office), ("联系方式", form.office_contact)),
        (("另一核验街道", form.second_street),),
        (("办理结果", form.result), ("领取方式", form.pickup)),
    ]


def _tolerated(parts: Parts, lines: tuple[ToleratedLine, ...]) -> list[Flowable]:
    if not lines:
        return []
    return [*parts.section("容缺后补的材料"), *common.tolerated_table(parts, lines)]


def _notes(form: AcceptanceForm) -> list[str]:
    late = (
        f"容缺材料逾期未补交的，{form.overdue_consequence}。"
        if form.tolerated and form.overdue_consequence
        else ""
    )
    return [
        "办理期限自受理之日起计算；依法需要听证、检验、鉴定、专家评审等的，所需时间不计入，另行书面告知。",
        late,
        *common.promised_notes((), form.committed),
        "办件编号为窗口编发的临时编号，后台收到后转为正式编号并告知您。" if form.provisional else "",
        "申请人应当对申请材料实质内容的真实性负责。请妥善保管本通知书，查询进度和领取结果时出示。",
    ]
