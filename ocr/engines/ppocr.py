"""The PP-OCR line recogniser on onnxruntime: Chinese and rare characters, one thread, the model from a wheel.

Only the model file of the package `rapidocr` is used; the package itself is never imported, and nothing is
downloaded. numpy is loaded here, so only a worker process imports this module.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.engines.ink import MISSED_EM, unread_em
from ocr.engines.variants import VARIANTS
from ocr.errors import EngineFailed, EngineMissing
from ocr.port import Line, Script

PACKAGE, MODEL = "rapidocr", "PP-OCRv6_rec_small.onnx"
EXTRA = "window-workstation[ocr]"

_HEIGHT = 48
"""Px the model wants."""
_STEP = 8
"""Px of width the model looks at once; an answer has a row for each."""
_LEAST_WIDTH, _MOST_WIDTH = 16, 3200
"""A line of more than some sixty characters is cut in two: memory grows with its length."""
_SECOND_LOOK = 1.3
"""How much wider a line is drawn for the second look."""
_WORTH = 0.75
"""Mean confidence from which a line is looked at twice."""
_LEFT_OUT = 0.5
"""What is left of the confidence when print was left out."""
_SEARCHED = 0.2
"""Part of a long line, around its middle, where the gap to cut it at is looked for."""

_SLOWER = ["MatmulTransposeFusion"]
"""Steps of the library that make the model slower: so joined, its last layer (a row for each of 18,710
characters) is not laid out anew for the processor, and takes two and a half times as long."""

Grey = NDArray[np.uint8]
Chances = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    marks: tuple[float, ...]
    places: tuple[float, ...]
    """The middle of each character, px from the left of what was given."""


def model_path() -> Path:
    """Return the model's file.

    Raises:
        EngineMissing: the extra `ocr` is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "models" / MODEL
        if path.is_file():
            return path
    raise EngineMissing(f"{EXTRA}: {MODEL}")


class LineRecogniser:
    """Reads pictures of single printed lines.

    It reads best when a third of a character's height is left free above and below; less, and a lone 一 is no
    longer one. Pictures are read one by one: on one thread a batch is not faster, and padding costs.
    """

    def __init__(self, model: Path | None = None) -> None:
        """Load the model.

        Args:
            model: another file than the installed one, of the same shape.

        Raises:
            EngineMissing: the extra `ocr` is not installed.
            EngineFailed: the file is not such a model.
        """
        path = model or model_path()
        try:
            import onnxruntime
        except ImportError as error:
            raise EngineMissing(f"{EXTRA}: onnxruntime") from error
        self._session = _session(onnxruntime, path)
        self._characters = self._alphabet()
        self._variants, self._simplified = _columns(self._characters)
        self._has_forms = np.zeros(len(self._characters), np.bool_)
        self._has_forms[self._variants] = self._has_forms[self._simplified] = True
        self.name = f"{path.stem} onnxruntime {onnxruntime.__version__}"
        """Model and library."""

    def lines(self, pictures: Sequence[Image.Image], *, script: Script) -> list[Line]:
        """Recognise each of `pictures` (mode L or RGB) as one line; one model serves every script.

        Raises:
            EngineFailed: the model gave no usable answer.
        """
        return [self._line(_normalised(picture)) for picture in pictures]

    def _line(self, grey: Grey) -> Line:
        parts = [self._whole(part) for part in _parts(grey)]
        text = "".join(part.text for part in parts)
        marks = tuple(mark for part in parts for mark in part.marks)
        return Line(text, sum(marks) / len(marks) if marks else 0.0, marks)

    def _whole(self, grey: Grey) -> _Read:
        """Read a line, and once more a little wider where print was left out; what stays out is doubt.

        What is hardly print at all (specks, a seal, a face) is no better read for being wider.
        """
        read = self._read(grey)
        if unread_em(grey, read.text, read.places) < MISSED_EM:
            return read
        if not read.marks or fmean(read.marks) < _WORTH:
            return replace(read, marks=tuple(mark * _LEFT_OUT for mark in read.marks))
        wide = self._read(_resized(Image.fromarray(grey), _SECOND_LOOK))
        wide = replace(wide, places=tuple(place / _SECOND_LOOK for place in wide.places))
        if unread_em(grey, wide.text, wide.places) < MISSED_EM:
            return wide
        return replace(read, marks=tuple(mark * _LEFT_OUT for mark in read.marks))

    def _read(self, grey: Grey) -> _Read:
        return self._decoded(self._chances(grey))

    def _chances(self, grey: Grey) -> Chances:
        """Return the chance of each character at each step, (steps, characters)."""
        width = -(-max(_LEAST_WIDTH, grey.shape[1]) // _STEP) * _STEP
        given = np.zeros((1, 3, _HEIGHT, width), np.float32)
        given[0, :, :, : grey.shape[1]] = grey.astype(np.float32) / 127.5 - 1
        try:
            (answer,) = self._session.run(None, {self._input: given})
        except Exception as error:  # noqa: BLE001 - the library raises classes of its own for every case
            raise EngineFailed(f"{MODEL}: {type(error).__name__}") from error
        if answer.ndim != 3 or answer.shape[2] != len(self._characters):
            raise EngineFailed(f"{MODEL}: answer of shape {answer.shape}")
        chances: Chances = answer[0]
        return chances

    def _decoded(self, chances: Chances) -> _Read:
        """Join steps of one character and leave the blanks out (CTC, best path); spaces are left out too."""
        best, sure = chances.argmax(1), chances.max(1)
        # What has more than half and no other form stays the best, whatever is added up elsewhere.
        for step in np.flatnonzero((sure <= 0.5) | self._has_forms[best]):
            seen = chances[step]
            seen[self._simplified] += seen[self._variants]
            seen[self._variants] = 0.0
            best[step], sure[step] = seen.argmax(), seen.max()
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        surest = np.minimum(np.maximum.reduceat(sure, starts), 1.0)
        ends = np.append(starts[1:], len(best))
        kept = [place for place, start in enumerate(starts) if self._characters[best[start]].strip()]
        return _Read(
            "".join(self._characters[best[starts[place]]] for place in kept),
            tuple(round(float(surest[place]), 4) for place in kept),
            tuple(float(starts[place] + ends[place]) * _STEP / 2 for place in kept),
        )

    @cached_property
    def _input(self) -> str:
        return str(self._session.get_inputs()[0].name)

    def _alphabet(self) -> tuple[str, ...]:
        """Return the characters by their place in an answer; the blank comes first, the space last."""
        said = self._session.get_modelmeta().custom_metadata_map.get("character", "")
        if not said:
            raise EngineFailed(f"{MODEL}: names no characters")
        return ("", *said.split("\n"), " ")


def _columns(characters: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the columns of forms that the mainland does not print, and of those that it prints for them."""
    place = {character: number for number, character in enumerate(characters)}
    known = [(variant, plain) for variant, plain in VARIANTS if variant in place and plain in place]
    return (
        np.array([place[variant] for variant, _ in known], np.intp),
        np.array([place[plain] for _, plain in known], np.intp),
    )


def _session(onnxruntime: Any, path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Lines differ in width: a plan for each width would only keep memory.
    options.enable_mem_pattern = False
    # What the longest line needed would be kept for ever.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
    except Exception as error:  # noqa: BLE001 - the library raises classes of its own for every case
        raise EngineFailed(f"{path.name}: {type(error).__name__}") from error


def _normalised(picture: Image.Image) -> Grey:
    """Return the line in grey at the height the model wants."""
    return _resized(picture.convert("L"))


def _resized(grey: Image.Image, stretch: float = 1.0) -> Grey:
    width = max(1, round(grey.width * _HEIGHT / max(1, grey.height) * stretch))
    return np.asarray(grey.resize((width, _HEIGHT), Image.Resampling.BICUBIC))


def _parts(grey: Grey) -> list[Grey]:
    """Cut a line that is too long at the emptiest place near its middle."""
    width = grey.shape[1]
    if width <= _MOST_WIDTH:
        return [grey]
    first, last = round(width * (0.5 - _SEARCHED / 2)), round(width * (0.5 + _SEARCHED / 2))
    print_of = grey.max() - np.convolve(grey.min(0), np.full(_STEP, 1 / _STEP), "same")
    cut = first + int(print_of[first:last].argmin())
    return [*_parts(grey[:, :cut]), *_parts(grey[:, cut:])]
