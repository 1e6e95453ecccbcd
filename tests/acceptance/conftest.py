"""A practice window with a back office and an earlier case, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from ocr import reading_room
from ocr.fake import ScriptedReadingRoom
from tests.acceptance.window import NeverTheSame
from tests.conftest import LITTLE
from workstation.cli.practice import PASSPHRASE, Practice, open_practice, specimen_papers, wait_until
from workstation.cli.settings import Settings
from workstation.store import keys

SUBFOLDER = "window"


def _settings(folder: Path) -> Settings:
    return Settings(data_folder=folder / "ws", config_file=folder / "workstation.toml")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a practice window whose earlier case has arrived."""
    folder = tmp_path_factory.mktemp("made-once")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "ARGON2ID", LITTLE)
        practice = open_practice(_settings(folder), fresh=True, subfolder=SUBFOLDER)
    station = practice.gate.unlock(PASSPHRASE)
    assert wait_until(lambda: station.link.waiting == 0)
    station.close()
    practice.close()
    return folder


@pytest.fixture
def practice(made_once: Path, tmp_path: Path) -> Iterator[Practice]:
    """That window as it was, under this test's own folder."""
    folder = tmp_path / "station"
    shutil.copytree(made_once, folder)
    opened = open_practice(_settings(folder), fresh=False, subfolder=SUBFOLDER)
    paper = specimen_papers(opened.settings.data_folder)["photo-receipt"]
    opened.scanner = NeverTheSame(paper, tmp_path / "sheets", Random(1))  # type: ignore[assignment]
    yield opened
    opened.close()


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a page finds nothing, which costs no time; the clerk types."""
    monkeypatch.setattr(reading_room, "ReadingRoom", ScriptedReadingRoom)
