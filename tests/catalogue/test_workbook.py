from __future__ import annotations

import argparse
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.catalogue.packs import PACK
from workstation.catalogue.contents import read_contents
from workstation.catalogue.errors import (
    CatalogueError,
    FileInTheWay,
    PackInvalid,
    WorkbookTooLarge,
    WorkbookUnreadable,
)
from workstation.catalogue.findings import Finding
from workstation.catalogue.lint import lint
from workstation.catalogue.loader import bundled_pack
from workstation.catalogue.workbook import opening
from workstation.catalogue.workbook.columns import SHEETS
from workstation.catalogue.workbook.example import CODE
from workstation.catalogue.workbook.importing import read_workbook, write_files
from workstation.catalogue.workbook.records import letters
from workstation.catalogue.workbook.template import write_template
from workstation.cli import catalogue
from workstation.domain.checklist import derive


def call(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="workstation catalogue")
    catalogue.add_arguments(parser)
    return catalogue.run(parser.parse_args(words))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "items.xlsx"
    write_template(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pack"
    place.mkdir()
    (place / "pack.yaml").write_text(PACK, "utf-8")
    return place


def edited(template: Path, tmp_path: Path, *edits: tuple[str, str, int, Any]) -> Path:
    """Return a copy in which cells (sheet, header, row) hold other values."""
    book = load_workbook(template)
    for sheet, header, row, value in edits:
        page = book[sheet]
        headers = [str(cell.value).rstrip(" *") for cell in page[1]]
        page.cell(row, headers.index(header) + 1).value = value
    path = tmp_path / "edited.xlsx"
    book.save(path)
    return path


def faults(path: Path, folder: Path) -> list[Finding]:
    with pytest.raises(PackInvalid) as caught:
        read_workbook(path, folder)
    return list(caught.value.findings)


def test_the_template_imports_into_an_item_without_a_fault(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "items.xlsx")
    assert call("template", file) == 0
    assert call("import", file, str(folder)) == 0
    assert f"items/{CODE}.yaml" in capsys.readouterr().out
    assert lint(folder) == ()
    (item,) = read_contents(folder).items
    assert [m.title for m in derive(item, {"case": "lost"})] == ["居民身份证", "遗失声明", "申请表"]
    assert [m.title for m in derive(item, {"case": "first"})] == ["居民身份证", "申请表"]
    assert item.hours.extended and item.promised is not None and item.promised.number == 10


def test_what_the_pack_shares_is_used_and_only_differences_are_written(template: Path, folder: Path) -> None:
    shutil.copy(bundled_pack() / "standards.yaml", folder)
    write_files(read_workbook(template, folder), folder, replace=False)
    text = (folder / "items" / f"{CODE}.yaml").read_text("utf-8")
    assert "- use: id-card\n  basis: " in text
    assert [str(finding) for finding in lint(folder) if not finding.is_warning] == []


def test_importing_twice_asks_before_it_replaces(
    template: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("import", str(template), str(folder)) == 0
    (folder / "items" / f"{CODE}.yaml").rename(folder / "items" / "activity-card.yaml")
    assert call("import", str(template), str(folder)) == 1
    assert "C119" in capsys.readouterr().err
    assert call("import", str(template), str(folder), "--replace") == 0
    assert [path.name for path in (folder / "items").iterdir()] == ["activity-card.yaml"]


def test_a_template_never_overwrites_a_filled_one(template: Path) -> None:
    with pytest.raises(FileInTheWay):
        write_template(template)


CELLS = {
    "wrong choice": (("材料", "收取方式", 2, "看一眼"), "C113", "材料!E2"),
    "number in words": (("事项", "到场次数", 2, "一次"), "C113", "事项!"),
    "yes or no": (("材料", "可复用", 3, "也许"), "C113", "材料!"),
    "date": (("事项", "生效日期", 2, "明年"), "C113", "事项!"),
    "missing value": (("事项", "收费", 2, None), "C114", "事项!"),
    "formula": (("事项", "事项名称", 2, "=1+1"), "C115", "事项!C2"),
    "row of no item": (("材料", "基本编码", 3, "442090999999"), "C117", "材料!A3"),
    "question of no item": (("情形", "基本编码", 3, "442090999999"), "C117", "情形!A3"),
    "code that is a path": (("事项", "基本编码", 2, "../../evil"), "C151", "事项!A2"),
    "code with too many digits": (("事项", "基本编码", 2, 44209090000112345), "C113", "事项!A2"),
    "condition without a sign": (("材料", "何时需要", 3, "遗失"), "C113", "材料!"),
    "limit without a unit": (("事项", "承诺时限单位", 2, None), "C131", "事项!"),
    "bad id": (("情形", "问题标识", 2, "办理 情形"), "C133", "情形!B2"),
    "unknown header": (("表单", "最长", 1, "最长字数"), "C116", "表单!H1"),
    "source without a field": (("表单", "识别来源", 2, "id-card-front"), "C113", "表单!"),
}


@pytest.mark.parametrize(("edit", "code", "place"), CELLS.values(), ids=CELLS.keys())
def test_a_wrong_cell_is_told_by_sheet_column_and_row(
    template: Path, tmp_path: Path, folder: Path, edit: tuple[str, str, int, Any], code: str, place: str
) -> None:
    found = faults(edited(template, tmp_path, edit), folder)
    finding = next((one for one in found if one.code == code), None)
    assert finding is not None, found
    assert finding.file.startswith(f"edited.xlsx {place}")
    assert finding.remedy and "{" not in finding.message + finding.remedy
    assert not (folder / "items").exists()


@pytest.mark.parametrize(
    ("header", "words", "place"), [("参与条件", CODE, "一件事!E2"), ("合并", "name = x", "一件事!F2")]
)
def test_a_line_of_a_matter_that_cannot_be_read_is_told_by_its_cell(
    template: Path, tmp_path: Path, folder: Path, header: str, words: str, place: str
) -> None:
    path = edited(template, tmp_path, ("一件事", "标识", 2, "shop"), ("一件事", header, 2, words))
    (finding,) = (one for one in faults(path, folder) if one.code == "C113")
    assert finding.file == f"edited.xlsx {place}"
    assert header in finding.message


def test_all_wrong_cells_are_told_at_once(template: Path, tmp_path: Path, folder: Path) -> None:
    path = edited(template, tmp_path, ("事项", "到场次数", 2, "一次"), ("材料", "必要性", 2, "随便"))
    assert len(faults(path, folder)) == 2


def test_facts_that_answer_a_question_are_read(template: Path, tmp_path: Path, folder: Path) -> None:
    path = edited(
        template,
        tmp_path,
        ("情形", "已知来源", 2, "年龄"),
        ("情形", "已知范围", 2, "0-69"),
        ("情形", "已知来源", 3, "年龄"),
        ("情形", "已知范围", 3, "70-200"),
    )
    write_files(read_workbook(path, folder), folder, replace=False)
    (item,) = read_contents(folder).items
    known = item.questions[0].known
    assert known is not None
    assert [(one.option, one.years_min, one.years_max) for one in known.options] == [
        ("first", 0, 69),
        ("lost", 70, 200),
    ]


def test_a_matter_is_imported_with_its_conditions(template: Path, tmp_path: Path, folder: Path) -> None:
    other = "442090900002"
    edits: list[tuple[str, str, int, Any]] = []
    for sheet in ("事项", "材料", "表单"):
        page = load_workbook(template)[sheet]
        headers = [str(cell.value).rstrip(" *") for cell in page[1]]
        for header, cell in zip(headers, page[2], strict=True):
            edits.append((sheet, header, 10, cell.value))
        edits.append((sheet, "基本编码", 10, other))
    edits += [("事项", "实施编码", 10, f"11440300YANGBEN01U3{other}"), ("事项", "事项名称", 10, "另一事项")]
    matter = {
        "标识": "elder-day",
        "名称": "老人一件事",
        "成员事项": f"{CODE}\n{other}",
        "参与条件": f"{other}: both=yes",
        "合并": f"name = {CODE}.name, {other}.name",
        "承诺时限": 10,
        "承诺时限单位": "工作日",
        "说明": "一次申请",
        "资料来源": "示例",
    }
    edits += [("一件事", header, 2, value) for header, value in matter.items()]
    for row, option in ((4, "yes"), (5, "no")):
        values = {"基本编码": "elder-day", "问题标识": "both", "问题": "两项都办", "选项标识": option}
        edits += [("情形", header, row, value) for header, value in {**values, "选项": option}.items()]
    write_files(read_workbook(edited(template, tmp_path, *edits), folder), folder, replace=False)
    (found,) = read_contents(folder).matters
    assert (found.items, set(found.when)) == ((CODE, other), {other})
    assert [str(finding) for finding in lint(folder) if not finding.is_warning] == []


def test_every_sheet_is_explained(template: Path) -> None:
    book = load_workbook(template)
    told = {(row[0].value or "", row[1].value) for row in book["说明"].iter_rows(min_row=1, max_col=2)}
    for sheet in SHEETS:
        assert (sheet.title, sheet.about) in told
        assert all(("", column.header) in told for column in sheet.columns)
        lists = {rule.type for rule in book[sheet.title].data_validations.dataValidation}
        assert lists == {"list"}


def test_letters_are_those_of_the_sheet() -> None:
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701)] == ["A", "Z", "AA", "AZ", "BA", "ZZ"]


# --- files that were not made to be read ----------------------------------------------------------------


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def unpacked(template: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(template) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path, folder: Path) -> None:
    path = packed(tmp_path / "bomb.xlsx", {f"xl/{n}.xml": b"0" * 40_000_000 for n in range(2)})
    assert path.stat().st_size < 200_000
    with pytest.raises(WorkbookTooLarge):
        read_workbook(path, folder)


def test_a_file_over_the_limit_is_refused(
    template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_FILE_BYTES", 1000)
    with pytest.raises(WorkbookTooLarge):
        read_workbook(template, folder)
    monkeypatch.setattr(opening, "MAX_FILE_BYTES", 10**9)
    monkeypatch.setattr(opening, "MAX_ROWS", 2)
    with pytest.raises(WorkbookTooLarge):
        read_workbook(template, folder)


def test_entities_are_refused(template: Path, tmp_path: Path, folder: Path) -> None:
    parts = unpacked(template)
    name = "xl/workbook.xml"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for content in (bomb + parts[name], (bomb + parts[name]).decode().encode("utf-16")):
        with pytest.raises(WorkbookUnreadable):
            read_workbook(packed(tmp_path / "entities.xlsx", {**parts, name: content}), folder)


def test_what_is_no_workbook_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "items.xlsx"
    for content in (b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0"):
        path.write_bytes(content)
        with pytest.raises(WorkbookUnreadable):
            read_workbook(path, folder)
    with pytest.raises(WorkbookUnreadable):
        read_workbook(tmp_path / "nowhere.xlsx", folder)
    with pytest.raises(WorkbookUnreadable):
        read_workbook(packed(path, {"hello.txt": b"hello"}), folder)


def test_a_workbook_without_items_is_refused(template: Path, tmp_path: Path, folder: Path) -> None:
    book = load_workbook(template)
    for sheet in SHEETS:
        book[sheet.title].delete_rows(2, 10)
    path = tmp_path / "empty.xlsx"
    book.save(path)
    with pytest.raises(WorkbookUnreadable):
        read_workbook(path, folder)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_workbook_is_refused_or_read_never_a_crash(
    template: Path, tmp_path: Path, folder: Path, data: st.DataObject
) -> None:
    parts = unpacked(template)
    name = data.draw(st.sampled_from(sorted(parts)))
    content = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = packed(tmp_path / "damaged.xlsx", {**parts, name: bytes(content)})
    try:
        read_workbook(path, folder)
    except CatalogueError as error:
        assert error.code in {"C105", "C111", "C112"}
