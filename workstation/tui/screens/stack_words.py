"""What came of a stack, line by line: cases, their materials, pages in doubt, and what waits to be sorted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from rich.style import Style
from rich.text import Text
from textual.widgets.option_list import Option

from workstation.domain.case import Page
from workstation.domain.checklist import ChecklistLine
from workstation.domain.kinds import OriginalRule
from workstation.i18n import N_, _
from workstation.services.sorting import Astray, Pile, StackReport
from workstation.services.view import CaseView
from workstation.tui.cells import fit, printable
from workstation.tui.fault_words import page_faults, remedy_words
from workstation.tui.theme import AMBER, GREEN, QUIET

ASTRAY = {
    Astray.NO_COVER: N_("前面没有封面"),
    Astray.UNKNOWN_CASE: N_("封面上的办件不在本窗口"),
    Astray.SEALED_CASE: N_("封面上的办件已收件"),
    Astray.NO_LINE: N_("封面上的材料清单不再要"),
    Astray.UNREAD: N_("没有查成封面"),
}
TITLE_CELLS = 24


def summary(report: StackReport) -> str:
    """Say in one sentence what went in and where it went."""
    return _("进纸 {sheets} 张, 封面 {covers} 张, 归入 {cases} 件办件 {placed} 面, 待分拣 {tray} 面").format(
        sheets=report.sheets,
        covers=report.covers,
        cases=report.cases,
        placed=report.placed,
        tray=len(report.tray),
    )


def target_lines(view: CaseView) -> tuple[ChecklistLine, ...]:
    """Return the lines a page may be given to, in the order of their numbers."""
    return tuple(line for line in view.checklist.lines if line.material.original is not OriginalRule.FORM)


def rows(report: StackReport, view: CaseView, astray: Mapping[str, Astray]) -> list[Option]:
    """Return all rows; the id of one about a page is the page's, of a pile its place in the report."""
    return [*_tray(report, view, astray), *_cases(report)]


def _cases(report: StackReport) -> Iterator[Option]:
    numbered = enumerate(report.piles)
    for _case, piles in groupby(numbered, key=lambda entry: entry[1].case_id):
        for position, (number, pile) in enumerate(piles):
            if not position:
                yield Option(_head(pile), disabled=True)
            yield Option(_pile(pile), id=f"pile {number}")
            for place, page in enumerate(pile.pages, 1):
                if page.open_findings:
                    yield Option(_doubt(place, page), id=page.page_id)


def _head(pile: Pile) -> Text:
    text = Text(f"{pile.item}  ", Style(bold=True), no_wrap=True)
    return text.append(f"{pile.number}  {printable(pile.applicant)}", Style(color=QUIET))


def _pile(pile: Pile) -> Text:
    in_doubt = sum(bool(page.open_findings) for page in pile.pages)
    waiting = sum(not page.checked for page in pile.pages)
    glyph, colour = ("!", AMBER) if in_doubt else ("✔", GREEN)
    text = Text(f"  {glyph} ", Style(color=colour, bold=True), no_wrap=True)
    text.append(f"{fit(pile.title, TITLE_CELLS)}  ")
    text.append(_("{n} 面").format(n=len(pile.pages)))
    if in_doubt:
        text.append(_(", {n} 面有疑点").format(n=in_doubt), Style(color=AMBER))
    if waiting:
        text.append(_(", {n} 面待检查").format(n=waiting), Style(color=QUIET))
    return text


def _doubt(place: int, page: Page) -> Text:
    text = Text("      ", no_wrap=True, overflow="ellipsis")
    text.append(_("第 {n} 面 {faults}").format(n=place, faults=page_faults(page)), Style(color=AMBER))
    return text.append(f"  {remedy_words(page.open_findings[0])}", Style(color=QUIET))


def _tray(report: StackReport, view: CaseView, astray: Mapping[str, Astray]) -> Iterator[Option]:
    if not report.tray:
        return
    head = Text(_("待分拣 {n} 面").format(n=len(report.tray)), Style(color=AMBER, bold=True), no_wrap=True)
    yield Option(head.append(f"  {view.item.title} {view.case.number}", Style(color=QUIET)), disabled=True)
    titles = {line.material.id: line.material.title for line in view.checklist.lines}
    for place, page in enumerate(report.tray, 1):
        proposed = titles.get(report.proposals.get(page.page_id, ""), "")
        yield Option(_stray(place, page, proposed, astray.get(page.page_id)), id=page.page_id)


def _stray(place: int, page: Page, proposed: str, why: Astray | None) -> Text:
    text = Text("  ", no_wrap=True, overflow="ellipsis")
    text.append("→ " if proposed else "? ", Style(color=GREEN if proposed else AMBER, bold=True))
    text.append(_("第 {n} 面  ").format(n=place))
    if proposed:
        text.append(_("建议归入 {material}").format(material=proposed), Style(color=GREEN))
    else:
        words = _("按数字选材料") if page.checked else _("正在认这一页…")
        text.append(words, Style(color=AMBER if page.checked else QUIET))
    if page.open_findings:
        text.append(f"  {page_faults(page)}", Style(color=AMBER))
    return text.append(f"  {_(ASTRAY[why])}" if why else "", Style(color=QUIET))


def legend(report: StackReport, view: CaseView) -> Text:
    """Name the material behind each digit, while anything waits to be sorted."""
    text = Text()
    if report.tray:
        for number, line in enumerate(target_lines(view), 1):
            # No blank between the two: a line is never broken behind the digit.
            text.append(str(number) if number < 10 else "M", Style(color=AMBER, bold=True))
            text.append(f".{line.material.title}  ")
    return text
