from __future__ import annotations

from pathlib import Path

import pytest

from ocr.documents import KINDS
from tests.catalogue.packs import ITEM, PACK, signed_pack, write_pack
from workstation.catalogue import lint as module
from workstation.catalogue.documents import DOCUMENT_FIELDS
from workstation.catalogue.lint import lint
from workstation.catalogue.loader import MAX_FILE_BYTES
from workstation.texts import tables

EXTRA_QUESTION = """- id: late
  title: 迟到的问题
  when: {case: [first], other: [x]}
  options:
  - {id: x, title: 甲}
  - {id: y, title: 乙}
materials:
"""

FAULTS = {
    "misspelt key": ("fee: 不收费", "fees: 不收费", {"C130", "C170"}),
    "key missing": ("visits: 1\n", "", {"C170"}),
    "limit without a unit": ("{number: 10, unit: WORKDAY}", "{number: 10}", {"C170"}),
    "bare number as a limit": ("promised: {number: 10, unit: WORKDAY}", "promised: 10", {"C133"}),
    "unit of another name": ("number: 10, unit: WORKDAY", "number: 10, unit: DAYS", {"C132"}),
    "code without quotes": ("code: '442090001001'", "code: 442090001001", {"C133"}),
    "code too short": ("code: '442090001001'", "code: '4420900010'", {"C151", "C152"}),
    "level differs": ("level: 3", "level: 5", {"C152"}),
    "USCC check digit": ("YANGBEN01U", "YANGBEN02U", {"C153"}),
    "type unknown": ("item_type: '20'", "item_type: '21'", {"C165", "C173"}),
    "no legal basis": ("legal_basis: [样例依据]", "legal_basis: []", {"C156"}),
    "material without basis": ("  basis: 样例依据\n", "", {"C157"}),
    "open-ended material": ("title: 遗失声明", "title: 其他相关材料", {"C150"}),
    "condition on an unknown question": ("when: {case: [lost]}", "when: {cause: [lost]}", {"C142"}),
    "condition on an unknown option": ("when: {case: [lost]}", "when: {case: [stolen]}", {"C143"}),
    "condition without options": ("when: {case: [lost]}", "when: {case: []}", {"C143"}),
    "question that asks about itself": (
        "  title: 情形\n",
        "  title: 情形\n  when: {case: [lost]}\n",
        {"C144"},
    ),
    "option twice": ("{id: lost, title: 补办}", "{id: first, title: 补办}", {"C141", "C143"}),
    "one option": ("  - {id: lost, title: 补办}\n", "", {"C143", "C163"}),
    "same material twice": ("standard_id: statement", "standard_id: id-card", {"C149", "C175"}),
    "unknown document": ("document_kind: id-card-front\n", "document_kind: id-card\n", {"C154", "C162"}),
    "unknown OCR field": ("field: name", "field: surname", {"C155"}),
    "OCR document nobody brings": (
        "{document_kind: id-card-front, field: name}",
        "{document_kind: passport, field: surname}",
        {"C162"},
    ),
    "pages the wrong way round": ("  issuer: 申请人", "  issuer: 申请人\n  pages: [3, 1]", {"C159"}),
    "choice without choices": ("title: 姓名,", "title: 姓名, kind: CHOICE,", {"C161"}),
    "promise longer than the law": ("number: 10", "number: 30", {"C164"}),
    "not YAML": ("fee: 不收费", "fee: [不收费", {"C120"}),
    "alias": ("fee: 不收费", "fee: &f 不收费", {"C122"}),
    "key twice": ("fee: 不收费", "fee: 不收费\nfee: 免费", {"C124"}),
}


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in lint(folder)}


def test_a_sound_pack_has_no_findings(tmp_path: Path) -> None:
    assert lint(write_pack(tmp_path)) == ()


@pytest.mark.parametrize(("old", "new", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found(tmp_path: Path, old: str, new: str, expected: set[str]) -> None:
    assert old in ITEM
    assert codes(write_pack(tmp_path, ITEM.replace(old, new, 1))) == expected


def test_a_finding_stands_at_its_line_and_says_what_to_do(tmp_path: Path) -> None:
    text = ITEM.replace("standard_id: statement", "standard_id: id-card")
    findings = lint(write_pack(tmp_path, text))
    statement = text.splitlines().index("- id: statement") + 1
    assert [(finding.line, finding.code) for finding in findings] == [
        (text.splitlines().index("- id: id-card") + 1, "C149"),
        (statement, "C149"),
        (statement, "C175"),
    ]
    first = findings[0]
    assert first.file == "items/item-1.yaml"
    assert "case=lost" in first.message
    assert first.remedy == tables()["C149"][1]
    assert str(first).startswith("items/item-1.yaml:27 [C149]")


def test_a_misspelt_key_is_told_with_its_neighbour(tmp_path: Path) -> None:
    text = ITEM.replace("  issuer: 公安机关", "  isuer: 公安机关")
    unknown = next(f for f in lint(write_pack(tmp_path, text)) if f.code == "C130")
    assert "issuer" in unknown.remedy
    assert "isuer" in text.splitlines()[unknown.line - 1]


def test_a_question_that_is_never_asked_makes_its_options_unreachable(tmp_path: Path) -> None:
    question = EXTRA_QUESTION.replace("other: [x]", "again: [x]")
    again = "- id: again\n  title: 又问\n  when: {case: [lost]}\n  options:\n"
    again += "  - {id: x, title: 甲}\n  - {id: y, title: 乙}\n"
    text = ITEM.replace("materials:\n", again + question, 1)
    text = text.replace("when: {case: [lost]}\nfields", "when: {late: [x]}\nfields")
    assert codes(write_pack(tmp_path, text)) == {"C145", "C146", "C179"}


def test_two_questions_that_wait_for_each_other_are_a_cycle(tmp_path: Path) -> None:
    other = EXTRA_QUESTION.replace("id: late", "id: other").replace("other: [x]", "late: [x]")
    other = other.replace("迟到的", "另外的")
    text = ITEM.replace("materials:\n", EXTRA_QUESTION, 1).replace("materials:\n", other, 1)
    assert codes(write_pack(tmp_path, text)) == {"C144"}


def test_a_situation_without_materials_is_found(tmp_path: Path) -> None:
    text = ITEM.replace(
        "document_kind: id-card-front\n", "document_kind: id-card-front\n  when: {case: [lost]}\n", 1
    )
    (finding,) = lint(write_pack(tmp_path, text))
    assert finding.code == "C148"
    assert "case=first" in finding.message


def test_an_instant_item_tolerates_nothing(tmp_path: Path) -> None:
    text = ITEM.replace("instant: false", "instant: true").replace("need: REQUIRED", "need: TOLERABLE", 1)
    assert codes(write_pack(tmp_path, text)) == {"C158"}


def test_too_many_situations_are_refused_not_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = "".join(
        f"- id: q{n}\n  title: 问{n}\n  options: [{{id: x, title: 甲}}, {{id: y, title: 乙}}]\n"
        for n in range(30)
    )
    monkeypatch.setattr(module, "MAX_SITUATIONS", 500)
    assert codes(write_pack(tmp_path, ITEM.replace("materials:\n", questions + "materials:\n", 1))) == {
        "C160"
    }


def test_a_code_used_by_two_files_names_both(tmp_path: Path) -> None:
    (finding,) = lint(write_pack(tmp_path, ITEM, ITEM))
    assert (finding.code, finding.file) == ("C140", "items/item-2.yaml")


def test_faults_of_one_file_do_not_hide_those_of_another(tmp_path: Path) -> None:
    broken = ITEM.replace("fee:", "fee")
    unfounded = ITEM.replace("legal_basis: [样例依据]", "legal_basis: []").replace("0001001", "0002001")
    assert codes(write_pack(tmp_path, broken, unfounded)) == {"C120", "C156"}


def test_the_pack_file_is_checked_too(tmp_path: Path) -> None:
    wrong = PACK.replace("valid_until: 2027-12-31", "valid_until: 2025-12-31")
    assert codes(write_pack(tmp_path / "a", pack=wrong)) == {"C166"}
    assert codes(write_pack(tmp_path / "b", pack=PACK.replace("notice: 样例", "note: 样例"))) == {
        "C130",
        "C131",
    }
    assert codes(tmp_path / "nowhere") == {"C101"}


def test_a_manifest_that_no_longer_fits_asks_for_a_new_signature(tmp_path: Path) -> None:
    signed_pack(tmp_path)
    assert lint(tmp_path) == ()
    path = tmp_path / "items" / "item-1.yaml"
    path.write_text(path.read_text("utf-8") + "# a remark\n", "utf-8")
    other = ITEM.replace("0001001", "0002001").replace("title: 样例事项", "title: 另一事项")
    write_pack(tmp_path, path.read_text("utf-8"), other)
    findings = lint(tmp_path)
    assert {(f.code, f.details["path"]) for f in findings} == {
        ("C167", "items/item-1.yaml"),
        ("C167", "items/item-2.yaml"),
    }


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, ITEM)
    (folder / "items" / "item-2.yaml").write_bytes(b"title: \xff")
    (folder / "items" / "item-3.yaml").write_text("#" * (MAX_FILE_BYTES + 1))
    (folder / "manifest.yaml").write_text("format: 2\n")
    found = {(finding.file, finding.code) for finding in lint(folder)}
    assert found == {
        ("items/item-2.yaml", "C120"),
        ("items/item-3.yaml", "C106"),
        ("manifest.yaml", "C131"),
        ("manifest.yaml", "C133"),
    }


def test_conditions_may_offer_alternatives(tmp_path: Path) -> None:
    text = ITEM.replace("when: {case: [lost]}", "when: [{case: [lost]}, {case: [first]}]")
    assert codes(write_pack(tmp_path, text)) == {"C179"}
    assert codes(write_pack(tmp_path, text.replace("[first]}]", "[again]}]"))) == {"C143"}


def test_a_pack_may_name_whatever_the_reader_knows() -> None:
    for kind, fields in KINDS.items():
        assert DOCUMENT_FIELDS[kind] == set(fields)


def test_every_finding_code_has_words(tmp_path: Path) -> None:
    used = {code for _, _, expected in FAULTS.values() for code in expected}
    assert used <= set(tables())
