from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from PIL import Image

from ocr import documents
from ocr.checks import check_digit_holds
from ocr.documents.form import unread
from ocr.engines.tesseract import TesseractEngine
from ocr.errors import EngineTimeout, UnknownDocument
from ocr.fake import ScriptedEngine
from ocr.port import Reading
from workstation.training.specimens import cards, glass, people
from workstation.training.specimens.people import SpecimenPerson

TODAY = date(2026, 11, 21)
ENGINE = TesseractEngine()


def _front(
    person: SpecimenPerson, *, dpi: int = 200, angle: float = 1.0, blot: str = "", turn: int = 0
) -> Image.Image:
    card = cards.id_card_front(person, blot=blot)
    scan = glass.on_glass(card, dpi=dpi, angle=angle, noise=3, at_mm=(60, 40)).rotate(turn, expand=True)
    scan.info["dpi"] = (dpi, dpi)
    return scan


def _read(picture: Image.Image, kind: str = "id-card-front") -> Reading:
    return documents.read(ENGINE, picture, kind, today=TODAY)


@cache
def _read_clean(person: SpecimenPerson) -> Reading:
    return _read(_front(person, angle=0))


@pytest.mark.parametrize(("person", "dpi", "angle"), [(people.ZHAO, 200, 1.5), (people.WU, 300, -2.0)])
def test_the_front_of_a_card_is_read(person: SpecimenPerson, dpi: int, angle: float) -> None:
    reading = _read(_front(person, dpi=dpi, angle=angle))
    fields = reading.fields
    assert list(fields) == list(documents.KINDS["id-card-front"])
    assert fields["id_number"].value == person.id_number
    assert fields["id_number"].checks == ("check-digit",)
    assert (fields["name"].value, fields["sex"].value) == (person.name, person.sex)
    assert fields["ethnicity"].value == person.ethnicity
    assert fields["birth_date"].value == person.birth_date.isoformat()
    assert fields["birth_date"].checks == ("plausible-date", "matches-number")
    assert reading.engine.startswith("tesseract ")
    assert reading.quality["skew_deg"] == pytest.approx(angle, abs=0.5)


def test_the_box_of_the_number_lies_where_the_number_is() -> None:
    x, y, width, height = _read_clean(people.QIAN).fields["id_number"].box or (0, 0, 0, 0)
    scale = 200 / 25.4
    assert x / scale == pytest.approx(60 + 28.4, abs=2)
    assert y / scale == pytest.approx(40 + 45.5, abs=2)
    assert width / scale == pytest.approx(52, abs=4)
    assert 2.5 < height / scale < 8


@pytest.mark.parametrize("turn", [90, 180])
def test_a_card_that_lies_the_wrong_way_round_is_read(turn: int) -> None:
    fields = _read(_front(people.SUN, turn=turn)).fields
    assert fields["id_number"].value == people.SUN.id_number
    assert fields["name"].value == people.SUN.name


@pytest.mark.parametrize("person", [people.ZHOU, people.LI])
def test_the_back_of_a_card_is_read(person: SpecimenPerson) -> None:
    fields = _read(glass.on_glass(cards.id_card_back(person), angle=-1.0, noise=3), "id-card-back").fields
    until = person.id_valid_until.isoformat() if person.id_valid_until else "长期"
    assert fields["authority"].value == person.issuing_authority
    assert (fields["valid_from"].value, fields["valid_until"].value) == (
        person.id_valid_from.isoformat(),
        until,
    )
    assert fields["valid_until"].valid


def test_a_printed_number_with_a_wrong_check_digit_is_reported_and_never_valid() -> None:
    number = people.ZHAO.id_number[:17] + "1"
    assert not check_digit_holds(number)
    field = _read(_front(replace(people.ZHAO, id_number=number))).fields["id_number"]
    assert field.value == number
    assert field.checks == ("!check-digit",)
    assert not field.valid
    assert field.confidence <= 0.5


def test_birth_and_sex_that_contradict_the_number_are_not_valid() -> None:
    fields = _read(_front(replace(people.SUN, sex="女", birth_date=date(1971, 5, 7)))).fields
    assert fields["id_number"].valid
    assert fields["sex"].checks == ("!matches-number",)
    assert fields["birth_date"].value == "1971-05-07"
    assert "!matches-number" in fields["birth_date"].checks


def test_unread_birth_and_sex_come_from_a_valid_number() -> None:
    card = cards.id_card_front(people.SUN)
    mm = 300 / 25.4
    for box in ((14, 12, 23, 18), (14, 18.4, 54, 24.4)):
        card.paste(
            (240, 246, 250), (round(box[0] * mm), round(box[1] * mm), round(box[2] * mm), round(box[3] * mm))
        )
    fields = _read(glass.on_glass(card)).fields
    assert (fields["sex"].value, fields["sex"].checks) == ("男", ("from-number",))
    assert (fields["birth_date"].value, fields["birth_date"].checks) == ("1959-01-30", ("from-number",))


@pytest.mark.parametrize("field", ["name", "address"])
def test_a_character_under_a_blot_is_misread_and_the_field_doubtful(field: str) -> None:
    reading = _read(_front(people.QIAN, angle=0, blot=field)).fields[field]
    assert reading.value != getattr(people.QIAN, field)
    assert reading.confidence < min(0.9, _read_clean(people.QIAN).fields["name"].confidence)


@pytest.mark.parametrize("picture", [Image.new("L", (1, 1)), Image.new("RGB", (400, 600), "white")])
@pytest.mark.parametrize("kind", sorted(documents.KINDS))
def test_where_there_is_no_card_every_field_is_empty(picture: Image.Image, kind: str) -> None:
    reading = _read(picture, kind)
    assert set(reading.fields) == set(documents.KINDS[kind])
    assert all(
        not field.value and field.confidence == 0 and not field.valid for field in reading.fields.values()
    )


def test_where_there_is_another_paper_every_field_is_empty() -> None:
    reading = documents.read(ScriptedEngine(), Image.linear_gradient("L"), "id-card-back")
    assert all(field == unread() for field in reading.fields.values())


def test_an_unknown_kind_is_refused_and_engine_errors_pass_through() -> None:
    with pytest.raises(UnknownDocument):
        _read(Image.new("L", (9, 9)), "lease-contract")
    with pytest.raises(EngineTimeout):
        documents.read(ScriptedEngine([EngineTimeout()]), cards.id_card_back(people.LI), "id-card-back")
