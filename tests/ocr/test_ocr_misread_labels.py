"""Short labels that were misread are known by the column they stand in, and never found in values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PIL import Image

from ocr.documents import business_licence, household_register_page
from ocr.documents.anchors import Label, take_apart
from ocr.documents.filling import assign, register
from ocr.documents.form import Form, Written
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Strip
from ocr.lines import read_faint, read_lines
from ocr.port import Layout, Line, Script, Word

TODAY = date(2026, 11, 21)
PAGE = household_register_page.FORM
LICENCE = business_licence.FORM


def strip(text: str, left: int, top: int) -> Strip:
    return Strip(Piece(left, top, left + 20 * len(text), top + 20), text, (0.9,) * len(text))


def values_of(form: Form, strips: Sequence[Strip]) -> dict[str, str]:
    labels, parts = take_apart(strips, form.labels, form.wanted, form.either)
    lines = assign(register(form, labels), parts)
    return {
        labels[n].name: "".join(part.text for line in value.lines for part in line)
        for n, value in lines.items()
    }


def labels_of(form: Form, strips: Sequence[Strip]) -> list[Label]:
    return take_apart(strips, form.labels, form.wanted, form.either)[0]


def test_a_misread_label_in_the_column_of_labels_leads_to_its_value() -> None:
    strips = [strip("姓名", 80, 100), strip("籍员", 81, 200), strip("江西省南昌市", 300, 200)]
    assert values_of(PAGE, strips)["籍贯"] == "江西省南昌市"


def test_a_misread_label_may_have_its_value_in_the_same_strip() -> None:
    strips = [strip("姓名邓静", 80, 100), strip("民话汉", 80, 200)]
    assert values_of(PAGE, strips) == {"姓名": "邓静", "民族": "汉"}


def test_what_is_like_a_label_but_stands_elsewhere_is_a_value() -> None:
    strips = [strip("姓名", 80, 100), strip("籍员", 300, 100)]
    assert values_of(PAGE, strips) == {"姓名": "籍员"}


def test_a_label_that_was_found_is_not_found_again() -> None:
    strips = [strip("姓名", 80, 100), strip("籍贯", 80, 200), strip("籍员", 80, 300)]
    assert [label.name for label in labels_of(PAGE, strips)].count("籍贯") == 1


def test_two_strips_that_may_be_the_same_missing_label_are_neither() -> None:
    strips = [strip("姓名", 80, 100), strip("籍员", 80, 200), strip("籍页", 80, 300)]
    assert [label.name for label in labels_of(PAGE, strips)] == ["姓名"]


def test_a_label_set_wide_is_known_by_one_of_its_characters() -> None:
    strips = [strip("法定代表人", 140, 500), strip("全", 141, 700), strip("所", 210, 700)]
    strips.append(strip("浙江省舟山市定海区团结街道", 310, 700))
    assert values_of(LICENCE, strips)["住所"] == "浙江省舟山市定海区团结街道"


def test_a_label_that_a_value_runs_up_to_is_not_part_of_it() -> None:
    strips = [strip("名称", 130, 370), strip("样本华通出资额", 330, 370), strip("伍佰万元整", 500, 370)]
    assert values_of(LICENCE, strips) == {"名称": "样本华通", "出资额": "伍佰万元整"}


class _Voices:
    """An engine without a way for lines: each model says something of its own."""

    name = "voices"

    def __init__(self) -> None:
        self.asked: list[Layout] = []

    def words(self, image: Image.Image, *, script: Script, layout: Layout) -> tuple[Word, ...]:
        assert script is Script.CHINESE
        self.asked.append(layout)
        return (Word({Layout.LINE: "藉贯", Layout.WORD: "籍贯"}[layout], 0.9, (0, 0, *image.size)),)


def test_what_was_read_before_is_one_voice_and_is_not_read_again() -> None:
    engine = _Voices()
    (line,) = read_lines(engine, [Image.new("L", (80, 50))], script=Script.CHINESE, known=[Line("籍贯", 0.9)])
    assert line.text == "籍贯"
    assert sorted(engine.asked) == [Layout.LINE, Layout.WORD, Layout.WORD]


def test_only_lines_in_which_nothing_was_found_are_read_another_way() -> None:
    engine = _Voices()
    pictures = [Image.new("L", (80, 50))] * 2
    lines = read_faint(engine, pictures, [Line("女", 0.9), Line("", 0.0)])
    assert [line.text for line in lines] == ["女", "籍贯"]
    assert engine.asked == [Layout.WORD]


def test_an_amount_with_a_character_that_no_amount_has_is_not_valid() -> None:
    blanks = dict.fromkeys(LICENCE.blanks, Written())
    said = {
        text: business_licence.interpret(
            {**blanks, "registered_capital": Written(text, (0.99,) * len(text))}, TODAY
        )
        for text in ("贰仟零捌拾捌万元整", "人民币1,000万元", "式任零手拾手万元整")
    }
    assert [fields["registered_capital"].valid for fields in said.values()] == [True, True, False]
