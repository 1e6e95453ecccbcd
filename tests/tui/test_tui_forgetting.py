"""What was decrypted is out of memory once it is closed: another process looks for the page's bytes there."""

from __future__ import annotations

import ctypes
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scanners.imaging.darkroom import Darkroom
from scanners.port import Mode, RawPage
from tests.services.conftest import ELDER_CARD, MakeWindow, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.people import Role
from workstation.store import people as staff
from workstation.tui import locking
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.lock import LockScreen
from workstation.tui.terminal import Terminal

pytestmark = pytest.mark.anyio
PIN = "246810"
WIDTH, HEIGHT = 900, 1100
MASK = 0x5A
"""Needles lie in this process turned over, so that looking for them finds no copy of the test's own."""
SEARCH = """
import json, re, sys
asked = json.load(sys.stdin)
found = dict.fromkeys(asked["needles"], 0)
for pid in asked["pids"]:
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            first, last, rights = re.match(r"(\\w+)-(\\w+) (\\S+)", line).groups()
            if not rights.startswith("rw"):
                continue
            try:
                memory.seek(int(first, 16))
                held = memory.read(int(last, 16) - int(first, 16))
            except (OSError, OverflowError, ValueError):
                continue
            for name, parts in asked["needles"].items():
                plain = (bytes(b ^ asked["mask"] for b in bytes.fromhex(part)) for part in parts)
                found[name] += sum(held.count(part) for part in plain)
print(json.dumps(found))
"""


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a child read this process, which commands of other tests may have forbidden."""
    monkeypatch.setattr(staff, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
    monkeypatch.setattr(locking, "FORGET_AFTER_S", 0.01)
    prctl = ctypes.CDLL(None).prctl
    before = prctl(3, 0, 0, 0, 0)
    prctl(4, 1, 0, 0, 0)
    prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
    yield
    prctl(4, before, 0, 0, 0)


@pytest.fixture
def darkroom() -> Iterator[Darkroom]:
    with Darkroom() as room:
        yield room


def turned(data: bytes) -> list[str]:
    """Return pieces of the data, turned over; no plain copy of a piece is ever made."""
    held = memoryview(data)
    step = len(data) // 3
    return [bytes(b ^ MASK for b in held[at : at + 40]).hex() for at in (step, 2 * step)]


def noise() -> tuple[RawPage, list[str]]:
    """Return a page like no other, and what to look for."""
    pixels = random.Random(os.urandom(8)).randbytes(WIDTH * HEIGHT)
    page = RawPage(
        number=1,
        width_px=WIDTH,
        height_px=HEIGHT,
        mode=Mode.GREY,
        resolution_dpi=100,
        pixels=pixels,
        source_name="noise",
    )
    return page, turned(pixels)


def search(needles: dict[str, list[str]], *pids: int | None) -> dict[str, int]:
    asked = json.dumps({"needles": needles, "mask": MASK, "pids": [pid for pid in pids if pid]})
    done = subprocess.run(
        [sys.executable, "-c", SEARCH], input=asked, capture_output=True, text=True, check=False
    )
    if "PermissionError" in done.stderr:
        pytest.skip("this system lets nobody read the memory of another process")
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


async def scanned(seat: Seat, window: Window, case_id: str) -> dict[str, list[str]]:
    """Scan the page in the case and return what to look for: as fed, as kept, as drawn."""
    needles = {}
    seat.app.terminal = Terminal(sixel=True, cell_px=(8, 16))
    screen = await seat.open(case_id)
    page, needles["fed"] = noise()
    window.scanner.script.append(page)
    del page
    await seat.press("f2")
    await seat.until(lambda: any(s.pages for s in window.store.case(case_id).slots.values()), "page")
    await seat.settle()
    (kept,) = [page for slot in window.store.case(case_id).slots.values() for page in slot.pages]
    needles["kept"] = turned(window.store.vault.get(kept.sha256))
    pane = screen.query_one("#pane")
    await seat.until(lambda: getattr(pane, "_drawn", None) is not None, "drawn")
    needles["drawn"] = turned(pane._drawn.image.tobytes())  # type: ignore[attr-defined]
    return needles


def forgotten(seat: Seat) -> bool:
    return all(worker.is_finished for worker in seat.app.workers if worker.group == "forget")


async def forget(seat: Seat, told: threading.Event) -> None:
    """Wait until the program has forgotten what it forgets by itself."""
    await seat.until(told.is_set, "begins to forget")
    await seat.until(lambda: forgotten(seat), "forgotten")
    await seat.settle()


@pytest.fixture
def dark(make_window: MakeWindow, darkroom: Darkroom) -> Window:
    """A window with a real darkroom and a clerk at it."""
    window = make_window(darkroom=darkroom)
    people = window.desk.people
    chief = people.begin("李主管", PIN)
    clerk = people.add("王样本", Role.CLERK, PIN, by=chief, admit=True)
    window.desk = window.desk.for_person(clerk)
    return window


async def test_nothing_of_a_page_is_left_once_its_case_is_closed(
    sit: OpenSeat, dark: Window, darkroom: Darkroom
) -> None:
    case = dark.named(dark.open(ELDER_CARD))
    async with sit(window=dark) as seat:
        told = threading.Event()
        seat.app._station = replace(seat.app.station, on_forget=(darkroom.forget, told.set))
        needles = await scanned(seat, dark, case.case_id)
        open_ = search(needles, os.getpid(), darkroom._child.pid)
        assert open_["drawn"] > 0 and open_["fed"] > 0, "the search finds what is there"
        await seat.press("escape")
        seat.on(HomeScreen)
        await forget(seat, told)
        assert search(needles, os.getpid(), darkroom._child.pid) == {"fed": 0, "kept": 0, "drawn": 0}


async def test_the_lock_drops_the_pages_behind_it_and_the_pin_brings_them_back(
    sit: OpenSeat, dark: Window, darkroom: Darkroom
) -> None:
    case = dark.named(dark.open(ELDER_CARD))
    async with sit(window=dark) as seat:
        told = threading.Event()
        seat.app._station = replace(seat.app.station, on_forget=(darkroom.forget, told.set))
        needles = await scanned(seat, dark, case.case_id)
        pane = seat.app.screen.query_one("#pane")
        await seat.press("ctrl+l")
        seat.on(LockScreen)
        await forget(seat, told)
        assert search(needles, os.getpid(), darkroom._child.pid) == {"fed": 0, "kept": 0, "drawn": 0}
        await seat.write(PIN)
        await seat.press("enter")
        await seat.until(lambda: not isinstance(seat.app.screen, LockScreen), "let in")
        await seat.until(lambda: pane._drawn.image is not None, "drawn again")  # type: ignore[attr-defined]
