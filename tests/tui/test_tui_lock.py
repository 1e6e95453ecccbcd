"""The lock: it falls whatever has the cursor, hides everything, loses nothing, and opens to a PIN only."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

from scanners.fake import blank_page
from tests.services.conftest import ELDER_CARD, ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.audit import Action
from workstation.domain.people import Person, Role
from workstation.services.audit import check
from workstation.services.people import People
from workstation.tui import locking
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import NoticeDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.lock import LockScreen
from workstation.tui.widgets.steps import StepName

pytestmark = [pytest.mark.usefixtures("light_pins"), pytest.mark.anyio]
PIN, OTHER_PIN = "246810", "135790"


@pytest.fixture
def staffed(window: Window) -> Window:
    """The window with a supervisor and two clerks, the first of whom sits at it."""
    people = window.desk.people
    chief = people.begin("李主管", PIN)
    clerk = people.add("王样本", Role.CLERK, PIN, by=chief)
    people.add("周样本", Role.CLERK, OTHER_PIN, by=chief)
    people.sign_in(clerk.person_id, PIN)
    window.desk = window.desk.for_person(clerk)
    return window


async def typing(seat: Seat, window: Window) -> Input:
    """Somebody in the middle of a phone number in a case."""
    case = window.named(window.open(ELDER_CARD))
    await seat.open(case.case_id)
    await seat.press("pageup")
    assert seat.at(StepName.APPLICANT)
    row = await seat.go_to_row("phone")
    box = row.query_one(Input)
    await seat.replace("半句话")
    return box


async def come_in(seat: Seat, pin: str = PIN, *, others: int = 0) -> None:
    for _ in range(others):
        await seat.press("f2")
    await seat.write(pin)
    await seat.press("enter")
    await seat.until(lambda: not isinstance(seat.app.screen, LockScreen), "let in")
    await seat.settle()


def actions(window: Window) -> list[str]:
    return [entry.action for entry in window.store.audit.entries()]


async def test_the_lock_hides_the_case_keeps_what_is_typed_and_opens_to_the_pin(
    sit: OpenSeat, staffed: Window
) -> None:
    async with sit(window=staffed) as seat:
        box = await typing(seat, staffed)
        await seat.press("ctrl+l")
        await seat.until(lambda: Action.LOCKED in actions(staffed), "written down")
        seat.on(LockScreen)
        await seat.until(lambda: "王样本" in seat.text, "names")
        assert seat.sees("已锁屏", "王样本")
        assert seat.misses(ZHAO.name, ZHAO.id_number, "半句话", "敬老优待证")
        length = staffed.store.audit.head().seq
        await seat.press("f2", "f2", "f2", "f10", "escape", "tab", "x")
        seat.on(LockScreen)
        assert box.value == "半句话" and staffed.store.audit.head().seq == length
        await seat.press("ctrl+u")
        await come_in(seat)
        seat.on(CaseScreen)
        assert box.value == "半句话" and seat.sees("半句话")
        assert check(staffed.store) == ()


async def test_a_key_after_the_time_locks_and_goes_to_no_widget(
    sit: OpenSeat, staffed: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit(window=staffed) as seat:
        box = await typing(seat, staffed)
        later = time.clock_gettime(time.CLOCK_BOOTTIME) + 301
        monkeypatch.setattr(locking, "awake_s", lambda: later)
        await seat.write("完了")
        seat.on(LockScreen)
        assert box.value == "半句话"
        monkeypatch.setattr(locking, "awake_s", lambda: later + 10)
        await come_in(seat)
        await seat.press("x")
        assert box.value.endswith("x")


async def test_keys_keep_the_screens_open_and_their_absence_locks_them(
    sit: OpenSeat, staffed: Window
) -> None:
    async with sit(window=staffed) as seat:
        await seat.press("tab")
        seat.app._stations["window"] = seat.app._station = replace(seat.app.station, idle_s=0.2)
        seat.app._look_idle()
        await seat.until(lambda: isinstance(seat.app.screen, LockScreen), "lock")


async def test_a_wrong_pin_opens_nothing_and_is_written_down(sit: OpenSeat, staffed: Window) -> None:
    async with sit(window=staffed) as seat:
        await seat.press("ctrl+l")
        await seat.write("000000")
        await seat.press("enter")
        await seat.until(lambda: not seat.on(LockScreen).busy and "V307" in seat.text, "answer")
        assert seat.on(LockScreen).secret.value == ""
        assert Action.WRONG_PIN in actions(staffed)
        for _ in range(4):
            await seat.write("000000")
            await seat.press("enter")
            await seat.until(lambda: not seat.on(LockScreen).busy, "answer")
        await seat.until(lambda: "V308" in seat.text, "locked out")
        await seat.write(PIN)
        await seat.press("enter")
        await seat.until(lambda: not seat.on(LockScreen).busy, "answer")
        seat.on(LockScreen)


async def test_nobody_ends_the_program_over_somebody_elses_work(sit: OpenSeat, staffed: Window) -> None:
    async with sit(window=staffed) as seat:
        await seat.press("ctrl+l", "ctrl+q", "f1", "ctrl+l", "f1")
        seat.on(LockScreen)
        assert seat.app.is_running and seat.app.return_value is None


async def test_another_person_gets_screens_of_their_own_and_the_first_finds_theirs_again(
    sit: OpenSeat, staffed: Window
) -> None:
    async with sit(window=staffed) as seat:
        box = await typing(seat, staffed)
        await seat.press("ctrl+l")
        await seat.until(lambda: "F2" in seat.text, "names")
        names = [person.name for person in staffed.desk.people.active()]
        await seat.until(lambda: len(seat.on(LockScreen)._people) == 3, "people")
        order = [person.name for person in seat.on(LockScreen)._people]
        assert order[0] == "王样本" and set(order) == set(names)
        await come_in(seat, OTHER_PIN, others=order.index("周样本"))
        home = seat.on(HomeScreen)
        assert home.desk.profile.clerk == "周样本" and seat.sees("周样本")
        case = home.desk.intake.open_case(staffed.item(ELDER_CARD))
        assert case.opened_by == "周样本"
        assert Action.SWITCHED in actions(staffed)
        await seat.press("ctrl+l")
        await seat.until(lambda: "王样本" in {p.name for p in seat.on(LockScreen)._people}, "people")
        order = [person.name for person in seat.on(LockScreen)._people]
        await come_in(seat, PIN, others=order.index("王样本"))
        screen = seat.on(CaseScreen)
        assert screen.desk.profile.clerk == "王样本" and box.value == "半句话"
        assert check(staffed.store) == ()


async def test_what_ends_under_the_lock_acts_on_its_own_screens(sit: OpenSeat, staffed: Window) -> None:
    async with sit(window=staffed) as seat:
        home = seat.on(HomeScreen)
        dialog = NoticeDialog("甲", [("", "乙")])
        home.call_later(lambda: home.app.push_screen(dialog))
        await seat.until(lambda: dialog.is_mounted, "dialog")
        await seat.settle()
        await seat.press("ctrl+l")
        late = NoticeDialog("丙", [("", "丁")])

        def close() -> None:
            dialog.dismiss(None)

        dialog.call_later(close)
        await seat.until(lambda: not dialog.is_attached, "dismissed")
        home.call_later(lambda: home.app.push_screen(late))
        await seat.until(lambda: late.is_mounted, "late")
        await seat.settle()
        seat.on(LockScreen)
        assert seat.misses("丙", "丁")
        assert [type(s) for s in stack(seat)] == [Screen, HomeScreen, NoticeDialog]
        await come_in(seat)
        assert seat.app.screen is late and seat.sees("丁")


def stack(seat: Seat) -> list[Screen[Any]]:
    return seat.app._screen_stacks["window"]


async def test_a_scan_goes_on_under_the_lock(sit: OpenSeat, staffed: Window) -> None:
    async with sit(window=staffed) as seat:
        case = staffed.named(staffed.open(ELDER_CARD))
        await seat.open(case.case_id)
        staffed.scanner.script.append(blank_page(8, 8, shade=7))
        seat.app.simulate_key("f2")
        await seat.until(lambda: any(w.group == "scan" for w in seat.app.workers), "scan")
        seat.app.simulate_key("ctrl+l")
        await seat.until(lambda: isinstance(seat.app.screen, LockScreen), "lock")
        await seat.settle()
        await seat.until(
            lambda: any(slot.pages for slot in staffed.store.case(case.case_id).slots.values()), "page"
        )
        await seat.settle()
        seat.on(LockScreen)
        await come_in(seat)
        screen = seat.on(CaseScreen)
        assert screen.view is not None and any(slot.pages for slot in screen.view.case.slots.values())


async def test_a_window_nobody_signed_in_to_has_no_lock(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("ctrl+l")
        seat.on(HomeScreen)


async def test_a_pin_given_before_the_names_are_known_counts_all_the_same(
    sit: OpenSeat, staffed: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = threading.Event()
    active = type(staffed.desk.people).active

    def late(self: People) -> tuple[Person, ...]:
        known.wait(90)
        return active(self)

    async with sit(window=staffed) as seat:
        monkeypatch.setattr(type(staffed.desk.people), "active", late)
        await seat.pilot.press("ctrl+l", *PIN, "enter")
        await seat.pilot.pause()
        known.set()
        await seat.until(lambda: not isinstance(seat.app.screen, LockScreen), "let in")


async def test_a_lock_that_could_not_read_the_names_asks_for_them_again(
    sit: OpenSeat, staffed: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    active, faults = type(staffed.desk.people).active, [OSError("disk")]

    def faulty(self: People) -> tuple[Person, ...]:
        if faults:
            raise faults.pop()
        return active(self)

    async with sit(window=staffed) as seat:
        monkeypatch.setattr(type(staffed.desk.people), "active", faulty)
        await seat.press("ctrl+l")
        await seat.until(lambda: "X000" in seat.text, "said")
        await seat.press("enter")
        await seat.until(lambda: "王样本" in seat.text, "names")
        await come_in(seat)
        seat.on(HomeScreen)
