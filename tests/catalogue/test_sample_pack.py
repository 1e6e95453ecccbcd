from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from workstation.catalogue.lint import lint
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.pinyin import search_keys
from workstation.catalogue.situations import situations
from workstation.domain.checklist import active_fields, derive, situation_title
from workstation.domain.identity import check_uscc
from workstation.domain.items import Item, Material
from workstation.domain.kinds import HandlingMode, LimitUnit, Need, OriginalRule

PACK = load_pack(bundled_pack())
ITEMS = {item.title: item for item in PACK.items}


def asked(item: Item, **answers: str) -> set[str]:
    return {material.title for material in derive(item, answers)}


def test_the_pack_holds_the_first_eight_items_and_says_that_it_is_a_sample() -> None:
    assert set(ITEMS) >= {
        "敬老优待证",
        "老年人优待卡",
        "高龄老人津贴",
        "生育登记",
        "临时救助",
        "社会保障卡申领",
        "居住证",
        "房屋租赁登记备案",
    }
    assert PACK.notice == "样例数据: 使用前请向当地主管部门核实"
    assert PACK.issued_on <= date(2026, 11, 2) <= PACK.valid_until


def test_the_streets_are_first_the_ten_of_futian_and_each_has_its_district() -> None:
    futian = ["HF", "XMH", "FT", "NY", "YL", "ST", "ML", "LH", "HQB", "FB"]
    assert list(PACK.streets)[:10] == futian
    assert {PACK.districts[street] for street in futian} == {"440304"}
    assert set(PACK.districts) == set(PACK.streets)
    assert PACK.streets["XMH"] == "香蜜湖街道"


def test_the_linter_finds_no_fault_and_the_signature_is_fresh() -> None:
    assert [str(finding) for finding in lint(bundled_pack()) if not finding.is_warning] == []


CARD = ITEMS["老年人优待卡"]
ID, BOOK, PHOTO = "居民身份证", "户口簿", "白底小一寸彩色照片"
PERMIT, HMT, AGENT = "广东省居住证", "港澳台居民居住证", "代办人有效身份证件"


@pytest.mark.parametrize(
    ("case", "origin", "expected"),
    [
        ("first", "local", {ID, BOOK, PHOTO}),
        ("first", "officer", {ID, "军官(文职干部)证或离退休证", "所在单位证明", PHOTO}),
        ("first", "province", {ID, PERMIT, PHOTO}),
        ("first", "hmt", {HMT, PHOTO}),
        ("upgrade", "local", {ID}),
        ("upgrade", "province", {ID, PERMIT}),
        ("upgrade", "hmt", {HMT}),
        ("lost", "local", {ID}),
        ("lost", "officer", {ID}),
        ("lost", "province", {ID, PERMIT}),
    ],
)
def test_each_situation_of_the_guangzhou_card_asks_for_exactly_its_papers(
    case: str, origin: str, expected: set[str]
) -> None:
    assert asked(CARD, case=case, origin=origin, who="self") == expected
    assert asked(CARD, case=case, origin=origin, who="agent") == expected | {AGENT}


def test_the_courtesy_card_fills_the_courier_bag() -> None:
    item = ITEMS["敬老优待证"]
    answers = {"case": "first-blue", "who": "self"}
    assert situation_title(item, answers) == "首次办理(蓝证) · 本人办理"
    rules = {material.title: material.original for material in derive(item, answers)}
    assert rules == {
        "居民身份证": OriginalRule.SIGHTED,
        "户口簿": OriginalRule.SIGHTED,
        "数码照相回执": OriginalRule.KEPT,
        "敬老优待证申请表": OriginalRule.FORM,
    }
    assert item.material("household-register").reusable
    assert (item.material("id-card").document_kind, item.material("id-card").back_kind) == (
        "id-card-front",
        "id-card-back",
    )
    assert not item.acceptance_delegated


def test_the_courtesy_card_takes_the_applicant_from_the_identity_card() -> None:
    fields = active_fields(ITEMS["敬老优待证"], {"case": "first-blue", "who": "self"})
    read = {field.id: field.sources[0].field for field in fields if field.sources}
    assert read == {name: name for name in ("name", "sex", "ethnicity", "birth_date", "address", "id_number")}


def test_acceptance_is_delegated_only_where_no_home_street_decides() -> None:
    delegated = [item for item in PACK.items if item.acceptance_delegated]
    assert ITEMS["社会保障卡申领"] in delegated
    assert {item.mode for item in delegated} == {HandlingMode.LOCAL}


def test_both_units_of_limits_are_in_use() -> None:
    limits = [limit for item in PACK.items for limit in (item.statutory, item.promised) if limit]
    assert {limit.unit for limit in limits} == set(LimitUnit)


def test_tolerated_and_kept_materials_exist_for_practice() -> None:
    materials: list[Material] = [material for item in PACK.items for material in item.materials]
    assert any(material.need is Need.TOLERABLE for material in materials)
    assert any(material.original is OriginalRule.KEPT for material in materials)


@pytest.mark.parametrize("item", PACK.items, ids=lambda item: item.title)
def test_every_situation_ends_in_a_checklist_with_reasons(item: Item) -> None:
    walked = list(situations(item))
    assert len({tuple(sorted(answers.items())) for answers in walked}) == len(walked)
    for answers in walked:
        standard = [material.standard_id for material in derive(item, answers)]
        assert standard
        assert len(standard) == len(set(standard))
    assert check_uscc(item.implementation_code[:18]) == item.implementation_code[:18]


def test_stored_search_keys_are_those_of_the_names() -> None:
    stored = json.loads((bundled_pack() / "search.json").read_text("utf-8"))
    items = {row["code"]: row["keys"] for row in stored["items"].values()}
    assert items == {item.code: list(search_keys(item)) for item in PACK.items}
    assert stored["matters"] == {matter.id: list(search_keys(matter)) for matter in PACK.matters}


def test_every_item_file_names_the_source_of_its_facts() -> None:
    for path in sorted(Path(bundled_pack()).glob("items/*.yaml")):
        text = path.read_text("utf-8")
        materials = text[text.index("\nmaterials:\n") : text.index("\nfields:\n")]
        lines = [line for line in materials.splitlines() if line.startswith(("- id:", "- use:"))]
        assert any("law:" in line or "public page" in line for line in text.splitlines())
        assert [line for line in lines if "#" not in line] == []
