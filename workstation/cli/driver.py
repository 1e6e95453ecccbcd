"""A clerk made of keys: presses them on the real screens, waits for what they show, and writes it down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from workstation.cli.practice import Practice
from workstation.i18n import _
from workstation.services.view import CaseView
from workstation.tui.app import StationApp
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.terminal import Terminal
from workstation.tui.widgets.bars import NoticeLine

SIZE = (140, 44)
PATIENCE_S = 60.0
LOOK_S = 0.02


class NotShown(Exception):
    """The screens did not show in time what was waited for; the message says what they say instead."""


class Keyboard:
    """Keys and a pair of eyes before the real screens."""

    def __init__(self, pilot: Pilot[int], app: StationApp) -> None:
        """Sit down before `app`."""
        self.pilot, self.app = pilot, app

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until the screens show something.

        Raises:
            NotShown: they did not in time.
        """
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                raise NotShown(f"{what}: {self.notice}")
            await self.pilot.pause(0.0)
            await asyncio.sleep(LOOK_S)

    async def on_screen(self, kind: type[Screen[Any]], what: str = "") -> None:
        """Wait until a screen of this kind is in front and idle."""
        await self.until(lambda: isinstance(self.app.screen, kind), what or kind.__name__)
        await self.until(lambda: not getattr(self.app.screen, "busy", False), f"{kind.__name__} idle")
        await self.pilot.pause()

    async def idle(self) -> None:
        """Wait until the workspace has nothing running."""
        await self.until(lambda: not self.case.busy and not self.case.scanning, "idle")
        await self.pilot.pause()

    async def open_item(self, words: str) -> None:
        """Begin a case of the one item these words find."""
        await self.press("f2")
        await self.on_screen(ItemPicker)
        await self.press(*words)
        matches = self.app.screen.query_one("#matches")
        await self.until(lambda: getattr(matches, "option_count", 0) == 1, "one match")
        await self.press("enter")
        await self.case_shown()

    async def case_shown(self) -> None:
        """Wait until the workspace shows its case."""
        await self.on_screen(CaseScreen)
        await self.until(lambda: self.case.view is not None, "case shown")
        await self.idle()

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
            raise NotShown(f"not in a case: {type(screen).__name__}")
        return screen

    @property
    def view(self) -> CaseView:
        """The case as shown."""
        view = self.case.view
        if view is None:
            raise NotShown("the case is not shown yet")
        return view


@dataclass
class Step:
    """What one step took."""

    title: str
    keys: int = 0
    seconds: float = 0.0
    seen: list[str] = field(default_factory=list)


class Driver(Keyboard):
    """A keyboard that counts its keys and writes down, step by step, what the screens show."""

    def __init__(self, pilot: Pilot[int], practice: Practice, app: StationApp) -> None:
        """Drive `app` through `pilot`."""
        super().__init__(pilot, app)
        self.practice = practice
        self.steps: list[Step] = []

    @asynccontextmanager
    async def step(self, title: str) -> AsyncIterator[Step]:
        """Measure a step and print it when it is done."""
        step = Step(title)
        self.steps.append(step)
        print(f"\n[{len(self.steps):>2}] {title}", flush=True)
        begun = time.monotonic()
        yield step
        step.seconds = time.monotonic() - begun
        for line in step.seen:
            print(f"       {line}")
        print(f"       ({_('{n} 键, {s} 秒').format(n=step.keys, s=f'{step.seconds:.1f}')})", flush=True)

    async def press(self, *keys: str) -> None:
        """Press keys and count them."""
        self.steps[-1].keys += len(keys)
        await super().press(*keys)

    async def write(self, text: str) -> None:
        """Type text, a key a character."""
        await self.press(*text)

    def see(self, text: str) -> None:
        """Write down something the clerk sees."""
        if text:
            self.steps[-1].seen.append(text)


def teach(practice: Practice, lesson: Callable[[Driver], Awaitable[bool]]) -> int:
    """Play a lesson on the real screens; return its exit code, 1 where it ends otherwise than it should."""
    app = StationApp(practice.gate, Terminal())
    try:
        return 0 if asyncio.run(_played(practice, app, lesson)) else 1
    except NotShown as error:
        print(f"\n✘ {error}")
        return 1
    finally:
        app.shut()


async def _played(practice: Practice, app: StationApp, lesson: Callable[[Driver], Awaitable[bool]]) -> bool:
    async with app.run_test(size=SIZE) as pilot:
        return await lesson(Driver(pilot, practice, app))
