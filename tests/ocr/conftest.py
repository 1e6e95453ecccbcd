from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

FakeProgram = Callable[[str], Path]

PROLOGUE = """#!/bin/sh
case "$1" in
  --version) echo "tesseract 5.0.0"; exit 0;;
  --list-langs) printf 'List of available languages (2):\\nchi_sim\\neng\\n'; exit 0;;
esac
"""


@pytest.fixture
def fake_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProgram:
    """Put a `tesseract` on the path that answers the probe and then does what the given shell lines say.

    `$2` is the output base: the answer belongs into `$2.tsv`.
    """
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def install(lines: str, prologue: str = PROLOGUE) -> Path:
        program = folder / "tesseract"
        program.write_text(f"{prologue}{lines}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    return install
