from __future__ import annotations

import argparse
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from ocr import errors, reading_room
from workstation import texts
from workstation.cli import ocr as command
from workstation.training.specimens import cards, glass, people

WITHOUT_THE_EXTRA = (
    sys.executable,
    "-c",
    "from ocr.engines import ppocr; ppocr.MODEL = 'absent.onnx'; from ocr.reading_child import main; main()",
)


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
    assert set(first) == {"file", "document", "engine", "elapsed_ms", "quality", "reason", "fields"}
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


def test_no_file_or_no_kind_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("x.png") == 2
    assert _run("--document", "id-card-front") == 2
    assert "--engines" in capsys.readouterr().err


def test_a_blank_page_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "blank.png"
    Image.new("RGB", (900, 600), "white").save(page)
    assert _run(str(page), "--document", "id-card-back", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["reason"] == "blank"
    assert not any(field["value"] for field in said["fields"].values())


def test_what_reads_here_is_listed_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--engines", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"engine", "programs", "models", "kinds"}
    assert said["programs"]["onnxruntime"] in said["engine"]
    assert _run("--engines") == 0
    assert "rapidocr/PP-OCRv6_rec_small.onnx" in capsys.readouterr().out


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_a_senseless_time_limit_is_a_usage_error(seconds: str) -> None:
    with pytest.raises(SystemExit) as caught:
        _run("x.png", "--document", "id-card-front", "--timeout", seconds)
    assert caught.value.code == 2


def test_a_missing_engine_is_reported_for_each_file(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(reading_room, "ReadingRoom", partial(reading_room.ReadingRoom, WITHOUT_THE_EXTRA))
    assert _run(str(scan), "--document", "id-card-front", "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "O101"


def test_every_code_of_the_package_has_words() -> None:
    codes = [getattr(error, "code", "") for error in (errors.OcrError, *errors.OcrError.__subclasses__())]
    assert len(set(codes)) == 8
    assert all(texts.words(code).what != texts.UNKNOWN[0] for code in codes)


def test_loading_the_command_loads_no_imaging() -> None:
    code = "import sys, workstation.cli.ocr; sys.exit('PIL' in sys.modules or 'pytesseract' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
