"""The key bar in a short line: keys that do nothing now give way to those that do."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen

from workstation.tui.theme import VARIABLES
from workstation.tui.widgets.bars import Key, KeyBar

KEYS = (
    Key("F1", "Help", "help"),
    Key("F2", "Scan", "scan"),
    Key("F3", "Reuse", "reuse"),
    Key("F9", "Withdraw", "hold"),
    Key("F10", "Receive", "receive", ready=False),
)


class Desk(Screen[None]):
    """A screen where scanning and reuse are not allowed."""

    def compose(self) -> ComposeResult:
        bar = KeyBar()
        bar.keys = KEYS
        yield bar

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action in ("scan", "reuse") else super().check_action(action, parameters)


class Bench(App[None]):
    """The screen in the colours of the program."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return VARIABLES

    def on_mount(self) -> None:
        self.push_screen(Desk())


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, "F1 Help F2 Scan F3 Reuse F9 Withdraw F10 Receive"),
        (38, "F1Help F2Scan F9Withdraw F10Receive"),
        (26, "F1HelpF9WithdrawF10Receive"),
    ],
)
def test_keys_that_are_not_allowed_give_way_where_the_line_is_short(width: int, shown: str) -> None:
    async def drawn() -> str:
        app = Bench()
        async with app.run_test(size=(width, 5)) as pilot:
            await pilot.pause()
            return str(app.screen.query_one(KeyBar).render())

    assert " ".join(asyncio.run(drawn()).split()) == shown
