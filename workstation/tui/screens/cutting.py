"""Cutting a page by hand: the raw picture over the whole terminal, with a frame moved by the arrow keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from workstation.domain.case import Corners, Page
from workstation.i18n import N_, _
from workstation.services.page_pictures import as_image
from workstation.texts import describe
from workstation.tui.cut_frame import CutFrame, draw_frame
from workstation.tui.screens.base import station_app
from workstation.tui.terminal import image_widget
from workstation.tui.theme import AMBER, QUIET
from workstation.tui.widgets.bars import Key, KeyBar
from workstation.tui.widgets.page_pane import in_cells

if TYPE_CHECKING:
    from PIL import Image

BIG_STEP_MM = 10


class OtherCut(StrEnum):
    """What may be chosen instead of a frame."""

    AGAIN = "AGAIN"
    """The program looks for the page once more."""
    WHOLE = "WHOLE"
    """The picture as it came."""


class CutScreen(Screen[Corners | OtherCut | None]):
    """A frame around the page; dismissed with its corners (px of the raw picture), None when given up."""

    CSS_PATH = "cutting.tcss"
    HELP = N_(
        "裁切: 亮的部分留下, 暗的部分裁掉; 原图不变, 随时可以撤销。\n"
        "Tab 换一个角 (最后是整个框), 方向键移动 1 毫米, Shift+方向键移动 10 毫米;\n"
        "空格: 四个角各自移动 (拍歪的页), 再按变回方框。回车裁切, Esc 放弃。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "shift(-1, 0)", "左移", id="cut.left"),
        Binding("right", "shift(1, 0)", "右移", id="cut.right"),
        Binding("up", "shift(0, -1)", "上移", id="cut.up"),
        Binding("down", "shift(0, 1)", "下移", id="cut.down"),
        Binding("shift+left", "leap(-1, 0)", "左移 10 毫米", id="cut.far_left"),
        Binding("shift+right", "leap(1, 0)", "右移 10 毫米", id="cut.far_right"),
        Binding("shift+up", "leap(0, -1)", "上移 10 毫米", id="cut.far_up"),
        Binding("shift+down", "leap(0, 1)", "下移 10 毫米", id="cut.far_down"),
        Binding("tab", "choose(1)", "换角", id="cut.next", priority=True),
        Binding("shift+tab", "choose(-1)", "换角", id="cut.previous", priority=True),
        Binding("space", "free", "自由四角", id="cut.free"),
        Binding("a,A", "other('AGAIN')", "重新找页", id="cut.again"),
        Binding("w,W", "other('WHOLE')", "整图", id="cut.whole"),
        Binding("enter", "take", "裁切", id="cut.take"),
        Binding("escape", "give_up", "放弃", id="cut.no"),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("←→↑↓", N_("1毫米"), "shift"),
        Key("Shift", N_("10毫米"), "leap"),
        Key("Tab", N_("换角"), "choose"),
        Key(N_("空格"), N_("自由四角"), "free"),
        Key("A", N_("重新找页"), "other"),
        Key("W", N_("整图"), "other"),
        Key(N_("回车"), N_("裁切"), "take", main=True),
        Key("Esc", N_("放弃"), "give_up"),
    )
    app = getters.app(station_app())

    @dataclass
    class Developed(Message):
        """The raw picture is ready to be drawn."""

        picture: Image.Image

    @dataclass
    class Undrawable(Message):
        """The raw picture cannot be read from the store."""

        error: Exception

    def __init__(self, page: Page, title: str) -> None:
        """Cut `page`; `title` says which one it is."""
        super().__init__()
        self._page, self._title = page, title
        self.frame = CutFrame.of(page)
        self._picture: Image.Image | None = None
        self._stale = False

    def compose(self) -> ComposeResult:
        """The picture, what is chosen, the keys."""
        with Vertical(id="view") as box:
            box.border_title = Text(self._title)
            yield Static(_("正在取原图…"), id="empty", markup=False)
        yield Static("", id="chosen", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the keys; the picture comes once its room is known."""
        self.query_one(KeyBar).keys = tuple(Key(_(k.key), _(k.label), k.action, k.main) for k in self.KEYS)
        self._say_chosen()

    def darken(self) -> None:
        """Let go of the picture while the screens are locked."""
        self._picture = None
        for shown in self.query("#picture"):
            shown.image = None  # type: ignore[attr-defined]  # the picture widgets have no common type

    def lighten(self) -> None:
        """Fetch the picture again."""
        self._develop_for_room()

    @on(events.Resize)
    def _measure(self) -> None:
        self.call_after_refresh(self._develop_for_room)

    def _develop_for_room(self) -> None:
        room, cell = self.query_one("#view").content_size, self.app.terminal.cell_px
        if room.area:
            self._develop((room.width * cell[0], room.height * cell[1]))

    @work(thread=True, exclusive=True, exit_on_error=False, group="preview")
    def _develop(self, room: tuple[int, int]) -> None:
        try:
            raw = replace(self._page, treatment=self.frame.view, file=None)
            rendered = self.app.station.desk.pictures.picture(raw, room)
            picture = as_image(rendered, raw.resolution_dpi).convert("RGB")
        except Exception as error:  # noqa: BLE001 - the outermost rim: said in the picture's place
            self.post_message(self.Undrawable(error))
            return
        self.post_message(self.Developed(picture))

    @on(Undrawable)
    def _say_why_not(self, event: Undrawable) -> None:
        message = describe(event.error)
        self.query_one("#empty", Static).update(f"✘ [{message.code}] {message.what}\n{message.todo}")

    @on(Developed)
    def _take_picture(self, event: Developed) -> None:
        self._picture = event.picture
        self.query_one("#empty").display = False
        self._draw()

    def _set(self, frame: CutFrame) -> None:
        """Take a frame; it is drawn once the keys that wait already are done, so that none is slowed."""
        self.frame = frame
        self._say_chosen()
        if not self._stale:
            self._stale = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        self._stale = False
        if self._picture is None:
            return
        drawn = in_cells(draw_frame(self._picture, self.frame), self.app.terminal)
        shown: Any = self.query("#picture")
        if shown:
            shown.first().image = drawn
            return
        self.query_one("#view").mount(image_widget(self.app.terminal)(drawn, id="picture"))

    def _say_chosen(self) -> None:
        text = Text(f"▸ {self.frame.words}", Style(color=AMBER, bold=True), no_wrap=True, overflow="ellipsis")
        way = _("四角各自移动") if self.frame.free else _("保持方框")
        self.query_one("#chosen", Static).update(text.append(f"   {way}", Style(color=QUIET, bold=False)))

    def action_shift(self, across: int, down: int) -> None:
        """Move by a millimetre."""
        self._set(self.frame.moved(across, down))

    def action_leap(self, across: int, down: int) -> None:
        """Move by a centimetre."""
        self._set(self.frame.moved(across * BIG_STEP_MM, down * BIG_STEP_MM))

    def action_choose(self, way: int) -> None:
        """Choose another corner."""
        self._set(self.frame.choose(way))

    def action_free(self) -> None:
        """Let the corners go their own ways, or not."""
        self._set(self.frame.set_free())

    def action_other(self, cut: str) -> None:
        """Take no frame but what the program finds, or the whole picture."""
        self.dismiss(OtherCut(cut))

    def action_take(self) -> None:
        """Cut along the frame."""
        self.dismiss(self.frame.corners)

    def action_give_up(self) -> None:
        """Leave the page as it was."""
        self.dismiss(None)
