"""A sheet whose outline lost its left side is looked at once more as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from ocr import documents
from ocr.documents import finding
from ocr.documents.sheets import Outline, outlines_of
from ocr.engines.hybrid import best_engine
from workstation.training.specimens.every import specimen

KIND = "birth-certificate"


def test_labels_that_an_outline_cut_off_are_found_on_the_whole_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = specimen(KIND, 4107, 150)

    def cut_first(picture: Image.Image) -> list[Outline]:
        found = outlines_of(picture)
        left_lost = found[0].quad.copy()
        left_lost[[0, 3]] += 0.1 * (left_lost[[1, 2]] - left_lost[[0, 3]])
        return [replace(found[0], quad=left_lost), *found]

    monkeypatch.setattr(finding, "outlines_of", cut_first)
    reading = documents.read(best_engine(), paper.picture, KIND)
    unread = [name for name, value in paper.truth.items() if value and not reading.fields[name].value]
    assert not unread and not reading.reason
