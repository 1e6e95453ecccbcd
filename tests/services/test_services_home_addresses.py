"""A doubtful street is put right by the streets of its own district, and stays doubtful."""

from __future__ import annotations

import pytest

from ocr.port import FieldReading, Reading
from tests.services.conftest import Window
from workstation.services.home_addresses import with_known_streets

RIGHT = "广东省深圳市福田区香蜜湖街道样本路7号"


def reading_of(address: str, confidence: float = 0.7) -> Reading:
    field = FieldReading(value=address, confidence=confidence, box=None, checks=("address-length",))
    return Reading(document="id-card-front", engine="e", elapsed_ms=1, fields={"address": field})


def test_a_doubtful_street_of_the_district_is_put_right(window: Window) -> None:
    pack = window.desk.catalogue.current
    found = with_known_streets(reading_of(RIGHT.replace("香蜜湖", "香密湖")), pack).fields["address"]
    assert (found.value, found.checks) == (RIGHT, ("address-length", "repaired"))
    assert found.confidence <= 0.6


@pytest.mark.parametrize(
    "address",
    [RIGHT, "广东省深圳市宝安区香密湖街道样本路7号", "样本路7号", "广东省深圳市福田区样本路7号", ""],
)
def test_any_other_address_stays_as_it_was_read(window: Window, address: str) -> None:
    reading = reading_of(address)
    assert with_known_streets(reading, window.desk.catalogue.current) is reading


def test_what_was_read_surely_is_left_alone(window: Window) -> None:
    reading = reading_of(RIGHT.replace("香蜜湖", "香密湖"), confidence=0.95)
    assert with_known_streets(reading, window.desk.catalogue.current) is reading


def test_a_reading_without_an_address_is_left_alone(window: Window) -> None:
    reading = Reading(document="id-card-back", engine="e", elapsed_ms=1, fields={})
    assert with_known_streets(reading, window.desk.catalogue.current) is reading
