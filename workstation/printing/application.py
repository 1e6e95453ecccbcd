"""申请表: the agency's form (定制表单) with the values in it, checked and signed by the applicant.

Signature and truth of the application: 行政许可法 art. 29, 31.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.form_grid import agency_box, form_part
from workstation.printing.forms import ApplicationForm
from workstation.printing.ink import chinese_date
from workstation.printing.layout import PrintedFile, Sheet, write
from workstation.printing.parts import Block, Parts

LONGEST_TITLE = 40
"""Characters of the title, which cannot flow over pages."""
TRUTH = "本人（单位）已核对本表内容，承诺所填内容和所交材料真实、准确，并对其真实性承担法律责任。"


def render(form: ApplicationForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the application form on paper at `target`; raises `PrintingError`s."""
    return write(_sheet(form), lambda parts: _story(parts, form), target, fonts)


def _sheet(form: ApplicationForm) -> Sheet:
    title = " ".join(form.title.split())
    short = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
    return replace(common.sheet(short, form), shows_numbers=True)


def _story(parts: Parts, form: ApplicationForm) -> list[Flowable]:
    made: list[Flowable] = []
    for number, part in enumerate(form.parts):
        made += form_part(parts, part, with_photo=form.wants_photo and number == 0)
    made += [*parts.section("申请人声明"), parts.paragraph(form.statement or TRUTH)]
    made.append(parts.signatures(_signed(form)))
    if form.office_parts or form.agency_boxes:
        made += parts.section("以下由办理机关填写")
    for part in form.office_parts:
        made += form_part(parts, part)
    made += [agency_box(parts, title) for title in form.agency_boxes]
    return [*made, *parts.small(_origin(form))]


def _signed(form: ApplicationForm) -> list[Block]:
    date = ("日期", "　　　　年　　月　　日")
    blocks = [Block("申请人", (("签字（按指印）", ""), date))]
    if form.agent:
        blocks.append(Block(f"代理人：{form.agent}", (("签字", ""), date)))
    return blocks


def _origin(form: ApplicationForm) -> list[str]:
    return [
        f"本表由窗口系统按申请人提供的材料于{chinese_date(form.filled_on)}生成，经申请人核对后签字生效；手写改动处须按指印。",
        f"事项：{form.item_title}（{form.item_code}）。{common.window_words(form)}",
    ]
