"""Choose an item: type words, pinyin, initials or a code; the best match is one Enter away."""

from __future__ import annotations

from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.search import Hit
from workstation.domain.clock import local_date
from workstation.domain.items import Item
from workstation.i18n import _
from workstation.texts import describe
from workstation.tui.screens.base import station_app
from workstation.tui.screens.dialogs import NoticeDialog
from workstation.tui.screens.picker_words import elsewhere, facts, line_of, matter_facts, redirect

SHOWN = 50
LONGEST_QUERY = 64
"""Nobody types more; a page pasted by mistake would be searched for at every key."""


class ItemPicker(ModalScreen[str | None]):
    """Returns the code of the chosen item."""

    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="picker.close", show=False),
        Binding("down", "move(1)", "下", id="picker.down", show=False),
        Binding("up", "move(-1)", "上", id="picker.up", show=False),
    ]
    app = getters.app(station_app())

    def compose(self) -> ComposeResult:
        """Input, matches, facts of the match under the cursor."""
        with Vertical(classes="dialog", id="picker") as box:
            box.border_title = _("选事项")
            yield Input(
                placeholder=_("汉字、拼音、首字母 (jlyd) 或编码"), id="query", max_length=LONGEST_QUERY
            )
            yield OptionList(id="matches", markup=False)
            box.border_subtitle = _("↑↓ 选 · 回车 办理 · Esc 取消")
            yield Static("", id="facts", markup=False)

    def on_mount(self) -> None:
        """Offer everything at first; the list never takes the focus."""
        self.query_one("#matches", OptionList).can_focus = False
        self._find("")

    @on(Input.Changed, "#query")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._find(event.value)

    @work(thread=True, exclusive=True, exit_on_error=False, group="find")
    def _find(self, query: str) -> None:
        desk = self.app.station.desk
        kinds, most = desk.profile.categories, SHOWN
        if kinds:
            # Those of other windows are left out below, and must not crowd out this window's own.
            most = len(desk.catalogue.current.items) + SHOWN
        found = desk.catalogue.search(query, most) if query.strip() else self._offered()
        hits = [hit for hit in found if not kinds or hit.listing.category in (None, *kinds)]
        self.app.call_from_thread(self._show, hits[:SHOWN] if query.strip() else _cut(hits), found[:1])

    def _offered(self) -> tuple[Hit, ...]:
        """Return all there is: what stands there before anything is typed."""
        catalogue = self.app.station.desk.catalogue
        return catalogue.offered(len(catalogue.current.items) + len(catalogue.current.matters))

    def _show(self, hits: list[Hit], best: tuple[Hit, ...]) -> None:
        """List the hits; where only other windows take what was asked for, say which."""
        matches = self.query_one("#matches", OptionList)
        matches.clear_options()
        matches.add_options(Option(line_of(hit), id=hit.code) for hit in hits)
        if hits:
            matches.highlighted = 0
        elif best:
            self.query_one("#facts", Static).update(elsewhere(best[0].listing))
        else:
            self.query_one("#facts", Static).update(_("没有匹配的事项; 换个说法, 或用首字母"))

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        code = event.option_id or ""
        catalogue = self.app.station.desk.catalogue
        matter = next((matter for matter in catalogue.current.matters if matter.id == code), None)
        if matter is not None:
            titles = [catalogue.title_of(member) for member in matter.items]
            self.query_one("#facts", Static).update(matter_facts(matter, titles))
        elif (item := self._item(code)) is not None:
            self.query_one("#facts", Static).update(facts(item))

    def _item(self, code: str) -> Item | None:
        """Return the item as it stands here and today; one that cannot be read says why instead."""
        desk = self.app.station.desk
        try:
            return desk.catalogue.item(code, desk.profile.street, local_date(desk.clock()))
        except PackInvalid as error:
            message = describe(error)
            self.query_one("#facts", Static).update(f"[{message.code}] {message.what}\n{message.todo}")
            return None

    def action_move(self, way: int) -> None:
        """Move the cursor of the list from the input."""
        matches = self.query_one("#matches", OptionList)
        if way > 0:
            matches.action_cursor_down()
        else:
            matches.action_cursor_up()

    @on(Input.Submitted, "#query")
    def _choose(self, event: Input.Submitted) -> None:
        event.stop()
        matches = self.query_one("#matches", OptionList)
        if matches.highlighted is not None and matches.option_count:
            self._take(matches.get_option_at_index(matches.highlighted).id or "")

    def _take(self, code: str) -> None:
        """Choose the item; one that the window does not take only says where it is handled."""
        item = self._item(code)
        if item is None:
            return
        if item.online_only:
            self.app.push_screen(NoticeDialog(_("只能网上办"), redirect(item)))
        else:
            self.dismiss(code)


def _cut(hits: list[Hit]) -> list[Hit]:
    """Return as many items as fit, and every matter after them."""
    matters = [hit for hit in hits if hit.matter is not None]
    items = [hit for hit in hits if hit.matter is None]
    return items[: SHOWN - len(matters)] + matters
