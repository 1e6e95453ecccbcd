"""SIGKILL during a feed of forty sheets: what was acknowledged is there afterwards, once and in order."""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

from tests.acceptance.feeding import PROFILE, SHEETS, SLOT, sheet_path
from tests.acceptance.killing import ROOT
from tests.hardware.escl import number_of, numbered
from tests.scanners.conftest import missing_sane
from workstation.domain.case import Opened
from workstation.domain.clock import now
from workstation.services.ids import new_id
from workstation.store.database import Store
from workstation.store.keys import DataKey

SHEET_PX = (160, 100)
FEW = 12
MANY = 50
MOMENTS = [(round * 17 % SHEETS, (round * 7 % 11) * 0.004) for round in range(MANY)]
"""After which page to kill, 0 to 39, each part of the stack alike, and how many seconds later."""


class Feeds:
    """The program, the folder as it was before each feed, and the looking afterwards."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._secret = secrets.token_bytes(32)
        for number in range(1, SHEETS + 1):
            numbered(number, size=SHEET_PX).convert("RGB").save(sheet_path(root, number))
        store = Store.create(root / "fresh", DataKey(self._secret))
        with store.transaction() as tx:
            opened = Opened(
                number="W03-20261120-001",
                item_code="item",
                pack_version="1",
                window=PROFILE.window_id,
                receiving_street=PROFILE.street,
            )
            self._case = tx.record(new_id(now()), opened, actor=PROFILE.clerk, at=now()).case_id
        store.close()
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.feeding", str(root)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # The coverage of killed processes would leave broken files.
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        )

    def close(self) -> None:
        _pipe(self._program.stdin).close()
        assert self._program.wait(120) == 0
        _pipe(self._program.stdout).close()

    def kill_after(self, page: int, delay_s: float, *, darkroom: bool) -> tuple[int, int]:
        """Kill one feed; return how many pages were acknowledged and how many are there."""
        data = self._root / "data"
        shutil.copytree(self._root / "fresh", data)
        order = {"data": str(data), "secret": self._secret.hex(), "case": self._case, "darkroom": darkroom}
        orders, words = _pipe(self._program.stdin), _pipe(self._program.stdout)
        orders.write(json.dumps(order) + "\n")
        orders.flush()
        feeding = int(words.readline().split()[1])
        told = [_acknowledged(words.readline()) for _ in range(page)]
        time.sleep(delay_s)
        os.kill(feeding, signal.SIGKILL)
        while (line := words.readline()) != "over\n":
            told.append(_acknowledged(line))
        kept = self._look(data, told)
        shutil.rmtree(data)
        return len(told), kept

    def _look(self, data: Path, told: list[list[str]]) -> int:
        store = Store.open(data, DataKey(self._secret))
        try:
            recovery = store.recover(now())
            assert recovery.was_alone and recovery.orphan_pages <= 1
            pages = store.case(self._case).slot(SLOT).pages
            # One more may be safe whose acknowledgement died with the program, never one less.
            assert [[page.page_id, page.sha256] for page in pages[: len(told)]] == told
            assert len(told) <= len(pages) <= len(told) + 1
            for number, page in enumerate(pages, start=1):
                with Image.open(io.BytesIO(store.vault.get(page.sha256))) as picture:
                    assert number_of(picture) == number
            return len(pages)
        finally:
            store.close()


def _acknowledged(line: str) -> list[str]:
    word, *page = line.split()
    assert word == "page", "the feed ended by itself"
    return page


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@pytest.fixture
def feeds(disk_path: Path) -> Iterator[Feeds]:
    if missing_sane():
        pytest.skip(missing_sane())
    made = Feeds(disk_path)
    yield made
    made.close()


def test_a_feed_that_is_killed_loses_no_page_it_acknowledged(feeds: Feeds) -> None:
    for page, delay_s in MOMENTS[:FEW]:
        acknowledged, _kept = feeds.kill_after(page, delay_s, darkroom=False)
        assert acknowledged >= page


def test_a_feed_through_the_darkroom_that_is_killed_loses_none_either(feeds: Feeds) -> None:
    assert feeds.kill_after(9, 0.01, darkroom=True)[0] >= 9


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_fifty_feeds_are_killed_and_none_loses_a_page(
    feeds: Feeds, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    seen = [feeds.kill_after(page, delay_s, darkroom=True) for page, delay_s in MOMENTS]
    with capsys.disabled():
        acknowledged, kept = map(sum, zip(*seen, strict=True))
        sys.stdout.write(f"\n{MANY} kills, {acknowledged} pages acknowledged, {kept} kept, none lost, ")
        sys.stdout.write(f"{time.monotonic() - begun:.0f} s\n")
    assert len(seen) == MANY
