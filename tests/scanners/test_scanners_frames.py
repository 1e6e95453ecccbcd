from __future__ import annotations

import importlib
import os
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners import errors
from scanners.child import Child
from scanners.frames import BadFrame, pack, read_header, unpack_header, unpack_lengths, write_frame
from scanners.port import MAX_PAGE_PIXELS
from workstation.texts import words
from workstation.texts.readers import TEXTS as READERS
from workstation.texts.scanners import TEXTS


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none()))
def test_a_header_comes_back_as_it_was_sent(header: dict[str, object]) -> None:
    reading, writing = os.pipe()
    try:
        write_frame(writing, header)
        assert read_header(reading) == header
        os.close(writing)
        assert read_header(reading) is None
    finally:
        os.close(reading)


def test_a_length_above_the_limit_is_refused_before_memory_is_taken() -> None:
    with pytest.raises(BadFrame):
        unpack_lengths(pack({}, MAX_PAGE_PIXELS * 3 + 1)[:8])


@pytest.mark.parametrize("text", [b"[1]", b"{", b"\xff"])
def test_a_header_that_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(BadFrame):
        unpack_header(text)


def test_a_child_that_does_not_close_is_killed() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    with Child((sys.executable, "-c", code), timeout_s=1, close_s=0.2):
        pass


def test_a_dead_child_is_a_crash_however_often_one_asks() -> None:
    with Child((sys.executable, "-c", ""), timeout_s=60) as child:
        for _ in range(2):
            child.send({"do": "next"})
            with pytest.raises(errors.BackendCrashed):
                child.receive()


def test_the_last_words_of_a_child_that_is_gone_are_still_heard() -> None:
    words_left = f"import os; os.write(1, {pack({'is': 'error'})!r})"
    with Child((sys.executable, "-c", words_left), timeout_s=60) as child:
        time.sleep(0.3)
        child.send({"do": "next"})
        assert child.receive() == ({"is": "error"}, b"")


def kinds(base: type[errors.ScannerError] = errors.ScannerError) -> list[type[errors.ScannerError]]:
    """Return every error of this package that has a code of its own."""
    for module in ("camera_errors", "file_errors", "id_reader", "imaging.darkroom"):
        importlib.import_module(f"scanners.{module}")
    found = [base] if "code" in vars(base) and base.__module__.startswith("scanners.") else []
    return found + [kind for under in base.__subclasses__() for kind in kinds(under)]


def test_every_code_is_unique_and_has_words_and_no_words_lack_a_code() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(TEXTS) | set(READERS)


def test_words_leave_no_placeholder_open_for_any_error() -> None:
    for kind in kinds():
        message = words(kind.code, kind("detail", device="设备", file="文件.png").details)
        assert "{" not in str(message)


def test_an_error_names_its_file_before_its_device() -> None:
    assert errors.PageTooLarge(device="d", file="f").details["subject"] == "f"
    assert errors.PageTooLarge(device="d").details["subject"] == "d"
