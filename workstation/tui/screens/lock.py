"""The lock: nothing of a case is painted under it and no key goes through it; a PIN opens it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from workstation.i18n import N_, _
from workstation.tui.screens.base import station_app

if TYPE_CHECKING:
    from workstation.domain.people import Person

log = logging.getLogger(__name__)


class LockScreen(Screen[None]):
    """Asks who is there; the screens of whoever was there before stay as they are behind it."""

    CSS_PATH = "unlock.tcss"
    HELP = N_(
        "已锁屏, 正在办理的内容原样保留, 扫描和发送照常进行。输入本人口令后按回车继续。\n"
        "换人: 按 F2 选择人员, 再输入其口令; 前一位的办件不会显示给后一位。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2,down", "another", "换人", id="lock.another")]
    app = getters.app(station_app())
    busy: reactive[bool] = reactive(False)
    pin = getters.query_one("#passphrase", Input)
    answer = getters.query_one("#answer", Static)

    def __init__(self) -> None:
        """Start with whoever was there before."""
        super().__init__()
        self._people: tuple[Person, ...] = ()
        self._chosen = 0
        self._is_early = False
        """A PIN was given before it was known whose."""

    def compose(self) -> ComposeResult:
        """The title, who is asked, one input, one line for the answer."""
        with Vertical(id="box"):
            yield Label(_("已锁屏"), id="title", markup=False)
            yield Label(self.app.gate.hint, id="hint", markup=False)
            yield Label("", id="who", markup=False)
            yield Input(password=True, id="passphrase", max_length=200)
            yield Static("", id="answer", markup=False)

    def on_screen_resume(self) -> None:
        """Ask anew who may sign in: the staff may have changed."""
        self.pin.value = ""
        self._say("")
        self.pin.focus()
        # Nobody until it is known: a choice made among those of before would be lost.
        self._people = ()
        self._is_early = False
        self._look()

    @work(exit_on_error=False, group="look", exclusive=True)
    async def _look(self) -> None:
        desk = self.app.station.desk
        # Not with the desk's jobs: a long one must not keep the lock from answering.
        found = await asyncio.to_thread(desk.people.active)
        mine = desk.profile.person_id
        self._people = tuple(sorted(found, key=lambda person: person.person_id != mine))
        self._chosen = 0
        self._show_who()
        if self._is_early:
            self._given()

    def _show_who(self) -> None:
        if not self._people:
            return
        name = self._people[self._chosen].name
        more = _(" (F2 换人)") if len(self._people) > 1 else ""
        self.query_one("#who", Label).update(_("{name} 的口令").format(name=name) + more)

    def action_another(self) -> None:
        """Ask the next person."""
        if self._people and not self.busy:
            self._chosen = (self._chosen + 1) % len(self._people)
            self.pin.value = ""
            self._say("")
            self._show_who()

    @on(Input.Submitted, "#passphrase")
    def _given(self) -> None:
        self._is_early = not self._people
        if self._people and not self.busy:
            self.busy = True
            self._say(_("正在打开…"), "quiet")
            self._open(self._people[self._chosen], self.pin.value)

    @work(exit_on_error=False, group="desk")
    async def _open(self, person: Person, pin: str) -> None:
        try:
            desk = self.app.station.desk
            await asyncio.to_thread(desk.people.sign_in, person.person_id, pin)
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self._failed(error)
            return
        finally:
            self.busy = False
            self.pin.value = ""
        self._say("")
        await self.app.let_in(person)

    def _failed(self, error: Exception) -> None:
        from workstation.texts import describe

        message = describe(error)
        log.error("lock code=%s kind=%s", message.code, type(error).__name__)
        self._say(f"✘ [{message.code}] {message.what}\n{message.todo}")
        self.pin.focus()

    def _say(self, text: str, style: str = "error") -> None:
        self.answer.set_classes(f"-{style}")
        self.answer.update(text)
