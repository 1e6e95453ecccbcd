"""Words of a value that are also labels stay in the value."""

from __future__ import annotations

import pytest

from ocr.documents import social_security_card
from ocr.documents.anchors import take_apart
from ocr.documents.filling import assign, register
from ocr.documents.form import Blank, Form
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Strip


def strip(text: str, left: int, top: int, wide: int = 20) -> Strip:
    return Strip(Piece(left, top, left + wide * len(text), top + 20), text, (1.0,) * len(text))


def test_an_area_of_two_parts_is_one_value_behind_its_widely_set_label() -> None:
    value = "土地使用权面积34716.58平方米/房屋建筑面积50.66平方米"
    strips = [strip("面", 145, 830, 19), strip("积", 261, 829, 21), strip(value, 316, 826, 12)]
    labels, parts = take_apart(strips, ("面积", "用途"), ("面积", "用途"))
    assert [label.name for label in labels] == ["面积"]
    assert [part.text for part in parts] == [value]


def test_the_title_of_a_social_security_card_is_not_its_label() -> None:
    form = social_security_card.FORM
    strips = [strip("中华人民共和国社会保障卡", 90, 20), strip("社会保障号141126195706069960", 30, 200)]
    labels, parts = take_apart(strips, form.labels, form.wanted)
    (number,) = (number for number, label in enumerate(labels) if label.name == "社会保障号")
    assert [part.text for part in parts if part.owner == number] == ["141126195706069960"]


@pytest.mark.parametrize("second", ["编号", "号"])
def test_a_label_goes_on_below_though_its_first_line_is_a_label_too(second: str) -> None:
    strips = [
        strip("公民身份证件", 80, 420),
        strip("411103194608289982", 260, 436, 12),
        strip(second, 80, 446),
    ]
    names = ("公民身份证件编号", "公民身份证件")
    labels, parts = take_apart(strips, names, names[:1])
    assert [(label.name, label.piece.top, label.piece.bottom) for label in labels] == [(names[0], 420, 466)]
    assert [part.text for part in parts] == ["411103194608289982"]


def test_the_upright_line_of_a_table_is_no_value() -> None:
    labels, parts = take_apart(
        [strip("公民身份证件|", 80, 420), strip("籍贯:|安徽省", 80, 520)], ("公民身份证件", "籍贯")
    )
    assert len(labels) == 2
    assert [part.text for part in parts] == ["安徽省"]


def test_a_speck_in_front_of_a_value_is_left_out_and_a_doubtful_character_is_not() -> None:
    form = Form(blanks={"place": Blank("籍贯"), "name": Blank("姓名")})
    speck = Strip(Piece(130, 420, 150, 440), "2", (0.31,))
    rare = Strip(Piece(150, 520, 170, 540), "韦", (0.31,))
    strips = [strip("籍贯", 80, 420), speck, strip("安徽省合肥市", 190, 420), strip("姓名", 80, 520), rare,
              strip("小明", 200, 520)]  # fmt: skip
    labels, parts = take_apart(strips, form.labels)
    found = assign(register(form, labels), parts)
    texts = {labels[n].name: "".join(part.text for part in value.lines[0]) for n, value in found.items()}
    assert texts == {"籍贯": "安徽省合肥市", "姓名": "韦小明"}


def test_a_line_above_the_one_behind_a_label_of_two_lines_belongs_to_its_value() -> None:
    form = Form(blanks={"address": Blank("常住户口所在地住址", lines=4)})
    strips = [
        strip("福建省漳州市平和县车", 206, 352, 24),
        strip("常住户口", 73, 356, 30),
        strip("所在地住址站南街2454号", 73, 384, 22),
    ]
    labels, parts = take_apart(strips, form.labels, form.wanted)
    (found,) = assign(register(form, labels), parts).values()
    assert ["".join(part.text for part in line) for line in found.lines] == [
        "福建省漳州市平和县车",
        "站南街2454号",
    ]
