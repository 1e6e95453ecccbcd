"""Which print of a page is read at all, and where a label's rows end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ocr.documents import id_card_front, passport, social_security_card
from ocr.documents.anchors import Label
from ocr.documents.filling import Registered
from ocr.documents.form import Blank, Form
from ocr.documents.print_lines import Piece
from ocr.documents.reader import _own_rows
from ocr.documents.reading import Strip
from ocr.documents.wanted import still_wanted
from workstation.training.specimens import passport as specimen

PX_MM = 10.0
EM = 28
HOLDER = specimen.invent(1)


def at(x_mm: float, middle_mm: float, characters: int) -> Piece:
    left, middle = round(x_mm * PX_MM), round(middle_mm * PX_MM)
    return Piece(left, middle - EM // 2, left + characters * EM, middle + EM // 2)


def strip(text: str, piece: Piece) -> Strip:
    return Strip(piece, text, (0.99,) * len(text))


def labels_of_card(down_mm: float = 0.0) -> list[Strip]:
    places = id_card_front.FORM.places
    return [strip(name, at(x, y + down_mm, len(name))) for name, (x, y) in places.items()]


def test_beside_the_blanks_of_a_card_nothing_is_read_once_its_labels_are() -> None:
    name, emblem = at(16, 8, 3), at(70, 20, 1)
    watermark = at(20, 53.5, 12)
    left = [name, emblem, watermark]
    assert list(still_wanted(id_card_front.FORM, labels_of_card()[:3], left)) == [name, watermark, emblem]
    assert [*still_wanted(id_card_front.FORM, labels_of_card(), left)][0] == name
    assert still_wanted(id_card_front.FORM, labels_of_card(), [emblem, watermark]) == []


def test_a_second_card_below_the_first_is_looked_for() -> None:
    second = [one.piece for one in labels_of_card(70.0)]
    first = labels_of_card()
    assert still_wanted(id_card_front.FORM, first, second) == second
    assert still_wanted(id_card_front.FORM, [*first, *labels_of_card(70.0)[:1]], second[1:]) == second[1:]


def test_many_lines_of_a_letter_below_a_card_are_given_up_soon() -> None:
    lines = [at(6, 70 + 5 * row, 20) for row in range(8)]
    read = [*labels_of_card(), *(strip("兹证明上述材料属实", line) for line in lines[:3])]
    assert still_wanted(id_card_front.FORM, read, lines[3:]) == []


def test_a_form_ends_below_its_lowest_label() -> None:
    form = social_security_card.FORM
    seen = [strip(blank.label, at(6, 10 + 6 * n, 4)) for n, blank in enumerate(form.blanks.values())]
    near, far = at(30, 12 + 6 * len(seen), 8), at(6, 200, 8)
    assert list(still_wanted(form, seen, [near])) == [near]
    assert list(still_wanted(form, seen, [far])) == []
    assert list(still_wanted(form, seen[:-1], [far])) == [far]


def test_what_closes_a_paper_ends_it() -> None:
    form = Form(blanks={"day": Blank("日期", sealed=(0.0, 0.0, 9.0, 99.0))}, closings=("系统网址",))
    seen = [strip("日期", at(6, 10, 2))]
    below = [at(6, 60, 8)]
    assert list(still_wanted(form, seen, below)) == below
    assert list(still_wanted(form, [*seen, strip("公示系统网址", at(6, 50, 6))], below)) == []


def rows(texts: Sequence[str]) -> list[Strip]:
    return [strip(text, at(6, 10 + 8 * n, len(text))) for n, text in enumerate(texts)]


def test_a_passport_is_read_from_its_zone_and_no_further_than_its_name() -> None:
    title, name, place, first, second = rows(
        ("护照PASSPORT", f"{HOLDER.surname},{HOLDER.given_names}", "湖北", *specimen.zone(HOLDER))
    )
    left = [one.piece for one in (title, name, place)]
    form = passport.FORM
    assert still_wanted(form, [], [*left, first.piece, second.piece])[0] == second.piece
    assert still_wanted(form, [second], [*left, first.piece])[0] == first.piece
    assert still_wanted(form, [second, first], left)[0] == title.piece
    assert still_wanted(form, [second, first, title], left[1:])[0] == name.piece
    assert still_wanted(form, [second, first, title, name], left[2:]) == []


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [(None, None, (100, 200)), (130, None, (130, 200)), (None, 180, (100, 180))],
)
def test_a_window_ends_where_rows_of_other_labels_stand(
    above: int | None, below: int | None, expected: tuple[int, int]
) -> None:
    own = Label("姓名", Piece(10, 140, 60, 165), 0)
    others = []
    if above:
        others.append(Label("性别", Piece(10, 110, 60, above), 1))
    if below:
        others.append(Label("住址", Piece(10, below, 60, 215), 2))
    inferred = Label("民族", Piece(10, 100, 60, 139), -1)
    registered = Registered(Form(blanks={}), (own, *others, inferred), 1, None)
    window = Piece(70, 100, 400, 200)
    top, bottom = expected
    assert _own_rows(registered, 0, window) == replace(window, top=top, bottom=bottom)


def test_a_title_is_read_after_everything_else_and_not_at_all_once_the_labels_are_seen() -> None:
    form = Form(blanks={"name": Blank("姓名"), "day": Blank("发卡日期")})
    title = Piece(60, 40, 600, 40 + 2 * EM)
    name, day, value = at(6, 20, 5), at(6, 26, 4), at(30, 26, 8)
    assert list(still_wanted(form, [], [title, name, day, value])) == [name, day, value, title]
    seen = [strip("姓名张三", name), strip("发卡日期", day)]
    assert list(still_wanted(form, seen, [title, value])) == [value, title]
    assert list(still_wanted(form, [*seen, strip("2020年1月1日", value)], [title])) == []


def test_below_a_value_that_was_seen_beside_its_label_nothing_is_looked_for() -> None:
    form = Form(blanks={"number": Blank("社会保障号码", below=True)})
    label, below = at(6, 20, 6), at(6, 24, 12)
    assert list(still_wanted(form, [strip("社会保障号码", label)], [below])) == [below]
    assert list(still_wanted(form, [strip("社会保障号码110105199001019990", label)], [below])) == []
    beside = strip("110105199001019990", at(24, 20, 9))
    assert list(still_wanted(form, [strip("社会保障号码", label), beside], [below])) == []


def test_lines_of_a_value_end_where_the_label_below_it_stands() -> None:
    form = Form(blanks={"address": Blank("住址", lines=4), "number": Blank("公民身份号码")})
    seen = [strip("住址江西省", at(6, 20, 5)), strip("公民身份号码110105199001019990", at(6, 26, 15))]
    second, foot = at(11, 23, 6), at(6, 30, 12)
    assert list(still_wanted(form, seen, [second, foot])) == [second, foot]
    assert list(still_wanted(form, [*seen, strip("一街", second)], [foot])) == []
    beside = [strip("住址江西省", at(6, 20, 5)), strip("公民身份号码110105199001019990", at(40, 22, 15))]
    assert list(still_wanted(form, beside, [foot])) == [foot]


def test_labels_of_a_card_that_were_lost_do_not_make_all_its_print_worth_reading() -> None:
    *most, number = labels_of_card()
    lost, watermark = number.piece, at(20, 55, 12)
    assert list(still_wanted(id_card_front.FORM, most, [watermark, lost])) == [lost, watermark]
    assert list(still_wanted(id_card_front.FORM, most, [watermark])) == []
    assert list(still_wanted(id_card_front.FORM, most[:3], [watermark])) == [watermark]
