"""Keys pressed on the real screens, and what can be read there."""

from __future__ import annotations

from textual import events
from textual.pilot import Pilot

from workstation.cli.driver import Keyboard
from workstation.cli.driver import NotShown as NotShown
from workstation.cli.practice import Practice
from workstation.tui.app import StationApp


class Keys(Keyboard):
    """A keyboard that can paste, and eyes that read the whole screen."""

    def __init__(self, pilot: Pilot[int], app: StationApp, practice: Practice | None = None) -> None:
        """Sit down before an app; `practice` is what stands behind it, where a scene needs to turn it."""
        super().__init__(pilot, app)
        self._practice = practice

    @property
    def practice(self) -> Practice:
        """What stands behind the app."""
        assert self._practice is not None
        return self._practice

    async def enter_text(self, text: str) -> None:
        """Put text into the focused input in one go, as an input method commits a phrase."""
        self.app.post_message(events.Paste(text))
        await self.until(lambda: text in getattr(self.app.focused, "value", ""), f"text of {len(text)}")

    @property
    def text(self) -> str:
        """The screen as it stands, line by line."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def shown(self) -> str:
        """The same without blanks and frames: a sentence is found even where it is wrapped."""
        return "".join("".join(line.strip(" │") for line in self.text.splitlines()).split())

    def shows(self, *words: str) -> bool:
        """True when all these words can be read on the screen."""
        text = self.shown
        return all("".join(word.split()) in text for word in words)
