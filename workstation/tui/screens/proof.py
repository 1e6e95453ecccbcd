"""What may stand for a paper: a place for the hand scanner to type into, and the checks that may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workstation.i18n import _

CODE, PICTURE, CHECK, PRINT, WITHDRAW = "code", "picture", "check", "print", "withdraw"
LONGEST_CODE = 1500


@dataclass(frozen=True, slots=True)
class ProofChoice:
    """What the clerk does: one of the words above, with the code or the title it is about."""

    what: str
    text: str = ""


class ProofDialog(ModalScreen[ProofChoice | None]):
    """Scan a code, or choose what to ask; None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="proof.no", show=False),
        Binding("f2", "picture", "拍码", id="proof.picture", show=False),
        Binding("down", "to_choices", "选", id="proof.choices", show=False),
    ]

    def __init__(
        self, title: str, body: str, *, takes_code: bool, choices: list[tuple[ProofChoice, str]]
    ) -> None:
        """Offer a place for a code where the material takes one, and the choices below."""
        super().__init__()
        self._title, self._body = title, body
        self._takes_code, self._choices = takes_code, choices

    def compose(self) -> ComposeResult:
        """The words, the input, the choices."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = (
                _("F2 拍摄或扫描二维码 · ↓ 选 · Esc 取消") if self._takes_code else _("Esc 取消")
            )
            yield Static(self._body, markup=False)
            yield Static("")
            if self._takes_code:
                yield Input(placeholder=_("请用扫码枪扫申请人手机上的二维码"), max_length=LONGEST_CODE)
            if self._choices:
                options = (Option(Text(words), id=str(n)) for n, (_choice, words) in enumerate(self._choices))
                yield OptionList(*options, markup=False)

    def on_mount(self) -> None:
        """The cursor waits for the hand scanner, else for a choice."""
        if self._takes_code:
            self.query_one(Input).focus()
        else:
            self.action_to_choices()

    def action_picture(self) -> None:
        """Read the code off a picture instead."""
        if self._takes_code:
            self.dismiss(ProofChoice(PICTURE))

    def action_to_choices(self) -> None:
        """Put the cursor into the choices."""
        for listing in self.query(OptionList):
            listing.highlighted = listing.highlighted or 0
            listing.focus()

    @on(Input.Submitted)
    def _scanned(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(ProofChoice(CODE, event.value))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index][0])
