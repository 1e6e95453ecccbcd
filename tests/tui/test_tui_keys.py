"""Keys: named bindings, a bar that never promises a key that is not there, help everywhere, safe dialogs."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import OptionList

from tests.services.conftest import Window
from tests.tui.conftest import OpenSeat
from workstation.i18n import install
from workstation.tui.app import StationApp
from workstation.tui.screens import case, courier, dialogs, help, home, page, picker, queue, unlock
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.screens.help import HelpScreen
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.queue import QueueScreen
from workstation.tui.widgets.steps import StepName

MODULES = (case, courier, dialogs, help, home, page, picker, queue, unlock)
GLYPHS = {"←": "left", "→": "right", "esc": "escape"}


def screens_of(module: ModuleType) -> list[type]:
    found = [thing for _, thing in inspect.getmembers(module, inspect.isclass)]
    return [t for t in found if issubclass(t, Screen) and t.__module__ == module.__name__]


SCREENS = [screen for module in MODULES for screen in screens_of(module)]


def bindings_of(kind: type) -> list[Binding]:
    return [b for b in kind.__dict__.get("BINDINGS", ()) if isinstance(b, Binding)]


@pytest.mark.parametrize("kind", [*SCREENS, StationApp], ids=lambda kind: kind.__name__)
def test_every_binding_has_a_name_of_its_own(kind: type) -> None:
    ids = [binding.id for binding in bindings_of(kind)]
    assert all(ids) and len(set(ids)) == len(ids)


@pytest.mark.parametrize("kind", SCREENS, ids=lambda kind: kind.__name__)
def test_every_key_of_the_bar_is_bound_to_its_action(kind: type) -> None:
    bound = {
        (key, binding.action.split("(")[0])
        for binding in (*bindings_of(kind), *bindings_of(StationApp))
        for key in binding.key.split(",")
    }
    for key in getattr(kind, "KEYS", ()):
        name = key.key.lower()
        assert (GLYPHS.get(name, name), key.action.split("(")[0]) in bound, key


@pytest.mark.anyio
async def test_f1_explains_every_screen_and_the_same_key_closes_it(sit: OpenSeat, window: Window) -> None:
    made = window.open()
    async with sit() as seat:
        for opening, screen in (("", HomeScreen), ("f5", QueueScreen), ("f6", CourierScreen)):
            if opening:
                await seat.press(opening)
            await seat.press("f1")
            seat.on(HelpScreen)
            assert seat.sees("帮助", "Ctrl+Q 退出程序")
            await seat.press("f1")
            seat.on(screen)
            if opening:
                await seat.press("escape")
        await seat.open(made.case_id)
        await seat.press("f1")
        assert seat.sees("一件办件分五步", "Shift+F2 选扫描仪")
        await seat.press("enter")
        assert seat.at(StepName.APPLICANT)


@pytest.mark.anyio
async def test_help_is_there_before_unlocking(sit: OpenSeat) -> None:
    async with sit(unlocked=False) as seat:
        await seat.press("f1")
        assert seat.sees("口令打开本机的加密存储")
        await seat.press("escape")


@pytest.mark.anyio
async def test_the_safe_answer_has_the_cursor(sit: OpenSeat) -> None:
    answers: list[object] = []
    async with sit() as seat:
        seat.app.push_screen(ConfirmDialog("[/red]", "[bold]?"), answers.append)
        await seat.settle()
        listing = seat.app.screen.query_one(OptionList)
        assert listing.has_focus and listing.highlighted == 0 and seat.sees("[/red]", "[bold]?", "N  否")
        await seat.press("enter")
        seat.app.push_screen(ConfirmDialog("x", "y"), answers.append)
        await seat.settle()
        await seat.press("escape")
        seat.app.push_screen(ChoiceDialog("x", "", [("a", "[/red]"), ("b", "B")], start="b"), answers.append)
        await seat.settle()
        await seat.press("enter")
        assert answers == [False, False, "b"]


@pytest.mark.anyio
async def test_no_palette_covers_the_work(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("ctrl+p")
        seat.on(HomeScreen)


@pytest.mark.anyio
async def test_the_english_interface_walks_the_same_way(
    sit: OpenSeat, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = window.ready()
    install("en")
    try:
        async with sit() as seat:
            await seat.press("f5", "f1", "escape", "escape", "f6", "escape", "f8", "escape")
            await seat.open(made.case_id)
            for step in StepName:
                seat.case.go(step)
                await seat.settle()
            await seat.press("f1", "escape", "f10")
            assert made.number in seat.notice
    finally:
        install("zh_CN")
