"""Papers of every kind, and pages that are none of them, read with the line recogniser."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from PIL import Image, ImageOps

from ocr import documents
from ocr.engines.hybrid import best_engine
from ocr.port import Engine, Reading
from workstation.training.specimens import every, odd

TODAY = date(2026, 11, 21)
SURE = 0.9
"""A valid field at least this sure is not shown to the clerk as doubtful."""
DPI = 200


@pytest.fixture(scope="module")
def engine() -> Engine:
    return best_engine()


def _read(engine: Engine, picture: Image.Image, kind: str) -> Reading:
    return documents.read(engine, picture, kind, today=TODAY)


def _values(reading: Reading) -> dict[str, str]:
    return {name: field.value for name, field in reading.fields.items()}


def _shown_as_sure(reading: Reading) -> dict[str, str]:
    return {
        name: field.value
        for name, field in reading.fields.items()
        if field.valid and field.confidence >= SURE
    }


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        ("id-card-front", 1),
        ("id-card-front", 2),
        ("id-card-back", 1),
        ("household-register-page", 1),
        ("household-register-page", 2),
        ("marriage-certificate", 1),
        ("birth-certificate", 1),
        ("business-licence", 1),
        ("disability-certificate", 1),
        ("passport", 1),
        ("social-security-card", 1),
        ("residence-permit-front", 2),
        ("residence-permit-back", 1),
        ("property-certificate", 1),
    ],
)
def test_every_field_of_a_clean_paper_is_read(engine: Engine, kind: str, seed: int) -> None:
    drawn = every.specimen(kind, seed, DPI)
    reading = _read(engine, drawn.picture, kind)
    assert reading.reason == ""
    assert _values(reading) == dict(drawn.truth)


@pytest.mark.parametrize(
    ("kind", "seed", "misread"),
    [
        ("passport", 2, {"given_names"}),
        ("business-licence", 2, set()),
        ("birth-certificate", 2, {"issued_on"}),
    ],
)
def test_what_is_not_read_right_on_a_clean_paper_is_not_shown_as_sure(
    engine: Engine, kind: str, seed: int, misread: set[str]
) -> None:
    drawn = every.specimen(kind, seed, DPI)
    reading = _read(engine, drawn.picture, kind)
    wrong = {name for name, value in _values(reading).items() if value != drawn.truth[name]}
    assert wrong <= misread
    assert not wrong & set(_shown_as_sure(reading))


def test_a_mirrored_card_is_refused(engine: Engine) -> None:
    picture = ImageOps.mirror(every.specimen("id-card-front", 2, DPI).picture)
    picture.info["dpi"] = (DPI, DPI)
    reading = _read(engine, picture, "id-card-front")
    assert reading.reason == "mirrored"
    assert set(_values(reading).values()) == {""}


@pytest.mark.parametrize(
    ("name", "seed", "reason"),
    [
        ("blank", 1, "blank"),
        ("other-side", 2, "no-document"),
        ("foreign", 4, "no-document"),
        ("cat", 5, "no-document"),
    ],
)
def test_a_page_without_the_paper_is_refused(engine: Engine, name: str, seed: int, reason: str) -> None:
    page = odd.odd_page(name, seed)
    reading = _read(engine, page.picture, page.asked)
    assert reading.reason == reason
    assert set(_values(reading).values()) == {""}


@pytest.mark.parametrize("name", ["two-people", "both-sides"])
def test_of_two_cards_on_a_page_one_is_read_and_nothing_is_mixed(engine: Engine, name: str) -> None:
    page = odd.odd_page(name, 1)
    assert _values(_read(engine, page.picture, page.asked)) in [dict(truth) for truth in page.truths]


def test_a_card_half_outside_is_said_to_be_cut_off_and_what_it_lacks_is_not_guessed(engine: Engine) -> None:
    page = odd.odd_page("half-outside", 3)
    reading = _read(engine, page.picture, page.asked)
    assert reading.reason == "cut-off"
    assert _shown_as_sure(reading).items() <= page.truths[0].items()


def test_an_address_that_breaks_off_in_a_letter_is_doubtful(engine: Engine) -> None:
    page = odd.odd_page("letter", 1)
    assert _shown_as_sure(_read(engine, page.picture, page.asked)).items() <= page.truths[0].items()


def test_who_asks_for_the_kinds_alone_loads_no_arrays() -> None:
    asked = "import sys, ocr.documents; sys.exit(bool({'numpy', 'cv2', 'onnxruntime'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_a_number_printed_in_the_red_of_seals_is_read(engine: Engine) -> None:
    drawn = every.specimen("birth-certificate", 4, DPI)
    field = _read(engine, drawn.picture, "birth-certificate").fields["certificate_number"]
    assert field.value == drawn.truth["certificate_number"]
    assert field.valid
