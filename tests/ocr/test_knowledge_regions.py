from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.variants import VARIANTS
from ocr.knowledge import regions
from ocr.knowledge.addresses import read_address, read_office, region_of

STREETS = ("香蜜湖街道", "华富街道", "梅林街道")
TODAYS = [
    code
    for code in regions.table()
    if regions.is_current(code) and not code.endswith("00") and len(regions.full_name(code)) > 6
]


def test_codes_have_their_names_of_all_times() -> None:
    assert regions.full_name("440304") == "广东省深圳市福田区"
    assert regions.full_name("110105") == "北京市朝阳区"
    assert regions.names_of("130204") == ("东矿区", "古冶区")
    assert regions.full_name("990101") == ""


def test_a_code_given_up_is_known_and_not_current() -> None:
    assert regions.is_known("110103")
    assert not regions.is_current("110103")
    assert regions.is_current("440311")


@pytest.mark.parametrize("code", ["440000", "990101", "44030", "", "abcdef"])
def test_what_names_no_county_is_not_known(code: str) -> None:
    assert not regions.is_known(code)


def test_residents_from_hong_kong_macao_and_taiwan_have_codes() -> None:
    assert all(regions.is_known(code) for code in ("810000", "820000", "830000"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("广东省深圳市福田区香蜜湖街道样本路7号", "广东省深圳市福田区香蜜湖街道样本路7号"),
        ("广东省深圳市福日区香密湖街道样本路7号", "广东省深圳市福田区香蜜湖街道样本路7号"),
        ("深训市福田区梅林街道", "深圳市福田区梅林街道"),
        ("江苏省昆山布玉山镇", "江苏省昆山市玉山镇"),
        ("黑龙江省大庆市萨尔国区会战街道", "黑龙江省大庆市萨尔图区会战街道"),
        ("广东省深圳市光明街道", "广东省深圳市光明街道"),
        ("样本路7号", "样本路7号"),
        ("", ""),
    ],
)
def test_the_head_of_an_address_is_put_right(text: str, value: str) -> None:
    assert read_address(text, streets=STREETS).value == value


def test_a_character_the_engine_was_sure_of_stays() -> None:
    text = "深圳市福日区样本路7号"
    assert read_address(text, marks=[0.99] * len(text)).value == text
    assert read_address(text, marks=[0.99] * 4 + [0.5] + [0.99] * 6).value == "深圳市福田区样本路7号"


def test_the_region_of_an_address_is_its_longest_known_head() -> None:
    assert region_of("广东省深圳市福田区香蜜湖街道") == "广东省深圳市福田区"
    assert region_of("样本路7号") == ""


def test_misread_regions_are_put_right_and_never_made_into_others() -> None:
    dice, right, changed = random.Random(2260), 0, 200
    for _ in range(changed):
        name = regions.full_name(dice.choice(TODAYS))
        place = dice.randrange(len(name))
        text = name[:place] + dice.choice("的一是在不了有和人这为上个国我以") + name[place + 1 :]
        found = read_address(text + "样本路7号")
        assert found.value == text + "样本路7号" or found.value.startswith(name)
        right += found.value.startswith(name)
    assert right > changed * 0.75


@given(st.text("广东省深圳市福田区香蜜湖街道样7", max_size=14), st.lists(st.floats(0, 1), max_size=14))
def test_no_address_breaks_the_reading_or_changes_its_length(text: str, marks: list[float]) -> None:
    assert len(read_address(text, streets=STREETS, marks=marks).value) == len(text)


def test_names_stand_in_the_characters_that_papers_have() -> None:
    variants = {variant for variant, _ in VARIANTS}
    names = [named.name for names in regions.table().values() for named in names]
    assert not [name for name in names if variants & {*name}]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("云南省红河哈尼族羔族自治州石屏县胜利乡", "云南省红河哈尼族彝族自治州石屏县胜利乡"),
        ("云南省楚雄项族自治州大姚县银河中路542号", "云南省楚雄彝族自治州大姚县银河中路542号"),
    ],
)
def test_a_long_name_is_put_right_though_a_short_one_is_as_near(read: str, printed: str) -> None:
    assert read_address(read).value == printed


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("宁洱哈尼族莱族自治县公安局", "宁洱哈尼族彝族自治县公安局"),
        ("湖北省黄冈市昔春县公安局", "湖北省黄冈市蕲春县公安局"),
        ("深圳市公安局福田分局", "深圳市公安局福田分局"),
        ("郊县残疾人联合会", "郊县残疾人联合会"),
    ],
)
def test_the_region_of_an_office_is_put_right_where_one_alone_fits(read: str, printed: str) -> None:
    found = read_office(read)
    assert (found.value, found.is_repaired) == (printed, read != printed)
