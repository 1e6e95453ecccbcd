"""A seat at the window: the app over a real store, with keys to press and a screen to read."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tests.services.conftest import Window
from workstation.domain.people import Person
from workstation.services.link import Light, Link
from workstation.services.station import Station
from workstation.store.database import Recovery
from workstation.store.errors import WrongPassphrase
from workstation.tui.app import StationApp
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.home import HomeScreen
from workstation.tui.terminal import Terminal
from workstation.tui.widgets.bars import NoticeLine
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.widgets.steps import StepName

PASSPHRASE = "lianxi"
PATIENCE_S = 90.0
QUIET_ROUNDS, TURNS = 2, 6
NARROW, USUAL, WIDE = (80, 24), (112, 28), (140, 44)
WORKING = frozenset({"desk", "read", "look", "scan", "preview", "preload", "form", "find", "news"})
"""Groups of workers that end by themselves; the others wait for a person."""
AnyScreen = TypeVar("AnyScreen", bound=Screen[Any])

_CHUNK = re.compile(r'<text[^>]* x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>(.*?)</text>')


@dataclass
class LinkDouble:
    """The line to the back office, turned by the test."""

    window: Window
    light: Light = Light.ONLINE
    waiting: int = 0
    earliest: str = ""
    poor: str = ""
    kicks: list[bool] = field(default_factory=list)
    listeners: list[Callable[[], object]] = field(default_factory=list)

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def kick(self, *, eager: bool = False) -> None:
        self.kicks.append(eager)
        self.tell()

    def subscribe(self, listener: Callable[[], object]) -> None:
        self.listeners.append(listener)

    def tell(self) -> None:
        self.waiting = self.window.desk.queue.waiting_count()
        for listener in self.listeners:
            listener()


@dataclass
class GateDouble:
    """Opens the test's station with one passphrase."""

    station: Station
    is_new: bool = False
    practice: bool = False
    hint: str = "综合窗口 03"
    asked: list[str] = field(default_factory=list)

    def preload(self) -> None:
        """Everything is imported already."""

    def people(self) -> tuple[Person, ...]:
        """Nobody: the passphrase opens everything."""
        return ()

    def unlock(self, passphrase: str, person_id: str = "") -> Station:
        self.asked.append(passphrase)
        if passphrase != PASSPHRASE and not self.is_new:
            raise WrongPassphrase
        return self.station


@dataclass
class Outside:
    """What left the program: papers put out and pages opened."""

    papers: list[Path] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)
    has_viewer: bool = True

    def put_out(self, path: Path) -> str:
        self.papers.append(path)
        return "已打印"

    def view(self, path: Path) -> bool:
        self.pages.append(path)
        return self.has_viewer


@dataclass
class Seat:
    """The app with a person in front of it."""

    app: StationApp
    pilot: Pilot[int]
    window: Window
    link: LinkDouble
    gate: GateDouble
    outside: Outside

    # --- doing ---------------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys and wait until the program has done what it does by itself."""
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()

    async def write(self, text: str) -> None:
        """Put text into the focused input, as a scanner wedge or an input method does."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def replace(self, text: str) -> None:
        """Clear the focused input and put text into it."""
        await self.press("end", "ctrl+u")
        await self.write(text)

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        """Wait for something that another thread brings."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"never came: {what}\n{self.text}"
            await self.pilot.pause(0)
            await asyncio.sleep(0.001)

    async def settle(self) -> None:
        """Wait until no worker runs that would end by itself, and its messages are handled."""
        quiet = 0
        # What a message sets off may come one or two messages later: rest is rest only when it lasts.
        while quiet < QUIET_ROUNDS:
            await self.until(self._is_quiet, "rest")
            for _ in range(TURNS):
                await asyncio.sleep(0)
            await self.pilot.pause(0)
            quiet = quiet + 1 if self._is_quiet() else 0

    def _is_quiet(self) -> bool:
        if self.app.is_behind or any(w.group in WORKING and not w.is_finished for w in self.app.workers):
            return False
        screen = self.app.screen
        return self.app.message_queue_size == 0 and all(
            widget.is_mounted and widget.message_queue_size == 0
            for widget in screen.walk_children(Widget, with_self=True)
        )

    async def unlock(self) -> None:
        """Pass the unlock screen."""
        await self.write(PASSPHRASE)
        await self.press("enter")
        # Opening is nothing that `settle` waits for: tests hold it up on purpose.
        await self.until(lambda: isinstance(self.app.screen, HomeScreen), "home")
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def open(self, case_id: str) -> CaseScreen:
        """Open a case from home by Enter."""
        home = self.on(HomeScreen)
        home.refresh_view()
        await self.settle()
        home.cases.focus()
        ids = [home.cases.get_option_at_index(n).id for n in range(home.cases.option_count)]
        home.cases.highlighted = ids.index(case_id)
        await self.press("enter")
        return self.on(CaseScreen)

    # --- seeing --------------------------------------------------------------------------------------------

    def on(self, kind: type[AnyScreen]) -> AnyScreen:
        """The screen in front, which must be of this kind."""
        assert isinstance(self.app.screen, kind), f"{type(self.app.screen).__name__}\n{self.text}"
        return self.app.screen

    @property
    def case(self) -> CaseScreen:
        return self.on(CaseScreen)

    def at(self, step: StepName) -> bool:
        """Whether the workspace shows this step."""
        return self.case.step == step

    @property
    def text(self) -> str:
        """What stands on the terminal, line by line."""
        return screen_text(self.app)

    def sees(self, *words: str) -> bool:
        """Whether all the words stand on the terminal, each on one line; blanks do not count."""
        squeezed = re.sub(r"[ \t]", "", self.text)
        missing = [w for w in words if w.replace(" ", "") not in squeezed]
        assert not missing, f"{missing} not in\n{self.text}"
        return True

    def misses(self, *words: str) -> bool:
        """Whether none of the words stands on the terminal."""
        squeezed = re.sub(r"[ \t]", "", self.text)
        return not any(w.replace(" ", "") in squeezed for w in words)

    @property
    def notice(self) -> str:
        """The notice line of the screen in front."""
        line = self.app.screen.query_one(NoticeLine)
        return f"{line.what} {line.todo}".strip()

    def row(self, name: str) -> FieldRow:
        """The row of a value on the step in front."""
        rows = [r for r in self.app.screen.query(FieldRow) if r.field == name and r.region.area]
        assert rows, f"no row {name}\n{self.text}"
        return rows[0]

    async def go_to_row(self, name: str) -> FieldRow:
        row = self.row(name)
        row.query_one(Input).focus()
        await self.settle()
        return row

    @property
    def focused_row(self) -> str:
        """Name of the row that has the cursor; empty when none has."""
        widget = self.app.focused
        while widget is not None and not isinstance(widget, FieldRow):
            widget = cast(Any, widget.parent)
        return widget.field if widget is not None else ""


def screen_text(app: StationApp) -> str:
    """Return the terminal's text: the pieces of a screenshot, put back into lines."""
    rows: dict[float, str] = {}
    cell = 12.2
    for x, y, _length, content in _CHUNK.findall(app.export_screenshot(simplify=True)):
        row = rows.get(float(y), "")
        gap = round(float(x) / cell) - cell_len(row)
        rows[float(y)] = row + " " * max(0, gap) + html.unescape(content).replace("\xa0", " ")
    return "\n".join(rows[y].rstrip() for y in sorted(rows))


def station_of(window: Window, link: LinkDouble, outside: Outside, folder: Path) -> Station:
    return Station(
        desk=window.desk,
        link=cast(Link, link),
        recovery=Recovery(interrupted_sends=0, orphan_pages=0, open_drafts=0, queued=0, was_alone=True),
        output=outside.put_out,
        view_file=outside.view,
        resolution_dpi=200,
        page_folder=folder,
    )


@asynccontextmanager
async def take_seat(
    window: Window, gate: GateDouble, outside: Outside, size: tuple[int, int], *, unlocked: bool
) -> AsyncIterator[Seat]:
    """Run the app; what it does is over when the block is left."""
    app = StationApp(gate, Terminal())
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot, window, cast(LinkDouble, gate.station.link), gate, outside)
        if unlocked:
            app.enter(gate.station)
            await seat.until(lambda: isinstance(app.screen, HomeScreen), "home")
        await seat.settle()
        yield seat
        app.workers.cancel_all()
    app.jobs.shutdown(wait=True)
    app.readers.shutdown(wait=True)
