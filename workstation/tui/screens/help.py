"""F1: what this screen is for, and its keys."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from workstation.i18n import _
from workstation.tui.theme import AMBER, QUIET


class HelpScreen(ModalScreen[None]):
    """The help of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f1", "dismiss(None)", "关闭", id="help.close", show=False),
    ]

    def __init__(self, about: Screen[Any]) -> None:
        """Explain `about`."""
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """The screen's text, then its keys."""
        text = Text(_(getattr(self._about, "HELP", "")) + "\n\n")
        for key in getattr(self._about, "KEYS", ()):
            text.append(f"{key.key:>4}  ", Style(color=AMBER, bold=True))
            text.append(f"{_(key.label)}\n")
        text.append(f"\n{_('Esc 关闭, Ctrl+Q 退出程序')}", Style(color=QUIET))
        with VerticalScroll(classes="dialog", can_focus=True) as box:
            box.border_title = _("帮助")
            yield Static(text)
