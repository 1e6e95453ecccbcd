"""What is installed to read with: programs, libraries and models, for IT."""

from __future__ import annotations

import importlib.metadata
from contextlib import suppress

from ocr.engines import ppocr, tesseract
from ocr.errors import EngineMissing, OcrError

LIBRARIES = ("pytesseract", "onnxruntime", ppocr.PACKAGE)
ABSENT = "-"


def programs() -> dict[str, str]:
    """Return the version of each program and library that reads; `-` where it is not installed.

    A program that is there and does not answer has its error's code instead.
    """
    try:
        version = tesseract.probe().version
    except EngineMissing:
        version = ABSENT
    except OcrError as error:
        version = error.code
    return {tesseract.PROGRAM: version, **{name: _version(name) for name in LIBRARIES}}


def models() -> list[str]:
    """Return the names of the models that are there, Tesseract's languages first."""
    found: list[str] = []
    with suppress(OcrError):
        found += sorted(f"{tesseract.PROGRAM}/{name}" for name in tesseract.probe().languages)
    with suppress(OcrError):
        found.append(f"{ppocr.PACKAGE}/{ppocr.model_path().name}")
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ABSENT
