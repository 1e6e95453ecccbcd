"""What all working screens share: bars, notice line, and jobs that run off the interface's thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text
from textual import getters, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from workstation.i18n import _
from workstation.texts import describe
from workstation.tui.widgets.bars import Key, KeyBar, NoticeLine, StatusBar

if TYPE_CHECKING:
    from workstation.services.desk import Desk
    from workstation.tui.app import StationApp

log = logging.getLogger(__name__)
Result = TypeVar("Result")
Answer = TypeVar("Answer")


def station_app() -> type[StationApp]:
    """Return the app's class, imported late: the app imports the screens."""
    from workstation.tui.app import StationApp

    return StationApp


def fill(listing: OptionList, options: Sequence[Option], nothing: Text) -> None:
    """Put options into a list; the cursor stays on the same option while there is one, else near it."""
    row = listing.highlighted
    before = listing.get_option_at_index(row).id if row is not None and listing.option_count else None
    listing.clear_options()
    if not options:
        listing.add_option(Option(nothing, disabled=True))
        return
    listing.add_options(options)
    ids = [option.id for option in options]
    listing.highlighted = ids.index(before) if before in ids else min(row or 0, len(options) - 1)


class WorkScreen(Screen[Answer]):
    """A screen over the desk. Services block, so each call is a job; jobs run one after the other."""

    KEYS: Sequence[Key] = ()
    busy: reactive[bool] = reactive(False, bindings=True)

    app = getters.app(station_app())

    def compose_bars(self) -> ComposeResult:
        """The bars; a screen yields them first."""
        yield StatusBar()
        with Vertical(id="foot"):
            yield NoticeLine()
            yield KeyBar()

    def on_mount(self) -> None:
        """Show the keys and the state of the line."""
        self.query_one(KeyBar).keys = tuple(Key(_(k.key), _(k.label), k.action, k.main) for k in self.KEYS)
        self.show_status()

    def on_screen_resume(self) -> None:
        """Come back from another screen: everything may have changed meanwhile."""
        self.show_status()
        self.refresh_view()

    def refresh_view(self) -> None:
        """Read again what the screen shows; screens override it."""

    @property
    def desk(self) -> Desk:
        """The services."""
        return self.app.station_of(self).desk

    def show_status(self) -> None:
        """Copy the app's status into the bar."""
        self.app.fill_status(self.query_one(StatusBar))

    def say(self, what: str, todo: str = "", severity: str = "information") -> None:
        """Show a sentence on the notice line."""
        self.query_one(NoticeLine).say(what, todo, severity)

    def job(self, run: Callable[[], Result], then: Callable[[Result], None] | None = None) -> None:
        """Run `run` off the interface's thread, then `then` with its result on it."""
        self.query_one(NoticeLine).say("")
        self._job(run, then)

    @work(exit_on_error=False, group="desk")
    async def _job(self, run: Callable[[], Result], then: Callable[[Result], None] | None) -> None:
        self.busy = True
        try:
            result = await asyncio.get_running_loop().run_in_executor(self.app.jobs, run)
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self.tell(error)
            return
        finally:
            self.busy = False
        if then is not None and self.is_attached:
            then(result)

    def wake_line(self, *, eager: bool = False) -> None:
        """Let the line send now; it counts the queue, so it too is asked off the interface's thread."""
        link = self.app.station.link
        self._job(lambda: link.kick(eager=eager), None)

    def tell(self, error: BaseException) -> None:
        """Say an error in the clerk's words; nothing of the case goes into the log."""
        message = describe(error)
        trace = error if message.code == "X000" else None
        log.error("code=%s kind=%s", message.code, type(error).__name__, exc_info=trace)
        if self.is_attached:
            self.say(f"[{message.code}] {message.what}", message.todo, "error")
