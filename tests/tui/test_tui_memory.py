"""Unused objects are looked for when nobody types, and only in a process that is the program's own."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from tests.tui.conftest import OpenSeat
from workstation.tui.app import REST_S
from workstation.tui.locking import awake_s

PROGRAM = """
import gc, weakref
from workstation.tui.memory import COLLECT_AFTER, collect_at_rest, collect_seldom, keep_what_is_here

class Screen:
    pass

def closed():
    screen = Screen()
    screen.parent = screen
    return weakref.ref(screen)

collect_seldom()
keep_what_is_here()
collect_at_rest()
gone = closed()
passes = []
gc.callbacks.append(lambda phase, info: passes.append(info["generation"]))
kept = [[] for _ in range(30 * COLLECT_AFTER[0])]
print(max(passes), gc.get_freeze_count() > 1000, end=" ")
collect_at_rest()
print(max(passes), gone() is None, end=" ")
before = len(passes)
collect_at_rest()
print(len(passes) == before)
"""


def test_many_new_objects_never_have_the_old_ones_looked_through_before_a_rest() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["0", "True", "2", "True", "True"]


@pytest.mark.anyio
async def test_nothing_is_looked_for_while_somebody_types(
    sit: OpenSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    monkeypatch.setattr("workstation.tui.memory.collect_at_rest", lambda: looks.append(awake_s()))
    threshold, kept = gc.get_threshold(), gc.get_freeze_count()
    async with sit() as seat:
        await seat.press("f1")
        seat.app._rest()
        assert not looks
        seat.app._touched_s -= REST_S
        seat.app._rest()
        assert len(looks) == 1
    assert gc.get_threshold() == threshold
    assert gc.get_freeze_count() <= kept, "the tests' own process is left alone"
