"""What the paper tests share: the fonts, the samples on disk, and readers of PDF files."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workstation.printing.fonts import Fonts, find_fonts
from workstation.printing.layout import PrintedFile
from workstation.printing.sample_set import render_all

Run = Callable[..., str]
ReadText = Callable[[Path], str]


@pytest.fixture(scope="session")
def run() -> Run:
    """Return a function that runs a poppler tool and returns what it says."""

    def run(*command: object) -> str:
        words = [str(word) for word in command]
        return subprocess.run(words, capture_output=True, check=True, timeout=300).stdout.decode()

    return run


@pytest.fixture(scope="session")
def read_text(run: Run) -> ReadText:
    """Return a reader of a PDF's text without white space, so that line breaks do not matter."""
    return lambda path: "".join(run("pdftotext", "-raw", path, "-").split())


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return find_fonts()


@pytest.fixture(scope="session")
def samples(fonts: Fonts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PrintedFile]:
    return render_all(tmp_path_factory.mktemp("papers"), fonts=fonts)


@pytest.fixture(scope="session")
def practice_samples(fonts: Fonts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PrintedFile]:
    return render_all(tmp_path_factory.mktemp("practice"), fonts=fonts, practice=True)
