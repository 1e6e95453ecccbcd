"""Waiting calls are woken by one look for all of them, on both engines."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from sync.contract.models import ChangeKind
from sync.gateway import news
from sync.gateway.errors import OfficeBusy
from sync.gateway.feed import ASKED, append
from sync.gateway.news import News
from tests.sync.gateway_hall import START, Hall, WindowSeat

pytestmark = pytest.mark.usefixtures("engine")


def tell(hall: Hall, window: WindowSeat) -> None:
    hall.office.database.write(
        lambda rows: append(rows, window.window_id, ChangeKind.WAYBILL, "bag", at=START)
    )


def test_only_windows_with_something_new_are_ahead(hall: Hall) -> None:
    told, waiting = hall.window(), hall.window()
    tell(hall, told)
    tell(hall, told)
    first, last = (change["cursor"] for change in told.news()["changes"])
    feed = hall.office.feed
    assert feed.ahead({}) == set()
    assert feed.ahead({told.window_id: first, waiting.window_id: 0}) == {told.window_id}
    assert feed.ahead({told.window_id: last, waiting.window_id: 2**53}) == set()
    many = {f"nobody {number}": 0 for number in range(ASKED + 3)}
    assert feed.ahead({**many, told.window_id: 0}) == {told.window_id}


def test_many_waiting_calls_cost_one_look(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    window, neighbour = hall.window(), hall.window()
    looks: list[int] = []
    ahead = hall.office.feed.ahead

    def counted(cursors: dict[str, int]) -> set[str]:
        looks.append(len(cursors))
        if len(looks) == 2:
            tell(hall, window)
        return ahead(cursors)

    monkeypatch.setattr(hall.office.feed, "ahead", counted)
    monkeypatch.setattr(news, "POLL_S", 0.01)
    board = News(hall.office.feed, threading.Event())

    async def wait(seat: WindowSeat, seconds: float) -> float:
        began = time.monotonic()
        await board.wait(seat.window_id, 0, seconds)
        return time.monotonic() - began

    async def all_wait() -> list[float]:
        several = [wait(window, 20) for _ in range(30)]
        return await asyncio.gather(*several, wait(neighbour, 0.4))

    took = asyncio.run(all_wait())
    assert max(took[:-1]) < 10 and took[-1] >= 0.4
    assert looks[:2] == [2, 2] and board.waiting == 0


def test_rows_out_of_reach_let_calls_wait_on(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    window = hall.window()
    tell(hall, window)
    monkeypatch.setattr(news, "POLL_S", 0.01)
    monkeypatch.setattr(news, "AWAY_S", 0.05)
    failures = iter([OfficeBusy(), OfficeBusy()])
    ahead = hall.office.feed.ahead

    def failing(cursors: dict[str, int]) -> set[str]:
        for failure in failures:
            raise failure
        return ahead(cursors)

    monkeypatch.setattr(hall.office.feed, "ahead", failing)
    asyncio.run(asyncio.wait_for(News(hall.office.feed, threading.Event()).wait(window.window_id, 0, 60), 30))
    assert next(failures, None) is None
