"""Red ink, rings of seals and sheets on a desk: what is taken off a picture before its print is read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.documents.content import content_of
from ocr.documents.likely_sheet import likely_sheet
from ocr.documents.print_lines import find_pieces, find_print, ink_of
from ocr.documents.reading import Page
from ocr.documents.red_ink import without_red
from ocr.documents.seals import find_seals
from ocr.documents.sheets import Sheet

Picture = NDArray[np.uint8]
PAPER, RED, BLACK, PALE_RED = (246, 242, 230), (190, 30, 36), (28, 28, 30), (238, 190, 186)
EM = 26


def _paper(colour: tuple[int, ...] = PAPER) -> Picture:
    return np.full((700, 1000, 3), colour, np.uint8)


def _bars(picture: Picture, left: int, top: int, count: int, colour: tuple[int, ...]) -> None:
    """Draw `count` signs of upright strokes, as high as print."""
    for sign in range(count):
        for stroke in range(3):
            x = left + sign * (EM + 3) + stroke * 10
            cv2.rectangle(picture, (x, top), (x + 5, top + EM), colour, -1)


def _sealed(colour: tuple[int, ...]) -> Picture:
    picture = _paper()
    _bars(picture, 100, 340, 12, BLACK)
    _bars(picture, 100, 120, 12, BLACK)
    cv2.circle(picture, (700, 400), 150, colour, 7)
    return picture


def test_red_ink_becomes_as_pale_as_the_paper() -> None:
    grey, had_red = without_red(_sealed(RED))
    assert had_red
    assert int(grey[400 - 150, 700]) >= 225
    assert int(grey[400, 700 + 150]) >= 225


def test_print_below_red_ink_stays_dark() -> None:
    picture = _sealed(RED)
    cv2.rectangle(picture, (690, 240), (694, 280), (20, 4, 5), -1)
    grey, _ = without_red(picture)
    assert int(grey[250, 692]) < 110
    assert int(grey[352, 101]) < 60


def test_a_pale_red_watermark_leaves_the_print_across_it_alone() -> None:
    picture = _sealed(RED)
    cv2.rectangle(picture, (90, 100), (130, 160), PALE_RED, -1)
    _bars(picture, 100, 120, 1, BLACK)
    grey, _ = without_red(picture)
    assert int(grey[105, 95]) >= 228
    assert int(grey[130, 101]) < 60


def test_a_picture_without_red_is_only_made_grey() -> None:
    picture = _sealed(BLACK)
    grey, had_red = without_red(picture)
    assert not had_red
    assert int(grey[400 - 150, 700]) < 40
    assert without_red(grey) == (grey, False)


def test_the_ring_of_a_grey_seal_is_found() -> None:
    grey, _ = without_red(_sealed((90, 90, 92)))
    (seal,) = find_seals(ink_of(grey), EM)
    assert seal.x == pytest.approx(700, abs=10)
    assert seal.y == pytest.approx(400, abs=10)
    assert seal.radius == pytest.approx(150, abs=10)


def test_print_alone_holds_no_ring() -> None:
    picture = _paper()
    for row in range(14):
        _bars(picture, 60, 40 + row * 44, 28, BLACK)
    grey, _ = without_red(picture)
    assert find_seals(ink_of(grey), EM) == []


def test_a_single_sign_on_a_ring_is_no_piece_of_print() -> None:
    lone, sealed = _paper(), _sealed((70, 70, 70))
    for picture in (lone, sealed):
        _bars(picture, 690, 290, 1, (70, 70, 70))
    grey, _ = without_red(lone)
    assert len(find_pieces(grey, with_seals=True)) == 1
    grey, _ = without_red(sealed)
    assert all(piece.right < 500 for piece in find_pieces(grey, with_seals=True))


def test_a_line_that_a_stamp_runs_up_to_may_be_hidden_in_part() -> None:
    picture = _paper()
    _bars(picture, 100, 120, 12, BLACK)
    _bars(picture, 100, 340, 12, BLACK)
    cv2.circle(picture, (520, 353), 75, (60, 60, 200), 4)
    grey, _ = without_red(picture)
    print_of = find_print(grey, with_seals=True)
    page = Page(Sheet(grey, np.eye(3), (1000, 700), True), (), print_of.left_out)
    lines = [piece for piece in print_of.pieces if piece.left < 110]
    assert [page.is_disturbed(piece) for piece in lines] == [False, True]


def _on_desk(desk: Picture, corners: list[tuple[int, int]]) -> Picture:
    cv2.fillConvexPoly(desk, np.array(corners, np.int32), PAPER)
    return desk


def test_a_sheet_on_a_desk_with_a_grain_is_found() -> None:
    rows = np.random.default_rng(7).integers(90, 190, (700, 1, 3), np.uint8)
    desk = np.ascontiguousarray(np.broadcast_to(rows, (700, 1000, 3)))
    corners = [(150, 120), (840, 90), (880, 610), (130, 590)]
    found = likely_sheet(_on_desk(desk, corners))
    assert found is not None
    assert np.abs(found - np.array(corners)).max() < 16


def test_no_sheet_is_guessed_where_paper_fills_the_picture() -> None:
    picture = _sealed(RED)
    cv2.rectangle(picture, (80, 80), (920, 620), BLACK, 3)
    assert likely_sheet(picture) is None
    assert likely_sheet(np.full((300, 400), 240, np.uint8)) is None


def test_a_stop_that_begins_a_line_belongs_to_it() -> None:
    page = np.full((120, 900), 245, np.uint8)
    for place in range(12):
        cv2.rectangle(page, (90 + 40 * place, 40), (118 + 40 * place, 68), 20, 3)
    cv2.line(page, (58, 60), (66, 68), 20, 4)
    (line,) = find_pieces(page)
    assert line.left <= 57, "a wide 、 stands a character's width before its line"


def test_of_a_page_copied_with_the_lid_open_only_the_light_paper_counts() -> None:
    page = np.full((1400, 1000), 30, np.uint8)
    page[500:750, 300:700] = 245
    cv2.putText(page, "110101", (330, 620), cv2.FONT_HERSHEY_SIMPLEX, 1, 20, 3)
    box = content_of(page)
    assert box is not None
    assert np.allclose((box.left, box.top, box.right, box.bottom), (300, 500, 700, 750), atol=8)
    page[:, :700] = 30
    assert content_of(page) is None, "nothing light is left"
