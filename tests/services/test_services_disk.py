"""The disk watch: told early, stopped before anything is half written, and back by itself."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanners.fake import blank_page
from tests.services.conftest import JOB, Window
from tests.services.receipts import deliver
from workstation.domain.case import CaseState
from workstation.services.disk import MIB, DiskWatch, Space
from workstation.services.errors import DiskAlmostFull
from workstation.store.database import Store
from workstation.store.keys import DataKey


@dataclasses.dataclass
class Room:
    """A disk whose free space the test sets."""

    free: int

    def __call__(self) -> int:
        return self.free


def test_the_watch_says_what_it_sees_each_time_anew() -> None:
    room = Room(5000 * MIB)
    watch = DiskWatch(room)
    assert (watch.space(), watch.warning()) == (Space.ENOUGH, "")
    watch.check()
    room.free = 2047 * MIB
    assert (watch.space(), watch.warning()) == (Space.LOW, "磁盘剩 2047 MB")
    watch.check()
    room.free = 299 * MIB
    assert watch.space() is Space.STOPPED and "停止收件" in watch.warning()
    with pytest.raises(DiskAlmostFull):
        watch.check()
    room.free = 300 * MIB
    watch.check()


def test_a_case_is_not_sealed_on_a_full_disk_and_is_sealed_once_there_is_room(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = window.received()
    case = window.ready()
    room = Room(100 * MIB)
    monkeypatch.setattr(type(window.store.vault), "free_bytes", lambda _vault: room())
    desk = window.desk
    watch = DiskWatch(room)
    sealer = dataclasses.replace(desk.decisions.sealer, disk=watch)
    decisions = dataclasses.replace(desk.decisions, sealer=sealer)
    before = window.store.log(case.case_id)
    with pytest.raises(DiskAlmostFull):
        decisions.receive(case.case_id)
    assert window.store.log(case.case_id) == before
    # Sending goes on: that takes room away from nobody.
    deliver(window, waiting.bundles[-1].bundle_id)
    room.free = 400 * MIB
    assert decisions.receive(case.case_id).state is CaseState.RECEIVED


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mount)], check=True)
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_on_a_real_disk_scanning_stops_before_it_is_full_and_comes_back(
    window: Window, small_disk: Path
) -> None:
    store = Store.create(small_disk / "data", DataKey.new())
    try:
        watch = DiskWatch(store.vault.free_bytes, 6 * MIB, 4 * MIB)
        intake = dataclasses.replace(window.desk.intake, store=store)
        capture = dataclasses.replace(window.desk.capture, store=store, disk=watch)
        item = window.item("敬老优待证")
        case_id = intake.open_case(item).case_id
        filler = small_disk / "filler"
        filler.write_bytes(bytes(watch.free_bytes() - 3 * MIB))
        window.scanner.script.append(blank_page(8, 8))
        slot = item.materials[0].id
        with pytest.raises(DiskAlmostFull):
            list(capture.scan(case_id, slot, JOB))
        assert store.case(case_id).slot(slot).pages == () and not window.scanner.jobs
        filler.unlink()
        (page,) = capture.scan(case_id, slot, JOB)
        assert store.vault.get(page.sha256)
        assert watch.space() is not Space.STOPPED
    finally:
        store.close()
