"""The settings that bring a document camera, and the one of practice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanners import camera_nodes
from workstation.cli.devices import drivers
from workstation.cli.practice import open_practice
from workstation.cli.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(camera_nodes, "nodes", lambda: ())
    return Settings(data_folder=tmp_path / "data", config_file=tmp_path / "workstation.toml", sane=False)


def names(settings: Settings) -> list[tuple[str, str]]:
    return [(device.id, device.driver) for driver in drivers(settings) for device in driver.devices()]


def test_cameras_are_looked_for_unless_switched_off(settings: Settings) -> None:
    assert len(drivers(settings)) == 1 and names(settings) == []
    assert drivers(replace(settings, camera=False)) == ()


def test_recorded_pictures_are_one_more_camera_even_where_real_ones_are_switched_off(
    settings: Settings,
) -> None:
    recorded = replace(settings, camera=False, camera_frames="/recorded")
    assert names(recorded) == [("frames:/recorded", "camera")]


def test_practice_has_a_camera_behind_its_scanner_with_the_card_itself_under_it(settings: Settings) -> None:
    practice = open_practice(settings, fresh=True, subfolder="screens")
    try:
        scanner, *_others, camera = practice.devices().devices()
    finally:
        practice.close()
    assert (scanner.driver, camera.driver, camera.name) == ("specimen", "camera", "练习高拍仪")
    papers = [Path(name) for name in camera.id.removeprefix("papers:").split(":")]
    assert [paper.name for paper in papers] == [
        "id-card-front-itself.png",
        "id-card-back-itself.png",
        "photo-receipt.png",
    ]
    assert all(paper.exists() for paper in papers)
