"""The reading room: what it reads, and what is left when its process dies, hangs, babbles or lacks memory."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from ocr.engines import tesseract
from ocr.errors import (
    EngineFailed,
    EngineMissing,
    EngineTimeout,
    ImageTooLarge,
    LanguageMissing,
    OcrError,
    UnknownDocument,
    UnreadableImage,
)
from ocr.kinds import KindGuess
from ocr.reading_room import ReadingRoom
from workstation.training.specimens import cards
from workstation.training.specimens.people import ZHOU

BACK, FRONT = "id-card-back", "id-card-front"
READY = "import os, sys; os.write(1, b'\\0\\0\\0\\x0f\\0\\0\\0\\0' + b'{\"is\": \"ready\"}');"
PIXEL = Image.new("L", (200, 120), 255)


def script(lines: str) -> tuple[str, ...]:
    """A child that says it is ready and then does what the lines say."""
    return (sys.executable, "-c", READY + lines)


def real(lines: str) -> tuple[str, ...]:
    """The real child with something of it replaced."""
    return (sys.executable, "-c", f"from ocr import reading_child as child; {lines}; child.main()")


HANGING = script("import time; time.sleep(60)")
KILLED = script("os.read(0, 1); os.kill(os.getpid(), 9)")
ENDED = script("os.read(0, 1)")
GARBAGE = script("os.read(0, 1); os.write(1, b'tesseract: Segmentation fault' * 9)")
TOO_LONG = script("os.read(0, 1); os.write(1, b'\\xff' * 64)")
NO_JSON = script("os.read(0, 1); os.write(1, b'\\0\\0\\0\\x02\\0\\0\\0\\0{]')")
OTHER_FRAME = script(
    "os.read(0, 1); os.write(1, b'\\0\\0\\0\\x0f\\0\\0\\0\\0' + b'{\"is\": \"ready\"}'); os.read(0, 9)"
)
CUT_OFF = script("os.read(0, 1); os.write(1, b'\\0\\0\\0\\x0f\\0\\0')")
NOT_READY = (sys.executable, "-c", "import time; time.sleep(60)")
ABSENT = ("/nonexistent/reader",)
DEAD_AT_START = (sys.executable, "-c", "raise SystemExit(3)")
OUT_OF_MEMORY = real(
    "old = child.warmed; import resource;"
    "used = lambda: int(open('/proc/self/statm').read().split()[0]) * 4096 + (100 << 20);"
    "child.warmed = lambda: (old(), resource.setrlimit(resource.RLIMIT_AS, (used(),) * 2))[0]"
)
NO_EXTRA = "from ocr.engines import ppocr; ppocr.MODEL = 'no-such-model.onnx'"


@pytest.fixture(scope="module")
def room() -> Iterator[ReadingRoom]:
    with ReadingRoom() as opened:
        opened.warm()
        yield opened


def child_of(room: ReadingRoom) -> int:
    assert room._child.pid is not None
    return room._child.pid


def back() -> Image.Image:
    return cards.id_card_back(ZHOU)


def test_a_page_is_read_in_the_other_process(room: ReadingRoom) -> None:
    reading = room.read(back(), BACK, today=date(2026, 11, 20))
    assert reading.document == BACK
    assert reading.fields["valid_until"].value == "2038-04-09"
    assert all(isinstance(one, int) for one in reading.fields["valid_until"].box or ())
    assert "PP-OCRv6" in reading.engine
    assert reading.elapsed_ms > 0


def test_a_file_is_read_like_its_pixels(room: ReadingRoom) -> None:
    file = io.BytesIO()
    back().save(file, "PNG", dpi=(300, 300))
    from_file = room.read(file.getvalue(), BACK)
    from_pixels = room.read(back(), BACK, dpi=300)
    assert {n: f.value for n, f in from_file.fields.items()} == {
        n: f.value for n, f in from_pixels.fields.items()
    }


def test_a_card_is_told_by_its_kind(room: ReadingRoom) -> None:
    guess = room.kind_of(back(), dpi=300)
    assert isinstance(guess, KindGuess)
    assert (guess.document, guess.certain) == (BACK, True)


def test_what_is_installed_is_named(room: ReadingRoom) -> None:
    found = room.equipment()
    assert found.engine.startswith("tesseract ")
    assert set(found.programs) == {"tesseract", "pytesseract", "onnxruntime", "rapidocr"}
    assert "rapidocr/PP-OCRv6_rec_small.onnx" in found.models
    assert found.kinds[BACK] == ("authority", "valid_from", "valid_until")


def test_what_cannot_be_read_fails_alone(room: ReadingRoom) -> None:
    before = child_of(room)
    with pytest.raises(UnknownDocument):
        room.read(PIXEL, "passport-of-nowhere")
    with pytest.raises(UnreadableImage):
        room.read(b"no picture", FRONT)
    with pytest.raises(EngineFailed):
        room._ask({"do": "sing"}, b"", None)
    assert not any(field.value for field in room.read(PIXEL, FRONT).fields.values())
    assert child_of(room) == before


def test_a_picture_that_is_too_large_is_refused_unopened(room: ReadingRoom) -> None:
    file = io.BytesIO()
    Image.new("1", (16_000, 9_000)).save(file, "PNG")
    with pytest.raises(ImageTooLarge):
        room.read(file.getvalue(), FRONT)


def test_a_killed_process_is_replaced_without_a_word() -> None:
    with ReadingRoom() as room:
        room.warm()
        os.kill(child_of(room), signal.SIGKILL)
        assert room.read(back(), BACK).fields["valid_until"].value == "2038-04-09"


@pytest.mark.parametrize(
    "command",
    [KILLED, ENDED, GARBAGE, TOO_LONG, NO_JSON, OTHER_FRAME, CUT_OFF, ABSENT, DEAD_AT_START],
    ids=["killed", "ended", "garbage", "too long", "no json", "other", "cut off", "absent", "dead at start"],
)  # fmt: skip
def test_a_process_that_gives_no_answer_is_engine_failed(command: tuple[str, ...]) -> None:
    with ReadingRoom(command, timeout_s=60) as room:
        for _ in range(2):
            with pytest.raises(EngineFailed):
                room.read(PIXEL, FRONT)


def test_a_hanging_process_is_killed_and_the_next_page_gets_a_new_one() -> None:
    started = time.monotonic()
    with ReadingRoom(HANGING, timeout_s=0.4) as room:
        for _ in range(2):
            with pytest.raises(EngineTimeout):
                room.read(PIXEL, FRONT)
    assert time.monotonic() - started < 50


def test_a_process_that_never_gets_ready_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanners.warm_child.START_S", 0.2)
    with ReadingRoom(NOT_READY, timeout_s=0.2) as room, pytest.raises(EngineTimeout):
        room.warm()


def test_out_of_memory_is_said_and_the_next_page_is_read() -> None:
    with ReadingRoom(OUT_OF_MEMORY) as room:
        room.warm()
        before = child_of(room)
        with pytest.raises(EngineFailed, match="MemoryError"):
            room.read(Image.new("RGB", (6000, 4000)), FRONT)
        assert not any(field.value for field in room.read(PIXEL, FRONT).fields.values())
        assert child_of(room) == before


def test_missing_language_data_is_said_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_tesseract: object
) -> None:
    program = tmp_path / "bin" / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages (1):'; echo osd\n", encoding="utf-8")
    program.chmod(0o700)
    with ReadingRoom(real(NO_EXTRA)) as room:
        room.warm()
        with pytest.raises(LanguageMissing):
            room.kind_of(back(), dpi=300)


def test_no_engine_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with ReadingRoom(real(NO_EXTRA)) as room:
        with pytest.raises(EngineMissing):
            room.kind_of(back(), dpi=300)
        assert room.equipment().programs["tesseract"] == "-"


def test_without_the_extra_it_reads_with_tesseract() -> None:
    with ReadingRoom(real(NO_EXTRA)) as room:
        reading = room.read(back(), BACK)
    assert reading.fields["valid_until"].value == "2038-04-09"
    assert "PP-OCR" not in reading.engine


def test_several_threads_are_served_one_by_one(room: ReadingRoom) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: room.kind_of(PIXEL).document, range(8)))
    assert found == [""] * 8


def test_whoever_waits_is_told_when_the_room_is_closed() -> None:
    room = ReadingRoom(HANGING, timeout_s=300)
    room.warm()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(room.read, PIXEL, FRONT)
        while not room._child.is_asked:
            time.sleep(0.01)
        room.close()
        with pytest.raises(OcrError):
            waiting.result(timeout=90)
    with pytest.raises(EngineFailed, match="closed"):
        room.read(PIXEL, FRONT)


def test_the_process_stays_small(room: ReadingRoom) -> None:
    room.read(back(), BACK)
    status = Path(f"/proc/{child_of(room)}/status").read_text("utf-8")
    highest = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert highest < 400_000


def test_pictures_of_processes_that_were_killed_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tesseract, "_MEMORY", tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = (f"ocr-{ended.pid}-left", f"ocr-{os.getpid()}-used", "ocr-notes", "other-1-folder")
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / names[0] / "0.pnm").write_bytes(b"P5")
    tesseract.sweep()
    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])


def test_the_program_loads_neither_engine_nor_numbers_with_the_client() -> None:
    program = "import sys, ocr.reading_room, ocr.messages; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=300).split()
    assert not {"numpy", "cv2", "onnxruntime", "pytesseract", "ocr.documents"} & set(loaded)
