"""A number whose label was not read is known by its check digit where one blank alone waits for it."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocr.documents import birth_certificate, id_card_front
from ocr.documents.anchors import Part
from ocr.documents.form import Form, Written
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Page
from ocr.documents.self_evident import numbers_without_label
from ocr.documents.sheets import outlines_of

NUMBER, OTHER = "110101199003079964", "320321198802079961"
CARD = id_card_front.FORM


def part(text: str, top: int = 100) -> Part:
    return Part(Piece(50, top, 250, top + 20), text, (0.99,) * len(text), 0, begins=True)


def told(form: Form, parts: list[Part], **written: str) -> dict[str, str]:
    page = Page(outlines_of(Image.fromarray(np.full((300, 400), 250, np.uint8)))[0].sheet(), ())
    blanks = {name: Written(written.get(name, "")) for name in form.blanks}
    return {name: one.text for name, one in numbers_without_label(form, blanks, page, parts).items()}


def test_a_number_whose_check_digit_holds_needs_no_label() -> None:
    assert told(CARD, [part("公民身份"), part(NUMBER)]) == {"id_number": NUMBER}


def test_a_number_whose_check_digit_fails_stays_unread() -> None:
    assert told(CARD, [part(NUMBER[:-1] + "5"), part(NUMBER[:-1])]) == {}


def test_a_number_that_was_read_is_not_replaced() -> None:
    assert told(CARD, [part(OTHER)], id_number=NUMBER) == {}


def test_of_two_numbers_none_is_told() -> None:
    assert told(CARD, [part(NUMBER), part(OTHER, 200)]) == {}


def test_one_number_for_two_people_is_nobodys() -> None:
    assert told(birth_certificate.FORM, [part(NUMBER)]) == {}


def test_the_number_of_the_one_person_is_not_the_other_ones() -> None:
    form = birth_certificate.FORM
    assert told(form, [part(NUMBER)], mother_id_number=NUMBER) == {}
    assert told(form, [part(NUMBER), part(OTHER)], mother_id_number=NUMBER) == {"father_id_number": OTHER}
