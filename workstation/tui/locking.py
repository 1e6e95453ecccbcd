"""The lock of the screens: after a while without a key, or by key; and who may come in again.

Every key is seen here before any widget sees it, so none of them can keep the lock from falling.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events, work

from workstation.tui.stacks import WINDOW, StackedApp

if TYPE_CHECKING:
    from workstation.domain.people import Person
    from workstation.services.station import Station

log = logging.getLogger(__name__)

LOCK = "lock"
"""The stack of the lock screen."""
SHORTEST_LOOK_S = 0.05
FORGET_AFTER_S = 0.5
"""After a case is left: the next screen is drawn first."""


def awake_s() -> float:
    """Return the seconds since the computer was started; nobody can turn it, and sleep counts."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class LockingApp(StackedApp):
    """Knows who is at the window, and locks it."""

    def __init__(self) -> None:
        """Start with a shut store."""
        super().__init__()
        self._station: Station | None = None
        self._stations: dict[str, Station] = {}
        """The station of each stack of screens, with its own person at it."""
        self._behind = WINDOW
        """The stack behind the lock."""
        self._touched_s = awake_s()
        """When a key was pressed last."""

    @property
    def station(self) -> Station:
        """The open station, with the person whose screen asks; only screens behind the unlock screen ask."""
        if self._station is None:
            raise RuntimeError("the store is locked")
        return self._stations.get(self.acting_stack, self._stations[self._behind])

    def station_of(self, screen: object) -> Station:
        """Return the station of the person whose screen this is."""
        return self._stations.get(self.stack_of(screen), self.station)

    def open_for(self, station: Station) -> None:
        """Take the open store, with who has signed in."""
        self._station = self._stations[WINDOW] = station
        self._touched_s = awake_s()
        self._watch(station.idle_s)

    def read_line(self) -> None:
        """Take over the state of the line to the back office; the app overrides it."""

    async def on_event(self, event: events.Event) -> None:
        """See every key before any widget does; one that comes after the time is not passed on."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            if self._is_idle():
                self.action_lock()
                return
            self._touched_s = awake_s()
        await super().on_event(event)

    @property
    def is_locked(self) -> bool:
        """True while the lock is in front."""
        return self._current_mode == LOCK

    def _is_idle(self) -> bool:
        station = self._station
        return station is not None and not self.is_locked and awake_s() - self._touched_s >= station.idle_s

    def _watch(self, wait_s: float) -> None:
        """Look again when the time is up at the earliest."""
        self.set_timer(max(wait_s, SHORTEST_LOOK_S), self._look_idle)

    def _look_idle(self) -> None:
        station = self._station
        if station is None:
            return
        if self._is_idle():
            self.action_lock()
        left = station.idle_s - (awake_s() - self._touched_s)
        self._watch(station.idle_s if self.is_locked else left)

    def action_lock(self) -> None:
        """Lock the screens; they stay as they are behind the lock, and what runs goes on."""
        if self._station is None or self.is_locked or not self.station.desk.profile.person_id:
            return
        from workstation.tui.screens.lock import LockScreen

        if LOCK not in self._modes:
            self.add_mode(LOCK, LockScreen)
        self._behind = self._current_mode
        desk = self._stations[self._behind].desk
        self.switch_mode(LOCK)
        self._note(lambda: desk.people.left(desk.profile.clerk))
        self._dim("darken")
        self.forget_soon()

    async def let_in(self, person: Person) -> None:
        """Show the screens of who has signed in; those of whoever was there before stay behind."""
        former = self._stations[self._behind]
        mode = self._stack_for(person)
        if mode is None:
            mode = f"person-{person.person_id}"
            station = await asyncio.to_thread(former.for_person, person)
            self._stations[mode] = station
            from workstation.tui.screens.home import HomeScreen

            self.add_mode(mode, HomeScreen)
        if mode != self._behind:
            people, was = self._stations[mode].desk.people, former.desk.profile.person_id
            self._note(lambda: people.switched(person, was))
        self._behind, self._touched_s = mode, awake_s()
        await self.switch_mode(mode)
        self._dim("lighten")
        self.read_line()

    def _dim(self, how: str) -> None:
        """Let every part of the screens behind the lock drop the pictures it shows, or draw them again."""
        for screen in self._screen_stacks.get(self._behind, ()):
            for node in (screen, *screen.query("*")):
                act = getattr(node, how, None)
                if act is not None:
                    act()

    def forget_soon(self) -> None:
        """Drop decrypted pages from memory once what was closed is gone."""
        self.set_timer(FORGET_AFTER_S, self._forget)

    @work(thread=True, exit_on_error=False, group="forget", exclusive=True)
    def _forget(self) -> None:
        station = self._station
        if station is not None:
            station.forget(thoroughly=self.is_locked)

    def _stack_for(self, person: Person) -> str | None:
        """Return the stack of a person; one whose part has changed since gets a new one."""
        for mode, station in self._stations.items():
            profile = station.desk.profile
            if profile.person_id == person.person_id and profile.role is person.role:
                return mode
        return None

    @work(exit_on_error=False, group="audit")
    async def _note(self, write: Callable[[], object]) -> None:
        """Write into the audit beside the jobs of the desk, which may take long."""
        try:
            await asyncio.to_thread(write)
        except Exception as error:  # noqa: BLE001 - the outermost rim: the lock holds whatever the disk does
            log.error("audit code=%s", getattr(error, "code", type(error).__name__))
