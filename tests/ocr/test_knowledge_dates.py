from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.knowledge import dates, validity

NUMERALS = "〇一二三四五六七八九"
DAYS = st.dates(date(1900, 1, 1), date(2060, 12, 31))


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    written = NUMERALS[ones] if ones else ""
    return ("" if tens < 2 else NUMERALS[tens]) + ("十" if tens else "") + written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二〇二一年三月五日", "2021-03-05"),
        ("二O二一年十二月三十一日", "2021-12-31"),
        ("二零零八年十月廿一日", "2008-10-21"),
        ("贰零贰壹年叁月零伍日", "2021-03-05"),
        ("贰零贰壹年壹拾贰月叁拾日", "2021-12-30"),
        ("2021年03月05日", "2021-03-05"),
        ("2021 年 3 月 5 日", "2021-03-05"),
        ("2O21年1O月0l日", "2021-10-01"),
        ("2021.3.5", "2021-03-05"),
        ("1998-3-5", "1998-03-05"),
        ("2012/05/18", "2012-05-18"),
        ("登记日期:20120518", "2012-05-18"),
    ],
)
def test_every_written_form_is_the_same_day(text: str, value: str) -> None:
    assert dates.date_in(text) == value


@pytest.mark.parametrize(
    "text", ["2021年2月30日", "二〇二一年十三月一日", "2021.13.5", "三月五日", "12021031", "1021年3月5日", ""]
)
def test_what_is_no_day_of_the_calendar_is_nothing(text: str) -> None:
    assert dates.date_in(text) == ""


def test_two_days_are_not_one() -> None:
    assert dates.date_in("2012.05.18-2032.05.18") == ""
    assert dates.dates_in("2012.05.18-2032.05.18") == ["2012-05-18", "2032-05-18"]


@given(DAYS)
def test_any_day_comes_back_from_each_form(day: date) -> None:
    year = "".join(NUMERALS[int(digit)] for digit in f"{day:%Y}")
    forms = (
        f"{year}年{chinese(day.month)}月{chinese(day.day)}日", f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y.%m.%d}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}.{day.month}.{day.day}",
    )  # fmt: skip
    assert {dates.date_in(form) for form in forms} == {day.isoformat()}


@given(st.text(alphabet="0123456789年月日.-〇一二十廿长期lO :时分", max_size=30))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    for found in dates.dates_in(text):
        date.fromisoformat(found)
    dates.span_in(text)
    dates.moment_in(text)


def test_spans_and_moments_are_read() -> None:
    assert dates.span_in("2012.05.18-2032.05.18") == ("2012-05-18", "2032-05-18")
    assert dates.span_in("2012.05.18一长期") == ("2012-05-18", "长期")
    assert dates.span_in("2012.05.18") == ("2012-05-18", "")
    assert dates.moment_in("2021年3月5日8时05分") == "2021-03-05T08:05"
    assert dates.moment_in("二〇二一年三月五日二十三时零五分") == "2021-03-05T23:05"
    assert dates.moment_in("2021年3月5日25时05分") == ""


@pytest.mark.parametrize(
    ("age", "years"), [(0, 5), (15, 5), (16, 10), (25, 10), (26, 20), (45, 20), (46, None)]
)
def test_the_span_follows_the_age(age: int, years: int | None) -> None:
    assert validity.span_for(age) == years


def test_the_end_must_fit_the_age_at_issue() -> None:
    born, issued = date(1990, 6, 1), date(2018, 4, 9)
    assert validity.fits(issued, "2038-04-09", born)
    assert not validity.fits(issued, "2028-04-09", born)
    assert not validity.fits(issued, "长期", born)
    assert validity.fits(issued, "2028-04-09")
    assert validity.fits(date(2018, 4, 9), "长期", date(1960, 1, 1))


def test_around_a_birthday_either_span_fits() -> None:
    issued = date(2018, 4, 9)
    assert validity.possible_ends(issued, date(1992, 3, 1)) == {"2028-04-09", "2038-04-09"}


def test_an_end_that_looks_like_the_only_possible_one_is_that() -> None:
    issued = date(2018, 4, 9)
    assert validity.repaired_end(issued, "2038-01-09", date(1990, 6, 1)) == "2038-04-09"
    assert validity.repaired_end(issued, "2033-04-09", date(1990, 6, 1)) == "2038-04-09"
    assert validity.repaired_end(issued, "2038-12-25", date(1990, 6, 1)) == ""
    assert validity.repaired_end(issued, "", None) == ""


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("2014.02.1", True),
        ("2014-02-15", False),
        ("2014.2.1", False),
        ("2014年02月1", True),
        ("2014年2月1日", False),
        ("长期", False),
    ],
)
def test_a_day_that_may_lack_its_last_figure_is_known_by_its_form(text: str, is_doubtful: bool) -> None:
    assert dates.may_lack_figure(text) is is_doubtful
