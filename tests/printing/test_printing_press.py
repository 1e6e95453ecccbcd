"""The press: papers laid out in a child process that may die."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workstation.printing import samples
from workstation.printing.errors import PaperNotSaved
from workstation.printing.press import PaperPress, PressFailed
from workstation.printing.rendering import render_form


@pytest.fixture
def press() -> Iterator[PaperPress]:
    press = PaperPress()
    yield press
    press.close()


def test_a_paper_of_the_press_is_the_paper_of_the_room(press: PaperPress, tmp_path: Path) -> None:
    form = samples.receipt_form()
    press.warm()
    here = render_form(form, tmp_path / "here.pdf")
    there = press.render(form, tmp_path / "there.pdf")
    assert (tmp_path / "there.pdf").read_bytes() == (tmp_path / "here.pdf").read_bytes()
    assert (there.pages, there.sha256, there.missing) == (here.pages, here.sha256, here.missing)


def test_an_error_of_the_layout_comes_back_as_itself(press: PaperPress, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PaperNotSaved) as caught:
        press.render(samples.receipt_form(), tmp_path / "file" / "paper.pdf")
    assert caught.value.details["path"]
    assert press.render(samples.receipt_form(), tmp_path / "paper.pdf").pages == 1


def test_a_killed_child_costs_nothing_but_its_start(press: PaperPress, tmp_path: Path) -> None:
    press.render(samples.receipt_form(), tmp_path / "one.pdf")
    child = press._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert press.render(samples.correction_form(), tmp_path / "two.pdf").pages == 1


def test_a_child_that_hangs_is_stopped_and_says_so(tmp_path: Path) -> None:
    press = PaperPress(command=(sys.executable, "-c", "import time; time.sleep(60)"), timeout_s=0.3)
    with pytest.raises(PressFailed):
        press.render(samples.receipt_form(), tmp_path / "paper.pdf")
    press.close()
    assert not (tmp_path / "paper.pdf").exists()


def test_the_interface_never_loads_the_layout() -> None:
    code = "import sys, workstation.printing.press; sys.exit('reportlab' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
