"""延长办理期限通知书: by how many working days, why, who approved, and the new last day."""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import ExtensionForm
from workstation.printing.ink import chinese_date
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "延长办理期限通知书"


def render(form: ExtensionForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the notice on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: ExtensionForm) -> list[Flowable]:
    basis = f"依据{form.basis}，" if form.basis else ""
    before = f"{chinese_date(form.due_before)}前（含当日）" if form.due_before else ""
    after = f"{chinese_date(form.due)}前（含当日）" if form.due else ""
    return [
        parts.paragraph(f"{form.applicant_name}："),
        parts.paragraph(
            f"您（单位）申请的“{form.item_title}”不能在原定期限内办结。{basis}"
            f"经{form.approver}批准，办理期限延长 {form.workdays} 个工作日，现将理由告知如下。"
        ),
        *parts.facts(
            [
                *common.case_facts(form),
                (("延长理由", form.reason or "　"),),
                (("延长", f"{form.workdays} 个工作日"), ("批准人", form.approver)),
                (("原办结日", before), ("延长后办结日", after)),
                (("办理机关", form.office), ("通知日期", chinese_date(form.extended_on))),
                (("办理窗口", f"{form.hall}　{form.window}"), ("经办人", form.clerk)),
                common.phones(form),
            ]
        ),
        *parts.section("说明"),
        *parts.notes(
            [
                "期限只延长一次；延长期满仍未办结的，可以拨打投诉电话。",
                "特殊程序所需时间不计算在办理期限内，已经停止计算的天数另行顺延。",
            ]
        ),
        parts.signatures(
            [common.applicant(form, "已收到本通知书"), common.seal(form, "通知单位", form.extended_on)]
        ),
    ]
