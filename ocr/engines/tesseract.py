"""Tesseract through pytesseract: one process a batch, pictures only in memory, a time limit always."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image

from ocr.errors import EngineFailed, EngineMissing, EngineTimeout, LanguageMissing
from ocr.port import Layout, Script, Word


@contextmanager
def numpy_left_out() -> Iterator[None]:
    """Keep numpy from being loaded meanwhile, unless it is there already.

    pytesseract loads it wherever it is installed, only to know an array when it is given one; none ever is,
    and the program would be some twenty megabytes larger.
    """
    if "numpy" in sys.modules:
        yield
        return
    sys.modules["numpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["numpy"]


with numpy_left_out():
    import pytesseract.pytesseract as backend

PROGRAM = "tesseract"
CHINESE, DIGITS = "chi_sim", "eng"
NAMES = ("script/HanS", "HanS")
"""Models for a few characters without context (names), best first; the second is how some systems file it."""

_MEMORY = Path("/dev/shm")
_PREFIX = "ocr-"
_PROBE_TIMEOUT_S = 10.0
_SPARSE, _BLOCK, _LINE = 11, 6, 7
_SEGMENTATION = {Layout.PAGE: _SPARSE, Layout.BLOCK: _BLOCK, Layout.LINE: _LINE, Layout.WORD: _LINE}
_LANGUAGE_COMPLAINTS = ("Failed loading language", "Error opening data file", "couldn't load any languages")
_TSV_COLUMNS = 12
_WORD_LEVEL = "5"


@dataclass(frozen=True, slots=True)
class Probe:
    """What is installed."""

    version: str
    languages: frozenset[str]


def probe(timeout_s: float = _PROBE_TIMEOUT_S) -> Probe:
    """Ask the program for its version and languages.

    Raises:
        EngineMissing: no such program.
        EngineTimeout: it does not answer.
        EngineFailed: it answers with an error.
    """
    first = _ask("--version", timeout_s).splitlines()
    languages = _ask("--list-langs", timeout_s).splitlines()[1:]
    version = first[0].removeprefix(PROGRAM).strip() if first else ""
    return Probe(version or "?", frozenset(line.strip() for line in languages if line.strip()))


def _ask(option: str, timeout_s: float) -> str:
    try:
        answer = subprocess.run(
            [PROGRAM, option], capture_output=True, timeout=timeout_s, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise EngineMissing(PROGRAM) from error
    except subprocess.TimeoutExpired as error:
        raise EngineTimeout(f"{option} after {timeout_s} s") from error
    except OSError as error:
        raise EngineFailed(f"{option}: {error.strerror}") from error
    if answer.returncode:
        raise EngineFailed(f"{option} ended with {answer.returncode}")
    return (answer.stdout or answer.stderr).decode("utf-8", errors="replace")


class TesseractEngine:
    """Recognises with the `chi_sim` and `eng` models, and with `HanS` for single words when installed."""

    def __init__(self, *, timeout_s: float = 30.0) -> None:
        """Look nothing up yet: the program is asked at the first use.

        Args:
            timeout_s: longest time for one call.
        """
        self._timeout_s = timeout_s
        # Two threads inside one small recognition are slower than one; children inherit the environment.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")

    @cached_property
    def installed(self) -> Probe:
        """What is installed, asked once.

        Raises:
            OcrError: as `probe`.
        """
        return probe(min(self._timeout_s, _PROBE_TIMEOUT_S))

    @property
    def name(self) -> str:
        """`tesseract` and its version."""
        return f"{PROGRAM} {self.installed.version}"

    def words(self, image: Image.Image, *, script: Script, layout: Layout) -> tuple[Word, ...]:
        """Recognise one picture; see the port."""
        return self.batch([image], script=script, layout=layout)[0]

    def batch(
        self, images: Sequence[Image.Image], *, script: Script, layout: Layout
    ) -> tuple[tuple[Word, ...], ...]:
        """Recognise several pictures in one process, which costs little more than one."""
        language = self._language(script, layout)
        options = f"--psm {_SEGMENTATION[layout]} --dpi 300 -c tessedit_create_tsv=1"
        with _memory_folder() as folder:
            listing = _write(images, folder)
            self._run(listing, folder / "out", language, options)
            table = _read(folder / "out.tsv")
        return _parse(table, len(images))

    def _language(self, script: Script, layout: Layout) -> str:
        if script is Script.DIGITS:
            wanted = DIGITS
        elif layout is Layout.WORD:
            wanted = next((name for name in NAMES if name in self.installed.languages), CHINESE)
        else:
            wanted = CHINESE
        if wanted not in self.installed.languages:
            raise LanguageMissing(wanted)
        return wanted

    def _run(self, listing: Path, output: Path, language: str, options: str) -> None:
        try:
            backend.run_tesseract(str(listing), str(output), "tsv", language, options, 0, self._timeout_s)
        except backend.TesseractNotFoundError as error:
            raise EngineMissing(PROGRAM) from error
        except backend.TesseractError as error:
            if any(complaint in str(error.message) for complaint in _LANGUAGE_COMPLAINTS):
                raise LanguageMissing(language) from error
            raise EngineFailed(f"ended with {error.status}") from error
        except UnicodeDecodeError as error:
            # pytesseract decodes the complaint strictly, and only when the program failed.
            raise EngineFailed("ended with an unreadable complaint") from error
        except RuntimeError as error:
            raise EngineTimeout(f"after {self._timeout_s} s") from error
        except OSError as error:
            raise EngineFailed(f"could not start: {error.strerror}") from error


@contextmanager
def _memory_folder() -> Iterator[Path]:
    # The pictures are personal data: they stay in memory where the system has a memory file system.
    parent = _MEMORY if os.access(_MEMORY, os.W_OK | os.X_OK) else None
    # The name says whose it is: a killed process cannot remove it, the next start does.
    prefix = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep() -> None:
    """Remove the pictures that processes left which were killed while they read."""
    for folder in _MEMORY.glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _write(images: Sequence[Image.Image], folder: Path) -> Path:
    names = [folder / f"{index}.pnm" for index in range(len(images))]
    try:
        for path, image in zip(names, images, strict=True):
            (image if image.mode in {"L", "RGB"} else image.convert("RGB")).save(path, "PPM")
        listing = folder / "list.txt"
        listing.write_text("".join(f"{path}\n" for path in names), encoding="utf-8")
    except OSError as error:
        raise EngineFailed(f"could not hand over the picture: {error.strerror}") from error
    return listing


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise EngineFailed("left no answer") from error
    except (OSError, UnicodeDecodeError) as error:
        raise EngineFailed(f"left an unreadable answer: {type(error).__name__}") from error


def _parse(table: str, pictures: int) -> tuple[tuple[Word, ...], ...]:
    found: list[list[Word]] = [[] for _ in range(pictures)]
    try:
        for row in table.split("\n")[1:]:
            cells = row.split("\t")
            if len(cells) == _TSV_COLUMNS and cells[0] == _WORD_LEVEL and cells[11].strip():
                found[int(cells[1]) - 1].append(_word(cells))
    except (ValueError, IndexError) as error:
        raise EngineFailed("left an answer of another shape") from error
    if not table.startswith("level\t"):
        raise EngineFailed("left an answer of another shape")
    return tuple(tuple(words) for words in found)


def _word(cells: list[str]) -> Word:
    block, paragraph, line = (int(cell) for cell in cells[2:5])
    left, top, width, height = (int(cell) for cell in cells[6:10])
    confidence = min(1.0, max(0.0, float(cells[10]) / 100))
    number = (block * 1000 + paragraph) * 1000 + line
    return Word(cells[11].strip(), confidence, (left, top, width, height), number)
