"""The two bars every screen has: where am I (top), and what is the next key (bottom)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from workstation.i18n import _
from workstation.tui.cells import printable
from workstation.tui.theme import AMBER, GREEN, QUIET, RED, TEXT

KEY_STYLE = Style(color="#0B2233", bgcolor="#E6EEF4", bold=True)
MAIN_KEY_STYLE = Style(color="#2B1D00", bgcolor=AMBER, bold=True)
OFF_KEY_STYLE = Style(color="#0F1720", bgcolor="#4A6072")


@dataclass(frozen=True, slots=True)
class Lamp:
    """A state: glyph, word and colour together, so that no one of them carries it alone."""

    glyph: str
    word: str
    colour: str

    def text(self) -> Text:
        """The lamp as it is drawn."""
        return Text(f"{self.glyph} {self.word}", Style(color=self.colour, bold=True))


def network_lamp(light: str, poor: str = "") -> Lamp:
    """The lamp for a network light; `poor` says with figures what is poor about the line."""
    lamps = {
        "ONLINE": Lamp("●", _("网络通"), GREEN),
        "POOR": Lamp("▲", _("链路差 {figures}").format(figures=poor), AMBER),
        "OFFLINE": Lamp("▲", _("网络已断"), AMBER),
        "NOT_THE_GATEWAY": Lamp("▲", _("应答的不是后台"), AMBER),
        "OTHER_SENDER": Lamp("◆", _("由后台程序发送"), GREEN),
    }
    return lamps.get(light, Lamp("○", _("网络未知"), QUIET))


class StatusBar(Widget):
    """Window, street, clerk, network, queue, pack version and time of the last action."""

    DEFAULT_CSS = "StatusBar { dock: top; height: 1; background: $bar; }"

    left: reactive[str] = reactive("")
    lamp: reactive[Lamp | None] = reactive(None)
    queue: reactive[str] = reactive("")
    right: reactive[str] = reactive("")
    warning: reactive[str] = reactive("")
    """What every screen must show, e.g. that the catalogue has expired."""
    practice: reactive[bool] = reactive(False)

    def render(self) -> RenderResult:
        """Draw what fits: warning, lamp and queue never give way to the rest."""
        bar = Text(" ", no_wrap=True, end="")
        if self.practice:
            bar.append(f" {_('练习')} ", Style(color="#FFFFFF", bgcolor="#B4248F", bold=True))
            bar.append(" ")
        if self.warning:
            bar.append(f"▲ {self.warning}  ", Style(color=AMBER, bold=True))
        bar.append(printable(self.left), Style(color="#FFFFFF", bold=True))
        if self.lamp is not None:
            bar.append("   ")
            bar.append_text(self.lamp.text())
        bar.append("   ")
        bar.append(printable(self.queue), Style(color=TEXT))
        free = self.size.width - cell_len(bar.plain) - cell_len(self.right) - 1
        if free > 0:
            bar.append(" " * free)
            bar.append(self.right, Style(color=QUIET))
        return bar


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the bar."""

    key: str
    label: str
    action: str
    main: bool = False
    """The step the clerk most likely wants next."""
    ready: bool = True
    """False draws the key grey though it still answers: it says what is missing."""


class KeyBar(Widget):
    """The screen's function keys; what the case does not allow is grey."""

    DEFAULT_CSS = "KeyBar { height: 1; background: $bar; }"

    keys: reactive[Sequence[Key]] = reactive((), layout=True)

    def on_mount(self) -> None:
        """Redraw when bindings change."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> RenderResult:
        """Draw the keys, closer together where the line is short."""
        line = Text("", no_wrap=True, end="", overflow="crop")
        room, keys = self.size.width, self._fitting()
        wide = sum(cell_len(f" {k.key}  {k.label} ") for k in keys) <= room
        gap = " " if sum(cell_len(f"{k.key}{k.label} ") for k in keys) - 1 <= room else ""
        for key in keys:
            enabled = key.ready and self._is_allowed(key)
            style = OFF_KEY_STYLE if not enabled else MAIN_KEY_STYLE if key.main else KEY_STYLE
            line.append(f" {key.key} " if wide else key.key, style)
            label = f" {key.label} " if wide else f"{key.label}{gap}"
            line.append(label, Style(color=TEXT if enabled else "#5B7285"))
        return line

    def _is_allowed(self, key: Key) -> bool:
        return self.screen.check_action(key.action, ()) is True

    def _fitting(self) -> list[Key]:
        """Return the keys; where labels are too long for the line, those not allowed now give way."""
        fitting = list(self.keys)
        for key in reversed(self.keys):
            if sum(cell_len(f"{k.key}{k.label}") for k in fitting) <= self.size.width:
                break
            if not self._is_allowed(key):
                fitting.remove(key)
        return fitting


class NoticeLine(Widget):
    """The last thing the program has to say; it stays until the next action, and never covers work."""

    DEFAULT_CSS = """
    NoticeLine {
        height: auto; max-height: 3; padding: 0 1; background: $surface; display: none;
    }
    NoticeLine.-shown { display: block; }
    """

    what: reactive[str] = reactive("", layout=True)
    todo: reactive[str] = reactive("", layout=True)
    severity: reactive[str] = reactive("information")

    def say(self, what: str, todo: str = "", severity: str = "information") -> None:
        """Show a sentence and what to do next."""
        self.what, self.todo, self.severity = what, todo, severity
        self.set_class(bool(what), "-shown")

    def render(self) -> RenderResult:
        """One glyph, the sentence, and the remedy in quiet colour."""
        glyph, colour = {"error": ("✘", RED), "warning": ("!", AMBER)}.get(self.severity, ("✔", GREEN))
        text = Text(f"{glyph} ", Style(color=colour, bold=True))
        text.append(printable(self.what), Style(color=colour))
        if self.todo:
            text.append(f"  {printable(self.todo)}", Style(color=TEXT))
        return text
