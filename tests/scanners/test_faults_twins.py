"""The same sheet twice, and sheets that only look the same."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from scanners.imaging import fingerprint, twins
from tests.bench import faulty_pages as planting
from tests.bench import specimen_pages as specimens
from tests.bench.faulty_pages import Place
from tests.scanners.test_faults_pages import page_of


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


def test_fingerprints_are_compared_without_numpy() -> None:
    program = (
        "import sys, scanners.imaging.fingerprint as f; f.distance('00', '00'); print('numpy' in sys.modules)"
    )
    shown = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=60)
    assert shown.strip() == "False"
