"""The page beside the work: the whole sheet, or the part a field was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from workstation.domain.case import Box, Page
from workstation.i18n import _
from workstation.texts import describe
from workstation.tui.cells import printable
from workstation.tui.terminal import Terminal, image_widget
from workstation.tui.theme import SURFACE

if TYPE_CHECKING:
    from PIL import Image

    from scanners.imaging.port import Rendered


class PagePane(Vertical):
    """Shows one page; decoding and shrinking happen in a worker."""

    DEFAULT_CSS = """
    PagePane {
        width: 1fr; border: round $line; border-title-color: $primary; background: $surface;
        align: center middle;
        #picture { width: auto; height: auto; max-width: 100%; max-height: 100%; }
        #empty { color: $quiet; text-align: center; width: 100%; padding: 0 2; }
    }
    """

    @dataclass
    class Decoded(Message):
        """A picture is ready to be drawn."""

        page_id: str
        picture: Image.Image

    @dataclass
    class Undrawable(Message):
        """A page cannot be read from the store."""

        page_id: str
        error: Exception

    def __init__(self, *, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self.page: Page | None = None
        self._crop: Box | None = None
        self._mark = ""
        self._drawn: Any = None
        """The picture's widget; it may outlive the pane until memory is collected."""
        self._is_dark = False
        """Nothing is drawn: the screens are locked."""

    def compose(self) -> ComposeResult:
        """A text until a page comes."""
        yield Static(_("还没有扫描页"), id="empty", markup=False)

    def show(
        self,
        page: Page | None,
        caption: str = "",
        crop: Box | None = None,
        *,
        mark: str = "",
        next_key: str = "",
    ) -> None:
        """Show a page with its watermark, or what brings one; `crop` (px of the page) zooms to a part."""
        self.border_title = Content(printable(caption)) if page else None
        if page is None:
            self.page = None
            self._replace(None, "\n".join((_("还没有扫描页"), next_key)).rstrip())
            return
        present = (_look_of(self.page), self._crop, self._mark) if self.page is not None else None
        if present == (_look_of(page), crop, mark):
            return
        self.page, self._crop, self._mark = page, crop, mark
        self._draw()

    def darken(self) -> None:
        """Let go of the picture; the page is drawn anew by `lighten`."""
        self._is_dark = True
        self.workers.cancel_node(self)
        self._let_go()

    def lighten(self) -> None:
        """Draw again what is to be shown."""
        self._is_dark = False
        self._draw()

    def on_unmount(self) -> None:
        """Let go of the picture at once."""
        self._let_go()

    def _let_go(self) -> None:
        if self._drawn is not None:
            self._drawn.image = None

    def on_resize(self) -> None:
        """Draw the page anew for the room there is now."""
        self._draw()

    def _draw(self) -> None:
        if self.page is not None and self.content_size.area and not self._is_dark:
            self._decode(self.page, self._crop, self._mark, self._room_px())

    def _room_px(self) -> tuple[int, int]:
        width, height = self.app.terminal.cell_px  # type: ignore[attr-defined]
        return max(1, self.content_size.width) * width, max(1, self.content_size.height) * height

    @work(thread=True, exclusive=True, exit_on_error=False, group="preview")
    def _decode(self, page: Page, crop: Box | None, mark: str, room: tuple[int, int]) -> None:
        worker = get_current_worker()
        try:
            pictures = self.app.station.desk.pictures  # type: ignore[attr-defined]
            picture = _as_image(pictures.picture(page, room, crop, mark=mark))
            part = in_cells(picture, self.app.terminal)  # type: ignore[attr-defined]
        except Exception as error:  # noqa: BLE001 - the outermost rim: said in the pane's place
            self.post_message(self.Undrawable(page.page_id, error))
            return
        if not worker.is_cancelled:
            self.post_message(self.Decoded(page.page_id, part))

    def on_page_pane_decoded(self, event: Decoded) -> None:
        """Draw a decoded page if it is still the one wanted."""
        if self.page is not None and event.page_id == self.page.page_id and not self._is_dark:
            self._replace(event.picture)

    def on_page_pane_undrawable(self, event: Undrawable) -> None:
        """Say why the page cannot be shown, where it would be."""
        if self.page is not None and event.page_id == self.page.page_id:
            message = describe(event.error)
            self._replace(None, f"✘ [{message.code}] {message.what}\n{message.todo}")

    def _replace(self, picture: Image.Image | None, words: str = "") -> None:
        empty = self.query_one("#empty", Static)
        empty.update(words)
        empty.display = picture is None
        shown: Any = self.query("#picture")
        if picture is None:
            self._let_go()
            shown.remove()
            self._drawn = None
            return
        if self._drawn is not None:
            self._drawn.image = picture
            return
        self._drawn = image_widget(self.app.terminal)(picture, id="picture")  # type: ignore[attr-defined]
        self.mount(self._drawn)


def _look_of(page: Page) -> tuple[object, ...]:
    """What decides how a page looks: it is drawn anew only when that changes."""
    return page.page_id, page.treatment, page.file


def _as_image(rendered: Rendered) -> Image.Image:
    from PIL import Image as Pillow

    size = (rendered.width, rendered.height)
    return Pillow.frombytes(rendered.mode, size, rendered.pixels).convert("RGB")


def in_cells(picture: Image.Image, terminal: Terminal) -> Image.Image:
    """Return a picture that fills whole cells where pixels are drawn: the rest of a cell would be black."""
    from PIL import Image as Pillow

    across, down = terminal.cell_px
    size = -(-picture.width // across) * across, -(-picture.height // down) * down
    if not terminal.sixel or picture.size == size:
        return picture
    filled = Pillow.new("RGB", size, SURFACE)
    filled.paste(picture, (0, 0))
    return filled


def union(boxes: list[Box]) -> Box | None:
    """Return the smallest box around all, or None."""
    if not boxes:
        return None
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return (left, top, right - left, bottom - top)
