"""A sheet's end is told from the lid by a faint step right across the picture, and from what is printed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanners.imaging import edges, ends

DPI = 150
SIZE = (1240, 1754)


def scanned(
    lid: tuple[int, int, int], paper: tuple[int, int, int], end: int, *, fall: int = 0
) -> NDArray[np.uint8]:
    """Scan a printed sheet that ends `end` px below the picture's top, askew by `fall` px, on a lid."""
    picture = np.full((SIZE[1], SIZE[0], 3), paper, np.uint8)
    for line in range(end + 130, 1730, 45):
        cv2.putText(picture, "sample 9961 " * 4, (140, line), cv2.FONT_HERSHEY_SIMPLEX, 1, (30, 30, 34), 2)
    beyond = np.array([[0, 0], [SIZE[0], 0], [SIZE[0], end + fall], [0, end]], np.int32)
    cv2.fillConvexPoly(picture, beyond, lid)
    grain = np.random.default_rng(end).normal(0, 3, picture.shape[:2])
    return np.clip(picture + grain[..., None], 0, 255).astype(np.uint8)


def deepest(picture: NDArray[np.uint8]) -> float:
    return max(ends.free_strips(picture, DPI))


@pytest.mark.parametrize("fall", [0, -30, 25])
@pytest.mark.parametrize("lid", [(250, 250, 248), (232, 232, 230), (255, 255, 255)])
def test_sheet_ends_on_a_lid_of_nearly_its_own_shade(lid: tuple[int, int, int], fall: int) -> None:
    found = ends.free_strips(scanned(lid, (253, 248, 240), 400, fall=fall), DPI)
    assert found[0] == pytest.approx(400 / SIZE[1], abs=0.015)
    assert found[1:] == (0, 0, 0)


@pytest.mark.parametrize(("turn", "side"), [(1, 2), (2, 1), (3, 3)])
def test_each_side_is_looked_at(turn: int, side: int) -> None:
    picture = np.rot90(scanned((232, 232, 230), (246, 246, 240), 400), turn)
    assert [place for place, depth in enumerate(ends.free_strips(picture, DPI)) if depth] == [side]


def test_grey_picture_is_looked_at_like_a_coloured_one() -> None:
    grey = scanned((232, 232, 232), (246, 246, 246), 400)[..., 1]
    assert deepest(grey) == pytest.approx(400 / SIZE[1], abs=0.015)


def test_fold_is_no_end_since_its_shadow_does_not_last() -> None:
    picture = scanned((250, 250, 250), (250, 250, 250), 500).astype(np.float32)
    rows = np.arange(SIZE[1])[:, None, None]
    folded = picture * (1 - 0.1 * np.exp(-(((rows - 300) / 15) ** 2)))
    assert deepest(folded.astype(np.uint8)) == 0


def test_ruling_and_frame_are_no_end() -> None:
    picture = scanned((250, 250, 250), (250, 250, 250), 500)
    cv2.line(picture, (0, 200), (SIZE[0], 200), (0, 0, 0), 3)
    cv2.rectangle(picture, (120, 300), (1120, 1600), (20, 20, 20), 3)
    assert deepest(picture) == 0


def test_light_that_falls_off_is_no_end() -> None:
    light = np.linspace(0.8, 1, SIZE[1])[:, None, None]
    assert deepest((scanned((250, 250, 250), (250, 250, 250), 500) * light).astype(np.uint8)) == 0


@pytest.mark.parametrize(("end", "is_cut"), [(400, True), (0, False)])
def test_sheet_that_ends_early_is_cut_unless_it_has_a_known_format(end: int, is_cut: bool) -> None:
    whole = np.array([[0, 0], [SIZE[0], 0], [SIZE[0], SIZE[1]], [0, SIZE[1]]], np.float32)
    picture = scanned((232, 232, 230), (246, 246, 240), end)
    assert (edges.cut(picture, whole, 246, DPI) > 0) is is_cut


def test_half_a_sheet_at_the_top_of_a_whole_one_is_a_format() -> None:
    whole = np.array([[0, 0], [SIZE[0], 0], [SIZE[0], SIZE[1]], [0, SIZE[1]]], np.float32)
    picture = np.ascontiguousarray(scanned((232, 232, 230), (246, 246, 240), 879)[::-1])
    assert deepest(picture) == pytest.approx(0.5, abs=0.02)
    assert edges.cut(picture, whole, 246, DPI) == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 900), (100, 100, 3), (2000, 60)])
def test_small_and_odd_pictures_have_no_end(shape: tuple[int, ...]) -> None:
    assert ends.free_strips(np.full(shape, 200, np.uint8), DPI) == (0, 0, 0, 0)
