"""The app: opens the unlock screen at once, the rest of the program loads behind the first frame."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from workstation.domain.clock import local_date
from workstation.i18n import _
from workstation.tui.locking import LockingApp, awake_s
from workstation.tui.terminal import Terminal
from workstation.tui.theme import STATION, VARIABLES
from workstation.tui.widgets.bars import StatusBar, network_lamp

if TYPE_CHECKING:
    from workstation.services.scan_ways import ScanWay
    from workstation.services.station import Gate, Station

LOOK_AGAIN_S = 0.5
"""Shortest time between two looks at the queue."""
DISK_LOOK_S = 15.0
STANDS_S = 2.0
"""Time after which the first screen stands."""
REST_S = 5.0
"""Nobody who has pressed no key for so long presses one within the next tenth of a second."""


class StationApp(LockingApp):
    """One workstation at one window."""

    TITLE = "综合窗口工作站"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "帮助", id="app.help", show=False, priority=True),
        Binding("ctrl+q", "leave", "退出", id="app.quit", show=False, priority=True),
        Binding("ctrl+l", "lock", "锁屏、换人", id="app.lock", show=False, priority=True),
    ]

    @dataclass
    class LineChanged(Message):
        """The line to the back office, or the queue, may have changed."""

    @dataclass
    class DiskSeen(Message):
        """Somebody looked at the disk; `words` say what every screen must show, if anything."""

        words: str

    light: reactive[str] = reactive("UNKNOWN")
    waiting: reactive[int] = reactive(0)

    def __init__(self, gate: Gate, terminal: Terminal, *, owns_process: bool = False) -> None:
        """Take the gate that opens the store, and what the terminal can draw.

        With `owns_process` the memory of the whole process is kept for the sake of quick keys.
        """
        super().__init__()
        self._owns_process = owns_process
        # Before anything is drawn: a theme chosen later styles every widget a second time.
        self.register_theme(STATION)
        self.theme = "station"
        self.gate = gate
        self.terminal = terminal
        self.jobs = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        self.readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read")
        self.packers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pack")
        self.is_leaving = False
        self.disk_words = ""
        """True once the program ends: what runs only ahead of time stops."""
        self.lookers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look")
        self.scan_way: ScanWay | None = None
        """How pages are scanned, as chosen or first found; kept until the program ends."""
        """The scanner the clerk chose; empty: the first one found."""
        self.earliest = ""
        self._has_news = False
        self._resting: Timer | None = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Names the style sheets use, whatever theme is chosen."""
        return VARIABLES

    def on_mount(self) -> None:
        """Show the unlock screen; everything heavy is imported after it is on the screen."""
        self.set_class(self.gate.practice, "-practice")
        from workstation.tui.screens.unlock import UnlockScreen

        self.push_screen(UnlockScreen())
        self.call_after_refresh(self._preload)

    @work(thread=True, exit_on_error=False, group="preload")
    def _preload(self) -> None:
        from workstation.tui.memory import collect_seldom, give_memory_back, keep_what_is_here

        give_memory_back()
        if self._owns_process:
            collect_seldom()
        self.gate.preload()
        if self._owns_process:
            keep_what_is_here()

    def enter(self, station: Station) -> None:
        """Go on from the unlock screen with an open store."""
        self.open_for(station)
        station.link.subscribe(lambda: self.post_message(self.LineChanged()))
        from workstation.tui.screens.home import HomeScreen

        self.switch_screen(HomeScreen())
        self._look_at_disk()
        self.set_interval(DISK_LOOK_S, self._look_at_disk)
        if self._owns_process:
            from workstation.tui.memory import keep_what_is_here

            self.set_timer(STANDS_S, keep_what_is_here)
            self.set_interval(REST_S, self._rest)
        self.read_line()

    def _rest(self) -> None:
        from workstation.tui.memory import collect_at_rest

        if awake_s() - self._touched_s >= REST_S:
            collect_at_rest()

    @work(thread=True, exit_on_error=False, group="disk", exclusive=True)
    def _look_at_disk(self) -> None:
        self.post_message(self.DiskSeen(self.station.desk.disk.warning()))

    @on(DiskSeen)
    def _show_disk(self, seen: DiskSeen) -> None:
        """Take the warning into every bar, or out of it again."""
        if seen.words != self.disk_words:
            self.disk_words = seen.words
            self._fill_bars()

    def _fill_bars(self) -> None:
        for screen in self.screen_stack:
            for bar in screen.query(StatusBar):
                self.fill_status(bar)

    @on(LineChanged)
    def read_line(self) -> None:
        """Take over the state of the line to the back office."""
        if self._station is None:
            return
        link = self._station.link
        self.light, self.poor, self.waiting = link.light.value, link.poor, link.waiting
        self.earliest = link.earliest
        self._fill_bars()
        self._has_news = True
        if self._resting is None:
            self._refresh_screen()

    @property
    def is_online(self) -> bool:
        """Whether the back office answers, however poor the line is."""
        return self._station is not None and self._station.link.light.is_up

    @property
    def is_behind(self) -> bool:
        """True while the line changed and the screen has not looked yet."""
        return self._has_news

    def _refresh_screen(self) -> None:
        """Let the screen look again, then rest a moment: a long queue on the move changes at every bundle."""
        self._resting = None
        if not self._has_news or not self.screen_stack:
            return
        self._has_news = False
        refresh: Callable[[], None] | None = getattr(self.screen, "on_line_changed", None)
        if refresh is not None:
            refresh()
        self._resting = self.set_timer(LOOK_AGAIN_S, self._refresh_screen)

    def fill_status(self, bar: StatusBar) -> None:
        """Write window, clerk, line and pack into a bar."""
        bar.practice = self.gate.practice
        if self._station is None:
            bar.left = _("综合窗口工作站")
            return
        profile, catalogue = self.station_of(bar).desk.profile, self._station.desk.catalogue
        bar.left = f"{profile.window_name} · {profile.street_name} │ {profile.clerk}"
        bar.lamp = network_lamp(self.light, self.poor)
        queue = _("队列 {n}").format(n=self.waiting)
        bar.queue = f"{queue} · {self.earliest}" if self.earliest else queue
        bar.right = _("目录 {version}").format(version=catalogue.current.version) + " "
        pack = catalogue.current
        is_stale = pack.is_stale(local_date(self._station.desk.clock()))
        stale = _("目录已过期 {day}").format(day=pack.valid_until) if is_stale else ""
        bar.warning = "  ▲ ".join(words for words in (self.disk_words, stale) if words)

    def action_help(self) -> None:
        """Show the keys of the present screen; a second press closes them, and a dialog explains itself."""
        from workstation.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
        elif getattr(self.screen, "HELP", ""):
            self.push_screen(HelpScreen(self.screen))

    def action_leave(self) -> None:
        """Close the program; drafts and queue stay as they are, and nobody ends what lies behind the lock."""
        if not self.is_locked:
            self.exit(0)

    def shut(self) -> None:
        """Stop the sender and close the store; called once after the app ended."""
        self.is_leaving = True
        self.packers.shutdown(wait=True, cancel_futures=True)
        self.jobs.shutdown(wait=True)
        self.lookers.shutdown(wait=True)
        self.readers.shutdown(wait=True)
        if self._station is not None:
            self._station.close()
