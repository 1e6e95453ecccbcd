"""容缺受理承诺书: the applicant promises in writing to hand in what is missing."""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.form_grid import form_part
from workstation.printing.forms import FormPart, ToleranceUndertakingForm
from workstation.printing.ink import chinese_date
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Block, Parts

TITLE = "容缺受理承诺书"


def render(form: ToleranceUndertakingForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the undertaking on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: ToleranceUndertakingForm) -> list[Flowable]:
    cells = form_part(parts, FormPart(title="承诺人填写", cells=form.cells)) if form.cells else []
    return [
        parts.paragraph(f"{form.authority or form.hall}："),
        parts.paragraph(_opening(form)),
        *parts.facts(common.case_facts(form)),
        *parts.section(f"一、容缺后补的材料（共 {len(form.lines)} 项）"),
        *common.tolerated_table(parts, form.lines),
        *cells,
        *parts.section("二、本人（单位）承诺"),
        *parts.notes(_promises(form)),
        parts.signatures(_signed(form)),
        *parts.small([common.window_words(form)]),
    ]


def _opening(form: ToleranceUndertakingForm) -> str:
    basis = f"依据{form.basis}，" if form.basis else ""
    return (
        f"本人（单位）申请办理“{form.item_title}”，主要材料已经齐全，下列次要材料暂时不能提交，"
        f"{basis}申请容缺受理，并作出如下承诺。"
    )


def _promises(form: ToleranceUndertakingForm) -> list[str]:
    return [
        "所交材料和所述情况真实、有效，符合办理条件。",
        "在上表所列日期前（含当日）按所列方式补交全部材料，以办理机关收到的时间为准；"
        "因不可抗力不能按期补交的，及时说明并提供证明。",
        f"逾期没有补交或者补交的材料不符合要求的，{form.consequence}，由此产生的后果由本人（单位）承担。",
        "知悉办理结果在材料补齐后发出；没有履行承诺的，在改正以前不再适用容缺受理。",
    ]


def _signed(form: ToleranceUndertakingForm) -> list[Block]:
    date = ("日期", chinese_date(form.promised_on))
    blocks = [Block("承诺人（申请人）", (("签字（盖章）", ""), ("联系电话", ""), date))]
    if form.agent:
        blocks.append(Block(f"代理人：{form.agent}", (("签字", ""), ("联系电话", ""), date)))
    return blocks
