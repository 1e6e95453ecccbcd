"""Packing: small files that still show and say everything, and layers that make the same page in a PDF."""

from __future__ import annotations

import io
import struct
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanners.imaging.darkroom import Darkroom
from scanners.imaging.messages import packed_from_wire, packed_to_wire
from scanners.imaging.packing import pack
from scanners.imaging.pictures import Picture
from scanners.imaging.port import Packed
from workstation.training.specimens import cards, glass, papers
from workstation.training.specimens.people import person
from workstation.training.specimens.sheet import RED, Sheet

DPI = 300
RED_SPOT = (105, 74, 135, 104)
"""Left, top, right, bottom in mm of a solid red place on `sheet`."""


@cache
def sheet(*, seal: bool = False, pencil: bool = False, dpi: int = DPI, noise: float = 3.0) -> Picture:
    """A small sheet of black print as a scanner sees it."""
    page = Sheet(160, 110, dpi)
    for row in range(7):
        page.text(12, 12 + row * 8, "样本街道办事处公共服务窗口收件登记材料清单第三十二条", 4.6)
    if seal:
        left, top, right, bottom = (round(side * page.scale) for side in RED_SPOT)
        page.draw.ellipse((left, top, right, bottom), fill=RED)
    if pencil:
        page.text(12, 80, "铅笔批注样本请补交材料", 6, fill=(205, 205, 205))
    return np.asarray(glass.on_glass(page.image, (160, 110), dpi, noise=noise, at_mm=(0, 0)))


def shown(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def grey(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture)


def chroma(picture: Picture) -> int:
    return int(np.ptp(picture.astype(np.int16), axis=2).max())


def composed(packed: Packed) -> Picture:
    """The page as the layers make it."""
    size, layers = (packed.width_px, packed.height_px), packed.layers
    assert layers is not None
    page = Image.new("RGB", size, "white")
    if layers.paper:
        with Image.open(io.BytesIO(layers.paper)) as paper:
            page = paper.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    if layers.stencil:
        print_only = bits(layers.stencil, layers.stencil_px).resize(size)
        page.paste(layers.ink, (0, 0), print_only.point([255 - level for level in range(256)]))
    return np.asarray(page)


def bits(group4: bytes, size: tuple[int, int]) -> Image.Image:
    """Decode bare group 4 data: with the header of a TIFF before it, Pillow can."""
    width, height = size
    entries = ((256, width), (257, height), (258, 1), (259, 4), (262, 0), (273, 8 + 2 + 8 * 12 + 4))
    table = b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in (*entries, (278, height), (279, len(group4)))
    )
    file = struct.pack("<2sHIH", b"II", 42, 8, 8) + table + bytes(4) + group4
    with Image.open(io.BytesIO(file)) as picture:
        return picture.convert("L")


def test_clear_black_print_is_kept_with_one_bit_a_px() -> None:
    packed = pack(sheet(), DPI)
    page = shown(packed.data)
    assert set(np.unique(page)) == {0, 255}
    assert packed.layers is not None and not packed.layers.paper
    assert len(packed.data) < 40_000


def test_a_red_seal_keeps_its_colour_in_the_file_and_in_the_layers() -> None:
    packed = pack(sheet(seal=True), DPI)
    middle = tuple(round((RED_SPOT[i] + RED_SPOT[i + 2]) / 2 / 25.4 * DPI) for i in (0, 1))
    for page in (shown(packed.data), composed(packed)):
        assert np.abs(page[middle[1], middle[0]].astype(int) - RED).max() < 14


@pytest.mark.parametrize("seal", [False, True])
@pytest.mark.parametrize("dpi", [200, 300])
def test_the_print_stays_where_it_was_and_as_dark(seal: bool, dpi: int) -> None:
    picture = sheet(seal=seal, dpi=dpi)
    packed = pack(picture, dpi)
    assert (packed.width_px, packed.height_px, packed.resolution_dpi) == (*picture.shape[1::-1], dpi)
    for page in (shown(packed.data), composed(packed)):
        assert page.shape == picture.shape
        strokes = grey(picture) < 90
        assert grey(page)[strokes].mean() < 90
        bare = cv2.erode((grey(picture) > 225).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        assert grey(page)[bare].mean() > 235


def test_pencil_beside_print_is_not_lost() -> None:
    packed = pack(sheet(pencil=True), DPI)
    strokes = grey(sheet(pencil=True, noise=0.0))
    line = slice(round(80 / 25.4 * DPI), round(87 / 25.4 * DPI))
    for page in (shown(packed.data), composed(packed)):
        faint = grey(page)[line][strokes[line] < 212]
        assert faint.size and np.median(faint) < 228


def test_grey_pages_carry_no_colour_noise() -> None:
    copy = sheet()
    soft = np.asarray(cv2.GaussianBlur(copy, (0, 0), 3.0), np.uint8)
    packed = pack(soft, DPI)
    assert chroma(shown(packed.data)) <= 4
    assert packed.layers is not None and packed.layers.paper


def test_a_face_on_a_card_stays_a_picture() -> None:
    somebody = person(3)
    card = cards.id_card_front(somebody, DPI)
    packed = pack(np.asarray(card.convert("RGB")), DPI)
    assert packed.layers is not None and not packed.layers.stencil
    difference = np.abs(composed(packed).astype(int) - np.asarray(card.convert("RGB")).astype(int))
    assert difference.mean() < 6


def test_a_face_on_a_larger_paper_is_no_print() -> None:
    page = papers.marriage_certificate_page(person(3), person(4), DPI)
    portrait = cards.portrait(person(3), DPI).resize((500, 640))
    page.paste(portrait, (1500, 700))
    packed = pack(np.asarray(page.convert("RGB")), DPI)
    original = np.asarray(portrait.convert("RGB")).astype(int)
    for shown_page in (shown(packed.data), composed(packed)):
        face = shown_page[700:1340, 1500:2000].astype(int)
        assert np.abs(face - original).mean() < 8


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (1200, 1200), (700, 900, 3)])
def test_pages_with_nothing_on_them_are_packed_too(level: int, shape: tuple[int, ...]) -> None:
    packed = pack(np.full(shape, level, np.uint8), DPI)
    assert shown(packed.data).shape[:2] == shape[:2]
    assert np.abs(composed(packed).astype(int) - level).max() <= 12


def test_a_packed_page_crosses_the_pipe_whole() -> None:
    for packed in (
        pack(sheet(seal=True, dpi=200), 200),
        Packed(data=b"file", media_type="image/webp", width_px=1, height_px=1, resolution_dpi=200),
    ):
        assert packed_from_wire(*packed_to_wire(packed)) == packed


def test_the_darkroom_packs_what_lies_between_the_corners() -> None:
    glass_picture = Image.new("RGB", (900, 700), "white")
    ImageDraw.Draw(glass_picture).rectangle((100, 100, 499, 399), fill=(200, 30, 30))
    target = io.BytesIO()
    glass_picture.save(target, "JPEG", quality=92, subsampling=0)
    with Darkroom() as darkroom:
        packed = darkroom.pack(target.getvalue(), (100, 100, 500, 100, 500, 400, 100, 400), (400, 300), 200)
    assert (packed.width_px, packed.height_px, packed.resolution_dpi) == (400, 300, 200)
    assert packed.layers is not None
    assert np.abs(shown(packed.data)[20:-20, 20:-20].astype(int) - (200, 30, 30)).mean() < 8
