from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from tests.catalogue.packs import ITEM, write_pack
from tests.catalogue.test_lint_rules import MATTER, SECOND
from workstation.catalogue.contents import read_contents
from workstation.catalogue.elements import ELEMENTS
from workstation.catalogue.errors import PackInvalid, PackUnreadable
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.pack_comparison import Fate, pack_changes
from workstation.catalogue.table import CHINESE, ENGLISH, PAGES, pages, table
from workstation.cli import catalogue


def call(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="workstation catalogue")
    catalogue.add_arguments(parser)
    return catalogue.run(parser.parse_args(words))


def with_matter(folder: Path, text: str = MATTER) -> Path:
    (folder / "matters").mkdir(parents=True)
    (folder / "matters" / "shop.yaml").write_text(text, "utf-8")
    return folder


def test_diff_tells_what_was_added_removed_and_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    third = SECOND.replace("002001", "003001").replace("另一事项", "第三事项")
    old = write_pack(tmp_path / "old", ITEM, SECOND)
    new = write_pack(tmp_path / "new", ITEM.replace("number: 10", "number: 5"), third)
    assert call("diff", str(old), str(new)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "新增 442090003001 第三事项",
        "取消 442090002001 另一事项",
        "变更 442090001001 样例事项",
        "  时限变更 承诺办结时限: 10 个工作日 -> 5 个工作日",
    ]
    assert call("diff", str(old), str(new), "--json") == 0
    changes = json.loads(capsys.readouterr().out)
    assert [change["fate"] for change in changes] == ["ADDED", "REMOVED", "CHANGED"]
    assert changes[2]["differences"][0]["kind"] == "LIMIT_CHANGED"


def test_diff_of_the_same_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_pack(tmp_path))
    assert call("diff", folder, folder) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "两个事项包的内容相同\n")


def test_diff_of_what_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_pack(tmp_path / "pack"))
    assert call("diff", folder, str(tmp_path / "nowhere")) == 1
    assert "C101" in capsys.readouterr().err
    with pytest.raises(PackUnreadable):
        read_contents(tmp_path / "nowhere")
    with pytest.raises(PackInvalid):
        read_contents(write_pack(tmp_path / "bad", ITEM.replace("fee:", "fees:")))


def test_a_matter_is_compared_too(tmp_path: Path) -> None:
    old = read_contents(with_matter(write_pack(tmp_path / "old", ITEM, SECOND)))
    changed = MATTER.replace("number: 15", "number: 12")
    new = read_contents(with_matter(write_pack(tmp_path / "new", ITEM, SECOND), changed))
    (change,) = pack_changes(old, new)
    assert (change.fate, change.code) == (Fate.CHANGED, "shop")
    assert str(change.differences[0]) == "规则变更 承诺办结时限: 15 个工作日 -> 12 个工作日"
    without = read_contents(write_pack(tmp_path / "without", ITEM, SECOND))
    assert [one.fate for one in pack_changes(old, without)] == [Fate.REMOVED]


def test_show_prints_every_element_with_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("show", "442090001001") == 0
    lines = capsys.readouterr().out.splitlines()
    for element in ELEMENTS:
        assert any(line.startswith(f"  {element.number:>2} {element.title}") for line in lines)
    assert call("show", "442090001001", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [element["number"] for element in shown["elements"]] == list(range(1, 37))


def test_show_tells_what_a_district_changed(capsys: pytest.CaptureFixture[str]) -> None:
    pack = load_pack(bundled_pack())
    item = next(item for item in pack.items if any(one.without_materials for one in item.overlays))
    overlay = next(one for one in item.overlays if one.without_materials)
    (district, *_others) = sorted(overlay.districts)
    assert call("show", item.code) == 0
    assert overlay.basis in capsys.readouterr().out
    assert call("show", item.code, "--json", "--district", district) == 0
    shown = json.loads(capsys.readouterr().out)
    assert not {one["id"] for one in shown["materials"]} & overlay.without_materials
    before = overlay.effective_from.replace(year=overlay.effective_from.year - 1).isoformat()
    assert call("show", item.code, "--json", "--district", district, "--on", before) == 0
    assert json.loads(capsys.readouterr().out)["elements"][8]["value"] == item.authority


def test_show_tells_a_matter_by_its_items(capsys: pytest.CaptureFixture[str]) -> None:
    pack = load_pack(bundled_pack())
    for matter in pack.matters:
        assert call("show", matter.id) == 0
        out = capsys.readouterr().out
        assert "一件事" in out
        assert all(pack.item(code).title in out for code in matter.items)
        assert call("show", matter.id, "--json") == 0
        assert json.loads(capsys.readouterr().out)["items"] == list(matter.items)


def test_the_table_has_a_row_for_each_situation(tmp_path: Path) -> None:
    contents = read_contents(with_matter(write_pack(tmp_path, ITEM, SECOND)))
    text = table(contents, CHINESE)
    assert "| 首次 | 居民身份证 |" in text
    assert "| 补办 | 居民身份证, 遗失声明〔收〕 |" in text
    assert "| 另一事项 | 是否雇人: 是 |" in text
    assert "| Situation | Materials |" in table(contents, ENGLISH)
    assert set(CHINESE) == set(ENGLISH)


def test_an_item_with_many_situations_is_told_by_material(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.catalogue.table.MOST_SITUATIONS", 1)
    text = table(read_contents(write_pack(tmp_path)), CHINESE)
    assert "| 遗失声明〔收〕 | 情形: 补办 |" in text
    assert "| 居民身份证 | 总是 |" in text


def test_the_table_command_writes_both_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("table", str(tmp_path)) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)
    assert pages(read_contents(bundled_pack())) == {
        name: (tmp_path / name).read_text("utf-8") for name in PAGES
    }
