"""Keys pressed too fast, windows drawn too small, clocks turned back: the case stays whole."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from textual import events
from textual.widgets import Input

from sync.port import LineState
from tests.acceptance.clerk import SIZE, Clerk
from tests.acceptance.seat import delivered, offline, online, played, receive, seated, take
from workstation.cli.practice import PASSPHRASE, Practice
from workstation.cli.wiring import StationGate, open_store
from workstation.domain import clock
from workstation.domain.case import CaseState
from workstation.training.specimens.people import ZHAO
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.picker import ItemPicker

pytestmark = pytest.mark.usefixtures("unread")
ROOT = Path(__file__).parents[2]
SHEETS = 6


def bundles_of(clerk: Clerk, number: str) -> list[LineState]:
    """Return the states of the bundles of a case."""
    return [line.state for line in clerk.app.station.desk.store.outbox.lines() if line.subject == number]


@played
async def test_f10_pressed_five_times_seals_one_bundle(practice: Practice) -> None:
    async with seated(practice) as clerk:
        case = await take(clerk)
        await clerk.open_taken(case)
        for _ in range(5):
            clerk.app.post_message(events.Key("f10", None))
        await clerk.until(lambda: clerk.view.case.state is CaseState.RECEIVED, "received")
        await clerk.until(lambda: bool(clerk.view.case.papers), "papers")
        await clerk.idle()
        assert len(bundles_of(clerk, case.number)) == 1
        await delivered(clerk)
        assert [m.subject for m in practice.network.office.cases()].count(case.number) == 1


@played
async def test_escape_during_a_scan_keeps_the_pages_and_leaves_the_other_sheets(
    practice: Practice, tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    async with seated(practice, fed_from(practice, folder)) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: not view.questions)
        await clerk.press("f2")
        await clerk.until(lambda: bool(clerk.view.case.slot("id-card").pages), "first page")
        assert clerk.case.scanning
        await clerk.press("escape")
        await clerk.until(lambda: not clerk.case.scanning, "stopped")
        await clerk.idle()
        kept = clerk.app.station.desk.store.case(clerk.view.case.case_id).slot("id-card").pages
        assert 1 <= len(kept) < SHEETS
        waiting = [path for path in folder.glob("*.jpg")]
        assert len(waiting) >= SHEETS - len(kept)
        assert [page.sha256 for page in clerk.view.case.slot("id-card").pages] == [p.sha256 for p in kept]


@played
async def test_terminal_shrunk_to_almost_nothing_during_a_scan(practice: Practice, tmp_path: Path) -> None:
    async with seated(practice, fed_from(practice, tmp_path / "scans")) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: not view.questions)
        await clerk.press("f2")
        await clerk.until(lambda: bool(clerk.view.case.slot("id-card").pages), "first page")
        for size in ((20, 5), (80, 24), (3, 1), SIZE):
            await clerk.pilot.resize_terminal(*size)
        await clerk.until(lambda: len(clerk.view.case.slot("id-card").pages) == SHEETS, "all pages")
        await clerk.idle()
        await clerk.until(lambda: clerk.shows("申请人", "身份号码"), "the step again")


@played
async def test_a_pasted_book_does_not_stop_the_inputs(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await clerk.press("f2")
        await clerk.on_screen(ItemPicker)
        clerk.app.post_message(events.Paste("样" * 100_000 + "\n第二行"))
        await clerk.press("escape")
        await clerk.on_screen(HomeScreen)
        await clerk.open_new()
        await clerk.prepare(lambda view: not view.questions)
        for row in clerk.case.applicant.query("FieldRow Input").results(Input):
            row.focus()
            await clerk.pilot.pause()
            clerk.app.post_message(events.Paste("样" * 100_000))
            await clerk.press("end")
            assert len(row.value) <= (row.max_length or 0)
        await clerk.press("enter")
        await clerk.until(lambda: clerk.shows("D108"), "the number is refused")
        assert clerk.view.case.applicant is None
        await clerk.name_applicant(ZHAO)


@played
async def test_clock_set_back_by_a_day_keeps_order_and_delivery(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = timedelta()
    true_now = clock.now

    def now() -> datetime:
        return true_now() - slow

    monkeypatch.setattr(clock, "now", now)
    async with seated(practice) as clerk:
        case = await take(clerk)
        await offline(clerk)
        slow = timedelta(days=1)
        await clerk.open_taken(case)
        await clerk.press("f10")
        await clerk.until(lambda: clerk.view.case.state is CaseState.RECEIVED, "received")
        await clerk.until(lambda: bool(clerk.view.case.papers), "papers")
        await clerk.to_home()
        await receive(clerk)
        log = clerk.app.station.desk.store.log(case.case_id)
        assert [entry.tick for entry in log] == sorted(entry.tick for entry in log)
        assert log[-1].at < log[0].at
        await online(clerk)
        await delivered(clerk)
        assert bundles_of(clerk, case.number) == [LineState.DELIVERED]


# --- two programs on one folder ---------------------------------------------------------------------------


@played
async def test_second_program_on_the_folder_works_beside_and_leaves_sending_to_the_first(
    practice: Practice, tmp_path: Path
) -> None:
    acks = tmp_path / "acknowledgements"
    async with seated(practice) as clerk:
        case = await receive(clerk)
        root = practice.settings.data_folder.parent
        command = [sys.executable, "-m", "tests.acceptance.window", str(root), str(acks)]
        other = subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stdout=subprocess.DEVNULL)
        try:
            await asyncio.to_thread(_until, lambda: "received" in _told(acks), other)
        finally:
            other.kill()
            other.wait()
        numbers = {fact["case"] for fact in _facts(acks) if fact["is"] == "received"}
        assert numbers and case.number not in numbers
        assert {fact["light"] for fact in _facts(acks) if fact["is"] == "received"} == {"OTHER_SENDER"}
        clerk.app.station.link.kick(eager=True)
        await delivered(clerk)
        arrived = [m.subject for m in practice.network.office.cases()]
        for number in (*numbers, case.number):
            assert arrived.count(number) == 1
    store = open_store(practice.settings, PASSPHRASE)
    try:
        assert all(store.case(s.case_id).length == len(store.log(s.case_id)) for s in store.summaries())
    finally:
        store.close()


def _facts(acks: Path) -> list[dict[str, str]]:
    lines = acks.read_text("utf-8").splitlines() if acks.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def _told(acks: Path) -> set[str]:
    return {fact["is"] for fact in _facts(acks)}


def _until(holds: Callable[[], bool], other: subprocess.Popen[bytes]) -> None:
    for _ in itertools.count():
        if holds():
            return
        assert other.poll() is None, "the second program ended"
        try:
            other.wait(0.05)
        except subprocess.TimeoutExpired:
            continue


def fed_from(practice: Practice, folder: Path) -> StationGate:
    """Return the gate of this window with a scan folder that holds some sheets."""
    folder.mkdir()
    for number in range(SHEETS):
        sheet = Image.effect_noise((600, 800), 40 + number).convert("RGB")
        sheet.save(folder / f"{number}.jpg", dpi=(200, 200))
    settings = replace(practice.settings, scan_folder=str(folder), sane=False)
    return StationGate(settings, on_open=practice.prepare, practice=True)
