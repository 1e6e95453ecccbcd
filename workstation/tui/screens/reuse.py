"""One question for everything that may be reused: the citizen says yes or no to each material."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from workstation.domain.archive import ArchivedMaterial
from workstation.i18n import _
from workstation.tui.cells import printable


class ReuseDialog(ModalScreen[tuple[str, ...]]):
    """Lists the copies; dismissed with the slots the citizen agreed to, none when the answer is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "同意", id="reuse.yes", show=False),
        Binding("n,escape", "dismiss(())", "不同意", id="reuse.no", show=False),
    ]

    def __init__(self, offers: Mapping[str, ArchivedMaterial]) -> None:
        """Offer copies by slot, in the checklist's order."""
        super().__init__()
        self._offers = offers

    def compose(self) -> ComposeResult:
        """What to ask, and the materials."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("材料复用"))
            box.border_subtitle = _("空格 勾选 · Y 同意勾选的 · N 不同意")
            yield Static(
                _(
                    "请当面逐份询问申请人: 是否同意本办件复用下列材料, 内容是否没有变化?\n"
                    "每份同意都记入办件, 并打印材料复用确认书由申请人签字。"
                ),
                markup=False,
            )
            yield Static("")
            yield SelectionList[str](
                *(Selection(Content(_words(offer)), slot, True) for slot, offer in self._offers.items())
            )

    def on_mount(self) -> None:
        """Cursor into the list."""
        self.query_one(SelectionList).focus()

    def action_agree(self) -> None:
        """Take what is ticked, in the checklist's order."""
        ticked = set(self.query_one(SelectionList).selected)
        self.dismiss(tuple(slot for slot in self._offers if slot in ticked))


def _words(offer: ArchivedMaterial) -> str:
    return _("{material} · {day} 核过原件 · {level} 级 {pages} 页").format(
        material=printable(offer.title),
        day=offer.checked_on,
        level=offer.level.value,
        pages=len(offer.pages),
    )
