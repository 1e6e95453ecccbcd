"""The unlock screen: one passphrase opens the store, a new folder asks twice."""

from __future__ import annotations

import threading

import pytest

from tests.tui.conftest import OpenSeat
from tests.tui.seat import PASSPHRASE
from workstation.domain.people import Person
from workstation.services.station import Station
from workstation.store.errors import StoreDamaged
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.unlock import UnlockScreen

pytestmark = pytest.mark.anyio


async def test_the_right_passphrase_leads_home(sit: OpenSeat) -> None:
    async with sit(unlocked=False) as seat:
        seat.on(UnlockScreen)
        assert seat.sees("综合窗口工作站", "本机口令")
        await seat.write(PASSPHRASE)
        assert seat.misses(PASSPHRASE)
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.app.screen, HomeScreen), "home")


async def test_a_wrong_passphrase_says_what_to_do_and_asks_again(sit: OpenSeat) -> None:
    async with sit(unlocked=False) as seat:
        await seat.write("wrong")
        await seat.press("enter")
        screen = seat.on(UnlockScreen)
        await seat.until(lambda: not screen.busy, "answer")
        await seat.settle()
        assert seat.sees("T101")
        assert screen.secret.value == "" and screen.secret.has_focus
        await seat.unlock()


async def test_a_new_folder_asks_twice(sit: OpenSeat) -> None:
    async with sit(unlocked=False, is_new=True) as seat:
        assert seat.sees("设置本机口令", "再输入一次")
        await seat.write("geheim")
        await seat.press("enter")
        await seat.write("geheim")
        await seat.press("enter")
        await seat.until(lambda: isinstance(seat.app.screen, HomeScreen), "home")
        await seat.settle()
        assert seat.gate.asked == ["geheim"]


async def test_two_different_passphrases_open_nothing(sit: OpenSeat) -> None:
    async with sit(unlocked=False, is_new=True) as seat:
        await seat.write("geheim")
        await seat.press("enter")
        await seat.write("gehiem")
        await seat.press("enter")
        assert seat.sees("两次输入不一致")
        assert seat.gate.asked == [] and seat.on(UnlockScreen).secret.has_focus


async def test_a_short_passphrase_is_not_taken(sit: OpenSeat) -> None:
    async with sit(unlocked=False, is_new=True) as seat:
        await seat.write("abc")
        await seat.press("enter")
        await seat.write("abc")
        await seat.press("enter")
        assert seat.sees("至少 4 位")
        assert seat.gate.asked == []


async def test_a_pin_given_before_the_names_are_known_is_kept_for_who_is_asked(
    sit: OpenSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit() as told:
        person = told.window.desk.people.begin("李主管", PASSPHRASE)
    known, asked = threading.Event(), list[tuple[str, str]]()
    async with sit(unlocked=False) as seat:
        gate = seat.gate

        def late() -> tuple[Person, ...]:
            known.wait(90)
            return (person,)

        def unlock(secret: str, person_id: str = "") -> Station:
            asked.append((secret, person_id))
            return gate.station

        monkeypatch.setattr(gate, "people", late)
        monkeypatch.setattr(gate, "unlock", unlock)
        screen = seat.on(UnlockScreen)
        screen.forget()
        screen._look()
        await seat.pilot.press(*PASSPHRASE, "enter")
        await seat.pilot.pause()
        assert asked == []
        known.set()
        await seat.until(lambda: isinstance(seat.app.screen, HomeScreen), "home")
        await seat.settle()
    assert asked == [(PASSPHRASE, person.person_id)]


async def test_names_that_cannot_be_read_leave_the_passphrase(
    sit: OpenSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit(unlocked=False) as seat:

        def broken() -> tuple[Person, ...]:
            raise StoreDamaged(what="keys", reason="test")

        monkeypatch.setattr(seat.gate, "people", broken)
        screen = seat.on(UnlockScreen)
        screen.forget()
        screen._look()
        await seat.until(lambda: StoreDamaged.code in seat.text, "said")
        await seat.unlock()
