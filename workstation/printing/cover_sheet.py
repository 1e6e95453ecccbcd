"""扫描封面页: laid on each material, so that a whole stack is fed once and every page finds its line."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Spacer

from workstation.printing import common
from workstation.printing.codes import CodeBlock
from workstation.printing.fonts import Fonts
from workstation.printing.forms import CoverLine, CoverSheetsForm
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "扫描封面页"


def render(form: CoverSheetsForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the list and the covers on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: CoverSheetsForm) -> list[Flowable]:
    rows = [
        (str(n), line.title, line.pages, line.standard, "□") for n, line in enumerate(form.lines, start=1)
    ]
    return [
        *parts.facts([(("事项名称", form.item_title),), (("办件编号", form.case_number),)]),
        *parts.section("一、请按此顺序叠放"),
        *parts.table(
            ("序号", "材料名称", "页数", "受理标准", "已放"),
            (13, 45, 24, 74, 14),
            rows,
            centred=frozenset({0, 2, 4}),
        ),
        *parts.section("二、怎么用"),
        *parts.notes(
            [
                "每份材料上面放它的封面页，字面朝向与材料相同；几件办件的材料可以叠在一起，一次放进进纸器。",
                "缺的材料不放封面页。封面页只用来分拣，不进入办件，用后可以再用，办件收件后作废。",
                "封面页污损、识别不出时，它和后面的页算作前一份材料的页，请在分拣屏上移到正确的材料；页面不会丢失。",
            ]
        ),
        *[part for line in form.lines for part in _cover(parts, form, line)],
    ]


def _cover(parts: Parts, form: CoverSheetsForm, line: CoverLine) -> list[Flowable]:
    return [
        PageBreak(),
        Spacer(0, 12 * mm),
        parts.text("下面是", size=16),
        Spacer(0, 6 * mm),
        parts.text(line.title, size=34, bold=True),
        Spacer(0, 6 * mm),
        parts.text(f"{form.item_title}　办件 {form.case_number}", size=14),
        Spacer(0, 3 * mm),
        parts.text(f"{line.pages}　{line.standard}", size=12),
        Spacer(0, 16 * mm),
        CodeBlock(line.code),
        Spacer(0, 5 * mm),
        parts.text(line.code, size=12),
    ]
