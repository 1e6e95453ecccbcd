"""A sheet on a ground as light as itself is told from it by colour, and none is seen where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ocr.documents.likely_sheet import likely_sheet, parted_sheet
from ocr.documents.sheets import outlines_of

Picture = NDArray[np.uint8]
CORNERS = ((90, 60), (520, 85), (500, 370), (70, 340))


def ground(seed: int = 1) -> Picture:
    """A printed form in the light of a lamp."""
    dice = np.random.default_rng(seed)
    lit = np.linspace(0.0, 20.0, 600)[None, :, None]
    page = np.full((440, 600, 3), (226, 232, 222), np.float64) - lit + dice.normal(0, 2, (440, 600, 3))
    form = np.clip(page, 0, 255).astype(np.uint8)
    for y in range(8, 440, 14):
        for x in range(6, 590, 11):
            if dice.random() < 0.8:
                cv2.rectangle(form, (x, y), (x + 6, y + 5), (110, 112, 108), 1)
    return form


def paper_on(picture: Picture) -> Picture:
    lying = picture.copy()
    cv2.fillConvexPoly(lying, np.array(CORNERS, np.int32), (238, 230, 212))
    cv2.polylines(lying, [np.array(CORNERS, np.int32)], True, (205, 205, 198), 1)
    for y in range(120, 320, 30):
        cv2.putText(lying, "name 19951231", (130, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1)
    return lying


def test_a_paper_on_a_printed_form_is_found_by_its_colour() -> None:
    picture = paper_on(ground())
    found, again = parted_sheet(picture), parted_sheet(picture)
    assert likely_sheet(picture) is None
    assert found is not None
    assert again is not None
    assert float(np.abs(found - np.array(CORNERS, np.float32)).max()) < 14
    assert np.array_equal(found, again)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ground_without_a_paper_is_none(seed: int) -> None:
    assert parted_sheet(ground(seed)) is None


def test_a_page_of_one_white_has_no_paper_on_it() -> None:
    page = np.full((440, 600, 3), 252, np.uint8)
    cv2.putText(page, "19951231", (130, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 3)
    assert parted_sheet(page) is None


def test_a_drawing_in_areas_of_one_colour_is_not_looked_at() -> None:
    drawing = np.full((440, 600, 3), 220, np.uint8)
    drawing[:, ::120] = 90
    cv2.fillConvexPoly(drawing, np.array(CORNERS, np.int32), (30, 90, 60))
    assert parted_sheet(drawing) is None


def test_only_photos_are_looked_at_by_colour() -> None:
    picture = Image.fromarray(paper_on(ground()))
    scan = picture.copy()
    scan.info["dpi"] = (300, 300)
    assert len(outlines_of(picture)) == len(outlines_of(scan)) + 1
