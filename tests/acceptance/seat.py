"""A seat at a practice window inside the test's own process: screens by Pilot, back office in a thread."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, ParamSpec

from tests.acceptance.clerk import SIZE, Clerk
from workstation.cli.practice import Practice
from workstation.cli.rehearsal import take_case
from workstation.cli.wiring import StationGate
from workstation.domain.case import Case
from workstation.training.specimens.people import CAST
from workstation.tui.app import StationApp
from workstation.tui.terminal import Terminal

Given = ParamSpec("Given")


def played(scene: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Let pytest run a scene that is played on the event loop."""

    @functools.wraps(scene)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        asyncio.run(scene(*args, **kwargs))

    return run


@asynccontextmanager
async def started(practice: Practice, gate: StationGate | None = None) -> AsyncIterator[Clerk]:
    """Give a clerk before the unlock screen."""
    app = StationApp(gate or practice.gate, Terminal())
    try:
        async with app.run_test(size=SIZE) as pilot:
            yield Clerk(pilot, app, practice)
    finally:
        app.shut()


@asynccontextmanager
async def seated(practice: Practice, gate: StationGate | None = None) -> AsyncIterator[Clerk]:
    """Give a clerk on the home screen."""
    async with started(practice, gate) as clerk:
        await clerk.unlock()
        yield clerk


async def offline(clerk: Clerk) -> None:
    """Cut the line and wait until the lamp says so."""
    clerk.practice.network.cut()
    clerk.app.station.link.kick()
    await clerk.until(lambda: clerk.app.light == "OFFLINE", "offline")


async def online(clerk: Clerk) -> None:
    """Give the line back and wait until the lamp says so."""
    clerk.practice.network.restore()
    clerk.app.station.link.kick(eager=True)
    await clerk.until(lambda: clerk.app.is_online, "online")


async def take(clerk: Clerk, words: str = "jlyd", *, name: str = "") -> Case:
    """Take a case up to F10 through the services, quickly, for scenes that begin after it.

    Args:
        clerk: whose desk.
        words: what finds the item.
        name: of the applicant, when not that of the specimen person.
    """
    desk = clerk.app.station.desk

    def work() -> Case:
        item = desk.catalogue.search(words)[0].item
        person = replace(CAST[0], name=name or CAST[0].name)
        return take_case(desk, item, person, device_id=desk.capture.devices()[0].id)

    return await asyncio.to_thread(work)


async def receive(clerk: Clerk, words: str = "jlyd", *, name: str = "") -> Case:
    """Take a case and receive it through the services."""
    case = await take(clerk, words, name=name)
    return await asyncio.to_thread(clerk.app.station.desk.decisions.receive, case.case_id)


async def delivered(clerk: Clerk, *, but: int = 0) -> None:
    """Wait until nothing (or only `but` lines) is left in the queue."""
    link = clerk.app.station.link
    await clerk.until(lambda: link.waiting == but and clerk.app.waiting == but, "delivered")
