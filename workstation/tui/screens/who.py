"""What the lock and the unlock screen share: who is asked, and a secret that comes before the names do."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import getters
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from workstation.i18n import _
from workstation.tui.screens.base import station_app

if TYPE_CHECKING:
    from workstation.domain.people import Person
    from workstation.texts import Message

log = logging.getLogger(__name__)


class WhoScreen(Screen[None]):
    """Asks one person for their secret, another by key; nobody's secret is tried before it is known whose."""

    CSS_PATH = "unlock.tcss"
    app = getters.app(station_app())
    busy: reactive[bool] = reactive(False)
    secret = getters.query_one("#passphrase", Input)
    answer = getters.query_one("#answer", Static)

    def __init__(self) -> None:
        """Start without names."""
        super().__init__()
        self._people: tuple[Person, ...] = ()
        self._chosen = 0
        self._is_known = False
        """Whether it is known who may come in; nobody may be the answer."""
        self._is_early = False
        """A secret was given before."""

    def forget(self) -> None:
        """Ask anew: a choice made among those of before would be lost."""
        self._people, self._is_known, self._is_early = (), False, False

    def name_people(self, people: Iterable[Person]) -> None:
        """Take who may come in; a secret that came before them is tried now."""
        self._people, self._chosen, self._is_known = tuple(people), 0, True
        self._show_who()
        if self._is_early:
            self.give()

    @property
    def chosen(self) -> Person | None:
        """Who is asked; None while nobody is, and where the store's own passphrase is."""
        return self._people[self._chosen] if self._people else None

    def action_another(self) -> None:
        """Ask the next person."""
        if self._people and not self.busy:
            self._chosen = (self._chosen + 1) % len(self._people)
            self.secret.value = ""
            self.reply("")
            self._show_who()

    def give(self) -> None:
        """Try what is typed, once it is known whose it is."""
        self._is_early = not self._is_known
        if not self.busy:
            self.reply(_("正在打开…"), "quiet")
            if self._is_known:
                self.busy = True
                self.open_with(self.secret.value)

    @abstractmethod
    def open_with(self, secret: str) -> None:
        """Try a secret."""

    def refuse(self, error: Exception) -> Message:
        """Say why nothing opens, and ask again."""
        from workstation.texts import describe

        message = describe(error)
        log.error("%s code=%s kind=%s", type(self).__name__, message.code, type(error).__name__)
        self.busy = self._is_early = False
        self.reply(f"✘ [{message.code}] {message.what}\n{message.todo}")
        self.secret.value = ""
        self.secret.focus()
        return message

    def reply(self, text: str, style: str = "error") -> None:
        """Write the line below the input."""
        self.answer.set_classes(f"-{style}")
        self.answer.update(text)

    def _show_who(self) -> None:
        person = self.chosen
        if person is not None:
            more = _(" (F2 换人)") if len(self._people) > 1 else ""
            self.query_one("#who", Label).update(_("{name} 的口令").format(name=person.name) + more)
