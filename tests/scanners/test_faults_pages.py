"""The quality gate on drawn pages: each fault where it was planted, none where nothing is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scanners.imaging import faults, fingerprint, twins
from scanners.imaging.port import PageFault
from tests.bench import faulty_pages as planting
from tests.bench import specimen_pages as specimens
from tests.bench.faulty_pages import Place, Shot, Spoil

DPI = 150
Plant = Callable[[random.Random], Spoil]


def page_of(shot: Shot) -> NDArray[np.uint8]:
    """Return the page as it is read, cut along its true corners."""
    width, height = (round(float(np.linalg.norm(shot.corners[i] - shot.corners[0]))) for i in (1, 3))
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    plane = cv2.getPerspectiveTransform(shot.corners, square)
    return np.asarray(cv2.warpPerspective(shot.raw, plane, (width, height)), np.uint8)


def judged(shot: Shot) -> set[PageFault]:
    return set(faults.judge(shot.raw, shot.corners, page_of(shot), shot.dpi).faults)


def shot_of(kind: str, way: str, seed: int, plant: Plant | None = None, run_out: float = 0.0) -> Shot:
    dice = random.Random(seed)
    paper = (specimens.SHEETS | specimens.SMALL)[kind](dice, DPI)
    return planting.shoot(paper, kind, dice, Place(way, run_out=run_out), plant(dice) if plant else None)


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("text", "feeder"),
        ("photocopy", "feeder"),
        ("form", "glass"),
        ("licence", "camera"),
        ("id-card-front", "glass"),
        ("id-card-back", "camera"),
        ("household-register-page", "glass"),
    ],
)
def test_good_page_is_good(kind: str, way: str) -> None:
    assert judged(shot_of(kind, way, seed=3)) == set()


def test_page_with_nothing_but_a_number_or_a_stamp_is_not_empty() -> None:
    for seed in range(4):
        dice = random.Random(seed)
        paper = specimens.nearly_empty(dice, DPI)
        assert PageFault.BLANK not in judged(planting.shoot(paper, "nearly-empty", dice, Place("feeder")))


def test_empty_side_is_empty_in_spite_of_holes_dirt_and_the_other_side_shining_through() -> None:
    for seed, trouble in enumerate((planting.holes, planting.dirt, planting.shine_through, planting.streak)):
        dice = random.Random(seed)
        sheet = np.full((1754, 1240, 3), 246, np.uint8)
        spoiled = trouble(sheet, dice, DPI)
        corners = np.array([[0, 0], [1240, 0], [1240, 1754], [0, 1754]], np.float32)
        assert faults.judge(spoiled, corners, spoiled, DPI).faults == (PageFault.BLANK,), trouble.__name__


@pytest.mark.parametrize("plant", [planting.defocus, planting.motion])
@pytest.mark.parametrize(
    ("kind", "way"), [("text", "feeder"), ("id-card-front", "glass"), ("form", "camera")]
)
def test_blur_is_told_in_whatever_direction(plant: Plant, kind: str, way: str) -> None:
    assert PageFault.BLUR in judged(shot_of(kind, way, 5, plant))


def test_sharpness_does_not_depend_on_the_resolution() -> None:
    edges = []
    for dpi in (150, 200, 300):
        dice = random.Random(1)
        shot = planting.shoot(specimens.text_page(dice, dpi), "text", dice, Place("feeder"))
        edges.append(faults.judge(shot.raw, shot.corners, page_of(shot), dpi).measures["edge_mm"])
    assert max(edges) < faults.SOFTEST_MM
    assert max(edges) - min(edges) < 0.05


@pytest.mark.parametrize(
    ("kind", "way"), [("text", "feeder"), ("id-card-front", "glass"), ("table", "camera")]
)
def test_too_little_light_is_told(kind: str, way: str) -> None:
    assert PageFault.TOO_DARK in judged(shot_of(kind, way, 2, planting.dark))


@pytest.mark.parametrize(("kind", "way"), [("id-card-front", "glass"), ("household-register-page", "camera")])
def test_lamp_on_a_card_is_told(kind: str, way: str) -> None:
    assert PageFault.GLARE in judged(shot_of(kind, way, 4, planting.glare))


def test_white_paper_is_no_glare() -> None:
    white = np.full((1754, 1240, 3), 255, np.uint8)
    cv2.putText(white, "sample", (200, 400), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 6)
    corners = np.array([[0, 0], [1240, 0], [1240, 1754], [0, 1754]], np.float32)
    assert PageFault.GLARE not in faults.judge(white, corners, white, DPI).faults


@pytest.mark.parametrize(
    ("kind", "way", "run_out"),
    [("text", "feeder", 0.25), ("id-card-front", "glass", 0.2), ("form", "camera", 0.2)],
)
def test_paper_that_runs_out_of_the_picture_is_told(kind: str, way: str, run_out: float) -> None:
    assert PageFault.CUT_EDGE in judged(shot_of(kind, way, 6, run_out=run_out))


def test_grey_picture_is_judged_like_a_coloured_one() -> None:
    shot = shot_of("text", "feeder", 3, planting.defocus)
    grey = np.asarray(cv2.cvtColor(shot.raw, cv2.COLOR_RGB2GRAY), np.uint8)
    page = np.asarray(cv2.cvtColor(page_of(shot), cv2.COLOR_RGB2GRAY), np.uint8)
    assert PageFault.BLUR in faults.judge(grey, shot.corners, page, DPI).faults


def test_coarse_picture_of_a_sharp_page_is_not_blurred() -> None:
    dice = random.Random(9)
    shot = planting.shoot(specimens.text_page(dice, 100), "text", dice, Place("feeder"))
    assert PageFault.BLUR not in judged(shot)


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_picture_however_small_or_odd_ends_the_judge(data: st.DataObject) -> None:
    sides = st.sampled_from([1, 2, 5, 17, 40, 90, 300])
    noise = np.random.default_rng(data.draw(st.integers(0, 99)))
    raw, page = (
        noise.integers(data.draw(st.integers(0, 254)), 255, (data.draw(sides), data.draw(sides), 3), np.uint8)
        for _ in range(2)
    )
    height, width = raw.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    corners += noise.normal(0, data.draw(st.sampled_from([0, 20])), (4, 2)).astype(np.float32)
    faults.judge(raw, corners, page, data.draw(st.sampled_from([1, 72, 150, 600])))
    fingerprint.of(page)
    twins.same_sheet(page, raw)


@pytest.mark.parametrize("level", [175, 205, 236])
def test_broken_streak_of_a_dusty_sensor_is_no_print_on_paper_of_any_shade(level: int) -> None:
    sheet = np.full((1754, 1240, 3), level, np.uint8)
    for start in range(60, 1700, 140):
        cv2.line(sheet, (500 + start // 90, start), (500 + start // 90, start + 40), (level * 4 // 5,) * 3, 1)
    corners = np.array([[0, 0], [1240, 0], [1240, 1754], [0, 1754]], np.float32)
    for turned in (sheet, np.rot90(sheet)):
        assert PageFault.BLANK in faults.judge(sheet, corners, np.ascontiguousarray(turned), DPI).faults


def test_three_lines_of_writing_above_each_other_are_no_streak() -> None:
    sheet = np.full((1754, 1240, 3), 250, np.uint8)
    for line in (300, 800, 1400):
        cv2.putText(sheet, "996", (600, line), cv2.FONT_HERSHEY_SIMPLEX, 2, (60, 60, 60), 3)
    corners = np.array([[0, 0], [1240, 0], [1240, 1754], [0, 1754]], np.float32)
    assert PageFault.BLANK not in faults.judge(sheet, corners, sheet, DPI).faults


def test_stamp_alone_on_a_page_is_sharp_though_its_ring_is_bent() -> None:
    for seed in (1, 4, 6, 7):
        dice = random.Random(seed)
        paper = specimens.nearly_empty(dice, DPI)
        shot = planting.shoot(paper, "nearly-empty", dice, Place("feeder"))
        assert PageFault.BLUR not in judged(shot), seed


def test_pale_print_is_too_dark_and_the_other_side_shining_through_is_empty() -> None:
    sheet = np.full((1754, 1240, 3), 180, np.uint8)
    for line in range(200, 1600, 60):
        cv2.putText(sheet, "sample 9961 " * 4, (120, line), cv2.FONT_HERSHEY_SIMPLEX, 1, (146,) * 3, 2)
    corners = np.array([[0, 0], [1240, 0], [1240, 1754], [0, 1754]], np.float32)
    pale = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.6), np.uint8)
    assert faults.judge(pale, corners, pale, DPI).faults == (PageFault.TOO_DARK,)
    through = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.3 * DPI / 25.4), np.uint8)
    assert faults.judge(through, corners, through, DPI).faults == (PageFault.BLANK,)
