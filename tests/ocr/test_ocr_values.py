from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr import values
from ocr.errors import EngineTimeout
from ocr.fake import ScriptedEngine, scripted_reading
from ocr.lines import read_all
from ocr.port import Layout, Line, Script, Word
from ocr.voting import agreed, together


@pytest.mark.parametrize(
    ("text", "value"), [("44O3O4 l964 0308 997x", "44030419640308997X"), ("号码 123", "123"), ("", "")]
)
def test_letters_that_look_like_digits_count_as_digits(text: str, value: str) -> None:
    assert values.identity_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1964年3月8日", "1964-03-08"), ("1964年13月8日", ""), ("1964 年", ""), ("x1990年11月30", "1990-11-30")],
)
def test_a_chinese_date_is_normalised_or_empty(text: str, value: str) -> None:
    assert values.chinese_date(text) == value


def test_both_dates_of_a_span_are_found() -> None:
    assert values.point_dates("2018.04.09-2038.04.09") == ["2018-04-09", "2038-04-09"]
    assert values.point_dates("2012.05.18-长期") == ["2012-05-18"]
    assert values.point_dates("2012.15.48") == []


@pytest.mark.parametrize(("text", "value"), [("土家族", "土家"), ("汉", "汉"), (" 满。", "满"), ("", "")])
def test_an_ethnicity_has_no_final_word(text: str, value: str) -> None:
    assert values.ethnicity(text) == value


def test_there_are_fifty_six_ethnicities() -> None:
    assert len(values.ETHNICITIES) == 56


def test_names_keep_rare_characters_and_the_dot() -> None:
    assert values.chinese("阿依·古丽 𠮷骉,") == "阿依·古丽𠮷骉"


@given(st.text(max_size=60))
def test_no_text_breaks_the_normalisers(text: str) -> None:
    for normalise in (
        values.chinese,
        values.address,
        values.identity_number,
        values.ethnicity,
        values.chinese_date,
    ):
        assert " " not in normalise(text)
    values.point_dates(text)


CONFIDENCES = st.floats(0, 1)


@given(st.lists(st.builds(Line, st.text("赵钱孙", max_size=4), CONFIDENCES), max_size=4))
def test_a_vote_stays_within_bounds(readings: list[Line]) -> None:
    line = agreed(readings)
    assert 0 <= line.confidence <= 0.99
    assert bool(line.text) == any(reading.text for reading in readings)


def test_dissent_lowers_the_confidence_and_agreement_does_not_raise_it() -> None:
    alike = agreed([Line("赵", 0.8)] * 3)
    majority = agreed([Line("赵", 0.8), Line("越", 0.9), Line("赵", 0.8)])
    dissent = agreed([Line("赵样本", 0.8), Line("越样本", 0.9), Line("赵祥本", 0.8)])
    assert (alike.text, majority.text, dissent.text) == ("赵", "赵", "赵样本")
    assert alike.confidence == 0.8 > majority.confidence > dissent.confidence


def test_a_field_is_as_sure_as_its_worst_line() -> None:
    assert together([Line("广东省", 0.9), Line("", 0.0), Line("深圳", 0.4)]) == Line("广东省深圳", 0.4)
    assert together([]) == Line("", 0.0)


def test_the_scripted_engine_plays_its_script_and_then_finds_nothing() -> None:
    engine = ScriptedEngine([(Word("姓 名", 0.5, (0, 0, 9, 9)),), EngineTimeout("late")])
    picture = Image.new("L", (30, 10))
    assert read_all(engine, [picture], script=Script.CHINESE) == [Line("姓名", 0.5)]
    with pytest.raises(EngineTimeout):
        engine.words(picture, script=Script.DIGITS, layout=Layout.LINE)
    assert engine.words(picture, script=Script.DIGITS, layout=Layout.LINE) == ()
    assert engine.calls[0] == (Script.CHINESE, Layout.LINE, (30, 10))


def test_a_scripted_reading_marks_the_misread_field() -> None:
    reading = scripted_reading("id-card-front", {"name": "赵样本", "sex": ""}, misread=["name"])
    assert not reading.fields["name"].valid
    assert reading.fields["sex"].confidence == 0
