"""Choose an item: type words, pinyin, initials or a code; the best match is one Enter away."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workstation.catalogue.listing import Listing
from workstation.catalogue.search import Hit
from workstation.domain.items import Item
from workstation.i18n import _
from workstation.services.papers import limit_words
from workstation.tui.cells import fit
from workstation.tui.screens.base import station_app
from workstation.tui.theme import QUIET

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
        catalogue = self.app.station.desk.catalogue
        hits = catalogue.search(query, SHOWN) if query.strip() else catalogue.offered(SHOWN)
        self.app.call_from_thread(self._show, hits)

    def _show(self, hits: tuple[Hit, ...]) -> None:
        matches = self.query_one("#matches", OptionList)
        matches.clear_options()
        matches.add_options(Option(_line(hit.listing), id=hit.code) for hit in hits)
        if hits:
            matches.highlighted = 0
        else:
            self.query_one("#facts", Static).update(_("没有匹配的事项; 换个说法, 或用首字母"))

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        item = self.app.station.desk.catalogue.current.item(event.option_id or "")
        self.query_one("#facts", Static).update(_facts(item))

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
            self.dismiss(matches.get_option_at_index(matches.highlighted).id)


def _line(item: Listing) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(fit(item.title, 24), Style(bold=True))
    text.append(f" {fit(item.city, 6)} {item.code}  ", Style(color=QUIET))
    text.append(item.plain_title, Style(color=QUIET))
    return text


def _facts(item: Item) -> Text:
    accept = _("窗口可受理") if item.acceptance_delegated else _("窗口收件, 属地街道受理")
    text = Text()
    text.append(f"{item.authority}\n", Style(color=QUIET))
    text.append(f"{accept} · {_('承诺')} {limit_words(item.promised)} · {item.fee} · {item.result}")
    return text
