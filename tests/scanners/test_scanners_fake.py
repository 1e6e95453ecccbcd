from __future__ import annotations

from collections.abc import Callable

import pytest

from scanners.errors import FeederEmpty, PaperJam
from scanners.fake import ScriptedScanner, blank_page
from scanners.port import RawPage, ScanJob, Scanner

Job = Callable[..., ScanJob]


def play(scanner: Scanner, job: ScanJob, pages: list[RawPage], stop_at: int = 100) -> list[RawPage]:
    for page in scanner.scan(job, lambda: len(pages) >= stop_at):
        pages.append(page)
    return pages


def test_pages_come_up_to_the_jam_and_go_on_behind_it(job: Job) -> None:
    scanner = ScriptedScanner([blank_page(shade=1), blank_page(shade=2), PaperJam(), blank_page(shade=3)])
    pages: list[RawPage] = []
    with pytest.raises(PaperJam):
        play(scanner, job("scripted"), pages)
    assert [(page.number, page.pixels[0]) for page in pages] == [(1, 1), (2, 2)]
    assert [page.pixels[0] for page in play(scanner, job("scripted"), [])] == [3]
    with pytest.raises(FeederEmpty):
        play(scanner, job("scripted"), [])
    assert len(scanner.jobs) == 3


def test_cancel_and_max_pages_leave_the_rest_in_the_script(job: Job) -> None:
    scanner = ScriptedScanner([blank_page() for _ in range(5)])
    assert len(play(scanner, job("scripted"), [], stop_at=2)) == 2
    assert len(play(scanner, job("scripted", max_pages=1), [])) == 1
    assert len(scanner.script) == 2
    assert scanner.devices()[0].id == "scripted"
