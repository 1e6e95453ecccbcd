"""Unlock: the first frame; one passphrase opens the encrypted store."""

from __future__ import annotations

import asyncio
import logging

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from workstation.i18n import N_, _
from workstation.services.station import Station
from workstation.tui.screens.base import station_app

log = logging.getLogger(__name__)


class UnlockScreen(Screen[None]):
    """Asks for the passphrase; a new data folder asks twice, so that a slip does not lock it for ever."""

    CSS_PATH = "unlock.tcss"
    HELP = N_("输入本机口令后按回车。口令打开本机的加密存储, 不会发往网络。")
    app = getters.app(station_app())
    busy: reactive[bool] = reactive(False)
    passphrase = getters.query_one("#passphrase", Input)
    again = getters.query_one("#again", Input)
    answer = getters.query_one("#answer", Static)

    def compose(self) -> ComposeResult:
        """The title, one or two inputs, one line for the answer."""
        with Vertical(id="box"):
            yield Label(_("综合窗口工作站"), id="title", markup=False)
            yield Label(self.app.gate.hint, id="hint", markup=False)
            prompt = _("设置本机口令 (至少 4 位)") if self.app.gate.is_new else _("本机口令")
            yield Label(prompt, markup=False)
            yield Input(password=True, id="passphrase")
            if self.app.gate.is_new:
                yield Label(_("再输入一次"), markup=False)
                yield Input(password=True, id="again")
            yield Static("", id="answer", markup=False)

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

    def _open(self) -> None:
        if not self.busy:
            self.busy = True
            self._say(_("正在打开…"), "quiet")
            self._unlock(self.passphrase.value)

    @work(exit_on_error=False)
    async def _unlock(self, passphrase: str) -> None:
        try:
            station: Station = await asyncio.get_running_loop().run_in_executor(
                self.app.jobs, self.app.gate.unlock, passphrase
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
        self._say(f"✘ [{message.code}] {message.what}\n{message.todo}")
        self.passphrase.value = ""
        self.passphrase.focus()

    def _say(self, text: str, style: str = "error") -> None:
        self.answer.set_classes(f"-{style}")
        self.answer.update(text)
