"""The PP-OCR recogniser and the engine that joins it to Tesseract, on real lines of print."""

from __future__ import annotations

import builtins
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr import errors
from ocr.engines import hybrid, ppocr
from ocr.engines.hybrid import HybridEngine, best_engine
from ocr.engines.ink import MISSED_EM, unread_em
from ocr.engines.ppocr import LineRecogniser
from ocr.engines.tesseract import TesseractEngine
from ocr.engines.variants import VARIANTS
from ocr.lines import read_lines
from ocr.port import LineEngine, Script
from workstation.training.specimens.fonts import Face
from workstation.training.specimens.sheet import Sheet

ADDRESS = "广东省深圳市福田区香蜜湖街道样本路7号样本花园3栋502"


def line(text: str, *, em: float = 3.3, dpi: int = 230, face: Face = Face.SANS) -> Image.Image:
    sheet = Sheet(em * len(text) + 2 * em, em * 1.8, dpi)
    sheet.text(em, em * 0.3, text, em, face=face)
    return sheet.image.convert("L")


@pytest.fixture(scope="module")
def recogniser() -> LineRecogniser:
    return LineRecogniser()


@pytest.mark.parametrize(
    "text",
    ["44030419640308997X", "110101199901119987", "111100000000111", "19900000001", "2012.05.18-2032.05.18"],
)
@pytest.mark.parametrize("dpi", [150, 300])
def test_digits_are_read_and_equal_neighbours_are_counted(
    recogniser: LineRecogniser, text: str, dpi: int
) -> None:
    assert recogniser.lines([line(text, dpi=dpi)], script=Script.DIGITS)[0].text == text


@pytest.mark.parametrize("face", list(Face))
def test_chinese_is_read_in_every_face(recogniser: LineRecogniser, face: Face) -> None:
    (found,) = recogniser.lines([line(ADDRESS, face=face)], script=Script.CHINESE)
    assert found.text == ADDRESS


def test_rare_characters_of_names_are_read(recogniser: LineRecogniser) -> None:
    names = ["赵喆堃", "钱淼昇", "孙䶮", "李璟翀"]
    assert [
        found.text for found in recogniser.lines([line(n) for n in names], script=Script.CHINESE)
    ] == names


def test_every_character_has_its_own_mark(recogniser: LineRecogniser) -> None:
    (found,) = recogniser.lines([line(ADDRESS)], script=Script.CHINESE)
    assert len(found.marks) == len(found.text)
    assert all(0 <= mark <= 1 for mark in found.marks)
    assert found.confidence == pytest.approx(sum(found.marks) / len(found.marks))


def test_order_is_kept_and_an_empty_picture_gives_no_text(recogniser: LineRecogniser) -> None:
    pictures = [line(ADDRESS), Image.new("L", (300, 60), 255), line("男").convert("RGB")]
    found = recogniser.lines(pictures, script=Script.CHINESE)
    assert [one.text for one in found] == [ADDRESS, "", "男"]
    assert found[1].confidence == 0.0
    assert found[1].marks == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 2), (2000, 3)])
def test_a_picture_of_any_size_is_taken(recogniser: LineRecogniser, size: tuple[int, int]) -> None:
    (found,) = recogniser.lines([Image.new("L", size, 255)], script=Script.CHINESE)
    assert len(found.marks) == len(found.text)


def test_a_line_that_is_too_long_is_cut_between_two_characters(recogniser: LineRecogniser) -> None:
    wide = line(ADDRESS * 5, dpi=150)
    assert wide.width * 48 / wide.height > ppocr._MOST_WIDTH
    (found,) = recogniser.lines([wide], script=Script.CHINESE)
    assert found.text == ADDRESS * 5
    assert len(found.marks) == len(found.text)


def test_without_the_package_the_extra_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(errors.EngineMissing, match=r"window-workstation\[ocr\]"):
        LineRecogniser()


def test_without_the_library_the_extra_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refusing(name: str, *rest: Any, **named: Any) -> Any:
        if name == "onnxruntime":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(errors.EngineMissing, match="onnxruntime"):
        LineRecogniser()


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x09\x12\x07garbage"])
def test_a_broken_model_is_engine_failed(tmp_path: Path, content: bytes) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(content)
    with pytest.raises(errors.EngineFailed):
        LineRecogniser(model)


@pytest.mark.parametrize("shape", [(1, 4), (1, 4, 7)])
def test_an_answer_of_another_shape_is_engine_failed(
    recogniser: LineRecogniser, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    class Odd:
        def run(self, *_given: object) -> list[Any]:
            return [np.zeros(shape, np.float32)]

    assert recogniser._input
    monkeypatch.setattr(recogniser, "_session", Odd())
    with pytest.raises(errors.EngineFailed, match="shape"):
        recogniser.lines([line("男")], script=Script.CHINESE)


def test_the_package_of_the_model_is_never_imported(recogniser: LineRecogniser) -> None:
    assert recogniser.name.startswith("PP-OCRv6_rec_small onnxruntime ")
    assert "rapidocr" not in sys.modules


def test_the_best_engine_reads_lines_with_the_model_and_names_both() -> None:
    engine = best_engine()
    assert isinstance(engine, HybridEngine)
    assert isinstance(engine, LineEngine)
    assert engine.name.startswith("tesseract ")
    assert " + PP-OCRv6_rec_small" in engine.name
    assert read_lines(engine, [line("钱淼昇")], script=Script.CHINESE)[0].text == "钱淼昇"


def test_lines_are_read_where_tesseract_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = best_engine()
    assert engine.name.startswith("PP-OCRv6_rec_small")
    assert read_lines(engine, [line("钱淼昇")], script=Script.CHINESE)[0].text == "钱淼昇"


def test_without_the_extra_tesseract_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise errors.EngineMissing("nothing there")

    monkeypatch.setattr(ppocr, "model_path", missing)
    engine = hybrid.best_engine()
    assert isinstance(engine, TesseractEngine)
    assert read_lines(engine, [line("19900000001")], script=Script.DIGITS)[0].text == "19900000001"


def test_a_surname_is_read_in_the_form_that_is_printed(recogniser: LineRecogniser) -> None:
    names = ["黄样本", "鲍彦", "蒋瑶", "黄颖"]
    pictures = [line(name, face=face) for name in names for face in Face]
    found = recogniser.lines(pictures, script=Script.CHINESE)
    assert [one.text for one in found] == [name for name in names for _ in Face]
    assert min(min(one.marks) for one in found) > 0.8


def test_traditional_forms_never_stand_for_themselves_and_names_keep_their_own() -> None:
    traditional = {variant for variant, _ in VARIANTS}
    assert len(traditional) == len(VARIANTS)
    for variant, plain in VARIANTS:
        assert plain not in traditional
        plain.encode("gb2312")
        with pytest.raises(UnicodeEncodeError):
            variant.encode("gb2312")
    assert not traditional & set("喆堃淼昇犇甦邨皙濬祐暘")


def test_print_that_was_not_read_is_doubt(
    recogniser: LineRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = line("赵样本")
    (sure,) = recogniser.lines([picture], script=Script.CHINESE)
    known = LineRecogniser._read

    def without_the_last(self: LineRecogniser, grey: ppocr.Grey) -> ppocr._Read:
        read = known(self, grey)
        return replace(read, text=read.text[:-1], marks=read.marks[:-1], places=read.places[:-1])

    monkeypatch.setattr(LineRecogniser, "_read", without_the_last)
    (doubtful,) = recogniser.lines([picture], script=Script.CHINESE)
    assert doubtful.text == "赵样"
    assert doubtful.confidence < 0.6 < 0.9 < sure.confidence


def test_what_the_second_look_finds_is_taken(
    recogniser: LineRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, known, looks = line("赵样本"), LineRecogniser._read, []

    def first_without_the_last(self: LineRecogniser, grey: ppocr.Grey) -> ppocr._Read:
        looks.append(grey.shape[1])
        read = known(self, grey)
        short = replace(read, text=read.text[:-1], marks=read.marks[:-1], places=read.places[:-1])
        return short if len(looks) == 1 else read

    monkeypatch.setattr(LineRecogniser, "_read", first_without_the_last)
    (found,) = recogniser.lines([picture], script=Script.CHINESE)
    assert found.text == "赵样本"
    assert found.confidence > 0.9
    assert looks[1] > looks[0] * 1.2


@pytest.mark.parametrize("text", ["一", "男", "二", "44030419640308997X", ADDRESS, "2012.05.18-长期"])
@pytest.mark.parametrize("face", [Face.SANS, Face.SERIF])
def test_print_that_was_read_leaves_no_ink_over(recogniser: LineRecogniser, text: str, face: Face) -> None:
    grey = ppocr._normalised(line(text, face=face))
    read = recogniser._read(grey)
    assert unread_em(grey, read.text, read.places) < MISSED_EM


def test_a_picture_without_print_has_no_ink() -> None:
    assert unread_em(np.full((48, 200), 230, np.uint8), "", ()) == 0.0
