from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from ocr import labels, view
from ocr.crops import cut_lines
from ocr.labels import Glyph
from ocr.port import Word

FORM = {"姓名": (6.0, 8.0), "住址": (6.0, 28.0), "公民身份号码": (6.0, 48.0)}


def _marked(box: tuple[int, int, int, int]) -> Image.Image:
    picture = Image.new("L", (300, 200), 255)
    x, y, width, height = box
    ImageDraw.Draw(picture).rectangle((x, y, x + width - 1, y + height - 1), fill=0)
    return picture


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-5, 5),
    st.floats(0.7, 2.0),
    st.integers(40, 220),
    st.integers(40, 140),
)
def test_a_box_finds_its_way_back_to_the_input(
    turn: int, angle: float, factor: float, x: int, y: int
) -> None:
    start = view.whole(_marked((x, y, 24, 16)))
    seen = start.cropped((10, 10, 280, 180)).scaled(factor).turned(turn).deskewed(angle, 255)
    dark = ImageChops.invert(seen.image).point([0] * 128 + [255] * 128).getbbox()
    assert dark is not None
    left, top, width, height = seen.box_in_input((dark[0], dark[1], dark[2] - dark[0], dark[3] - dark[1]))
    assert left == pytest.approx(x, abs=5)
    assert top == pytest.approx(y, abs=5)
    assert left + width == pytest.approx(x + 24, abs=5)
    assert top + height == pytest.approx(y + 16, abs=5)


@given(st.floats(4, 20), st.floats(-50, 50), st.floats(-50, 50))
def test_the_grid_is_recovered_from_its_labels(scale: float, left: float, top: float) -> None:
    found = {name: (x * scale + left, y * scale + top) for name, (x, y) in FORM.items()}
    grid = labels.fit(found, FORM, scale * 1.1)
    assert grid is not None
    assert grid.scale == pytest.approx(scale)
    assert grid.left == pytest.approx(left, abs=1e-6)
    assert grid.top == pytest.approx(top, abs=1e-6)
    assert grid.anchors == 3


def test_labels_that_stand_close_together_do_not_decide_the_scale() -> None:
    grid = labels.fit({"姓名": (60, 80), "住址": (60, 300)}, FORM, 10.0)
    assert grid is not None
    assert grid.scale == 10.0


def test_without_labels_there_is_no_grid() -> None:
    assert labels.fit({}, FORM, 9.0) is None


def test_labels_are_found_inside_a_line_and_long_ones_although_garbled() -> None:
    words = (
        Word("姓名赵样本", 0.9, (100, 10, 100, 20), 1),
        Word("公民身份呈丰44030419640308997X", 0.9, (100, 90, 480, 20), 2),
    )
    lines = labels.glyph_lines(words)
    found = labels.find_labels(lines, FORM)
    assert found == {"姓名": (100.0, 20.0), "公民身份号码": (100.0, 100.0)}
    number = labels.find_long_number(lines)
    assert number is not None
    assert number[0] == "44030419640308997X"


def test_a_word_shares_its_box_out_among_its_characters() -> None:
    (line,) = labels.glyph_lines((Word("号 7A", 0.9, (0, 0, 40, 10), 1),))
    assert line == [Glyph("号", 0.0, 5.0, 20.0), Glyph("7", 20.0, 5.0, 10.0), Glyph("A", 30.0, 5.0, 10.0)]


def test_an_empty_window_has_no_lines() -> None:
    assert cut_lines(view.whole(Image.new("L", (200, 100), 240)), (0, 0, 200, 100), 30, most=3) == []


def test_a_window_outside_the_picture_has_no_lines() -> None:
    assert cut_lines(view.whole(Image.new("L", (20, 10), 240)), (50, 50, 10, 10), 30) == []


def test_lines_of_print_are_cut_apart() -> None:
    picture = Image.new("L", (300, 200), 245)
    pen = ImageDraw.Draw(picture)
    for top in (20, 70, 120):
        pen.rectangle((30, top, 200, top + 28), fill=20)
    crops = cut_lines(view.whole(picture), (0, 0, 300, 200), 30, most=4)
    assert len(crops) == 3
    assert crops[1].box[1] == pytest.approx(70, abs=6)
