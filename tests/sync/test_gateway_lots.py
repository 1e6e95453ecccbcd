"""Work for many callers at a time: each gets its own result, nobody is forgotten, nobody waits on purpose."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from sync.gateway.lots import MOST, Gathering

PATIENCE_S = 90


def test_each_caller_gets_the_result_of_its_own_item() -> None:
    lots: list[int] = []

    def double(items: Sequence[int]) -> list[int]:
        lots.append(len(items))
        return [2 * item for item in items]

    async def crowd() -> list[int]:
        gathering = Gathering(double)
        return list(await asyncio.gather(*map(gathering.add, range(5 * MOST))))

    assert asyncio.run(crowd()) == [2 * item for item in range(5 * MOST)]
    assert sum(lots) == 5 * MOST and max(lots) == MOST


def test_a_caller_that_comes_again_the_moment_it_is_answered_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.gateway.lots.LANES", 1)

    async def caller() -> list[int]:
        gathering: Gathering[int, int] = Gathering(list)
        async with asyncio.timeout(PATIENCE_S):
            return [await gathering.add(item) for item in range(20)]

    assert asyncio.run(caller()) == list(range(20))


def test_what_a_lot_raises_every_caller_of_it_hears_and_the_next_lot_is_worked_on() -> None:
    def fail_at_first(items: Sequence[int]) -> Sequence[int]:
        if 0 in items:
            raise ValueError("no")
        return items

    async def both() -> int:
        gathering = Gathering(fail_at_first)
        with pytest.raises(ValueError, match="no"):
            await gathering.add(0)
        return await gathering.add(1)

    assert asyncio.run(both()) == 1


def test_a_caller_that_went_away_harms_no_other_of_its_lot() -> None:
    began, leave = threading.Event(), threading.Event()

    def slow(items: Sequence[int]) -> Sequence[int]:
        began.set()
        assert leave.wait(PATIENCE_S)
        return items

    async def crowd() -> list[int]:
        gathering = Gathering(slow)
        calls = [asyncio.ensure_future(gathering.add(item)) for item in range(6)]
        await asyncio.to_thread(began.wait, PATIENCE_S)
        calls[0].cancel()
        calls[5].cancel()
        leave.set()
        return list(await asyncio.gather(*calls[1:5]))

    assert asyncio.run(crowd()) == [1, 2, 3, 4]
