"""The page between four corners: turned without loss, white outside, in step with the domain's geometry."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.errors import PageTooLarge
from scanners.imaging.render import fitting, quad_of, render, size_of_page
from workstation.domain.facts import Treatment
from workstation.domain.geometry import box_on_page, turned, whole


def gradient(width: int = 300, height: int = 200) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    across = np.linspace(0, 255, width)[None, :].repeat(height, 0)
    down = np.linspace(0, 255, height)[:, None].repeat(width, 1)
    return np.stack([across, down, np.full((height, width), 128.0)], axis=2).astype(np.uint8)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_turned_page_is_the_picture_turned_bit_by_bit(quarters: int) -> None:
    picture = gradient()
    corners = turned(whole(300, 200).corners, quarters)
    size = (200, 300) if quarters % 2 else (300, 200)
    assert np.array_equal(render(picture, corners, size), np.rot90(picture, -quarters))


def test_what_lies_outside_of_the_picture_is_white() -> None:
    page = render(np.zeros((100, 100), np.uint8), (-50, 0, 100, 0, 100, 100, -50, 100), (150, 100))
    assert page[:, :48].min() == 255
    assert page[:, 52:].max() == 0


def test_the_page_fits_its_room_and_never_grows() -> None:
    assert render(gradient(), whole(300, 200).corners, (300, 200), room=(90, 90)).shape == (60, 90, 3)
    assert fitting((300, 200), (900, 900)) == (300, 200)


def test_more_pixels_than_a_page_may_have_are_refused() -> None:
    with pytest.raises(PageTooLarge):
        render(gradient(), whole(300, 200).corners, (20_000, 20_000))


def test_thin_strokes_survive_shrinking() -> None:
    picture = np.full((1200, 1200), 255, np.uint8)
    picture[:, ::40] = 0
    slanted = quad_of((10, 0, 1200, 12, 1188, 1200, 0, 1190))
    page = render(picture, slanted, size_of_page(slanted), room=(240, 240))
    middle = page[120].astype(int)
    dips = ((middle[1:-1] < middle[:-2]) & (middle[1:-1] <= middle[2:]) & (middle[1:-1] < 240)).sum()
    assert dips == pytest.approx(30, abs=2)


@settings(max_examples=25, deadline=None)
@given(
    lean=st.lists(st.integers(-30, 30), min_size=8, max_size=8),
    quarters=st.integers(0, 3),
    place=st.tuples(st.integers(60, 220), st.integers(60, 120)),
)
def test_a_mark_lands_where_the_domain_says(lean: list[int], quarters: int, place: tuple[int, int]) -> None:
    upright = (20 + lean[0], 20 + lean[1], 280 + lean[2], 20 + lean[3])
    lower = (280 + lean[4], 180 + lean[5], 20 + lean[6], 180 + lean[7])
    corners = turned((*upright, *lower), quarters)
    size = size_of_page(quad_of(corners))
    picture = np.full((200, 300), 255, np.uint8)
    cv2.rectangle(picture, place, (place[0] + 9, place[1] + 9), 0, -1)
    page = render(picture, corners, size)
    x, y, width, height = box_on_page(Treatment(corners=corners, size_px=size), (*place, 10, 10))
    rows, columns = np.nonzero(page < 128)
    if len(rows) and 2 < x < size[0] - width - 2 and 2 < y < size[1] - height - 2:
        assert abs((columns.min() + columns.max() + 1) / 2 - (x + width / 2)) <= 1.5
        assert abs((rows.min() + rows.max() + 1) / 2 - (y + height / 2)) <= 1.5
