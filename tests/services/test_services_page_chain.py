"""The real chain over specimen papers: glass, darkroom, gate, recognition and reading, as at the counter."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PIL import Image

from ocr.reading_room import ReadingRoom
from scanners.imaging.darkroom import Darkroom
from scanners.port import Mode, RawPage
from tests.services.conftest import JOB, QIAN, ZHAO, Window
from workstation.cli.quality import alike, reader, recogniser
from workstation.domain.case import Case, Fault, Page
from workstation.domain.facts import MENDED
from workstation.domain.geometry import box_on_page
from workstation.services.checking import Checking
from workstation.services.page_pictures import PagePictures
from workstation.services.prefill import Prefill
from workstation.training.specimens import cards, papers
from workstation.training.specimens.glass import on_glass

CARD, REGISTER = "id-card", "household-register"
DPI = 200


@dataclasses.dataclass
class Counter:
    """A window whose pages are really looked at and really read."""

    window: Window
    checking: Checking
    prefill: Prefill

    def scan(self, case: Case, slot: str, *pictures: Image.Image) -> tuple[Page, ...]:
        """Feed pictures and look at each as it comes."""
        self.window.scanner.script.extend(raw_page(picture) for picture in pictures)
        job = dataclasses.replace(JOB, max_pages=len(pictures))
        fed = self.window.desk.capture.scan(case.case_id, slot, job)
        return tuple(page for one in fed for page in self.checking.check(case.case_id, one.page_id))


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    with Darkroom() as room:
        yield room


@pytest.fixture(scope="module")
def reading_room() -> Iterator[ReadingRoom]:
    with ReadingRoom() as room:
        yield room


@pytest.fixture
def counter(window: Window, darkroom: Darkroom, reading_room: ReadingRoom) -> Counter:
    pictures = PagePictures(window.store, darkroom)
    checking = dataclasses.replace(
        window.desk.checking,
        darkroom=darkroom,
        pictures=pictures,
        recogniser=recogniser(reading_room),
        alike=alike,
    )
    prefill = dataclasses.replace(window.desk.prefill, pictures=pictures, read=reader(reading_room))
    return Counter(window, checking, prefill)


def raw_page(picture: Image.Image) -> RawPage:
    return RawPage(
        number=1,
        width_px=picture.width,
        height_px=picture.height,
        mode=Mode.COLOUR,
        resolution_dpi=DPI,
        pixels=picture.convert("RGB").tobytes(),
        source_name="glass",
    )


def two_cards() -> Image.Image:
    """Lay both sides of a card on one glass, the back upside down."""
    glass = on_glass(cards.id_card_front(ZHAO), dpi=DPI, angle=1.5, at_mm=(30, 30), noise=2.0)
    back = on_glass(cards.id_card_back(ZHAO), dpi=DPI, angle=178.0, at_mm=(60, 160), noise=2.0)
    lower = (0, glass.height // 2, glass.width, glass.height)
    glass.paste(back.crop(lower), lower[:2])
    return glass


def test_both_sides_of_a_card_on_one_glass_become_two_upright_pages_that_are_read(counter: Counter) -> None:
    case = counter.window.open()
    front, back = counter.scan(case, CARD, two_cards())
    assert (front.document, back.document) == ("id-card-front", "id-card-back")
    assert not front.open_findings and not back.open_findings
    assert [finding.settled_by for finding in back.findings] == [MENDED]
    for page in (front, back):
        counter.prefill.read_new(case.case_id, CARD, page)
    fields = counter.window.store.case(case.case_id).fields
    assert fields["id-card-front.id_number"].value == ZHAO.id_number
    assert fields["id-card-back.valid_until"].value == "长期"
    box, cut = fields["id-card-front.id_number"].box, front.treatment
    assert box is not None and cut is not None
    x, y, width, height = box_on_page(cut, box)
    # The number stands in the lowest fifth of the card, to the right of its label.
    assert y > cut.size_px[1] * 0.75 and x > cut.size_px[0] * 0.3
    assert y + height <= cut.size_px[1] and x + width <= cut.size_px[0]


def test_the_same_sheet_again_is_told_and_another_persons_is_not(counter: Counter) -> None:
    case = counter.window.open()
    one, other = (papers.household_page(person, "户主", person, DPI) for person in (ZHAO, QIAN))
    again = on_glass(one, page_mm=(150, 112), dpi=DPI, angle=0.6, noise=3.0, seed=3)
    first, second, third = counter.scan(case, REGISTER, one, other, again)
    assert not first.open_findings and not second.open_findings
    assert [(finding.fault, finding.of) for finding in third.open_findings] == [
        (Fault.DUPLICATE, first.page_id)
    ]


def test_a_card_among_the_register_and_an_empty_sheet_are_told(counter: Counter) -> None:
    case = counter.window.open()
    card = on_glass(cards.id_card_front(ZHAO), dpi=DPI, noise=2.0)
    wrong, empty = counter.scan(case, REGISTER, card, Image.new("RGB", (1654, 2339), (249, 248, 246)))
    assert [(finding.fault, finding.of) for finding in wrong.open_findings] == [
        (Fault.WRONG_KIND, "id-card-front")
    ]
    assert [finding.fault for finding in empty.open_findings] == [Fault.BLANK]
    assert counter.prefill.read_new(case.case_id, REGISTER, wrong) is None
