"""One page over the whole terminal, where no viewer can show it in a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from workstation.domain.case import Page
from workstation.i18n import N_, _
from workstation.tui.screens.base import station_app
from workstation.tui.widgets.bars import Key, KeyBar
from workstation.tui.widgets.page_pane import PagePane


class PageScreen(Screen[None]):
    """Leafs through the pages of a slot."""

    HELP = N_("整屏看原件。左右键翻页, Esc 返回。终端不能显示像素时只能看出是不是这一页、方向和印章。")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,pageup", "leaf(-1)", "上一页", id="page.back"),
        Binding("right,pagedown", "leaf(1)", "下一页", id="page.forward"),
        Binding("escape,enter,f5", "close", "返回", id="page.close"),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("←", N_("上一页"), "leaf"),
        Key("→", N_("下一页"), "leaf"),
        Key("Esc", N_("返回"), "close", main=True),
    )
    app = getters.app(station_app())
    pane = getters.query_one("#page", PagePane)

    def __init__(self, pages: Sequence[Page], captions: Sequence[str], start: int, *, mark: str = "") -> None:
        """Show `pages[start]` first; there is one caption for each page, and one watermark for all."""
        super().__init__()
        self._pages, self._captions, self._position, self._mark = pages, captions, start, mark

    def compose(self) -> ComposeResult:
        """The page and the keys."""
        yield PagePane(id="page")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the first page once its room is known."""
        self.query_one(KeyBar).keys = tuple(Key(k.key, _(k.label), k.action, k.main) for k in self.KEYS)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self.pane.show(self._pages[self._position], self._captions[self._position], mark=self._mark)

    def action_leaf(self, way: int) -> None:
        """Go a page back or forward."""
        self._position = max(0, min(len(self._pages) - 1, self._position + way))
        self._show()

    def action_close(self) -> None:
        """Back to the case."""
        self.dismiss(None)
