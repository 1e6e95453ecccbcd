"""The program dies by SIGKILL at random moments of a case; its back office lives on in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.killing import SCRIPT, Campaign
from workstation.cli import private

SEED = int(os.environ.get("KILL_SEED", "7"))
LONG = 50


@pytest.fixture
def campaign(disk_path: Path) -> Iterator[Campaign]:
    made = Campaign(disk_path, seed=SEED)
    yield made
    made.close()


@pytest.mark.timeout(1200)
def test_killed_windows_lose_nothing_they_acknowledged_and_deliver_once(campaign: Campaign) -> None:
    figures = campaign.play()
    assert figures.kills == len(SCRIPT)
    assert (figures.lost, figures.duplicates) == (0, 0)
    assert figures.pages and figures.cases
    assert figures.arrived == figures.bundles


def test_decrypted_pages_of_a_killed_process_are_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "MEMORY", tmp_path)
    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in (f"workstation-{gone.pid}-a1", f"ocr-{gone.pid}-b2", f"ocr-{os.getppid()}-c3", "ocr-notes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.jpg").touch()
    own = private.private_folder()
    assert {path.name for path in tmp_path.iterdir()} == {own.name, f"ocr-{os.getppid()}-c3", "ocr-notes"}
    assert own.stat().st_mode & 0o077 == 0


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_fifty_kills_in_one_history(campaign: Campaign, capsys: pytest.CaptureFixture[str]) -> None:
    figures = campaign.run(LONG)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(figures.lines()) + "\n")
    assert figures.kills == LONG
    assert (figures.lost, figures.duplicates) == (0, 0)
    assert figures.arrived == figures.bundles
