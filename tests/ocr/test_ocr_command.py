from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ocr import errors
from workstation import texts
from workstation.cli import ocr as command
from workstation.training.specimens import cards, glass, people


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scans") / "背面.png"
    glass.on_glass(cards.id_card_back(people.ZHOU), noise=2).save(path, dpi=(200, 200))
    return path


def test_one_json_object_a_file_and_an_unreadable_file_has_a_reason(
    scan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"%PDF-1.7")
    assert _run(str(scan), str(broken), "--document", "id-card-back", "--json") == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert set(first) == {"file", "document", "engine", "elapsed_ms", "quality", "fields"}
    assert first["file"] == str(scan)
    assert first["fields"]["valid_until"]["value"] == "2038-04-09"
    assert set(first["fields"]["authority"]) == {"value", "confidence", "box", "checks", "valid"}
    assert len(first["fields"]["authority"]["box"]) == 4
    assert second["error"]["code"] == "O105"
    assert second["error"]["todo"]


def test_people_get_lines_and_a_sentence(scan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(str(scan), "--document", "id-card-back") == 0
    shown = capsys.readouterr().out
    assert "签发机关: 深圳市公安局福田分局" in shown
    assert _run("/nonexistent/页.png", "--document", "id-card-back") == 1
    assert "O105" in capsys.readouterr().err


def test_a_kind_without_reader_is_a_usage_error_that_names_the_kinds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run("x.png", "--document", "lease-contract") == 2
    assert "id-card-front" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_a_senseless_time_limit_is_a_usage_error(seconds: str) -> None:
    with pytest.raises(SystemExit) as caught:
        _run("x.png", "--document", "id-card-front", "--timeout", seconds)
    assert caught.value.code == 2


def test_a_missing_engine_is_reported_for_each_file(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _run(str(scan), "--document", "id-card-front", "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "O101"


def test_every_code_of_the_package_has_words() -> None:
    codes = [getattr(error, "code", "") for error in (errors.OcrError, *errors.OcrError.__subclasses__())]
    assert len(set(codes)) == 8
    assert all(texts.words(code).what != texts.UNKNOWN[0] for code in codes)


def test_loading_the_command_loads_no_imaging() -> None:
    code = "import sys, workstation.cli.ocr; sys.exit('PIL' in sys.modules or 'pytesseract' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
