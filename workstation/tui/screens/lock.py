"""The lock: nothing of a case is painted under it and no key goes through it; a PIN opens it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from workstation.i18n import N_, _
from workstation.tui.screens.who import WhoScreen

if TYPE_CHECKING:
    from workstation.domain.people import Person


class LockScreen(WhoScreen):
    """Asks who is there; the screens of whoever was there before stay as they are behind it."""

    HELP = N_(
        "已锁屏, 正在办理的内容原样保留, 扫描和发送照常进行。输入本人口令后按回车继续。\n"
        "换人: 按 F2 选择人员, 再输入其口令; 前一位的办件不会显示给后一位。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2,down", "another", "换人", id="lock.another")]

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
        self.secret.value = ""
        self.reply("")
        self.secret.focus()
        self.forget()
        self._look()

    @work(exit_on_error=False, group="look", exclusive=True)
    async def _look(self) -> None:
        desk = self.app.station.desk
        try:
            # Not with the desk's jobs: a long one must not keep the lock from answering.
            found = await asyncio.to_thread(desk.people.active)
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self.refuse(error)
            self.name_people(())
            return
        mine = desk.profile.person_id
        self.name_people(sorted(found, key=lambda person: person.person_id != mine))

    @on(Input.Submitted, "#passphrase")
    def _given(self) -> None:
        self.give()

    def open_with(self, secret: str) -> None:
        """Sign the chosen person in; look again for people where none were found."""
        person = self.chosen
        if person is not None:
            self._sign_in(person, secret)
        else:
            self.busy = False
            self.forget()
            self._look()

    @work(exit_on_error=False, group="desk")
    async def _sign_in(self, person: Person, pin: str) -> None:
        try:
            await asyncio.to_thread(self.app.station.desk.people.sign_in, person.person_id, pin)
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self.refuse(error)
            return
        self.busy = False
        self.secret.value = ""
        self.reply("")
        await self.app.let_in(person)
