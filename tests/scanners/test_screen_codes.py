"""Codes on a photographed phone: the light differs from place to place."""

from __future__ import annotations

import io

import numpy as np
import pytest

from scanners.imaging import codes
from workstation.training.specimens.phone import Faults, photographed, screen

CODE = "ZZ1:" + "TWGSLK/-4W59BI6F%LT3489B88BV%KSJE-96+Q69L6" * 6


@pytest.mark.parametrize(
    "seen",
    [
        Faults(),
        Faults(tilt=0.1, turn=20, glare=0.5, blur=0.8, noise=4),
        Faults(moire=0.35, blur=0.4, noise=4, share=0.7),
        Faults(dark=0.45, turn=-25, noise=6),
    ],
)
def test_a_code_on_a_phone_is_read_in_bad_light(seen: Faults) -> None:
    picture = np.asarray(photographed(screen(CODE, "户口簿电子证照"), seen, 7))
    assert [code.text for code in codes.find_on_screen(picture)] == [CODE]


def test_the_beat_of_a_screen_is_what_the_usual_way_cannot_read() -> None:
    picture = np.asarray(photographed(screen(CODE, "户口簿电子证照"), Faults(moire=0.45, share=0.61), 1))
    assert not codes.find(picture) and codes.find_on_screen(picture)


def test_a_picture_without_a_code_has_none() -> None:
    assert codes.find_on_screen(np.full((600, 800, 3), 200, np.uint8)) == ()


def test_every_phone_says_it_is_a_specimen_and_is_the_same_again() -> None:
    def file() -> bytes:
        target = io.BytesIO()
        photographed(screen(CODE, "结婚证电子证照"), Faults(noise=2, glare=0.3), 3).save(target, "PNG")
        return target.getvalue()

    assert file() == file()
