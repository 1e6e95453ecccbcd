from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.catalogue.packs import ITEM, write_pack
from workstation.catalogue.loader import bundled_pack
from workstation.cli import catalogue


def call(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="workstation catalogue")
    catalogue.add_arguments(parser)
    return catalogue.run(parser.parse_args(words))


def test_lint_says_that_the_shipped_pack_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("lint") == 0
    assert "问题 " not in capsys.readouterr().out


def test_a_pack_with_nothing_to_say_about_is_called_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("lint", str(write_pack(tmp_path))) == 0
    assert capsys.readouterr().out == "事项包没有问题\n"


def test_a_warning_is_shown_and_refuses_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_pack(tmp_path, ITEM.replace("conditions: [样例条件]", "conditions: []")))
    assert call("lint", folder) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("提醒 items/item-1.yaml:19 [C171]")
    assert "0 处问题, 1 处提醒" in captured.err


def test_lint_prints_each_finding_with_its_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_pack(tmp_path, ITEM.replace("level: 3", "level: 5")))
    assert call("lint", folder) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("问题 items/item-1.yaml:2 [C152] 实施编码")
    assert "31 位" in captured.out
    assert "1 处" in captured.err
    assert call("lint", folder, "--json") == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["code"], finding["line"]) == ("C152", 2)


def test_search_finds_by_initials(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("search", "jlyd") == 0
    assert capsys.readouterr().out.startswith("442090001001  敬老优待证  (深圳市)")
    assert call("search", "jlyd", "--json") == 0
    expected = [{"kind": "item", "code": "442090001001", "title": "敬老优待证", "city": "深圳市"}]
    assert json.loads(capsys.readouterr().out) == expected


def test_search_that_finds_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("search", "zzzz") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "zzzz" in captured.err


def test_show_lists_the_materials_of_a_situation(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("show", "442090001001", "--answers", "case=first-blue", "who=self") == 0
    out = capsys.readouterr().out
    assert "情形: 首次办理(蓝证) · 本人办理" in out
    assert "数码照相回执 [收原件]" in out
    assert "承诺时限: 30 日" in out
    assert "待答" not in out


def test_show_without_answers_lists_the_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("show", "442090001001") == 0
    assert "待答: case 办理情形: first-blue 首次办理(蓝证)" in capsys.readouterr().out
    assert call("show", "442090001001", "--json", "--answers", "case=lost") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [question["id"] for question in shown["open_questions"]] == ["who"]
    assert shown["promised"] == {"number": 30, "unit": "CALENDAR_DAY"}
    assert {material["original"] for material in shown["materials"]} == {"SIGHTED", "KEPT", "FORM"}


def test_show_refuses_what_the_pack_does_not_have(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("show", "442090001002") == 1
    assert "442090001001" in capsys.readouterr().err
    assert call("show", "442090001001", "--answers", "case=stolen") == 1
    assert "case = stolen" in capsys.readouterr().err
    assert call("show", "442090001001", "--answers", "lost") == 2
    assert "lost" in capsys.readouterr().err


def test_sign_makes_a_changed_pack_whole_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(bundled_pack(), tmp_path / "pack"))
    path = folder / "items" / "residence-permit.yaml"
    path.write_text(path.read_text("utf-8") + "# a remark\n", "utf-8")
    assert call("search", "jzz", "--pack", str(folder)) == 1
    assert "C104" in capsys.readouterr().err
    assert call("sign", str(folder), "--key", "packaging/dev-keys/sample-pack-issuer.pem") == 0
    assert call("search", "jzz", "--pack", str(folder)) == 0


def test_a_pack_signed_by_a_stranger_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    folder = str(write_pack(tmp_path / "pack"))
    assert call("sign", folder, "--key", str(tmp_path / "key.pem")) == 0
    assert call("search", "yl", "--pack", folder) == 1
    assert "C102" in capsys.readouterr().err
    assert call("sign", folder, "--key", str(tmp_path / "nowhere.pem")) == 1
    assert "C108" in capsys.readouterr().err


def test_sign_refuses_what_the_linter_calls_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(write_pack(tmp_path, ITEM.replace("title: 遗失声明", "title: 其他材料")))
    assert call("sign", folder, "--key", "packaging/dev-keys/sample-pack-issuer.pem") == 1
    assert "[C150]" in capsys.readouterr().err
    assert not (tmp_path / "manifest.sig").exists()


def test_sign_names_every_fault_that_bars_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_pack(tmp_path, ITEM.replace("fee:", "fees:")))
    assert call("sign", folder, "--key", "packaging/dev-keys/sample-pack-issuer.pem") == 1
    err = capsys.readouterr().err
    assert "[C130]" in err
    assert "[C170]" in err
    assert "[C105]" in err
