"""Whole stacks: covers lead, nobody else's code does, and whatever came lies somewhere a clerk can see."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from scanners.errors import DarkroomFailed, PaperJam
from scanners.fake import blank_page
from scanners.imaging.port import Barcode, PageFault
from scanners.port import Device, Source
from tests.services.conftest import JOB, RELIEF, Window
from tests.services.test_services_checking import ScriptedDarkroom, gate_of, report, seen_as
from workstation.domain.case import Case, Page, PageChecked
from workstation.domain.covers import TRAY, Cover, cover_of
from workstation.services.errors import CaseSealed, NotMovable, PageGone
from workstation.services.scan_ways import ScanWay, stack_job, ways_of
from workstation.services.sorting import Astray, SortedPage, Sorting

CARD, REGISTER, PHOTO = "id-card", "household-register", "photo-receipt"
SMUDGED = object()


@dataclasses.dataclass
class Stack:
    """Sheets in a feeder, and a reader that knows which of them carry a code."""

    window: Window
    texts: list[str | None] = dataclasses.field(default_factory=list)
    """Of each sheet as it comes; None where the reader fails."""

    def lay(self, *sheets: object) -> None:
        """Lay covers (Cover), foreign codes (text), pages (None) and smudges, the first on top."""
        for sheet in sheets:
            number = len(self.texts) + 1
            self.window.scanner.script.append(blank_page(8, 8 + number, shade=number))
            text = sheet.text if isinstance(sheet, Cover) else sheet if isinstance(sheet, str) else ""
            self.texts.append(None if sheet is SMUDGED else text)

    def codes(self, file: bytes, dpi: int) -> tuple[Barcode, ...]:
        assert file and dpi == 200
        text = self.texts[self.asked]
        self.asked += 1
        if text is None:
            raise DarkroomFailed("busy")
        return (Barcode(text=text, format="QRCode", corners=(0,) * 8),) if text else ()

    asked: int = 0

    @property
    def sorting(self) -> Sorting:
        return dataclasses.replace(self.window.desk.sorting, reader=self)

    def feed(self, case: Case, *sheets: object, source: Source = Source.FEEDER) -> list[SortedPage]:
        self.lay(*sheets)
        job = dataclasses.replace(JOB, source=source, max_pages=len(sheets))
        return list(self.sorting.feed(case.case_id, job))


@pytest.fixture
def stack(window: Window) -> Stack:
    return Stack(window)


def cover(window: Window, case: Case, slot: str) -> Cover:
    return cover_of(case.number, window.desk.catalogue.item_of(case), slot)


def held(window: Window, case: Case) -> dict[str, int]:
    slots = window.store.case(case.case_id).slots
    return {name: len(slot.pages) for name, slot in slots.items() if slot.pages}


def tray(window: Window, case: Case) -> tuple[Page, ...]:
    return window.store.case(case.case_id).slot(TRAY).pages


def test_one_feed_goes_to_the_lines_of_several_cases(window: Window, stack: Stack) -> None:
    home, other = window.open(), window.open(RELIEF)
    fed = stack.feed(
        home,
        None,
        cover(window, home, CARD),
        None,
        None,
        cover(window, other, REGISTER),
        None,
        "https://example.invalid/somebody",
        cover(window, home, PHOTO),
        cover(window, home, PHOTO),
        None,
        cover(window, other, CARD),
    )
    assert held(window, home) == {TRAY: 1, CARD: 2, PHOTO: 1}
    assert held(window, other) == {REGISTER: 2}, "a foreign code stays a page of its material"
    said = stack.sorting.report(home.case_id, fed)
    assert (said.sheets, said.covers, said.placed, said.cases, len(said.tray)) == (11, 5, 5, 2, 1)
    assert [(pile.number, pile.slot) for pile in said.piles] == [
        (home.number, CARD),
        (home.number, PHOTO),
        (other.number, REGISTER),
    ]
    assert fed[0].place.astray is Astray.NO_COVER


def test_covers_nobody_can_follow_lead_to_the_tray_of_the_open_case(window: Window, stack: Stack) -> None:
    home, sealed = window.open(), window.received(RELIEF)
    item = window.desk.catalogue.item_of(home)
    form = next(n for n, m in enumerate(item.materials, 1) if m.id == "application-form")
    fed = stack.feed(
        home,
        cover(window, sealed, CARD),
        None,
        Cover("W99-20260101-001", 1),
        None,
        Cover(home.number, form),
        None,
        Cover(home.number, 99),
        None,
        cover(window, home, "old-card"),
        None,
    )
    assert held(window, home) == {TRAY: 5}
    assert [one.place.astray for one in fed if one.page] == [
        Astray.SEALED_CASE,
        Astray.UNKNOWN_CASE,
        Astray.NO_LINE,
        Astray.NO_LINE,
        Astray.NO_LINE,
    ]


def test_a_cover_that_could_not_be_looked_for_leaves_nothing_in_a_wrong_line(
    window: Window, stack: Stack
) -> None:
    case = window.open()
    fed = stack.feed(case, cover(window, case, CARD), None, SMUDGED, None, cover(window, case, PHOTO), None)
    assert held(window, case) == {CARD: 1, TRAY: 2, PHOTO: 1}
    assert [one.place.astray for one in fed if one.place.slot == TRAY] == [Astray.UNREAD] * 2


def test_a_jam_keeps_what_came(window: Window, stack: Stack) -> None:
    case = window.open()
    stack.lay(cover(window, case, CARD), None)
    window.scanner.script.append(PaperJam())
    came: list[SortedPage] = []
    with pytest.raises(PaperJam):
        for one in stack.sorting.feed(case.case_id, dataclasses.replace(JOB, max_pages=9)):
            came.append(one)
    assert held(window, case) == {CARD: 1} and len(came) == 2


def test_each_page_is_recorded_before_the_next_is_fed(window: Window, stack: Stack) -> None:
    case = window.open()
    stack.lay(None, cover(window, case, CARD), None)
    seen = []
    for _ in stack.sorting.feed(case.case_id, dataclasses.replace(JOB, max_pages=3)):
        seen.append((held(window, case), len(window.scanner.script)))
    assert seen == [({TRAY: 1}, 2), ({TRAY: 1}, 1), ({TRAY: 1, CARD: 1}, 0)]


def test_a_case_sealed_while_its_stack_is_fed_takes_no_more(window: Window, stack: Stack) -> None:
    home, other = window.open(), window.ready()
    stack.lay(cover(window, other, REGISTER), None, None)
    came = []
    for one in stack.sorting.feed(home.case_id, dataclasses.replace(JOB, max_pages=3)):
        came.append(one.place.astray)
        if len(came) == 2:
            window.desk.decisions.receive(other.case_id)
    assert came == [None, None, Astray.SEALED_CASE] and held(window, home) == {TRAY: 1}


def test_a_sealed_case_feeds_no_stack(window: Window, stack: Stack) -> None:
    case = window.received()
    with pytest.raises(CaseSealed):
        stack.feed(case, None)
    assert len(window.scanner.script) == 1


def test_the_empty_back_of_a_cover_is_no_page(window: Window, stack: Stack) -> None:
    case = window.open()
    blank, full = (report(PageFault.BLANK),), (report(),)
    darkroom = ScriptedDarkroom([blank, full])
    sorting = dataclasses.replace(stack.sorting, darkroom=darkroom)
    stack.lay(cover(window, case, CARD), None, None, None, cover(window, case, PHOTO), None)
    job = dataclasses.replace(JOB, source=Source.DUPLEX, max_pages=6)
    fed = list(sorting.feed(case.case_id, job))
    assert held(window, case) == {CARD: 2, PHOTO: 1}, "what is printed on a cover's back is somebody's page"
    said = sorting.report(case.case_id, fed, duplex=True)
    assert (said.sheets, said.covers, said.placed) == (3, 2, 3)


def recognised(window: Window, case: Case, *documents: str) -> Case:
    """Say which documents the pages of the tray show."""
    pages = tray(window, case)
    facts = [
        PageChecked(page_id=page.page_id, document=document)
        for page, document in zip(pages, documents, strict=True)
    ]
    with window.store.transaction() as tx:
        return tx.record(case.case_id, *facts, actor="test", at=window.clock())


def test_what_a_page_shows_proposes_its_line_and_one_step_takes_it_there(
    window: Window, stack: Stack
) -> None:
    case = window.open()
    stack.feed(case, None, None, None, None)
    case = recognised(window, case, "id-card-back", "id-card-front", "household-register-page", "")
    back, front, register, unknown = (page.page_id for page in tray(window, case))
    proposed = stack.sorting.proposals(case)
    assert proposed == {back: CARD, front: CARD, register: REGISTER}
    after = stack.sorting.accept(case.case_id, {**proposed, unknown: PHOTO})
    assert held(window, case) == {CARD: 2, REGISTER: 1, PHOTO: 1}
    assert not any(page.checked for page in after.slot(CARD).pages)
    assert window.desk.page_work.history(case.case_id)[-1].startswith("分拣页面")
    window.desk.page_work.undo(case.case_id)
    assert held(window, case) == {TRAY: 4}


def test_nothing_is_proposed_where_it_would_be_a_guess(window: Window, stack: Stack) -> None:
    case = window.scan(window.open(), CARD, 2)
    stack.feed(case, None, None, None)
    case = recognised(window, case, "id-card-front", "business-licence", "household-register-page")
    assert list(stack.sorting.proposals(case).values()) == [REGISTER], (
        "the card is there, nobody asks for a licence"
    )
    twice = window.open()
    stack.feed(twice, None, None)
    twice = recognised(window, twice, "id-card-front", "id-card-front")
    assert stack.sorting.proposals(twice) == {}, "two people's cards for one place"


@pytest.mark.parametrize("slot", ["application-form", "old-card", TRAY, "nonsense"])
def test_pages_go_only_to_lines_that_take_pages(window: Window, stack: Stack, slot: str) -> None:
    case = window.open()
    stack.feed(case, None)
    page = tray(window, case)[0]
    with pytest.raises(NotMovable):
        stack.sorting.accept(case.case_id, {page.page_id: slot})
    assert held(window, case) == {TRAY: 1}


def test_a_page_that_is_gone_sorts_nothing(window: Window, stack: Stack) -> None:
    case = window.open()
    stack.feed(case, None)
    page = tray(window, case)[0]
    with pytest.raises(PageGone):
        stack.sorting.accept(case.case_id, {page.page_id: CARD, "gone": CARD})
    assert held(window, case) == {TRAY: 1}


def test_the_gate_says_which_document_lies_in_the_tray_and_blames_none(window: Window, stack: Stack) -> None:
    case = window.open()
    stack.feed(case, None)
    (page,) = tray(window, case)
    gate = gate_of(window, ScriptedDarkroom([(report(),)]), seen_as("id-card-front"))
    (now,) = gate.check(case.case_id, page.page_id)
    assert now.document == "id-card-front" and not now.open_findings


def test_without_a_reader_all_of_a_stack_waits_in_the_tray(window: Window) -> None:
    case = window.open()
    window.scanner.script.extend([blank_page(shade=1), blank_page(shade=2)])
    fed = list(window.desk.sorting.feed(case.case_id, dataclasses.replace(JOB, max_pages=2)))
    assert held(window, case) == {TRAY: 2} and all(one.page for one in fed)


GLASS = Device("g", "平板", "sane", (Source.FLATBED,))
BOTH = Device("b", "两用", "sane", (Source.FLATBED, Source.FEEDER, Source.DUPLEX))
FOLDER, CAMERA = Device("/f", "目录", "folder"), Device("c", "高拍仪", "camera")


def way(device: Device, choose: Callable[[ScanWay], bool] = lambda _way: True) -> ScanWay:
    return next(each for each in ways_of([device]) if choose(each))


def test_a_stack_takes_the_feeder_of_the_device_in_use_else_another_one() -> None:
    ways = ways_of([GLASS, CAMERA, BOTH])
    assert stack_job(None, ways_of([GLASS, CAMERA]), 200) is None
    fed = stack_job(way(GLASS), ways, 200)
    assert fed is not None and (fed.device_id, fed.source, fed.max_pages) == ("b", Source.FEEDER, 100)
    duplex = stack_job(way(BOTH, lambda each: each.source is Source.DUPLEX), ways, 300)
    assert duplex is not None and (duplex.source, duplex.resolution_dpi) == (Source.DUPLEX, 300)
    by_itself = stack_job(way(BOTH, lambda each: each.by_itself), ways, 200)
    assert by_itself is not None and not by_itself.glass_if_empty
    folder = stack_job(way(FOLDER), ways, 200)
    assert folder is not None and (folder.device_id, folder.source) == ("/f", Source.FLATBED)
