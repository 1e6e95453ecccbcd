from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.packs import many_items
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.pinyin import search_keys, with_readings
from workstation.catalogue.search import Hit, Rank, SearchIndex
from workstation.domain.items import Item

ITEMS = load_pack(bundled_pack()).items
INDEX = SearchIndex(ITEMS)


def titles(query: str, index: SearchIndex = INDEX) -> list[str]:
    return [hit.item.title for hit in index.find(query)]


def named(*names: str) -> SearchIndex:
    plain = replace(
        ITEMS[0], plain_title="办理", main_item="办理", sub_item="办理", aliases=(), search_keys=()
    )
    return SearchIndex([replace(plain, code=f"4420{n:08d}", title=name) for n, name in enumerate(names)])


@pytest.mark.parametrize(
    "query",
    [
        "jlyd",
        "jinglao",
        "jinglaoyoudaizheng",
        "敬老",
        "敬ly",
        "jing老",
        "jinglyd",
        "jing lao",
        "jing'lao",
        "JLYD",
        "ｊｌｙｄ",
        "jlyd zheng",
        "蓝证",
        "lanzheng",
        "442090001001",
        "11440300yangben01u3442090001001",
    ],
)
def test_one_item_is_found_in_every_way_of_typing_it(query: str) -> None:
    assert titles(query)[0] == "敬老优待证"


def test_a_substring_finds_both_cards_the_shorter_title_first() -> None:
    assert titles("优待") == ["敬老优待证", "老年人优待卡"]


def test_the_title_goes_before_other_names() -> None:
    hits = INDEX.find("lnryd")
    assert [(hit.item.title, hit.rank) for hit in hits] == [
        ("老年人优待卡", Rank.TITLE_START),
        ("敬老优待证", Rank.NAME),
    ]


def test_ranks_follow_the_kind_of_fit() -> None:
    index = named("居住证", "居住证签注", "港澳居住证", "居委会")
    hits = index.find("居住证")
    assert [(hit.item.title, hit.rank) for hit in hits] == [
        ("居住证", Rank.TITLE),
        ("居住证签注", Rank.TITLE_START),
        ("港澳居住证", Rank.TITLE_PART),
    ]
    assert titles("jzz", index) == ["居住证", "居住证签注", "港澳居住证"]
    assert index.find("442000000003")[0].rank == Rank.CODE
    assert index.find("4420")[0].rank == Rank.CODE_PART


def test_every_word_must_fit() -> None:
    assert titles("老年 卡")[0] == "老年人优待卡"
    assert titles("jlyd xyz") == []
    assert titles("") == titles("   ") == []
    assert SearchIndex([]).find("敬老") == ()


def test_the_span_shows_what_fits_in_the_name() -> None:
    def shown(hit: Hit) -> str:
        return hit.name[hit.span[0] : hit.span[1]]

    assert shown(INDEX.find("youdai")[0]) == "优待"
    assert shown(INDEX.find("sbk")[0]) == "社保卡"
    assert INDEX.find("442090001001")[0].span == (0, 0)
    index = named("使用ATM/自助机")
    assert shown(index.find("atm")[0]) == "ATM"
    assert index.find("atm")[0].name == "使用ATM/自助机"
    assert shown(index.find("zzj")[0]) == "自助机"


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("银行开户许可", ["yinhang", "yhkh", "yinxing", "yx"]),
        ("重大项目备案", ["zhongda", "chongda", "zdxm", "cdxm"]),
        ("长期护理保险", ["changqi", "zhangqi", "cqhl", "zqhl"]),
        ("妇女绿色通道", ["funv", "funu", "lvse", "luse"]),
    ],
)
def test_characters_with_several_readings_are_found_by_each(name: str, queries: list[str]) -> None:
    index = named("居住证", name)
    for query in queries:
        assert titles(query, index) == [name]


def test_a_reading_may_be_cut_short_anywhere() -> None:
    full = "jinglaoyoudaizheng"
    for end in range(2, len(full) + 1):
        assert "敬老优待证" in titles(full[:end])


@given(st.text(max_size=12))
def test_no_query_breaks_the_index(query: str) -> None:
    hits = INDEX.find(query)
    assert len({hit.item.code for hit in hits}) == len(hits)
    assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)


MANY = tuple(replace(item, search_keys=search_keys(item)) for item in many_items(300))


@given(
    st.text(alphabet="jlyzhangs0142居证老 ", max_size=8), st.text(alphabet="jlyzhangs0142居证老 ", max_size=8)
)
def test_what_was_typed_before_changes_nothing(before: str, query: str) -> None:
    typed = SearchIndex(MANY)
    for end in range(len(before) + 1):
        typed.find(before[:end])
    for end in range(len(query) + 1):
        typed.find(query[:end])
    assert typed.find(query) == SearchIndex(MANY).find(query)


@given(st.sampled_from(ITEMS), st.data())
def test_every_piece_of_a_title_and_its_initials_find_the_item(item: Item, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(item.title) - 1))
    end = data.draw(st.integers(start + 1, len(item.title)))
    assert item.title in titles(item.title[start:end])
    initials = "".join(with_readings(sign)[1:2] or sign for sign in item.title[start:end])
    assert item.title in titles(initials)


def test_a_key_costs_little_among_2500_items() -> None:
    index = SearchIndex(many_items(2_500))
    typed = ["j", "jz", "jzz", "居", "居住", "442", "y", "yinhang", "l 补"]
    fastest = {}
    for query in typed:
        times = []
        for _ in range(3):
            start = time.process_time()
            index.find(query)
            times.append(time.process_time() - start)
        fastest[query] = min(times)
    # The aim is 30 ms, which the benchmark measures; here only what grew with the square would fail.
    assert max(fastest.values()) < 0.5, fastest


def test_the_limit_cuts_the_list() -> None:
    assert len(SearchIndex(many_items(200)).find("a", limit=7)) <= 7
    assert len(SearchIndex(many_items(200)).find("第", limit=7)) == 7
