from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ocr import imaging, labels
from ocr.documents.anchors import Label, take_apart
from ocr.documents.filling import assign, register
from ocr.documents.form import Blank, Form
from ocr.documents.print_lines import Piece, find_pieces
from ocr.documents.reading import Strip
from ocr.documents.sheets import Sheet, outlines_of
from ocr.documents.tilt import tilt_of
from ocr.labels import Glyph
from ocr.port import Word
from workstation.training.specimens import cards, fonts, glass, people

FORM = Form(
    blanks={"name": Blank("姓名"), "sex": Blank("性别"), "address": Blank("住址", lines=3)},
    others=("公民身份号码",),
    places={"姓名": (6.0, 8.0), "住址": (6.0, 28.0), "公民身份号码": (6.0, 48.0)},
)


def _strip(text: str, left: int, top: int, width: int, height: int = 20) -> Strip:
    return Strip(Piece(left, top, left + width, top + height), text, (0.99,) * len(text))


def _label(name: str, left: float, middle: float, scale: float = 7.0) -> Label:
    half = FORM.em * scale / 2
    return Label(name, Piece(round(left), round(middle - half), round(left + 40), round(middle + half)), 0)


@given(st.sampled_from([0, 1, 2, 3]), st.floats(-20, 20), st.booleans())
def test_a_box_finds_its_way_back_to_the_input(quarters: int, angle: float, mirrored: bool) -> None:
    turn = np.array([[np.cos(angle / 57.3), -np.sin(angle / 57.3), 7], [np.sin(angle / 57.3),
                     np.cos(angle / 57.3), 90], [0, 0, 1]])  # fmt: skip
    sheet = Sheet(np.zeros((600, 600), np.uint8), turn, (300, 200), True).turned(quarters)
    place = [(120, 80), (119, 120), (179, 119), (80, 179)][quarters]
    if mirrored:
        sheet, place = sheet.mirrored(), (sheet.size[0] - 1 - place[0], place[1])
    x, y, width, height = sheet.box_in_input(place[0], place[1], place[0] + 1, place[1] + 1)
    wanted = turn @ np.array([120.5, 80.5, 1])
    assert x - 1 <= wanted[0] <= x + width + 1
    assert y - 1 <= wanted[1] <= y + height + 1


@pytest.mark.parametrize("angle", [-38.0, -4.0, -1.5, 0.0, 2.25, 17.0])
def test_the_tilt_of_lines_is_measured_to_half_a_degree(angle: float) -> None:
    card = imaging.without_red(cards.id_card_front(people.LI, dpi=200))
    turned = card.rotate(angle, fillcolor=245, expand=True, resample=Image.Resampling.BICUBIC)
    assert tilt_of(np.asarray(turned)) == pytest.approx(-angle, abs=0.5)


def test_the_skew_of_a_sheet_is_that_of_the_input() -> None:
    scan = glass.on_glass(cards.id_card_front(people.SUN), dpi=150, angle=5.0, background=glass.DARK_LID)
    assert outlines_of(scan)[0].sheet().skew_deg == pytest.approx(5.0, abs=0.5)


@given(st.floats(4, 20), st.floats(-50, 50), st.floats(-50, 50))
def test_the_place_of_a_form_is_recovered_from_its_labels(scale: float, left: float, top: float) -> None:
    found = [_label(name, x * scale + left, y * scale + top, scale) for name, (x, y) in FORM.places.items()]
    window = register(FORM, found).window((10.0, 20.0, 30.0, 5.0))
    assert window is not None
    assert window.left == pytest.approx(10 * scale + left, abs=3)
    assert window.top == pytest.approx(20 * scale + top, abs=3)
    assert window.width == pytest.approx(30 * scale, abs=4)


def test_one_label_does_not_tell_where_a_form_lies() -> None:
    registered = register(FORM, [_label("姓名", 60, 80)])
    assert registered.window((0, 0, 10, 10)) is None
    assert [label.name for label in registered.labels] == ["姓名"]


def test_a_label_that_was_not_seen_is_where_the_others_say() -> None:
    registered = register(FORM, [_label("姓名", 60, 80, 10), _label("公民身份号码", 60, 480, 10)])
    (inferred,) = [label for label in registered.labels if label.strip < 0]
    assert inferred.name == "住址"
    assert inferred.piece.middle == pytest.approx(280, abs=2)


def test_labels_are_found_inside_a_strip_and_long_ones_although_misread() -> None:
    strips = [_strip("姓名赵样本性别男", 0, 0, 160), _strip("公民身份呈码44030419640308997X", 0, 40, 400)]
    found, parts = take_apart(strips, FORM.labels)
    assert [label.name for label in found] == ["姓名", "性别", "公民身份号码"]
    assert [(part.text, found[part.owner].name) for part in parts] == [
        ("赵样本", "姓名"),
        ("男", "性别"),
        ("44030419640308997X", "公民身份号码"),
    ]


def test_a_label_whose_characters_stand_apart_is_put_together() -> None:
    strips = [_strip("住", 0, 0, 20), _strip("址", 60, 0, 20), _strip("样本路7号", 120, 0, 100)]
    found, parts = take_apart(strips, FORM.labels)
    assert [(label.name, label.piece.right) for label in found] == [("住址", 80)]
    assert [part.text for part in parts] == ["样本路7号"]


def test_a_value_is_what_stands_beside_its_label_and_aligned_below() -> None:
    strips = [
        _strip("姓名", 0, 0, 40), _strip("赵样本", 60, 2, 60), _strip("性别", 200, 0, 40),
        _strip("男", 260, 0, 20), _strip("住址", 0, 60, 40), _strip("广东省样本市", 60, 58, 120),
        _strip("样本路7号", 60, 84, 100), _strip("样本", 300, 84, 40),
    ]  # fmt: skip
    found, parts = take_apart(strips, FORM.labels)
    lines = assign(register(FORM, found), parts)
    said = {
        found[label].name: ["".join(part.text for part in line) for line in value.lines]
        for label, value in lines.items()
    }
    assert said == {"姓名": ["赵样本"], "性别": ["男"], "住址": ["广东省样本市", "样本路7号"]}


def test_a_word_shares_its_box_out_among_its_characters() -> None:
    (line,) = labels.glyph_lines((Word("号 7A", 0.9, (0, 0, 40, 10), 1),))
    assert line == [Glyph("号", 0.0, 5.0, 20.0), Glyph("7", 20.0, 5.0, 10.0), Glyph("A", 30.0, 5.0, 10.0)]


def test_an_empty_page_has_no_print() -> None:
    assert find_pieces(np.full((300, 400), 240, np.uint8)) == []


def test_lines_of_print_are_cut_apart_and_rules_are_no_print() -> None:
    picture = Image.new("L", (400, 240), 245)
    pen = ImageDraw.Draw(picture)
    for top in (20, 70, 120):
        for left in range(30, 230, 26):
            pen.rectangle((left, top, left + 20, top + 24), outline=20, width=4)
    pen.line((10, 180, 390, 180), fill=0, width=2)
    pieces = find_pieces(np.asarray(picture))
    assert [piece.top for piece in pieces] == pytest.approx([20, 70, 120], abs=4)
    assert all(abs(piece.left - 30) < 4 and piece.width > 190 for piece in pieces)


def test_a_wide_stop_behind_a_line_belongs_to_it_and_a_speck_behind_a_name_does_not() -> None:
    page = Image.new("L", (700, 240), 250)
    font = fonts.load(fonts.Face.SANS, 28)
    pen = ImageDraw.Draw(page)
    for row, text in ((40, "日用百货销售食品信息技术"), (120, "王样本")):
        pen.text((60, row), text, font=font, fill=20)
        end = 60 + round(font.getlength(text))
        pen.rectangle((end + 16, row + 27, end + 18, row + 32), fill=20)
    line, name = find_pieces(np.asarray(page))
    assert line.right >= 60 + 12 * 28 + 20
    assert name.right < 60 + 3 * 28 + 12


def test_a_value_goes_on_behind_a_gap_on_its_second_line_but_not_into_the_next_column() -> None:
    form = Form(blanks={"scope": Blank("经营范围", lines=4)}, others=("住所",))
    strips = [
        _strip("经营范围", 0, 0, 80), _strip("一般项目" * 5, 100, 0, 400),
        _strip("零售）；", 100, 26, 80), _strip("批发" * 7, 212, 26, 280), _strip("样本路", 540, 26, 60),
    ]  # fmt: skip
    labels, parts = take_apart(strips, form.labels)
    registered = register(form, labels)
    number = registered.number_of(form.blanks["scope"])
    assert number is not None
    lines = assign(registered, parts)[number].lines
    assert ["".join(part.text for part in line) for line in lines] == [
        "一般项目" * 5,
        f"零售）；{'批发' * 7}",
    ]


def test_a_code_below_its_label_is_found_although_a_title_stands_beside() -> None:
    form = Form(blanks={"code": Blank("统一社会信用代码", below=True, length=18)})
    strips = [
        _strip("统一社会信用代码", 100, 100, 160), _strip("刀", 800, 112, 40, 70),
        _strip("9135042600000000XX", 98, 134, 250),
    ]  # fmt: skip
    registered = register(form, take_apart(strips, form.labels)[0])
    parts = take_apart(strips, form.labels)[1]
    (value,) = assign(registered, parts).values()
    assert [part.text for line in value.lines for part in line] == ["9135042600000000XX"]


def test_a_label_set_wide_is_put_together_although_its_end_touches_the_value() -> None:
    names = ("名称", "注册日期", "经营者", "经营范围", "经营场所")
    strips = [
        _strip("名", 0, 0, 20), _strip("称样本商贸部", 96, 0, 200),
        _strip("注册", 0, 40, 50), _strip("日期2010年2月", 60, 40, 200),
        _strip("经", 0, 80, 20), _strip("营", 48, 80, 20), _strip("者", 96, 80, 20),
        _strip("王样本", 140, 80, 60),
        _strip("经", 0, 120, 20), _strip("理", 60, 120, 20),
    ]  # fmt: skip
    labels, parts = take_apart(strips, names)
    assert sorted(label.name for label in labels) == ["名称", "注册日期", "经营者"]
    owners = {part.text: labels[part.owner].name if part.owner >= 0 else "" for part in parts}
    assert owners == {"样本商贸部": "名称", "2010年2月": "注册日期", "王样本": "", "经": "", "理": ""}


def test_a_value_goes_on_below_although_its_label_is_set_wider_than_it() -> None:
    form = Form(blanks={"address": Blank("经营场所", lines=3)})
    strips = [
        _strip("经营场所四川省达州市通川区样本街道大湾村10组41", 840, 0, 560),
        _strip("号", 985, 30, 20),
    ]
    labels, parts = take_apart(strips, form.labels)
    (value,) = assign(register(form, labels), parts).values()
    assert [part.text for line in value.lines for part in line][-1] == "号"


_OF_EACH: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("name", "姓名", ()), ("sex", "性别", ()), ("number", "身份证件号", ("身份证号",)),
)  # fmt: skip
COUPLE = Form(
    blanks={
        f"{field}_{place}": Blank(label, also=also, nth=place)
        for place in (0, 1)
        for field, label, also in (
            ("name", "姓名", ()),
            ("sex", "性别", ()),
            ("number", "身份证件号", ("身份证号",)),
        )
    }
)


@pytest.mark.parametrize("lost", [("姓名", 0), ("姓名", 1), ("性别", 0), ("性别", 1), ("身份证号", 0)])
def test_a_label_that_was_lost_of_two_people_mixes_nobody(lost: tuple[str, int]) -> None:
    strips = []
    people = (("甲样本", "男", "11010119"), ("乙样本", "女", "22020219"))
    for place, (name, sex, number) in enumerate(people):
        top = 100 + place * 200
        rows = (("姓名", 0, top, name), ("性别", 300, top, sex), ("身份证号", 0, top + 80, number))
        for label, left, middle, value in rows:
            if (label, place) != lost:
                strips.append(_strip(label, left, middle, 20 * len(label)))
            strips.append(_strip(value, left + 110, middle, 20 * len(value)))
    labels, parts = take_apart(strips, COUPLE.labels)
    registered = register(COUPLE, labels)
    values = assign(registered, parts)
    for place, person in enumerate(people):
        for field, value in zip(("name", "sex", "number"), person, strict=True):
            at = registered.number_of(COUPLE.blanks[f"{field}_{place}"])
            assert at is not None
            assert "".join(part.text for line in values[at].lines for part in line) == value


def test_the_words_of_a_label_inside_a_value_are_the_values_own() -> None:
    names = ("面积", "坐落")
    value = "土地使用权面积33503.71平方米/房屋建筑面积213.01平方米"
    strips = [
        _strip("面", 0, 0, 20), _strip("积", 150, 0, 20), _strip(value, 200, -4, 600),
    ]  # fmt: skip
    labels, parts = take_apart(strips, names, ("面积",))
    assert [label.name for label in labels] == ["面积"]
    assert [part.text for part in parts] == [value]


def test_a_label_on_two_lines_of_a_narrow_cell_is_one_label() -> None:
    strips = [
        _strip("公民身份证件编", 10, 10, 140),
        _strip("号", 10, 34, 20),
        _strip("440106199001019978", 170, 22, 200),
    ]
    labels, parts = take_apart(strips, ["公民身份证件编号", "姓名"])
    assert [label.name for label in labels] == ["公民身份证件编号"]
    assert (labels[0].piece.top, labels[0].piece.bottom) == (10, 54)
    assert [part.text for part in parts] == ["440106199001019978"]


def test_what_stands_behind_the_second_line_of_a_label_is_left_over() -> None:
    strips = [_strip("常住户口", 10, 10, 80), _strip("所在地住址南街5号", 10, 34, 180)]
    labels, parts = take_apart(strips, ["常住户口所在地住址"])
    assert [label.name for label in labels] == ["常住户口所在地住址"]
    assert [part.text for part in parts] == ["南街5号"]
