"""A rare name goes through a whole case: it stands where it is worked on, and nowhere beside."""

from __future__ import annotations

import dataclasses
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanners.imaging.darkroom import Darkroom
from tests.services.conftest import ELDER_CARD, ZHAO, MakeWindow, Window, applicant_of
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Outside, Seat
from workstation.cli.logs import kept_log
from workstation.domain.people import Role
from workstation.printing.press import PaperPress
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.lock import LockScreen
from workstation.tui.screens.queue import QueueScreen

pytestmark = [pytest.mark.usefixtures("light_pins"), pytest.mark.anyio]
PIN = "246810"
RARE = dataclasses.replace(
    applicant_of(ZHAO), name="欧阳龘样本", id_number="440304195501019989", phone="19900000777"
)
MARKS = (RARE.name, RARE.name[2:], RARE.id_number, RARE.phone)


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What any logger of this process says, filled in, down to DEBUG."""
    text = io.StringIO()
    handler, root = logging.StreamHandler(text), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def window(make_window: MakeWindow) -> Iterator[Window]:
    """A window with its real children, a supervisor and a clerk; the clerk sits at it."""
    press = PaperPress()
    with Darkroom() as darkroom:
        made = make_window(darkroom=darkroom, render=press.render)
        people = made.desk.people
        chief = people.begin("李主管", PIN)
        made.desk = made.desk.for_person(people.add("王样本", Role.CLERK, PIN, by=chief, admit=True))
        yield made
    press.close()


def command_lines() -> str:
    """Return the command lines of this process and of all it started."""
    told, known = [], {os.getpid()}
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent in known or int(folder.name) in known:
                known.add(int(folder.name))
                told.append((folder / "cmdline").read_bytes().decode(errors="replace"))
                told.append((folder / "comm").read_text())
        except OSError:
            continue
    assert len(known) > 1, "the children were looked at"
    return "\n".join(told)


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


async def walk(seat: Seat, case_id: str) -> str:
    """Lock, come back, look at the queue and at home; return everything these showed."""
    shown = []
    await seat.press("escape")
    seat.on(HomeScreen)
    shown.append(seat.text)
    await seat.press("f5")
    seat.on(QueueScreen)
    shown.append(seat.text)
    await seat.press("tab", "tab", "tab", "escape", "ctrl+l")
    seat.on(LockScreen)
    await seat.until(lambda: "王样本" in seat.text, "names")
    shown += [seat.text, str(seat.app.title), str(seat.app.sub_title)]
    shown += [str(screen.title) + str(screen.sub_title) for screen in seat.app.screen_stack]
    shown += [notice.message for notice in seat.app._notifications]
    return "\n".join(shown)


async def test_a_rare_name_stands_in_no_list_title_log_command_line_or_file_name(
    sit: OpenSeat, window: Window, said: io.StringIO, tmp_path: Path, outside: Outside
) -> None:
    desk = window.desk
    with kept_log(tmp_path / "data", "screens"):
        case = window.open(ELDER_CARD)
        desk.intake.set_applicant(case.case_id, RARE)
        desk.intake.set_home_street(case.case_id, "XMH")
        window.filled(window.with_materials(window.store.case(case.case_id)))
        desk.decisions.receive(case.case_id)
        paper = desk.papers.receipt(case.case_id)
        async with sit(window=window) as seat:
            screen = await seat.open(case.case_id)
            assert RARE.name in seat.text, "the case at hand names its applicant"
            await seat.press("f5")
            assert outside.pages or not screen.is_attached or seat.app.screen is not screen
            listed = await walk(seat, case.case_id)
    assert "欧****" in listed
    assert marks_in(listed) == []
    assert marks_in(command_lines()) == []
    assert marks_in(said.getvalue()) == []
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]
    assert any(str(paper.path.name) in name for name in names)
    assert marks_in("\n".join((*names, *(page.name for page in outside.pages)))) == []
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert [m for m in MARKS if m.encode() in held or m.encode("utf-16-le") in held] == [], path.name
