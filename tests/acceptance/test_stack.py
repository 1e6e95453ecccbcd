"""A clerk's mixed stack, fed once through libsane: three cases, their printed covers, and the odd sheets."""

from __future__ import annotations

import asyncio

import pytest
from PIL import Image

from ocr.errors import UnknownDocument
from ocr.port import Reading
from ocr.reading_room import ReadingRoom
from workstation.cli.driver import Driver
from workstation.cli.lesson_stack import ALLOWANCE, CARD, ELDER_CARD, RECEIPT, REGISTER, RELIEF, Routed, play
from workstation.cli.practice import Practice, RefillingScanner, first_papers
from workstation.domain.case import Fault, Page
from workstation.domain.facts import MENDED
from workstation.domain.geometry import whole
from workstation.tui.app import StationApp
from workstation.tui.terminal import Terminal

SIZE = (140, 44)


def routed(practice: Practice) -> Routed:
    """Play the lesson and return where everything went."""
    practice.scanner = RefillingScanner(first_papers(practice.settings.data_folder))
    app = StationApp(practice.gate, Terminal())

    async def played() -> Routed:
        async with app.run_test(size=SIZE) as pilot:
            return await play(Driver(pilot, practice, app))

    try:
        return asyncio.run(played())
    finally:
        app.shut()


@pytest.fixture
def nothing_prefilled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are recognised but their fields are not read, which would take most of the time."""

    def read(_room: ReadingRoom, _picture: Image.Image, kind: str, **_named: object) -> Reading:
        raise UnknownDocument(kind)

    monkeypatch.setattr(ReadingRoom, "read", read)


def faults(page: Page) -> list[tuple[Fault, str]]:
    return [(finding.fault, finding.settled_by) for finding in page.findings]


@pytest.mark.usefixtures("nothing_prefilled")
def test_a_mixed_stack_is_routed_in_one_feed(practice: Practice) -> None:
    came = routed(practice)
    assert (came.fed.sheets, came.fed.covers, came.fed.placed, came.fed.cases) == (14, 5, 8, 3)
    assert [page.document for page in came.fed.tray] == ["household-register-page"]
    assert list(came.fed.proposals.values()) == [REGISTER]
    assert came.is_right, came.cases

    slots = {title: case.slots for title, case in came.cases.items()}
    receipt = slots[ELDER_CARD][RECEIPT].pages[0]
    assert (Fault.UPSIDE_DOWN, MENDED) in faults(receipt) and not receipt.open_findings
    assert receipt.treatment is not None
    # Turned by half: what is read as its top left corner lies at the bottom right of the picture.
    left, top = receipt.treatment.corners[:2]
    upright = whole(receipt.width_px, receipt.height_px)
    assert left > upright.size_px[0] / 2 and top > upright.size_px[1] / 2

    register, empty = slots[RELIEF][REGISTER].pages
    assert faults(empty) == [(Fault.BLANK, "")] and not register.open_findings
    for title in (ELDER_CARD, ALLOWANCE):
        cards = slots[title][CARD].pages
        assert [page.document for page in cards] == ["id-card-front", "id-card-back"]
        assert not any(page.open_findings for page in cards)
    assert not any(case.slot("tray").pages for case in came.cases.values())
