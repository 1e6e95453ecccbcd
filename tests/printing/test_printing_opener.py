"""The opener says "sent" only when the queue took the job; the programs here are real small scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.printing.opener import Handling, open_or_print, show


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on PATH beside the shell's own, and pretend there is no desktop."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return folder


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "-收件 回执.pdf"
    path.write_bytes(b"%PDF-1.4")
    return path


def put(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_job_the_queue_took_is_called_sent(bin_folder: Path, paper: Path, tmp_path: Path) -> None:
    put(bin_folder, "lp", f'echo "$@" > {tmp_path}/said; echo "request id is hall-12 (1 file(s))"')
    result = open_or_print(paper, "hall")
    assert (result.handling, result.job) == (Handling.SENT, "hall-12")
    assert str(result).startswith("已送打印机 hall")
    assert (tmp_path / "said").read_text().strip() == f"-d hall -- {paper}"


def test_the_default_printer_is_used_when_none_is_named(bin_folder: Path, paper: Path) -> None:
    put(bin_folder, "lp", 'test "$1" = "--" && echo "request id is first-1 (1 file(s))"')
    assert "系统默认" in str(open_or_print(paper, ""))


def test_success_without_a_job_is_not_believed(bin_folder: Path, paper: Path) -> None:
    put(bin_folder, "lp", "exit 0")
    result = open_or_print(paper, "hall")
    assert result.handling is Handling.SAVED
    assert "已送" not in str(result)


def test_a_refusal_of_the_queue_is_told_with_its_words(bin_folder: Path, paper: Path) -> None:
    put(bin_folder, "lp", 'echo "lp: The printer or class does not exist." >&2; exit 1')
    result = open_or_print(paper, "none")
    assert result.handling is Handling.SAVED
    assert "does not exist" in str(result)
    assert str(paper) in str(result)


def test_a_silent_queue_is_uncertain_and_nobody_claims_either(bin_folder: Path, paper: Path) -> None:
    put(bin_folder, "lp", "exec /bin/sleep 5")
    result = open_or_print(paper, "hall", lp_timeout_s=0.3)
    assert result.handling is Handling.UNCERTAIN
    assert "没有应答" in str(result)


def test_without_printing_and_desktop_the_file_is_named(bin_folder: Path, paper: Path) -> None:
    result = open_or_print(paper, "hall")
    assert result.handling is Handling.SAVED
    assert str(result) == f"未找到打印机 (本机没有打印服务), 文件在 {paper}"


def test_a_desktop_shows_the_paper(
    bin_folder: Path, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    put(bin_folder, "xdg-open", f'echo "$1" > {tmp_path}/opened')
    result = open_or_print(paper, None)
    assert result.handling is Handling.SHOWN
    assert (tmp_path / "opened").read_text().strip() == str(paper)
    assert "没有送打印机" in str(result)


def test_a_viewer_that_stays_open_counts_as_shown(
    bin_folder: Path, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    put(bin_folder, "xdg-open", "exec /bin/sleep 1")
    assert show(paper, reason="x", grace_s=0.2).handling is Handling.SHOWN


def test_a_viewer_that_fails_does_not(bin_folder: Path, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    put(bin_folder, "xdg-open", "exit 3")
    assert show(paper, reason="x").handling is Handling.SAVED
