"""The disk on the screens: an early warning, a clear stop before anything is fed, and back by itself."""

from __future__ import annotations

import shutil

import pytest

from tests.services.conftest import Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW
from workstation.services.disk import MIB

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [(132, 40), NARROW])
async def test_every_screen_warns_and_the_warning_goes_by_itself(
    sit: OpenSeat, window: Window, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    free = [1500 * MIB]
    monkeypatch.setattr("shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(10**12, 0, free[0]))
    case = window.open()
    async with sit(size=size) as seat:
        await seat.until(lambda: "▲ 磁盘剩 1500 MB" in seat.text)
        free[0] = 120 * MIB
        seat.app._look_at_disk()
        await seat.until(lambda: "▲ 磁盘剩 120 MB, 停止收件" in seat.text)
        await seat.open(case.case_id)
        assert seat.sees("停止收件", "队列 0")
        await seat.press("f2")
        await seat.until(lambda: "V107" in seat.notice)
        assert "少于 300 MB" in seat.notice and not window.scanner.jobs
        free[0] = 5000 * MIB
        seat.app._look_at_disk()
        await seat.until(lambda: "磁盘剩" not in seat.text)
