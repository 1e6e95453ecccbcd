"""The same sheet twice, and sheets that only look the same."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from scanners.imaging import fingerprint, overlay, twins
from tests.bench import faulty_pages as planting
from tests.bench import specimen_pages as specimens
from tests.bench.faulty_pages import Place
from tests.scanners.test_faults_pages import page_of
from workstation.training.specimens import cards, papers
from workstation.training.specimens.people import CAST, person


def seen(paper_seed: int, shot_seed: int, kind: str, way: str, dpi: int) -> NDArray[np.uint8]:
    """Return a sheet of `kind` as one scan shows it."""
    paper = (specimens.SHEETS | specimens.SMALL)[kind](random.Random(paper_seed), 300)
    scan = planting.scanned_at(paper, dpi)
    return page_of(planting.shoot(scan, kind, random.Random(shot_seed), Place(way)))


@pytest.mark.parametrize("kind", ["text", "table", "lease", "id-card-front", "household-register-page"])
def test_sheet_is_known_again_on_another_device_at_another_resolution(kind: str) -> None:
    one, other = seen(7, 1, kind, "glass", 150), seen(7, 2, kind, "camera", 200)
    assert fingerprint.alike(fingerprint.of(one), fingerprint.of(other))
    assert twins.same_sheet(one, other)


@pytest.mark.parametrize("kind", ["text", "contract", "lease", "id-card-front", "household-register-page"])
def test_another_sheet_of_the_same_kind_is_another_sheet(kind: str) -> None:
    assert not twins.same_sheet(seen(7, 1, kind, "glass", 150), seen(8, 2, kind, "glass", 150))


def test_two_filled_copies_of_one_form_are_two_sheets() -> None:
    pages = []
    for values in (1, 2):
        paper = specimens.form(random.Random(5), random.Random(values), 150)
        pages.append(page_of(planting.shoot(paper, "form", random.Random(values), Place("feeder"))))
    assert fingerprint.alike(*(fingerprint.of(page) for page in pages))
    assert not twins.same_sheet(*pages)


def scanned(paper: Image.Image, kind: str, way: str, seed: int, dpi: int = 200) -> NDArray[np.uint8]:
    """Return a drawn paper as one scan shows it."""
    scan = planting.scanned_at(paper, dpi)
    return page_of(planting.shoot(scan, kind, random.Random(seed), Place(way)))


def test_two_card_backs_that_differ_in_one_figure_are_two_cards() -> None:
    holder = person(11)
    other = replace(holder, id_valid_from=holder.id_valid_from.replace(year=holder.id_valid_from.year + 1))
    pages = [
        scanned(cards.id_card_back(who), "id-card-back", way, seed)
        for seed, (who, way) in enumerate([(holder, "glass"), (holder, "camera"), (other, "glass")])
    ]
    assert twins.same_sheet(pages[0], pages[1])
    assert not twins.same_sheet(pages[0], pages[2])
    assert not twins.same_sheet(pages[2], pages[1])


def test_two_leases_whose_tenants_names_differ_in_one_character_are_two_sheets() -> None:
    tenant, landlord = CAST[2], CAST[0]
    other = replace(tenant, name=CAST[4].name)
    one, again, another = (
        scanned(papers.lease_page(who, landlord, 300), "lease", "feeder", seed)
        for seed, who in enumerate([tenant, tenant, other])
    )
    assert twins.same_sheet(one, again)
    assert not twins.same_sheet(one, another)


def test_sheet_is_known_again_beside_a_dark_lid_that_the_other_cut_does_not_show() -> None:
    page = seen(7, 1, "lease", "glass", 150)
    with_lid = np.full((page.shape[0] + 24, page.shape[1] + 16, 3), 30, np.uint8)
    with_lid[: page.shape[0], : page.shape[1]] = page
    assert twins.same_sheet(page, with_lid)


def test_sheet_that_bent_a_little_is_known_again() -> None:
    page = seen(7, 1, "text", "feeder", 150)
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = 1.5 * np.sin(y / height * 2 * np.pi)
    assert twins.same_sheet(page, np.asarray(cv2.remap(page, x + bend, y, cv2.INTER_CUBIC), np.uint8))


@pytest.mark.parametrize("size", [(64, 64), (64, 1400), (1400, 64), (63, 900), (70, 74)])
def test_odd_pages_are_compared_without_an_end(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (*size, 3), np.uint8)
    assert not twins.same_sheet(noise, noise[:, ::-1])


@given(
    shift=st.tuples(st.floats(-8, 8), st.floats(-8, 8)),
    degrees=st.floats(-1.5, 1.5),
    times=st.floats(0.98, 1.02),
)
@settings(max_examples=12, deadline=None, derandomize=True)
def test_pages_are_laid_upon_each_other_to_a_fraction_of_a_pixel(
    shift: tuple[float, float], degrees: float, times: float
) -> None:
    page = seen(7, 1, "id-card-front", "glass", 150)
    ink = overlay.ink_of(page, (512, 320))
    truth = cv2.getRotationMatrix2D((256, 160), degrees, times)
    truth[:, 2] += np.array(shift)
    moved = np.asarray(cv2.warpAffine(ink, truth, (512, 320), flags=cv2.INTER_CUBIC), np.float32)
    plane = overlay.plane_between(ink, moved)
    places = np.array([[[100, 60], [400, 60], [400, 260], [100, 260]]], np.float32)
    assert plane is not None
    found, expected = cv2.perspectiveTransform(places, plane), cv2.transform(places, truth)
    assert float(np.abs(found - expected).max()) < 0.5


def test_fingerprint_is_small_and_tells_other_layouts_apart() -> None:
    one, other = (fingerprint.of(seen(3, 1, kind, "feeder", 150)) for kind in ("text", "table"))
    assert len(one) <= 2 * 600
    assert fingerprint.distance(one, one) == 0
    assert not fingerprint.alike(one, other)


@pytest.mark.parametrize("broken", ["", "zz", "0a", "38500000", "ff" * 40])
def test_broken_fingerprint_is_like_nothing(broken: str) -> None:
    good = fingerprint.of(seen(3, 1, "text", "feeder", 150))
    assert fingerprint.distance(broken, good) == fingerprint.FARTHEST
    assert not fingerprint.alike(good, broken)


def test_empty_pages_are_like_nothing() -> None:
    empty = fingerprint.of(np.full((1754, 1240), 250, np.uint8))
    assert not fingerprint.alike(empty, empty)


def test_pages_with_nothing_on_them_are_not_called_one_sheet() -> None:
    page = np.full((1754, 1240), 250, np.uint8)
    page[800:804, 600:604] = 40
    assert not twins.same_sheet(page, page)


def test_fingerprints_are_compared_without_numpy() -> None:
    program = (
        "import sys, scanners.imaging.fingerprint as f; f.distance('00', '00'); print('numpy' in sys.modules)"
    )
    shown = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=300)
    assert shown.strip() == "False"
