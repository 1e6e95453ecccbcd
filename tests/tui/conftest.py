"""The screens over a whole desk: only devices, clock, readings and the line are scripted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.conftest import Window, calendar, empty_store, make_window, pack, store, window
from tests.tui.seat import USUAL, GateDouble, LinkDouble, Outside, Seat, station_of, take_seat
from workstation.store.database import Recovery

__all__ = ["calendar", "empty_store", "make_window", "pack", "store", "window"]

OpenSeat = Callable[..., AbstractAsyncContextManager[Seat]]


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests that are coroutines on asyncio, as the app does."""
    return "asyncio"


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def sit(request: pytest.FixtureRequest, outside: Outside, tmp_path: Path) -> OpenSeat:
    """Open the app over the test's window, or the one given."""

    def sit_down(
        *,
        size: tuple[int, int] = USUAL,
        unlocked: bool = True,
        is_new: bool = False,
        practice: bool = False,
        recovery: Recovery | None = None,
        window: Window | None = None,
    ) -> AbstractAsyncContextManager[Seat]:
        window = window or request.getfixturevalue("window")
        link = LinkDouble(window)
        station = station_of(window, link, outside, tmp_path / "pages")
        if recovery is not None:
            station = replace(station, recovery=recovery)
        gate = GateDouble(station, is_new=is_new, practice=practice)
        return take_seat(window, gate, outside, size, unlocked=unlocked)

    return sit_down
