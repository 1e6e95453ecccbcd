"""Unlock: the first frame; one passphrase opens the encrypted store."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from workstation.i18n import N_, _
from workstation.services.station import Station
from workstation.tui.screens.who import WhoScreen

PIN_NEEDED = "V314"
"""The store is open and it is not known who is there; no failure."""


class UnlockScreen(WhoScreen):
    """Asks for the passphrase; a new data folder asks twice, so that a slip does not lock it for ever.

    Where the store opens without a person (machine key, key ring), or the passphrase is nobody's PIN, it asks
    who is there and for their PIN.
    """

    HELP = N_("输入本机口令后按回车。口令打开本机的加密存储, 不会发往网络。")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2,down", "another", "换人", id="unlock.another")]
    again = getters.query_one("#again", Input)

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
        if self.app.gate.is_new:
            self.name_people(())
        else:
            self.call_after_refresh(self._look)

    @work(exit_on_error=False)
    async def _look(self) -> None:
        try:
            found = await asyncio.get_running_loop().run_in_executor(self.app.jobs, self.app.gate.people)
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self.refuse(error)
            # A machine key that is gone leaves the passphrase, which must not wait for names that never come.
            found = ()
        self.name_people(found)

    @on(Input.Submitted, "#passphrase")
    def _first_given(self) -> None:
        if self.app.gate.is_new:
            self.again.focus()
        else:
            self.give()

    @on(Input.Submitted, "#again")
    def _second_given(self) -> None:
        if self.again.value != self.secret.value:
            self.reply(_("两次输入不一致, 请重新输入"))
            self.again.value = ""
            self.secret.focus()
        elif len(self.secret.value) < 4:
            self.reply(_("口令太短, 至少 4 位"))
            self.secret.focus()
        else:
            self.give()

    def open_with(self, secret: str) -> None:
        """Open the store, or sign the chosen person in."""
        self._unlock(secret, self.chosen.person_id if self.chosen else "")

    @work(exit_on_error=False)
    async def _unlock(self, secret: str, person_id: str) -> None:
        try:
            station: Station = await asyncio.get_running_loop().run_in_executor(
                self.app.jobs, self.app.gate.unlock, secret, person_id
            )
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            message = self.refuse(error)
            if message.code == PIN_NEEDED:
                self.reply(f"{message.what}\n{message.todo}", "quiet")
                self.forget()
                self._look()
            return
        self.app.enter(station)
