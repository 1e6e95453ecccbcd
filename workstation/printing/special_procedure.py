"""特殊程序审查期限告知书: hearing, inspection, expert review and the like are told and not counted."""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import SpecialProcedureForm
from workstation.printing.ink import chinese_date
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "特殊程序审查期限告知书"


def render(form: SpecialProcedureForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the notice on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: SpecialProcedureForm) -> list[Flowable]:
    end = f"{chinese_date(form.expected)}前（含当日）" if form.expected else "完成后另行书面告知"
    basis = f"依据{form.basis}，" if form.basis else ""
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(
            f"您（单位）申请的“{form.item_title}”，办理中依法需要进行“{form.procedure}”。"
            f"{basis}所需时间不计算在办理期限内，现予书面告知。"
        ),
        *parts.facts(
            [
                *common.case_facts(form),
                (("特殊程序", form.procedure),),
                (("开始日期", chinese_date(form.started_on)), ("预计完成", end)),
                (("办理机关", form.office), ("经办人", form.clerk)),
                (("办理窗口", f"{form.hall}　{form.window}"),),
                common.phones(form),
            ]
        ),
        *parts.section("说明"),
        *parts.notes(
            [
                f"自{chinese_date(form.started_on)}起停止计算办理期限，特殊程序结束之日的次日起继续计算。",
                "特殊程序需要您（单位）到场或者配合的，将另行通知时间和地点。",
                "特殊程序结束后，剩余的办理期限可以凭办件编号查询。",
            ]
        ),
        parts.signatures(
            [common.applicant(form, "已收到本告知书"), common.seal(form, "告知单位", form.started_on)]
        ),
    ]
