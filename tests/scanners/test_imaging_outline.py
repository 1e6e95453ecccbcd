"""Pages are found where they were laid, and nothing that is printed is ever cut away."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.imaging import outline
from scanners.imaging.render import Quad, quad_of, render, size_of_page
from tests.bench.glass_scenes import MAKERS, judge, overlap, scene

KINDS = tuple(MAKERS)
DPI = 150


def laid(
    lid: int, paper: int, quad: Quad, size: tuple[int, int] = (1240, 1754)
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Lay a sheet of one tone on a lid, with a line of print on it."""
    picture = np.full((size[1], size[0], 3), lid, np.uint8)
    cv2.fillConvexPoly(picture, np.round(quad * 16).astype(np.int32), (paper,) * 3, cv2.LINE_AA, 4)
    middle = quad.mean(axis=0).astype(int)
    cv2.putText(picture, "9961", (int(middle[0]) - 60, int(middle[1])), 0, 1.5, (30, 30, 30), 3)
    return picture


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_a_scene_are_found_and_lose_nothing(kind: str) -> None:
    found = judge(scene(KINDS.index(kind) + 5 * len(KINDS), 150))
    assert found.as_many
    assert found.iou > 0.95
    assert found.lost == 0
    assert found.tilt_deg < 0.6


@pytest.mark.parametrize("angle", [-14.0, -3.0, 0.0, 7.5])
def test_a_card_is_cut_along_its_edges_at_its_true_size(angle: float) -> None:
    box = ((620.0, 700.0), (506.0, 319.0), angle)
    planted = np.asarray(cv2.boxPoints(box), np.float32)
    (found,) = outline.find_pages(laid(40, 235, planted), DPI)
    assert overlap(found, planted) > 0.99
    assert size_of_page(found) == pytest.approx((506, 319), abs=3)


def test_two_cards_come_in_reading_order() -> None:
    upper = quad_of((600, 200, 1100, 200, 1100, 515, 600, 515))
    lower = quad_of((100, 900, 600, 900, 600, 1215, 100, 1215))
    picture = laid(40, 235, upper)
    picture[850:] = laid(40, 235, lower)[850:]
    first, second = outline.find_pages(picture, DPI)
    assert overlap(first, upper) > 0.98
    assert overlap(second, lower) > 0.98


def test_a_note_beside_a_card_keeps_the_whole_picture() -> None:
    card = quad_of((300, 300, 806, 300, 806, 619, 300, 619))
    picture = laid(245, 225, card)
    cv2.putText(picture, "996 note", (300, 1300), 0, 1.2, (60, 60, 60), 2)
    (found,) = outline.find_pages(picture, DPI)
    assert np.array_equal(found, outline.whole(picture))


def test_a_frame_printed_on_the_page_is_no_sheet() -> None:
    picture = np.full((1754, 1240, 3), 250, np.uint8)
    cv2.rectangle(picture, (120, 150), (1120, 1600), (20, 20, 20), 3)
    (found,) = outline.find_pages(picture, DPI)
    assert overlap(found, outline.whole(picture)) > 0.99


def test_an_empty_glass_is_one_page() -> None:
    picture = np.full((1754, 1240), 250, np.uint8)
    (found,) = outline.find_pages(picture, DPI)
    assert np.array_equal(found, outline.whole(picture))


def test_a_picture_of_one_dot_is_one_page() -> None:
    picture = np.zeros((1, 1, 3), np.uint8)
    assert len(outline.find_pages(picture, 200)) == 1


def test_a_light_lid_leaves_a_border_and_a_dark_one_does_not() -> None:
    card = quad_of((300, 300, 806, 300, 806, 619, 300, 619))
    light = outline.with_border(laid(245, 225, card), card, DPI)
    dark = outline.with_border(laid(40, 235, card), card, DPI)
    border = round(outline.BORDER_MM * DPI / 25.4)
    assert size_of_page(light) == pytest.approx((506 + 2 * border, 319 + 2 * border), abs=2)
    assert size_of_page(dark) == pytest.approx((506, 319), abs=4)


def test_straightened_lines_run_level() -> None:
    made = scene(KINDS.index("full-form") + 3 * len(KINDS), 150)
    (found,) = outline.find_pages(made.picture, made.dpi)
    page = render(made.picture, found, size_of_page(found))
    lines = cv2.HoughLinesP(cv2.Canny(page, 60, 160), 1, np.pi / 1800, 300, minLineLength=400, maxLineGap=4)
    angles = [np.degrees(np.arctan2(y2 - y1, x2 - x1)) for x1, y1, x2, y2 in np.asarray(lines).reshape(-1, 4)]
    level = [angle for angle in angles if abs(angle) < 20]
    assert level
    assert abs(float(np.median(level))) < 0.15


def test_a_strip_beside_the_lid_is_no_page() -> None:
    card = quad_of((300, 300, 806, 300, 806, 619, 300, 619))
    picture = laid(245, 225, card)
    picture[-70:] = 30
    (found,) = outline.find_pages(picture, DPI)
    assert overlap(found, outline.whole(picture)) > 0.9


def test_a_short_sheet_as_wide_as_the_glass_is_told_from_the_dark_lid() -> None:
    paper = quad_of((-20, -20, 1260, -20, 1260, 880, -20, 880))
    (found,) = outline.find_pages(laid(45, 250, paper), DPI)
    assert found[:, 1].max() == pytest.approx(880, abs=4)


@settings(max_examples=20, deadline=None)
@given(
    middle=st.tuples(st.integers(480, 760), st.integers(480, 1270)),
    size=st.tuples(st.integers(300, 560), st.integers(230, 560)),
    angle=st.floats(-14, 14),
    lid=st.sampled_from([30, 120, 200]),
    noise=st.integers(0, 6),
)
def test_a_planted_sheet_is_found_or_the_whole_picture_stays(
    middle: tuple[int, int], size: tuple[int, int], angle: float, lid: int, noise: int
) -> None:
    planted = np.asarray(cv2.boxPoints((middle, size, angle)), np.float32)
    clean = laid(lid, 245, planted).astype(np.float32)
    grain = np.random.default_rng(1).normal(0, noise, clean.shape[:2]).astype(np.float32)
    picture = np.clip(clean + grain[:, :, None], 0, 255).astype(np.uint8)
    (found,) = outline.find_pages(picture, DPI)
    cut = outline.with_border(picture, found, DPI)
    inner = planted + (planted.mean(axis=0) - planted) * 0.02
    assert all(cv2.pointPolygonTest(cut, (float(x), float(y)), False) > 0 for x, y in inner)
    assert overlap(found, planted) > 0.97


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    dpi=st.sampled_from([20, 75, 200, 300, 1200]),
    colour=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_picture_has_at_least_one_page(
    width: int, height: int, dpi: int, colour: bool, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (5, 4, 3), np.uint8)
    way = cv2.INTER_NEAREST if seed % 2 else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(coarse, (width, height), interpolation=way), np.uint8)
    pages = outline.find_pages(picture if colour else picture[:, :, 0].copy(), dpi)
    assert pages
    for page in pages:
        assert np.isfinite(outline.with_border(picture, page, dpi)).all()


@pytest.mark.parametrize("lid", [20, 250])
def test_row_of_print_near_the_border_is_not_where_a_cut_card_ends(lid: int) -> None:
    card = quad_of((300, 1554, 806, 1554, 806, 1900, 300, 1900))
    picture = laid(lid, 235, card)
    for left in range(320, 780, 28):
        cv2.putText(picture, "9", (left, 1744), 0, 0.8, (30, 30, 30), 2)
    (found,) = outline.find_pages(picture, DPI)
    assert found[:, 1].max() > 1750
    assert overlap(found, quad_of((300, 1554, 806, 1554, 806, 1754, 300, 1754))) > 0.97


def test_frame_on_paper_as_white_as_the_lid_is_no_second_sheet() -> None:
    picture = np.full((1240, 1754, 3), (250, 250, 248), np.uint8)
    cv2.line(picture, (0, 760), (1754, 760), (190, 190, 190), 6)
    cv2.line(picture, (3, 0), (3, 760), (190, 190, 190), 6)
    cv2.line(picture, (1750, 0), (1750, 760), (190, 190, 190), 6)
    cv2.rectangle(picture, (60, -9), (1690, 700), (180, 140, 60), 8)
    assert len(outline.find_pages(picture, DPI)) == 1
