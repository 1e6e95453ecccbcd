"""Where a place of the raw picture lies on the treated page, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case import Corners, Treatment
from workstation.domain.geometry import (
    NoPlane,
    box_on_page,
    box_on_raw,
    corners_of,
    homography,
    overlap,
    size_of,
    spans_page,
    turned,
    turned_treatment,
    whole,
)

SIZE = (1000, 1400)
boxes = st.tuples(st.integers(0, 700), st.integers(0, 1000), st.integers(1, 300), st.integers(1, 400))


@given(boxes)
def test_a_page_taken_whole_keeps_its_places(box: tuple[int, int, int, int]) -> None:
    assert box_on_page(whole(*SIZE), box) == box


@given(boxes, st.integers(0, 3))
def test_a_box_goes_to_the_page_and_back(box: tuple[int, int, int, int], quarters: int) -> None:
    treatment = turned_treatment(whole(*SIZE), quarters, by="")
    there = box_on_page(treatment, box)
    assert sorted(there[2:]) == sorted(box[2:])
    assert box_on_raw(treatment, there, SIZE) == box


def test_a_page_turned_upside_down_has_its_first_corner_where_the_third_was() -> None:
    corners = whole(*SIZE).corners
    assert turned(corners, 2) == (1000, 1400, 0, 1400, 0, 0, 1000, 0)
    assert turned(turned(corners, 1), 3) == corners


def test_the_top_left_of_a_page_lying_on_its_left_side_is_the_bottom_left_of_the_picture() -> None:
    treatment = turned_treatment(whole(*SIZE), 1, by="")
    assert treatment.size_px == (1400, 1000)
    assert box_on_page(treatment, (0, 1300, 100, 100)) == (0, 0, 100, 100)


def test_a_box_of_a_page_photographed_askew_is_found_on_the_straight_page() -> None:
    treatment = Treatment(corners=(100, 50, 900, 120, 950, 1300, 60, 1250), size_px=(800, 1200))
    assert box_on_page(treatment, (100, 50, 1, 1))[:2] == (0, 0)
    x, y, width, height = box_on_page(treatment, (480, 650, 10, 10))
    assert 300 < x < 500 and 500 < y < 700 and 5 < width < 20 and 5 < height < 20


@given(boxes)
def test_a_box_outside_of_the_cut_ends_at_the_page(box: tuple[int, int, int, int]) -> None:
    treatment = Treatment(corners=(200, 200, 400, 200, 400, 500, 200, 500), size_px=(200, 300))
    x, y, width, height = box_on_page(treatment, box)
    assert 0 <= x <= x + width <= 200 and 0 <= y <= y + height <= 300


def test_corners_on_one_line_are_no_page() -> None:
    line = ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0))
    square = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    with pytest.raises(NoPlane):
        homography(line, square)


@given(boxes, st.integers(0, 3))
def test_the_corners_of_a_part_cut_that_part_out_of_the_raw_picture(
    box: tuple[int, int, int, int], quarters: int
) -> None:
    treatment = turned_treatment(whole(*SIZE), quarters, by="")
    there = box_on_page(treatment, box)
    part = Treatment(corners=corners_of(treatment, there), size_px=(there[2], there[3]))
    assert size_of(part.corners) == there[2:] and spans_page(part.corners, SIZE)
    assert box_on_page(part, box) == (0, 0, there[2], there[3])


@pytest.mark.parametrize(
    "corners",
    [
        (0, 0, 100, 80, 100, 0, 0, 80),
        (100, 0, 0, 0, 0, 80, 100, 80),
        (0, 0, 1001, 0, 1001, 80, 0, 80),
        (0, 0, 50, 0, 100, 0, 0, 80),
    ],
    ids=["crossed", "mirrored", "outside", "flat"],
)
def test_corners_that_go_round_no_page_are_told(corners: Corners) -> None:
    assert not spans_page(corners, SIZE)


def test_two_cards_on_a_glass_do_not_overlap_and_a_page_and_its_cut_do() -> None:
    upper, lower = (10, 10, 90, 10, 90, 60, 10, 60), (10, 55, 90, 55, 90, 120, 10, 120)
    assert not overlap(upper, lower) and overlap(upper, whole(*SIZE).corners)
    assert overlap(turned(upper, 1), upper)
