from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ocr import errors
from ocr.engines import tesseract
from ocr.engines.tesseract import TesseractEngine
from ocr.lines import joined
from ocr.port import Layout, Script
from workstation.training.specimens.sheet import Sheet

FakeProgram = Callable[..., Path]
COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text"
HEADER = COLUMNS.replace(" ", "\\t") + "\\n"


def _read(timeout_s: float = 10) -> str:
    engine = TesseractEngine(timeout_s=timeout_s)
    return joined(engine.words(Image.new("L", (40, 20), 255), script=Script.DIGITS, layout=Layout.LINE)).text


def _line(text: str) -> Image.Image:
    sheet = Sheet(70, 7, 230)
    sheet.text(3, 1, text, 3.3)
    return sheet.image.convert("L")


def test_the_real_program_reads_digits_and_says_where() -> None:
    words = TesseractEngine().words(_line("44030419640308997X"), script=Script.DIGITS, layout=Layout.LINE)
    assert joined(words).text == "44030419640308997X"
    x, y, width, height = words[0].box
    assert 15 < x < 45
    assert 10 < width < 630
    assert 0 < y < y + height < 64
    assert all(0 <= word.confidence <= 1 for word in words)


def test_a_batch_keeps_the_order_and_an_empty_picture_gives_no_words() -> None:
    pictures = [_line("广东省深圳市"), Image.new("L", (300, 60), 255), _line("福田区").convert("RGB")]
    found = TesseractEngine().batch(pictures, script=Script.CHINESE, layout=Layout.LINE)
    assert [joined(words).text for words in found] == ["广东省深圳市", "", "福田区"]


def test_the_name_tells_program_and_version() -> None:
    program, version = TesseractEngine().name.split()
    assert program == "tesseract"
    assert version[0].isdigit()


def test_no_picture_is_left_behind(
    fake_tesseract: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(tesseract, "_MEMORY", memory)
    fake_tesseract(f"ls -d {memory}/ocr-*/0.pnm > {tmp_path}/seen; exit 3")
    with pytest.raises(errors.EngineFailed):
        _read()
    assert "/ocr-" in (tmp_path / "seen").read_text(encoding="utf-8")
    assert list(memory.iterdir()) == []


def test_a_missing_program_is_engine_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.EngineMissing):
        _read()


def test_a_program_that_vanishes_after_the_probe_is_engine_missing(
    fake_tesseract: FakeProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_tesseract("exit 0")
    engine = TesseractEngine()
    assert engine.name == "tesseract 5.0.0"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.EngineMissing):
        engine.words(Image.new("L", (9, 9)), script=Script.DIGITS, layout=Layout.LINE)


def test_a_missing_language_is_named(fake_tesseract: FakeProgram) -> None:
    fake_tesseract("exit 0", "#!/bin/sh\necho 'List of available languages (1):'; echo osd; exit 0\n")
    with pytest.raises(errors.LanguageMissing, match="eng"):
        _read()


def test_language_data_that_cannot_be_loaded_is_a_missing_language(fake_tesseract: FakeProgram) -> None:
    fake_tesseract("echo \"Failed loading language 'eng'\" >&2; exit 1")
    with pytest.raises(errors.LanguageMissing):
        _read()


def test_a_hanging_program_is_ended(fake_tesseract: FakeProgram) -> None:
    fake_tesseract("exec sleep 60")
    started = time.monotonic()
    with pytest.raises(errors.EngineTimeout):
        _read(timeout_s=0.3)
    assert time.monotonic() - started < 50


def test_a_probe_that_hangs_is_a_timeout(fake_tesseract: FakeProgram) -> None:
    fake_tesseract("", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(errors.EngineTimeout):
        _read(timeout_s=0.3)


@pytest.mark.parametrize(
    "lines",
    [
        "kill -9 $$",
        "exit 1",
        "exit 0",
        "printf '\\377\\376\\200' > $2.tsv",
        "printf 'Segmentation fault' > $2.tsv",
        "printf '' > $2.tsv",
        f"printf '{HEADER}5\\t9\\t1\\t1\\t1\\t1\\t0\\t0\\t5\\t5\\t90\\tA\\n' > $2.tsv",
        f"printf '{HEADER}5\\t1\\tx\\t1\\t1\\t1\\t0\\t0\\t5\\t5\\t90\\tA\\n' > $2.tsv",
        "mkdir $2.tsv",
    ],
    ids=["killed", "error", "nothing", "badutf8", "garbage", "empty", "other page", "letters", "folder"],
)  # fmt: skip
def test_an_unusable_answer_is_engine_failed(fake_tesseract: FakeProgram, lines: str) -> None:
    fake_tesseract(lines)
    with pytest.raises(errors.EngineFailed):
        _read()


def test_bad_bytes_in_the_complaint_do_not_matter(fake_tesseract: FakeProgram) -> None:
    fake_tesseract("printf '\\377\\376' >&2; exit 7")
    with pytest.raises(errors.EngineFailed, match="unreadable"):
        _read()


def test_a_program_that_is_no_program_is_engine_failed(
    fake_tesseract: FakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = fake_tesseract("", "\0no program")
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(errors.EngineFailed):
        _read()


def test_an_answer_of_the_right_shape_is_read(fake_tesseract: FakeProgram) -> None:
    fake_tesseract(f"printf '{HEADER}5\\t1\\t1\\t1\\t1\\t1\\t4\\t5\\t6\\t7\\t150\\t12\\n' > $2.tsv")
    assert _read() == "12"
