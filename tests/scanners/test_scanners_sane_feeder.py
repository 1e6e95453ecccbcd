"""A feeder of forty sheets through the real libsane, each known by its number, with faults on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors
from scanners.port import ScanJob, Source
from scanners.sane import SaneScanner
from tests.hardware.escl import number_of, numbered

Make = Callable[..., SaneScanner]
Job = Callable[..., ScanJob]


class PaperPath:
    """The pnm back-end as a feeder: a stack of pictures, and a fault before one of them, once."""

    def __init__(self, make: Make, folder: Path, sheets: int) -> None:
        self._folder = folder
        self._left = list(range(1, sheets + 1))
        self._fault: tuple[int, str] = (0, "")
        for number in self._left:
            numbered(number, size=(80, 40)).save(self._path(number))
        self.scanner = make(sheet_options=self._lay, sheet_fed=frozenset({"pnm:0"}))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.pgm"

    def plan(self, number: int, fault: str) -> None:
        self._fault = number, fault

    def _lay(self, _number: int) -> dict[str, str | bool]:
        if not self._left:
            return {"status-nodocs": True}
        broken = self._left[0] == self._fault[0]
        clear = {f"status-{fault}": False for fault in ("jammed", "coveropen", "ioerror", "nodocs")}
        fault = {f"status-{self._fault[1]}": True} if broken else {}
        return {"filename": str(self._path(self._left[0])), **clear, **fault}

    def scan(self, job: ScanJob, cancelled: Callable[[list[int]], bool]) -> Iterator[int]:
        read: list[int] = []
        for page in self.scanner.scan(job, lambda: cancelled(read)):
            data = Image.frombytes(page.mode.value, (page.width_px, page.height_px), page.pixels)
            assert self._left.pop(0) == number_of(data)
            read.append(number_of(data))
            yield read[-1]


@pytest.fixture
def paper_path(make_sane: Make, tmp_path: Path) -> PaperPath:
    return PaperPath(make_sane, tmp_path, 40)


def test_forty_sheets_are_forty_pages_in_order(paper_path: PaperPath, job: Job) -> None:
    wish = job("pnm:0", source=Source.FEEDER)
    assert list(paper_path.scan(wish, lambda _read: False)) == list(range(1, 41))


@pytest.mark.parametrize(
    ("sheet", "fault", "expected"),
    [
        (5, "jammed", errors.PaperJam),
        (3, "coveropen", errors.CoverOpen),
        (9, "ioerror", errors.DeviceFault),
    ],
)
def test_a_fault_in_a_feed_keeps_what_was_read_and_the_next_scan_goes_on_there(
    paper_path: PaperPath, job: Job, sheet: int, fault: str, expected: type[errors.ScannerError]
) -> None:
    wish, pages = job("pnm:0", source=Source.FEEDER), []
    paper_path.plan(sheet, fault)
    with pytest.raises(expected):
        for page in paper_path.scan(wish, lambda _read: False):
            pages.append(page)
    assert pages == list(range(1, sheet))
    paper_path.plan(0, "")
    assert list(paper_path.scan(wish, lambda _read: False)) == list(range(sheet, 41))


def test_a_cancel_at_page_seven_keeps_seven_and_the_next_scan_goes_on(
    paper_path: PaperPath, job: Job
) -> None:
    wish = job("pnm:0", source=Source.FEEDER)
    assert list(paper_path.scan(wish, lambda read: len(read) == 7)) == list(range(1, 8))
    assert list(paper_path.scan(wish, lambda _read: False)) == list(range(8, 41))
