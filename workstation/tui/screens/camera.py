"""What the document camera sees, one line of help, and the shutter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from scanners.camera_view import FrameState, LiveView
from workstation.i18n import N_, _
from workstation.tui.screens.base import station_app
from workstation.tui.theme import AMBER, GREEN, QUIET, TEXT
from workstation.tui.widgets.bars import Key, KeyBar
from workstation.tui.widgets.live_picture import Drawn, LivePicture, draw, room_px

LEAST_DPI = 195
"""Archives want 200 dpi (DA/T 31-2017); what is estimated a little below is told as good enough."""
WORDS: dict[FrameState, str] = {
    FrameState.SEARCHING: N_("把材料平放到镜头下"),
    FrameState.CUT: N_("四边没有都在画面里, 移到中间"),
    FrameState.TILTED: N_("再放平一点, 手不要压在上面"),
    FrameState.DARK: N_("太暗, 请开灯"),
    FrameState.GLARE: N_("有反光, 请转一下灯或材料"),
    FrameState.MOVING: N_("保持不动…"),
    FrameState.STEADY: N_("很好, 保持不动…"),
    FrameState.SHOT: N_("请翻面, 或换下一页"),
}
FINE = frozenset({FrameState.STEADY, FrameState.SHOT})


class CameraFinder:
    """Stands between the scanning thread, which brings views, and the screen."""

    def __init__(self) -> None:
        """Start without anybody looking."""
        self.room_px = (0, 0)
        """Where the picture goes, (width, height) in px; set by the screen."""
        self._pressed = threading.Event()
        self._listener: Callable[[LiveView], None] | None = None

    def listen(self, listener: Callable[[LiveView], None] | None) -> None:
        """Let `listener` have the views, in the scanning thread; None: nobody."""
        self._listener = listener

    def show(self, view: LiveView) -> None:
        """Hand a view on."""
        listener = self._listener
        if listener is not None:
            listener(view)

    def press(self) -> None:
        """Press the shutter."""
        self._pressed.set()

    def pressed(self) -> bool:
        """Return whether it was pressed since it was asked last."""
        was = self._pressed.is_set()
        self._pressed.clear()
        return was


class CameraScreen(Screen[None]):
    """Helps to lay a page right; it is taken by itself when it lies still, or by the space bar."""

    CSS_PATH = "camera.tcss"
    HELP = N_(
        "高拍仪取景。材料放平、四边都在画面里、手离开, 约一秒后自动拍下; 空格键随时可以手动拍。\n"
        "拍下的页先存盘再计数。翻面或换下一页后接着拍, 拍完按回车。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "shoot", "拍照", id="camera.shoot"),
        Binding("enter,escape", "finish", "拍完", id="camera.finish"),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key(N_("空格"), N_("马上拍"), "shoot"),
        Key(N_("回车"), N_("拍完"), "finish", main=True),
    )
    app = getters.app(station_app())
    picture = getters.query_one("#live", LivePicture)

    @dataclass
    class Seen(Message):
        """A view has been drawn."""

        view: LiveView
        drawn: Drawn

    def __init__(self, finder: CameraFinder, title: str) -> None:
        """Look through `finder`; `title` says what the pages are for."""
        super().__init__()
        self._finder, self._title = finder, title
        self._view: LiveView | None = None
        self._safe = 0
        self._is_over = False
        self._free = threading.Event()
        """Set while the screen can take another view; those that come meanwhile are passed over."""

    def compose(self) -> ComposeResult:
        """The picture, the help under it, and the keys."""
        with Vertical(id="view"):
            yield LivePicture(id="live")
        yield Static(_("正在打开高拍仪…"), id="advice", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to look."""
        self.query_one(KeyBar).keys = tuple(Key(_(k.key), _(k.label), k.action, k.main) for k in self.KEYS)
        self.query_one("#view").border_title = Text(self._title)
        self._free.set()
        self._finder.listen(self._draw)

    def on_unmount(self) -> None:
        """Look no longer."""
        self._finder.listen(None)

    @on(events.Resize)
    def _measure_room(self) -> None:
        self.call_after_refresh(self._ask_for_room)

    def _ask_for_room(self) -> None:
        room = self.query_one("#view").content_size
        self._finder.room_px = room_px(self.app.terminal, room.width, room.height)

    def _draw(self, view: LiveView) -> None:
        """Draw a view if the screen is ready for it; called in the scanning thread."""
        if not self._free.is_set() and view.shots == (self._view.shots if self._view else 0):
            return
        self._free.clear()
        self.post_message(
            self.Seen(view, draw(self.app.terminal, view.width_px, view.height_px, view.pixels))
        )

    @on(Seen)
    def _show(self, event: Seen) -> None:
        event.stop()
        self._view = event.view
        self.picture.show(event.drawn)
        self._advise()
        self.call_after_refresh(self._free.set)

    def page_is_safe(self, pages: int) -> None:
        """Count a page, now that it is on disk: the clerk looks at the paper, so it is heard as well."""
        self._safe = pages
        self.app.bell()
        self._advise()

    def _advise(self) -> None:
        view = self._view
        if view is None:
            return
        text = Text(no_wrap=True, overflow="ellipsis")
        if view.shots > self._safe:
            text.append(f"▶ {_('正在存盘…')}", Style(color=AMBER, bold=True))
        else:
            colour, glyph = (GREEN, "✔") if view.state in FINE else (AMBER, "!")
            text.append(f"{glyph} {_(WORDS[view.state])}", Style(color=colour, bold=True))
        text.append("   ")
        text.append(_("已拍 {n} 页, 已存盘").format(n=self._safe) if self._safe else _("还没有拍"), TEXT)
        text.append("   ")
        text.append(*_resolution(view))
        self.query_one("#advice", Static).update(text)

    def action_shoot(self) -> None:
        """Take what is seen now, whatever is wrong with it."""
        self._finder.press()

    def action_finish(self) -> None:
        """Back to the case; what was taken stays."""
        self.dismiss(None)

    def end(self) -> None:
        """Go, for the camera has stopped; from under a help text only once that is closed."""
        self._is_over = True
        if self.app.screen is self:
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Come back from the help text."""
        if self._is_over:
            self.dismiss(None)


def _resolution(view: LiveView) -> tuple[str, Style]:
    """Return how fine a page will be, and how much that matters."""
    if not view.dpi_measured:
        return _("清晰度待估算"), Style(color=QUIET)
    if view.resolution_dpi >= LEAST_DPI:
        return _("约 {dpi} dpi (按纸估算)").format(dpi=view.resolution_dpi), Style(color=QUIET)
    return _("约 {dpi} dpi, 请放低镜头").format(dpi=view.resolution_dpi), Style(color=AMBER)
