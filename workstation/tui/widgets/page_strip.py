"""The pages of a case as a list: those of one material first, then the others, then what was taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from workstation.domain.case import Case, Page
from workstation.domain.checklist import open_findings
from workstation.i18n import _, listed
from workstation.services.page_pictures import treatment_of
from workstation.tui.cells import printable
from workstation.tui.fault_words import fault_words
from workstation.tui.theme import AMBER, GREEN, QUIET

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class StripGroup:
    """The pages under one heading."""

    slot: str
    """Material or tray slot; empty for pages that were taken out."""
    title: str
    pages: tuple[Page, ...]


class PageStrip(OptionList):
    """One line a page: its number, a mark, its size, and in words what is in doubt."""

    DEFAULT_CSS = """
    PageStrip { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str) -> None:
        """Start without pages."""
        super().__init__(id=id, markup=False)
        self._groups: tuple[StripGroup, ...] = ()

    @property
    def page_id(self) -> str:
        """Id of the page under the cursor; empty when there is none."""
        row = self.highlighted
        if row is None or row >= self.option_count:
            return ""
        return self.get_option_at_index(row).id or ""

    def show(self, case: Case, groups: Sequence[StripGroup], wanted: str = "") -> None:
        """Draw groups of the case's pages.

        The cursor goes to the page `wanted`, else stays on its page, else goes to what lies there now; it
        does not follow a page that was taken out.
        """
        kept, row = self.page_id, self.highlighted or 0
        was_out = kept in self._taken_out()
        self._groups = tuple(groups)
        if wanted or (kept in self._taken_out() and not was_out):
            kept = wanted
        options: list[Option] = []
        for group in groups:
            options.append(Option(_heading(group), disabled=True))
            options += [
                Option(_line(case, number, page), id=page.page_id)
                for number, page in enumerate(group.pages, 1)
            ]
        self.clear_options()
        self.add_options(options)
        ids = [option.id for option in options]
        self.highlighted = ids.index(kept) if kept in ids else _nearest(ids, row)

    def _taken_out(self) -> set[str]:
        return {page.page_id for group in self._groups if not group.slot for page in group.pages}

    def go_to(self, page_id: str) -> None:
        """Put the cursor on a page, if it is here."""
        for row in range(self.option_count):
            if self.get_option_at_index(row).id == page_id:
                self.highlighted = row

    def beside(self, page_id: str) -> str:
        """Return the page the cursor goes to when this one goes: the next of its group, else the last."""
        for group in self._groups:
            ids = [page.page_id for page in group.pages]
            if page_id in ids:
                place = ids.index(page_id)
                others = ids[place + 1 :] or ids[:place][::-1]
                return others[0] if others else ""
        return ""


def size_words(page: Page) -> str:
    """Return width and height of a page as it is cut, in millimetres."""
    width, height = treatment_of(page).size_px
    across, down = (round(side * MM_PER_INCH / page.resolution_dpi) for side in (width, height))
    return f"{across}×{down}"


def _mark(case: Case, page: Page) -> Text:
    """Return a glyph in its colour: in doubt, in order, or not looked at yet."""
    if open_findings(case, page):
        return Text("!", Style(color=AMBER, bold=True))
    return Text("✔", Style(color=GREEN)) if page.checked else Text("·", Style(color=QUIET))


def _heading(group: StripGroup) -> Text:
    words = _("{title} {n} 页").format(title=printable(group.title), n=len(group.pages))
    return Text(words, Style(color=QUIET, bold=True), no_wrap=True, overflow="ellipsis")


def _line(case: Case, number: int, page: Page) -> Text:
    text = Text(f"{number:>3} ", no_wrap=True, overflow="ellipsis")
    text.append_text(_mark(case, page))
    text.append(f" {size_words(page)} ")
    return text.append(listed(map(fault_words, open_findings(case, page))), Style(color=AMBER))


def _nearest(ids: Sequence[str | None], row: int) -> int | None:
    """Return the row of a page as near as can be to a row; None where there is no page."""
    rows = [place for place, option_id in enumerate(ids) if option_id is not None]
    return min(rows, key=lambda place: (abs(place - row), place)) if rows else None
