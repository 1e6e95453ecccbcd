"""Keys pressed on the real screens, and what can be read there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from workstation.cli.practice import Practice
from workstation.services.view import CaseView
from workstation.tui.app import StationApp
from workstation.tui.screens.case import CaseScreen
from workstation.tui.widgets.bars import NoticeLine

PATIENCE_S = 45.0
LOOK_S = 0.02


class NotShown(Exception):
    """The screens did not show in time what was waited for; the message says what they show."""


class Keys:
    """A keyboard and a pair of eyes."""

    def __init__(self, pilot: Pilot[int], app: StationApp, practice: Practice | None = None) -> None:
        """Sit down before an app; `practice` is what stands behind it, where a scene needs to turn it."""
        self.pilot, self.app, self._practice = pilot, app, practice

    @property
    def practice(self) -> Practice:
        """What stands behind the app."""
        assert self._practice is not None
        return self._practice

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def enter_text(self, text: str) -> None:
        """Put text into the focused input in one go, as an input method commits a phrase."""
        self.app.post_message(events.Paste(text))
        await self.until(lambda: text in getattr(self.app.focused, "value", ""), f"text of {len(text)}")

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until the screens show something.

        Raises:
            NotShown: they did not in time.
        """
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                raise NotShown(f"{what}\n{self.text}")
            await self.pilot.pause(0.0)
            await asyncio.sleep(LOOK_S)

    async def on_screen(self, kind: type[Screen[Any]]) -> None:
        """Wait until a screen of this kind is in front and idle."""
        await self.until(lambda: isinstance(self.app.screen, kind), kind.__name__)
        await self.until(lambda: not getattr(self.app.screen, "busy", False), f"{kind.__name__} idle")
        await self.pilot.pause()

    async def idle(self) -> None:
        """Wait until the workspace has nothing running."""
        await self.until(lambda: not self.case.busy and not self.case.scanning, "idle")
        await self.pilot.pause()

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

    @property
    def notice(self) -> str:
        """What the notice line of the present screen says."""
        for line in self.app.screen.query(NoticeLine):
            return f"{line.what} {line.todo}".strip()
        return ""

    @property
    def case(self) -> CaseScreen:
        """The workspace in front."""
        screen = self.app.screen
        if not isinstance(screen, CaseScreen):
            raise NotShown(f"not in a case: {type(screen).__name__}\n{self.text}")
        return screen

    @property
    def view(self) -> CaseView:
        """The case as shown."""
        view = self.case.view
        if view is None:
            raise NotShown(f"the case is not shown yet\n{self.text}")
        return view
