"""One window as a program of its own, to be killed: a clerk takes case after case until then.

`python -m tests.acceptance.window FOLDER ACKNOWLEDGEMENTS [--finish] [--read]` works over `FOLDER/data`,
which has joined a back office already, through real libsane and the real screens. Each line of
ACKNOWLEDGEMENTS (JSON, synced) names a moment, or something the clerk was shown as safe: from then on it
must not be lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from ocr.kind_words import UNKNOWN, KindGuess
from scanners.port import Device, RawPage, ScanJob
from scanners.specimen import SpecimenScanner
from tests.acceptance.clerk import SIZE, Clerk
from workstation import i18n
from workstation.cli.practice import specimen_papers
from workstation.cli.settings import Settings
from workstation.cli.wiring import StationGate
from workstation.domain.case import CaseState
from workstation.tui.app import StationApp
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.home import HomeScreen
from workstation.tui.terminal import Terminal

SHEET_PX = (620, 877)
MARGIN_PX = 60
"""What is darker nearer to the border is taken for the lid when two pages are compared."""
LOOK_S = 0.01


class Acknowledgements:
    """Lines that outlive the process."""

    def __init__(self, path: Path) -> None:
        """Append to `path`."""
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(self, word: str, **facts: object) -> None:
        """Write one line and sync it."""
        os.write(self._handle, (json.dumps({"is": word, **facts}, ensure_ascii=False) + "\n").encode())
        os.fsync(self._handle)


class NeverTheSame:
    """The practice scanner with one endless sheet, marked anew before each scan: no two pages are equal."""

    def __init__(self, paper: Path, folder: Path, dice: random.Random) -> None:
        """Lay copies of `paper` in `folder`."""
        self._original, self._folder, self._dice = paper, folder, dice
        self._scanner = SpecimenScanner()

    @property
    def through_sane(self) -> bool:
        """Whether pages really pass through libsane."""
        return self._scanner.through_sane

    @cached_property
    def _paper(self) -> Image.Image:
        self._folder.mkdir(exist_ok=True)
        with Image.open(self._original) as paper:
            return paper.convert("RGB").resize(SHEET_PX)

    def devices(self) -> tuple[Device, ...]:
        """The practice scanner."""
        return self._scanner.devices()

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Feed as many sheets as are asked for, each with 128 new random squares on it."""
        self._scanner.load([self._sheet(number) for number in range(job.max_pages)])
        return self._scanner.scan(job, cancelled)

    def _sheet(self, number: int) -> Path:
        sheet = self._paper.copy()
        for place in range(128):
            shade = self._dice.choice((0, 255))
            left, top = MARGIN_PX + place % 16 * 10, MARGIN_PX + place // 16 * 10
            sheet.paste((shade, shade, shade), (left, top, left + 10, top + 10))
        path = self._folder / f"sheet-{number}.png"
        sheet.save(path, dpi=(200, 200))
        return path


def settings_of(root: Path) -> Settings:
    """Return the settings of the window under `root`."""
    return Settings(
        data_folder=root / "data",
        config_file=root / "workstation.toml",
        window_name="综合窗口 03",
        hall="华富街道政务服务大厅 (练习)",
        clerk="王样本",
        phone="0755-00000000",
    )


def do_not_read() -> None:
    """Let reading a page find nothing, which costs no time; the clerk types."""
    from ocr import reading_room
    from ocr.fake import ScriptedReadingRoom

    reading_room.ReadingRoom = ScriptedReadingRoom  # type: ignore[assignment,misc]


def know_no_kinds() -> None:
    """Let the one sheet pass for every material: it is asked what it says, and not what it is."""
    from ocr import reading_room

    class Room(reading_room.ReadingRoom):
        def kind_of(self, picture: Image.Image | bytes, *, dpi: int | None = None) -> KindGuess:
            super().kind_of(picture, dpi=dpi)
            return UNKNOWN

    reading_room.ReadingRoom = Room  # type: ignore[misc]


class Watcher:
    """Acknowledges what the screens show: pages in their slots, cases as received, bags as listed."""

    def __init__(self, app: StationApp, acks: Acknowledgements) -> None:
        """Watch an app."""
        self._app, self._acks = app, acks
        self._seen: set[tuple[str, str]] = set()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Look once."""
        screen = self._app.screen_stack[-1] if self._app.screen_stack else None
        view = screen.view if isinstance(screen, CaseScreen) else None
        if view is None:
            return
        case = view.case
        for name, slot in case.slots.items():
            for page in slot.pages:
                self._once("page", page.page_id, case=case.number, slot=name, sha256=page.sha256)
        for bundle in case.bundles:
            facts = {"state": case.state, "bundle": bundle.bundle_id, "light": self._app.light}
            self._once("received", bundle.manifest_sha256, case=case.number, **facts)

    def _once(self, word: str, key: str, **facts: Any) -> None:
        if (word, key) not in self._seen:
            self._seen.add((word, key))
            self._acks.say(word, key=key, **facts)


async def work(clerk: Clerk, acks: Acknowledgements, dice: random.Random) -> None:
    """Take up what was left, then citizen after citizen."""
    desk = clerk.app.station.desk
    while True:
        drafts = desk.store.summaries(states=[CaseState.DRAFT])
        told = desk.store.summaries(states=[CaseState.CORRECTION]) if dice.random() < 0.3 else ()
        if drafts or told:
            await clerk.open_listed((*drafts, *told)[0].case_id)
        else:
            await clerk.open_new()
        may_correct = drafts or not told
        case = await (clerk.correct() if may_correct and dice.random() < 0.25 else clerk.receive())
        acks.say("closed", case=case.number)
        await clerk.to_home()
        if dice.random() < 0.4 and desk.courier.waiting():
            await clerk.send_bag()


async def run(
    app: StationApp, clerk_of: Callable[[Any], Clerk], acks: Acknowledgements, finish: bool
) -> None:
    """Unlock, say what home says was recovered, then work, or wait until all is delivered and leave."""
    async with app.run_test(size=SIZE) as pilot:
        watching = asyncio.create_task(Watcher(app, acks).watch())
        clerk = clerk_of(pilot)
        await clerk.unlock()
        await pilot.pause()
        acks.say("home", notice=clerk.notice)
        if finish:
            await clerk.until(lambda: app.waiting == 0, "everything delivered")
            assert isinstance(app.screen, HomeScreen)
            app.exit(0)
        else:
            await work(clerk, acks, random.Random())
        watching.cancel()


def main() -> int:
    """Run one window."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("acks", type=Path)
    parser.add_argument("--finish", action="store_true")
    parser.add_argument("--read", action="store_true")
    args = parser.parse_args()
    acks = Acknowledgements(args.acks)
    acks.say("started")
    i18n.install("zh_CN")
    (know_no_kinds if args.read else do_not_read)()
    settings = settings_of(args.root)
    paper = specimen_papers(settings.data_folder)["photo-receipt"]
    scanner = NeverTheSame(paper, args.root / "sheets", random.Random())
    acks.say("scanner", through_sane=scanner.through_sane)
    gate = StationGate(settings, scanner=lambda: scanner, practice=True)
    app = StationApp(gate, Terminal())

    def clerk_of(pilot: Any) -> Clerk:
        clerk = Clerk(pilot, app)
        clerk.said = acks.say
        return clerk

    try:
        asyncio.run(run(app, clerk_of, acks, args.finish))
    finally:
        app.shut()
    acks.say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
