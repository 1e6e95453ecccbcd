"""Numbers printed in the colour of seals: looked for behind their labels on the picture with its red ink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image

from ocr.documents.anchors import Label
from ocr.documents.filling import Registered
from ocr.documents.form import Blank, Written
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Page, Way, read_again, sure_of
from ocr.port import Engine

_GREEN = 1
"""In green light red ink is as dark as black."""
_WIDTH_EM, _HALF_EM = 0.85, 0.75


def read_in_red(
    engine: Engine, page: Page, registered: Registered, blank: Blank, picture: Image.Image
) -> Written | None:
    """Return what stands behind the label of `blank` on the picture as it came, None where nothing is.

    Raises:
        OcrError: from the engine.
    """
    number = registered.number_of(blank)
    if number is None or not page.sheet.had_red:
        return None
    source = np.asarray(picture.convert("RGB"))[:, :, _GREEN]
    coloured = replace(page, sheet=replace(page.sheet, source=np.ascontiguousarray(source)))
    piece = _behind(registered.labels[number], registered, blank)
    lines = [read_again(engine, coloured, [piece], way)[0] for way in (None, Way.CRISP)]
    found = [(line.text, sure_of(line)) for line in lines if line.text]
    if not found:
        return None
    (text, sure), *others = found
    return Written(text, sure, page.box_of([piece]), (text,), others=tuple(others))


def _behind(label: Label, registered: Registered, blank: Blank) -> Piece:
    """Return the place of a value on the row of its label, up to the next label."""
    em, at = registered.em, label.piece
    end = round(at.right + (blank.length + 3) * _WIDTH_EM * em)
    ends = [
        other.piece.left
        for other in registered.labels
        if other.piece.left > at.right and abs(other.piece.middle - at.middle) < em
    ]
    return Piece(
        at.right,
        max(0, round(at.middle - _HALF_EM * em)),
        min([end, *ends]),
        round(at.middle + _HALF_EM * em),
    )
