"""Unlock: the first frame; one passphrase opens the encrypted store."""

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
from workstation.services.station import Station
from workstation.tui.screens.base import station_app

if TYPE_CHECKING:
    from workstation.domain.people import Person

log = logging.getLogger(__name__)
PIN_NEEDED = "V314"
"""The store is open and it is not known who is there; no failure."""


class UnlockScreen(Screen[None]):
    """Asks for the passphrase; a new data folder asks twice, so that a slip does not lock it for ever.

    Where the store opens without a person (machine key, key ring), or the passphrase is nobody's PIN, it asks
    who is there and for their PIN.
    """

    CSS_PATH = "unlock.tcss"
    HELP = N_("输入本机口令后按回车。口令打开本机的加密存储, 不会发往网络。")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2,down", "another", "换人", id="unlock.another")]
    app = getters.app(station_app())
    busy: reactive[bool] = reactive(False)
    passphrase = getters.query_one("#passphrase", Input)
    again = getters.query_one("#again", Input)
    answer = getters.query_one("#answer", Static)

    def __init__(self) -> None:
        """Ask for the passphrase until it is known who may sign in."""
        super().__init__()
        self._people: tuple[Person, ...] = ()
        self._chosen = 0

    def compose(self) -> ComposeResult:
        """The title, one or two inputs, one line for the answer."""
        with Vertical(id="box"):
            yield Label(_("综合窗口工作站"), id="title", markup=False)
            yield Label(self.app.gate.hint, id="hint", markup=False)
            prompt = _("设置本机口令 (至少 4 位)") if self.app.gate.is_new else _("本机口令")
            yield Label(prompt, markup=False, id="who")
            yield Input(password=True, id="passphrase")
            if self.app.gate.is_new:
                yield Label(_("再输入一次"), markup=False)
                yield Input(password=True, id="again")
            yield Static("", id="answer", markup=False)

    def on_mount(self) -> None:
        """See whether the store opens by itself, once the first frame is out."""
        if not self.app.gate.is_new:
            self.call_after_refresh(self._look)

    @work(exit_on_error=False)
    async def _look(self) -> None:
        found = await asyncio.get_running_loop().run_in_executor(self.app.jobs, self.app.gate.people)
        self._people, self._chosen = found, 0
        self._show_who()

    def _show_who(self) -> None:
        if self._people:
            name = self._people[self._chosen].name
            more = _(" (F2 换人)") if len(self._people) > 1 else ""
            self.query_one("#who", Label).update(_("{name} 的口令").format(name=name) + more)

    def action_another(self) -> None:
        """Ask the next person."""
        if self._people and not self.busy:
            self._chosen = (self._chosen + 1) % len(self._people)
            self.passphrase.value = ""
            self._say("")
            self._show_who()

    @on(Input.Submitted, "#passphrase")
    def _first_given(self) -> None:
        if self.app.gate.is_new:
            self.again.focus()
        else:
            self._open()

    @on(Input.Submitted, "#again")
    def _second_given(self) -> None:
        if self.again.value != self.passphrase.value:
            self._say(_("两次输入不一致, 请重新输入"))
            self.again.value = ""
            self.passphrase.focus()
        elif len(self.passphrase.value) < 4:
            self._say(_("口令太短, 至少 4 位"))
            self.passphrase.focus()
        else:
            self._open()

    @property
    def _person_id(self) -> str:
        return self._people[self._chosen].person_id if self._people else ""

    def _open(self) -> None:
        if not self.busy:
            self.busy = True
            self._say(_("正在打开…"), "quiet")
            self._unlock(self.passphrase.value)

    @work(exit_on_error=False)
    async def _unlock(self, passphrase: str) -> None:
        try:
            station: Station = await asyncio.get_running_loop().run_in_executor(
                self.app.jobs, self.app.gate.unlock, passphrase, self._person_id
            )
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self._failed(error)
            return
        self.app.enter(station)

    def _failed(self, error: Exception) -> None:
        from workstation.texts import describe

        message = describe(error)
        log.error("unlock code=%s kind=%s", message.code, type(error).__name__)
        self.busy = False
        if message.code == PIN_NEEDED:
            self._say(f"{message.what}\n{message.todo}", "quiet")
            self._look()
        else:
            self._say(f"✘ [{message.code}] {message.what}\n{message.todo}")
        self.passphrase.value = ""
        self.passphrase.focus()

    def _say(self, text: str, style: str = "error") -> None:
        self.answer.set_classes(f"-{style}")
        self.answer.update(text)
