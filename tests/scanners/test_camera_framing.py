"""What is wrong with how a page lies, and when it is taken: papers on a staged desk, with noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from scanners.camera_stage import VIEW_MM, Paper, Stage
from scanners.camera_view import FrameState
from scanners.camera_watch import Watcher, resolution_of
from scanners.framing import Picture, clockwise, find_outline, shrink
from workstation.training.specimens import cards, papers
from workstation.training.specimens.people import CAST

FRAME = (972, 729)
A4, CARD, BOOK = (210.0, 297.0), (85.6, 54.0), (105.0, 143.0)
LOOK_S = 0.125
WHITE_DESK = (196, 198, 194)


def array(image: Image.Image) -> Picture:
    return np.asarray(image.convert("RGB").reduce(2), np.uint8)


@cache
def sheet(person: int = 0) -> Paper:
    return Paper(picture=array(papers.photo_receipt(CAST[person], 200)), size_mm=A4, turn_deg=90)


@cache
def card(side: str = "front") -> Paper:
    draw = cards.id_card_front if side == "front" else cards.id_card_back
    return Paper(picture=array(draw(CAST[0])), size_mm=CARD, turn_deg=4)


@pytest.fixture
def stage() -> Stage:
    return Stage(FRAME, seed=3)


def watch(pictures: Iterable[Picture], watcher: Watcher | None = None) -> tuple[list[FrameState], int]:
    """Return the states seen, and how many pages were taken."""
    watcher, states, taken = watcher or Watcher(), [], 0
    for picture in pictures:
        watch.clock += LOOK_S  # type: ignore[attr-defined]
        framing, ripe = watcher.look(picture, watch.clock)  # type: ignore[attr-defined]
        states.append(framing.state)
        if ripe:
            assert watcher.take().shape == picture.shape
            taken += 1
    return states, taken


watch.clock = 0.0  # type: ignore[attr-defined]

LYING_RIGHT = {
    "an A4 sheet": sheet(),
    "a slanted A4 sheet": replace(sheet(), turn_deg=86),
    "a card": card(),
    "a page of a booklet": replace(sheet(), size_mm=BOOK, turn_deg=0),
    "a sheet in modest light": replace(sheet(), light=0.5),
    "a sheet seen a little from the side": replace(sheet(), slant=0.06),
}
LYING_WRONG = {
    FrameState.CUT: replace(sheet(), away_mm=(40, 0)),
    FrameState.TILTED: replace(sheet(), slant=0.2),
    FrameState.DARK: replace(sheet(), light=0.3),
    FrameState.GLARE: replace(card(), lamp=True),
}


@pytest.mark.parametrize("what", LYING_RIGHT)
def test_what_lies_right_is_taken_once_and_only_after_it_has_rested(what: str, stage: Stage) -> None:
    states, taken = watch(stage.play([LYING_RIGHT[what]]))
    assert taken == 1, states
    still = states.index(FrameState.STEADY)
    assert FrameState.SHOT in states[still + 5 : still + 9], "0.7 s are six looks"


@pytest.mark.parametrize("state", LYING_WRONG)
def test_what_lies_wrong_is_told_and_not_taken_by_itself(state: FrameState, stage: Stage) -> None:
    states, taken = watch(stage.play([LYING_WRONG[state]]))
    assert not taken and states.count(state) >= 12, states


def test_a_sheet_larger_than_the_picture_is_told_from_an_empty_desk(stage: Stage) -> None:
    huge = replace(sheet(), size_mm=(420, 594))
    assert watch([stage.picture(huge)] * 3)[0][-1] is FrameState.CUT
    assert watch([stage.picture(None)] * 3)[0][-1] is FrameState.SEARCHING


def test_a_bent_page_or_one_with_a_hand_on_it_is_asked_to_lie_flat(stage: Stage) -> None:
    picture = stage.picture(sheet())
    corner = np.asarray([(675, 300), (972, 225), (972, 729), (750, 729)], np.int32)
    cv2.fillPoly(picture, [corner], (58, 60, 62))
    states, taken = watch([picture] * 12)
    assert states[-1] in (FrameState.TILTED, FrameState.CUT) and not taken


def test_both_sides_of_a_card_are_two_pages_when_it_is_turned(stage: Stage) -> None:
    _states, taken = watch(stage.play([card(), card("back")]))
    assert taken == 2


def test_a_sheet_taken_off_a_stack_uncovers_another_page_of_the_same_form(stage: Stage) -> None:
    lying = [stage.picture(sheet()) for _look in range(10)]
    lifted = [stage.picture(replace(sheet(), turn_deg=90 + 9 * n, slant=0.1 * n)) for n in (1, 2)]
    below = [stage.picture(sheet(2)) for _look in range(10)]
    assert watch([*lying, *lifted, *below])[1] == 2


def test_a_hand_that_passes_over_a_page_takes_it_no_second_time(stage: Stage) -> None:
    def with_hand(step: int) -> Picture:
        picture = stage.picture(sheet())
        cv2.line(picture, (1100, 760), (975 - 90 * step, 525), (196, 150, 126), 120)
        return picture

    before = [stage.picture(sheet()) for _look in range(10)]
    hand = [with_hand(step) for step in (0, 2, 4, 6, 6, 6, 4, 2, 0)]
    after = [stage.picture(sheet()) for _look in range(12)]
    states, taken = watch([*before, *hand, *after])
    assert taken == 1 and states[-1] is FrameState.SHOT, states


def test_a_card_on_a_light_desk_is_found_by_its_edges_or_left_to_the_shutter(stage: Stage) -> None:
    stage._mat[:] = np.clip(np.asarray(WHITE_DESK) + stage._grains[0], 0, 255)
    _states, taken = watch(stage.play([replace(card(), light=1.0)]))
    assert taken <= 1


def test_flicker_of_the_lamp_is_no_movement(stage: Stage) -> None:
    lying = [stage.picture(sheet()) for _look in range(12)]
    flickering = [
        np.clip(p.astype(np.int16) + 6 * (n % 3), 0, 255).astype(np.uint8) for n, p in enumerate(lying)
    ]
    assert watch(flickering)[1] == 1


def test_of_the_last_still_pictures_the_sharpest_is_taken(stage: Stage) -> None:
    sharp = stage.picture(sheet())
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 1.2), np.uint8)
    watcher = Watcher(rest_s=10)
    watch([blurred, blurred, sharp, blurred], watcher)
    assert (watcher.take() == sharp).all()


def test_the_shutter_takes_what_is_there_even_if_nothing_is(stage: Stage) -> None:
    watcher = Watcher()
    with pytest.raises(ValueError, match="no look"):
        watcher.take()
    empty = stage.picture(None)
    watch([empty], watcher)
    assert watcher.take() is empty


def test_the_outline_lies_on_the_paper(stage: Stage) -> None:
    for paper in LYING_RIGHT.values():
        picture = stage.picture(paper)
        small = shrink(picture, 640)
        outline = find_outline(small)
        assert outline is not None
        expected = clockwise(stage.corners(paper) * (small.shape[1] / picture.shape[1]))
        assert np.abs(outline.corners - expected).max() < 4, "in px of 640"


@pytest.mark.parametrize(
    ("paper", "known"), [(sheet(), True), (card(), True), (LYING_RIGHT["a page of a booklet"], False)]
)
def test_resolution_is_told_from_sheets_and_cards_and_not_from_other_papers(
    stage: Stage, paper: Paper, known: bool
) -> None:
    true_dpi = FRAME[0] / VIEW_MM * 25.4
    dpi = resolution_of(clockwise(stage.corners(paper)), FRAME[0])
    assert (dpi is not None) == known
    assert dpi is None or abs(dpi / true_dpi - 1) < 0.03


def test_resolution_once_known_stays_with_the_camera(stage: Stage) -> None:
    watcher = Watcher()
    first, _ = watcher.look(stage.picture(None), 0.0)
    assert not first.dpi_measured
    watch(stage.play([card()]), watcher)
    later, _ = watcher.look(stage.picture(LYING_RIGHT["a page of a booklet"]), watch.clock)  # type: ignore[attr-defined]
    assert later.dpi_measured and abs(later.resolution_dpi - FRAME[0] / VIEW_MM * 25.4) <= 3
