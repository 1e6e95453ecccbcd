"""The program dies by SIGKILL at random moments of a case; its back office lives on in another process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.killing import Campaign

SEED = int(os.environ.get("KILL_SEED", "7"))
SHORT, LONG = 6, 50


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    made = Campaign(tmp_path, seed=SEED)
    yield made
    made.close()


def test_killed_windows_lose_nothing_they_acknowledged_and_deliver_once(campaign: Campaign) -> None:
    figures = campaign.run(SHORT)
    assert figures.kills == SHORT
    assert (figures.lost, figures.duplicates) == (0, 0)
    assert figures.pages and figures.cases
    assert figures.arrived == figures.bundles


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_fifty_kills_in_one_history(campaign: Campaign, capsys: pytest.CaptureFixture[str]) -> None:
    figures = campaign.run(LONG)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(figures.lines()) + "\n")
    assert figures.kills == LONG
    assert (figures.lost, figures.duplicates) == (0, 0)
    assert figures.arrived == figures.bundles
