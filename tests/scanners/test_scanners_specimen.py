from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors
from scanners.port import Mode, RawPage, ScanJob, Source
from scanners.specimen import SpecimenScanner

Job = Callable[..., ScanJob]
Kinds = pytest.mark.parametrize("kind", ["sane", "direct"])


@pytest.fixture
def stack(tmp_path: Path) -> list[Path]:
    """Three different pictures: colour PNG with a resolution, JPEG, grey PPM under a Chinese name."""
    shades = Image.linear_gradient("L").resize((61, 43))
    colour = Image.merge("RGB", (shades, shades.rotate(180), shades))
    paths = [tmp_path / "front.png", tmp_path / "back.jpg", tmp_path / "样本.ppm"]
    colour.save(paths[0], dpi=(300, 300))
    colour.transpose(Image.Transpose.ROTATE_90).save(paths[1], quality=90)
    shades.save(paths[2])
    return paths


@pytest.fixture
def build(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SpecimenScanner]:
    """Build a scanner of one kind; `direct` is what happens on a machine without libsane's pnm back-end."""

    def make(kind: str, paths: list[Path]) -> SpecimenScanner:
        scanner = SpecimenScanner(paths, timeout_s=60)
        if kind == "sane":
            request.getfixturevalue("sane_dir")  # skips where libsane is missing
        else:
            monkeypatch.setattr("scanners.specimen.PNM", "absent:0")
        assert scanner.through_sane is (kind == "sane")
        return scanner

    return make


def take(scanner: SpecimenScanner, job: ScanJob, cancelled: Callable[[], bool] = bool) -> list[RawPage]:
    return list(scanner.scan(job, cancelled))


@Kinds
def test_the_stack_is_fed_in_order_and_bit_identical(
    build: Callable[..., SpecimenScanner], stack: list[Path], job: Job, kind: str
) -> None:
    pages = take(build(kind, stack), job("specimen", source=Source.FEEDER, resolution_dpi=200))
    assert [(page.number, page.source_name) for page in pages] == [
        (number, path.name) for number, path in enumerate(stack, start=1)
    ]
    assert [page.resolution_dpi for page in pages] == [300, 200, 200]
    assert [page.mode for page in pages] == [Mode.COLOUR, Mode.COLOUR, Mode.GREY]
    for page, path in zip(pages, stack, strict=True):
        with Image.open(path) as image:
            assert page.pixels == image.tobytes()


@Kinds
def test_each_scan_takes_max_pages_from_the_front(
    build: Callable[..., SpecimenScanner], stack: list[Path], job: Job, kind: str
) -> None:
    scanner = build(kind, stack)
    names = [[page.source_name for page in take(scanner, job("specimen", max_pages=2))] for _ in range(2)]
    assert names == [["front.png", "back.jpg"], ["样本.ppm"]]
    with pytest.raises(errors.FeederEmpty):
        take(scanner, job("specimen"))
    scanner.load(stack[:1])
    assert len(take(scanner, job("specimen", mode=Mode.GREY))) == 1


@Kinds
def test_a_jam_asked_for_leaves_the_sheet_on_the_stack(
    build: Callable[..., SpecimenScanner], stack: list[Path], job: Job, kind: str
) -> None:
    scanner = build(kind, stack)
    pages: list[RawPage] = []
    with pytest.raises(errors.PaperJam) as caught:
        for page in scanner.scan(job("specimen"), bool):
            pages.append(page)
            scanner.fail_next(errors.PaperJam())
    assert [page.source_name for page in pages] == ["front.png"]
    assert caught.value.device == "练习扫描仪"
    assert [page.source_name for page in take(scanner, job("specimen"))] == ["back.jpg", "样本.ppm"]


@Kinds
def test_cancel_leaves_the_rest_on_the_stack(
    build: Callable[..., SpecimenScanner], stack: list[Path], job: Job, kind: str
) -> None:
    scanner = build(kind, stack)
    pages: list[RawPage] = []
    for page in scanner.scan(job("specimen"), lambda: bool(pages)):
        pages.append(page)
    assert len(pages) == 1
    assert len(take(scanner, job("specimen"))) == 2


def test_a_file_that_is_no_picture_is_named(stack: list[Path], job: Job, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"%PDF-1.7")
    with pytest.raises(errors.UnreadableFile) as caught:
        take(SpecimenScanner([broken]), job("specimen"))
    assert caught.value.details["file"] == "broken.png"


def test_the_practice_scanner_is_listed_under_its_name() -> None:
    (device,) = SpecimenScanner().devices()
    assert (device.name, device.driver) == ("练习扫描仪", "specimen")
