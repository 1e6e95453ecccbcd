"""Each rule of the linter is shown one fault, and names the file, the line and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalogue.packs import ITEM, PACK, signed_pack, write_pack
from workstation.catalogue.findings import WARNINGS, Finding
from workstation.catalogue.lint import lint

FIELD = "- {id: name, title: 姓名, sources: [{document_kind: id-card-front, field: name}]}\n"
COMMITMENT = "commitment: {text: 保证真实, basis: 样例, consequence: 撤销}\n"
OVERLAY = "overlays:\n- {districts: ['440103'], effective_from: 2026-01-01, basis: 样例, "
AGED = """- id: age
  title: 年龄段
  options:
  - {id: young, title: 七十岁以下}
  - {id: old, title: 七十岁以上}
  known: {source: AGE, options: [{option: young, years: [0, 69]}, {option: old, years: [70, 200]}]}
materials:
"""
BY_AGE = "  when: {case: [lost], age: [old]}\n"
WHEN = "  when: {case: [lost]}\n"
RULES = "form: {rules: [{kind: KIND, fields: [name, second], message: 样例}]}\n"

Edit = tuple[str, str]

FAULTS: dict[str, tuple[str, str, list[Edit]]] = {
    "element missing": ("C170", "elements:", [(", place: 样例大厅", "")]),
    "conditions empty": ("C171", "conditions:", [("conditions: [样例条件]", "conditions: []")]),
    "fee without a ground": ("C172", "elements:", [("fee: 不收费", "fee: 每证 20 元")]),
    "entrusted by nobody": ("C172", "elements:", [("power_source: '1'", "power_source: '5'")]),
    "type not in the code": ("C173", "code:", [("item_type: '20'", "item_type: '05'")]),
    "units mixed": ("C174", "promised:", [("number: 10, unit: WORKDAY", "number: 25, unit: CALENDAR_DAY")]),
    "same paper shown and kept": (
        "C175",
        "- id: statement",
        [("standard_id: statement", "standard_id: id-card")],
    ),
    "facts give an unknown option": (
        "C176",
        "known:",
        [("materials:\n", AGED), (WHEN, BY_AGE), ("{option: old, ", "{option: aged, ")],
    ),
    "age bands overlap": (
        "C177",
        "known:",
        [("materials:\n", AGED), (WHEN, BY_AGE), ("[70, 200]", "[65, 200]")],
    ),
    "years between age bands": (
        "C178",
        "known:",
        [("materials:\n", AGED), (WHEN, BY_AGE), ("[70, 200]", "[75, 200]")],
    ),
    "question without consequence": ("C179", "- id: age", [("materials:\n", AGED)]),
    "group that never holds": (
        "C180",
        "when:",
        [
            ("materials:\n", AGED.replace("  options:\n", "  when: {case: [first]}\n  options:\n", 1)),
            (WHEN, "  when: [{case: [lost]}, {case: [lost], age: [old]}]\n"),
        ],
    ),
    "unknown section": ("C181", "- {id: name", [("title: 姓名,", "title: 姓名, section: who,")]),
    "check of an unknown field": ("C182", "form:", [("limits:", RULES.replace("KIND", "EQUAL") + "limits:")]),
    "dates compared that are none": (
        "C183",
        "form:",
        [
            (FIELD, FIELD + "- {id: second, title: 乙}\n"),
            ("limits:", RULES.replace("KIND", "NOT_AFTER") + "limits:"),
        ],
    ),
    "zero fee with a fee": (
        "C184",
        "flags:",
        [
            ("flags: []", "flags: [ZERO_FEE]"),
            ("fee: 不收费", "fee: 20 元"),
            ("result_kind: 证照", "result_kind: 证照, fee_basis: 样例"),
        ],
    ),
    "one visit and two": (
        "C184",
        "flags:",
        [("flags: []", "flags: [ONE_VISIT]"), ("visits: 1", "visits: 2")],
    ),
    "zero time and not instant": ("C184", "flags:", [("flags: []", "flags: [ZERO_TIME]")]),
    "online without the channel": ("C184", "flags:", [("flags: []", "flags: [ONLINE]")]),
    "zero material with a paper": (
        "C184",
        "flags:",
        [("flags: []", "flags: [ZERO_MATERIAL]"), (WHEN, ""), ("  title: 情形\n", "  title: 情形\n")],
    ),
    "online only and nowhere": (
        "C185",
        "online_only:",
        [("instant: false", "instant: false\nonline_only: true")],
    ),
    "instant from data with a paper": (
        "C186",
        "- id: statement",
        [("instant: false", "instant: true\nreview_free: true")],
    ),
    "agent's papers in person": (
        "C187",
        "- id: statement",
        [("kinds: [AUTHORISED]", "kinds: []"), ("standard_id: statement", "standard_id: proxy")],
    ),
    "agent where presence is due": ("C187", "conditions:", [("[样例条件]", "[须本人到场]")]),
    "second street without its routing": (
        "C188",
        "second_street:",
        [("limits:", "second_street: true\nlimits:")],
    ),
    "its routing without a second street": (
        "C188",
        "routing:",
        [("routing: RECEIVING", "routing: BOTH_HOUSEHOLDS")],
    ),
    "accepted for another level": (
        "C189",
        "acceptance_delegated:",
        [("acceptance_basis: 样例委托依据\n", "")],
    ),
    "commitment for nothing": ("C190", "commitment:", [("limits:", COMMITMENT + "limits:")]),
    "committable without commitment": (
        "C190",
        "committable:",
        [(WHEN, "  committable: true\n" + WHEN)],
    ),
    "overlay without an unknown paper": (
        "C191",
        "- {districts:",
        [("limits:", OVERLAY + "without_materials: [photo]}\nlimits:")],
    ),
    "overlay of a strange district": ("C192", "- {districts:", [("limits:", OVERLAY + "level: 4}\nlimits:")]),
    "overlay longer than the law": (
        "C164",
        "- {districts:",
        [("limits:", OVERLAY + "promised: {number: 30, unit: WORKDAY}}\nlimits:")],
    ),
    "two options of one name": ("C197", "{id: lost", [("title: 补办}", "title: 首次}")]),
    "two papers of one name": ("C197", "- id: statement", [("title: 遗失声明", "title: 居民身份证")]),
    "field that is read and not taken": (
        "C198",
        "- {id: name",
        [(FIELD, "- {id: name, title: 姓名}\n")],
    ),
    "two fields of one name": ("C199", "- {id: second", [(FIELD, FIELD + "- {id: second, title: 姓名}\n")]),
    "form that may follow later": (
        "C135",
        "need:",
        [("original: KEPT\n  need: REQUIRED", "original: FORM\n  need: TOLERABLE")],
    ),
    "back without two pages": (
        "C147",
        "back_kind:",
        [("front\n", "front\n  back_kind: id-card-back\n  pages: [1, 1]\n")],
    ),
    "use of nothing": ("C168", "use: photo", [("- id: statement\n", "- use: photo\n  id: statement\n")]),
    "materials of other words": ("C150", "title:", [("title: 遗失声明", "title: 遗失声明等有关证明")]),
}


def broken(edits: list[Edit]) -> str:
    text = ITEM
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def found(folder: Path, code: str) -> Finding:
    """Return the finding of a code, or fail with what was found instead."""
    findings = lint(folder)
    assert code in {finding.code for finding in findings}, findings
    return next(finding for finding in findings if finding.code == code)


@pytest.mark.parametrize(("code", "line", "edits"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_line_and_a_remedy(
    tmp_path: Path, code: str, line: str, edits: list[Edit]
) -> None:
    text = broken(edits)
    finding = found(write_pack(tmp_path, text), code)
    assert finding.file == "items/item-1.yaml"
    assert line in text.splitlines()[finding.line - 1]
    assert finding.remedy and "{" not in finding.message + finding.remedy
    assert finding.is_warning == (code in WARNINGS)


SECOND = ITEM.replace("001001", "002001").replace("title: 样例事项", "title: 另一事项")
MATTER = """id: shop
title: 我要开店
items: ['442090001001', '442090002001']
when:
  '442090002001': {staff: ['yes']}
questions:
- id: staff
  title: 是否雇人
  options: [{id: 'yes', title: 是}, {id: 'no', title: 否}]
same:
  name: [442090001001.name, 442090002001.name]
promised: {number: 15, unit: WORKDAY}
explanation: 一次申请
sources: [样例]
"""

MATTER_FAULTS: dict[str, tuple[str, str, str, str]] = {
    "item that is not there": ("'442090002001']", "'442090002009']", "C193", "items:"),
    "item twice": ("'442090002001']", "'442090002001', '442090002001']", "C141", "items:"),
    "condition of an item that is not in it": (
        "  '442090002001': {",
        "  '442090002009': {",
        "C193",
        "442090002009",
    ),
    "condition on an unknown question": ("{staff: ['yes']}", "{crew: ['yes']}", "C142", "442090002001"),
    "condition on an unknown option": ("{staff: ['yes']}", "{staff: [some]}", "C143", "442090002001"),
    "field that is not there": ("442090002001.name", "442090002001.nickname", "C194", "name:"),
    "field and question as one": ("442090002001.name", "442090002001.case", "C195", "name:"),
    "due later than the law": ("number: 15", "number: 60", "C196", "promised:"),
}


@pytest.mark.parametrize(("old", "new", "code", "line"), MATTER_FAULTS.values(), ids=MATTER_FAULTS.keys())
def test_a_fault_of_a_matter_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, code: str, line: str
) -> None:
    assert old in MATTER
    text = MATTER.replace(old, new, 1)
    write_pack(tmp_path, ITEM, SECOND)
    (tmp_path / "matters").mkdir()
    (tmp_path / "matters" / "shop.yaml").write_text(text, "utf-8")
    finding = found(tmp_path, code)
    assert finding.file == "matters/shop.yaml"
    assert line in text.splitlines()[finding.line - 1]


def test_a_sound_matter_has_no_findings(tmp_path: Path) -> None:
    write_pack(tmp_path, ITEM, SECOND)
    (tmp_path / "matters").mkdir()
    (tmp_path / "matters" / "shop.yaml").write_text(MATTER, "utf-8")
    assert lint(tmp_path) == ()


def test_one_title_twice_in_one_city_is_found(tmp_path: Path) -> None:
    write_pack(tmp_path, ITEM, SECOND.replace("另一事项", "样例事项"))
    finding = found(tmp_path, "C197")
    assert finding.file == "items/item-2.yaml"


def test_a_district_of_the_pack_may_have_an_overlay(tmp_path: Path) -> None:
    pack = PACK + "districts: {HF: '440103'}\n"
    assert lint(write_pack(tmp_path, broken([("limits:", OVERLAY + "level: 4}\nlimits:")]), pack=pack)) == ()


def test_an_element_changed_without_a_signature_is_named_by_its_file(tmp_path: Path) -> None:
    signed_pack(tmp_path)
    path = tmp_path / "items" / "item-1.yaml"
    path.write_text(path.read_text("utf-8").replace("place: 样例大厅", "place: 别处"), "utf-8")
    (finding,) = lint(tmp_path)
    assert (finding.code, finding.details) == ("C167", {"path": "items/item-1.yaml"})
    assert (
        "items/item-1.yaml" in (tmp_path / "manifest.yaml").read_text("utf-8").splitlines()[finding.line - 1]
    )


def test_a_missing_element_is_named_by_its_number(tmp_path: Path) -> None:
    finding = found(write_pack(tmp_path, broken([(", place: 样例大厅", "")])), "C170")
    assert "第 25 项要素「办理地点」" in finding.message


def test_two_checks_that_exclude_each_other_are_found(tmp_path: Path) -> None:
    rules = "form:\n  rules:\n"
    rules += "".join(
        f"  - {{kind: {kind}, fields: [name, second], message: 样例}}\n" for kind in ("EQUAL", "DIFFERENT")
    )
    text = broken([(FIELD, FIELD + "- {id: second, title: 乙}\n"), ("limits:", rules + "limits:")])
    finding = found(write_pack(tmp_path, text), "C183")
    assert "DIFFERENT" in text.splitlines()[finding.line - 1]


def test_a_question_of_the_household_may_be_left_to_the_clerk(tmp_path: Path) -> None:
    known = "  known: {source: ADDRESS, options: [{option: lost, words: [广州]}, {option: first}]}\n"
    text = broken([("  - {id: lost, title: 补办}\n", "  - {id: lost, title: 补办}\n" + known)])
    assert lint(write_pack(tmp_path, text)) == ()
    swapped = text.replace("words: [广州]}, {option: first}", "words: []}, {option: first, words: [广州]}")
    assert found(write_pack(tmp_path, swapped), "C177").line


def test_a_matter_that_would_ask_twice_for_one_paper_is_found(tmp_path: Path) -> None:
    write_pack(tmp_path, ITEM, SECOND.replace("standard_id: id-card", "standard_id: identity-card"))
    (tmp_path / "matters").mkdir()
    (tmp_path / "matters" / "shop.yaml").write_text(MATTER, "utf-8")
    finding = found(tmp_path, "C197")
    assert (finding.file, finding.details["title"]) == ("matters/shop.yaml", "居民身份证")


LINES = ITEM.splitlines()
WORDS = ("when", "[]", "{case: [lost]}", "known", "null", "true", "-1", "'442090001001'", "ZERO_FEE", "- ")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_written_into_an_item_the_linter_answers(tmp_path: Path, data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        word = data.draw(st.sampled_from(WORDS))
        key, _colon, value = lines[place].partition(": ")
        changed = (f"{key}: {word}", f"{word}: {value}", lines[place - 1], "")
        lines[place] = data.draw(st.sampled_from(changed))
    for finding in lint(write_pack(tmp_path, "\n".join(lines) + "\n")):
        assert finding.message and finding.remedy
