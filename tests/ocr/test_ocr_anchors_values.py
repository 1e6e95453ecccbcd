"""Words of a value that are also labels stay in the value."""

from __future__ import annotations

from ocr.documents.anchors import take_apart
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
