"""From what stands in a blank to a field: where values end, and what is doubtful."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ocr.documents import agreement, fields
from ocr.documents.form import Written

TODAY = date(2026, 11, 21)


def _written(text: str, sure: float = 0.99, *, cut: bool = False) -> Written:
    return Written(text, (sure,) * len(text), (0, 0, 9, 9), (text,), cut=cut)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王小样出生医学证明", "王小样"),
        ("李样性别女", "李样"),
        ("阿依古丽.买买提结婚证", "阿依古丽·买买提"),
        ("欧阳样本", "欧阳样本"),
    ],
)
def test_a_name_ends_where_the_print_of_the_form_begins(text: str, name: str) -> None:
    field = fields.name_of(_written(text))
    assert field.value == name
    assert field.valid


@pytest.mark.parametrize("text", ["王", "王小样某某某某某某", "国籍性别"])
def test_what_is_too_short_or_too_long_for_a_name_is_doubtful(text: str) -> None:
    field = fields.name_of(_written(text))
    assert not field.valid
    assert field.confidence <= fields.DOUBTFUL


@pytest.mark.parametrize("text", ["四川省达州市渠县解放街14号胜利新", "江苏省苏州市虎丘区榕城"])
def test_an_address_that_may_go_on_is_not_shown_as_sure(text: str) -> None:
    field = fields.address_of(_written(text))
    assert field.value == text
    assert field.confidence < 0.9


@pytest.mark.parametrize("mark", ["·", "“", "'", "."])
def test_a_small_mark_between_the_parts_of_a_name_is_its_dot(mark: str) -> None:
    assert fields.name_of(_written(f"加依娜{mark}努尔兰{mark}")).value == "加依娜·努尔兰"


def test_a_round_letter_in_the_number_of_a_room_is_a_figure_and_said_to_be_put_right() -> None:
    field = fields.address_of(_written("四川省达州市渠县解放街14号3栋18Q6室"))
    assert field.value.endswith("3栋1806室")
    assert "repaired" in field.checks
    assert fields.address_of(_written("四川省达州市渠县解放街14号3栋180了")).value.endswith("3栋1807")
    assert fields.address_of(_written("四川省达州市渠县解放街14号O座")).value.endswith("14号O座")


@pytest.mark.parametrize("end", ["14号", "3栋502", "2单元1606室", "样本村"])
def test_an_address_that_ends_as_addresses_do_is_as_sure_as_it_was_read(end: str) -> None:
    assert fields.address_of(_written(f"四川省达州市渠县解放街{end}")).confidence == 0.99


@pytest.mark.parametrize(
    ("text", "sure"), [("1969年11月2", False), ("1969年11月25日", True), ("1969.11.25", True)]
)
def test_a_day_behind_which_the_last_sign_is_missing_is_doubtful(text: str, sure: bool) -> None:
    assert (fields.date_of(_written(text), TODAY).confidence >= 0.9) is sure


def test_no_reading_of_print_at_the_side_of_the_page_is_sure() -> None:
    text = "四川省达州市渠县解放街14号"
    written = Written(text, (0.99,) * len(text), None, (text,), ((text, (1.0,) * len(text)),), cut=True)
    assert fields.address_of(written).confidence < 0.9


DAY, OTHER_DAY = "2016年12月31日", "2016年12月21日"


@pytest.mark.parametrize(
    ("looks", "value", "is_sure"),
    [
        ((DAY, DAY), "2016-12-31", True),
        ((DAY,), "2016-12-31", False),
        ((DAY, OTHER_DAY), "2016-12-31", False),
        ((DAY, OTHER_DAY, DAY), "2016-12-31", True),
        ((DAY, OTHER_DAY, DAY, OTHER_DAY), "2016-12-31", False),
        (("2016年12月12月31日", "样本"), "", False),
        (("2016年12月3", "2016年12月3"), "", False),
        (("2099年1月1日", "2099年1月1日"), "2099-01-01", False),
    ],
)
def test_a_day_under_a_seal_is_sure_when_two_looks_agree(
    looks: tuple[str, ...], value: str, is_sure: bool
) -> None:
    others = tuple((look, (0.99,) * len(look)) for look in looks[1:])
    field = agreement.day_of(replace(_written(looks[0]), others=others), TODAY)
    assert field.value == value
    assert (field.valid and field.confidence >= 0.9) is is_sure


def test_a_day_that_was_hardly_read_is_left_out() -> None:
    assert agreement.day_of(_written(DAY, 0.3), TODAY).value == ""


def test_an_address_without_a_region_at_its_beginning_is_doubtful() -> None:
    assert fields.address_of(_written("站南街2454号")).confidence < 0.9
    assert fields.address_of(_written("平和县车站南街2454号")).confidence > 0.9
