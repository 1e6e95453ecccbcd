"""A sheet whose outline lost its left side is looked at once more as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ocr import documents
from ocr.documents import finding
from ocr.documents.sheets import Sheet, sheets_of
from ocr.engines.hybrid import best_engine
from workstation.training.specimens.every import specimen

KIND = "birth-certificate"


def test_labels_that_an_outline_cut_off_are_found_on_the_whole_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = specimen(KIND, 4107, 150)

    def cut_first(picture: Image.Image) -> Iterator[Sheet]:
        for sheet in sheets_of(picture):
            width, height = sheet.size
            shift = np.array([[1, 0, 0.1 * width], [0, 1, 0], [0, 0, 1]], np.float64)
            yield replace(sheet, to_input=sheet.to_input @ shift, size=(round(0.9 * width), height))
            yield sheet

    monkeypatch.setattr(finding, "sheets_of", cut_first)
    reading = documents.read(best_engine(), paper.picture, KIND)
    unread = [name for name, value in paper.truth.items() if value and not reading.fields[name].value]
    assert not unread and not reading.reason
