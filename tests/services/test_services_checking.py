"""The quality gate: what is wrong is said once and in time, and a gate that fails bars nobody's way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest
from PIL import Image

from ocr.errors import EngineTimeout, OcrError
from ocr.kinds import KindGuess
from scanners.errors import DeviceFault, ScannerError
from scanners.fake import blank_page
from scanners.imaging.port import Corners, Cut, PageFault, PageReport, PictureReport, Rendered
from scanners.port import RawPage
from tests.services.conftest import JOB, Window
from workstation.domain.case import Case, Fault, Finding, Page, PagesArranged, Treatment
from workstation.domain.checklist import Todo
from workstation.domain.facts import MENDED
from workstation.services.checking import GATE, Checking, FeedReport
from workstation.services.darkroom import encode
from workstation.services.errors import CaseSealed, NoReasonToOverrule, PageGone
from workstation.services.page_faults import Recogniser

CARD, REGISTER, PHOTO = "id-card", "household-register", "photo-receipt"
WHOLE = (0, 0, 60, 0, 60, 40, 0, 40)
CUT = (2, 2, 50, 2, 50, 30, 2, 30)
SIZE = (48, 28)
UPPER, LOWER = (0, 0, 60, 0, 60, 20, 0, 20), (0, 20, 60, 20, 60, 40, 0, 40)


def report(
    *faults: PageFault,
    corners: Corners = CUT,
    size: tuple[int, int] = SIZE,
    print_of: str = "aa",
    certain: bool = True,
) -> PageReport:
    return PageReport(
        corners=corners, size_px=size, faults=faults, fingerprint=print_of, turn_certain=certain
    )


@dataclass
class ScriptedDarkroom:
    """Sees what a script says, the last line for ever."""

    script: list[tuple[PageReport, ...] | ScannerError] = field(default_factory=lambda: [(report(),)])
    asked: list[Corners | None] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    same: bool = True
    compared: int = 0

    def keep(self, raw: RawPage) -> bytes:
        return encode(raw)

    def inspect(self, file: bytes, dpi: int, corners: Corners | None = None) -> PictureReport:
        assert file and dpi == 200
        self.asked.append(corners)
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        self.meanwhile()
        if isinstance(said, ScannerError):
            raise said
        return PictureReport(pages=said)

    def render(
        self,
        file: bytes,
        corners: Corners,
        size_px: tuple[int, int],
        room_px: tuple[int, int] | None = None,
    ) -> Rendered:
        assert file and len(corners) == 8
        width, height = room_px or size_px
        return Rendered(width=width, height=height, mode="L", pixels=bytes(width * height))

    def same_sheet(self, one: bytes, one_cut: Cut, other: bytes, other_cut: Cut) -> bool:
        assert one and other and len(one_cut[0]) == len(other_cut[0]) == 8
        self.compared += 1
        return self.same


def seen_as(document: str, *, certain: bool = True) -> KindGuess:
    return KindGuess(document, certain)


@dataclass
class Kinds:
    """Recognises what a script says."""

    script: list[KindGuess | OcrError]
    sizes: list[tuple[int, int]] = field(default_factory=list)
    expected: list[tuple[str, ...]] = field(default_factory=list)

    def kind_of(self, image: Image.Image) -> KindGuess:
        self.sizes.append(image.size)
        assert image.info["dpi"] == (200, 200)
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, OcrError):
            raise said
        return said

    def clash(self, expected: Sequence[str], guess: KindGuess) -> Literal["", "side", "kind"]:
        self.expected.append(tuple(expected))
        if not guess.document or guess.document in expected:
            return ""
        return "side" if guess.document.startswith("id-card") and "id-card" in expected[0] else "kind"


def gate_of(window: Window, darkroom: ScriptedDarkroom | None, *guesses: KindGuess | OcrError) -> Checking:
    kinds = Kinds(list(guesses))
    pictures = dataclasses.replace(window.desk.pictures, darkroom=darkroom)
    recogniser = Recogniser(kinds.kind_of, kinds.clash) if guesses else None
    return dataclasses.replace(
        window.desk.checking, darkroom=darkroom, pictures=pictures, recogniser=recogniser
    )


def scanned(window: Window, case: Case, slot: str, pages: int = 1) -> tuple[Page, ...]:
    """Feed pages of 60 x 40 px that differ; return those just fed."""
    start = len(case.slot(slot).pages)
    shades = range(start, start + pages)
    window.scanner.script.extend(blank_page(60, 40, shade=10 * (n + 1) + len(slot)) for n in shades)
    return tuple(window.desk.capture.scan(case.case_id, slot, dataclasses.replace(JOB, max_pages=pages)))


def page_of(window: Window, case: Case, slot: str, place: int = -1) -> Page:
    return window.store.case(case.case_id).slot(slot).pages[place]


def todo(window: Window, case: Case, slot: str) -> Todo:
    line = window.desk.view(case.case_id).line(slot)
    assert line is not None
    return line.todo


def test_a_checked_page_has_its_cut_its_fingerprint_and_its_faults(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    gate = gate_of(window, ScriptedDarkroom([(report(PageFault.BLUR, PageFault.GLARE),)]))
    assert gate.waiting(window.store.case(case.case_id)) == (page.page_id,)
    (checked,) = gate.check(case.case_id, page.page_id)
    assert checked == page_of(window, case, PHOTO) and checked.checked and checked.fingerprint == "aa"
    assert checked.treatment == Treatment(corners=CUT, size_px=SIZE)
    assert checked.findings == (Finding(fault=Fault.BLUR), Finding(fault=Fault.GLARE))
    assert window.store.log(case.case_id)[-1].actor == GATE
    assert gate.waiting(window.store.case(case.case_id)) == ()
    assert todo(window, case, PHOTO) is Todo.LOOK


def test_a_page_that_fills_the_picture_stays_the_picture(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    gate = gate_of(window, ScriptedDarkroom([(report(corners=WHOLE, size=(60, 40)),)]))
    (checked,) = gate.check(case.case_id, page.page_id)
    assert checked.checked and checked.treatment is None and not checked.findings


def test_a_turned_page_is_mended_where_it_is_certain_and_asked_for_where_it_is_not(window: Window) -> None:
    case = window.open()
    first, second = scanned(window, case, REGISTER, 2)
    turned = report(PageFault.UPSIDE_DOWN, print_of="1")
    gate = gate_of(
        window,
        ScriptedDarkroom([(turned,), (dataclasses.replace(turned, turn_certain=False, fingerprint="2"),)]),
    )
    assert gate.check(case.case_id, first.page_id)[0].findings == (
        Finding(fault=Fault.UPSIDE_DOWN, settled_by=MENDED),
    )
    assert gate.check(case.case_id, second.page_id)[0].open_findings == (Finding(fault=Fault.UPSIDE_DOWN),)


@pytest.mark.parametrize(("ink", "is_asked"), [(0.0003, False), (0.05, True)])
def test_a_printed_page_whose_turn_cannot_be_told_is_asked_for_and_a_page_number_is_not(
    window: Window, ink: float, is_asked: bool
) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    unsure = dataclasses.replace(report(certain=False), measures={"ink": ink})
    (checked,) = gate_of(window, ScriptedDarkroom([(unsure,)])).check(case.case_id, page.page_id)
    assert checked.open_findings == ((Finding(fault=Fault.UPSIDE_DOWN),) if is_asked else ())
    case = window.desk.page_work.turn(case.case_id, page.page_id, 2)
    (turned,) = gate_of(window, ScriptedDarkroom([(unsure,)])).check(case.case_id, page.page_id)
    assert turned.findings == ()


def test_an_empty_page_is_empty_and_nothing_else_and_two_of_them_are_no_twins(window: Window) -> None:
    case = window.open()
    pages = scanned(window, case, REGISTER, 2)
    gate = gate_of(
        window, ScriptedDarkroom([(report(PageFault.BLUR, PageFault.BLANK),)]), seen_as("id-card-front")
    )
    for page in pages:
        assert gate.check(case.case_id, page.page_id)[0].findings == (Finding(fault=Fault.BLANK),)


def test_the_second_of_two_scans_of_a_sheet_is_told_in_any_slot_until_one_goes(window: Window) -> None:
    case = window.open()
    gate = gate_of(window, ScriptedDarkroom())
    (first,), (second,) = scanned(window, case, PHOTO), scanned(window, case, REGISTER)
    gate.check(case.case_id, first.page_id)
    (told,) = gate.check(case.case_id, second.page_id)
    assert told.findings == (Finding(fault=Fault.DUPLICATE, of=first.page_id),)
    # Looked at again, the first of the two is still not called the twin.
    assert gate.check(case.case_id, first.page_id)[0].findings == ()
    assert todo(window, case, REGISTER) is Todo.LOOK
    window.desk.page_work.remove(case.case_id, first.page_id)
    assert todo(window, case, REGISTER) is not Todo.LOOK
    window.desk.page_work.undo(case.case_id)
    assert todo(window, case, REGISTER) is Todo.LOOK


def test_pages_that_only_look_alike_are_no_twins(window: Window) -> None:
    case = window.open()
    room = ScriptedDarkroom(same=False)
    gate = gate_of(window, room)
    for page in scanned(window, case, REGISTER, 3):
        assert gate.check(case.case_id, page.page_id)[0].findings == ()
    assert room.compared == 3


def test_two_cards_on_one_glass_become_two_pages_that_are_no_twins(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, CARD)
    two = (
        report(corners=UPPER, size=(60, 20)),
        report(PageFault.UPSIDE_DOWN, corners=LOWER, size=(60, 20)),
    )
    gate = gate_of(window, ScriptedDarkroom([two]), seen_as("id-card-front"), seen_as("id-card-back"))
    upper, lower = gate.check(case.case_id, page.page_id)
    assert window.store.case(case.case_id).slot(CARD).pages == (upper, lower)
    assert {upper.sha256, lower.sha256} == {page.sha256} and page.page_id not in (
        upper.page_id,
        lower.page_id,
    )
    assert [p.treatment and p.treatment.corners for p in (upper, lower)] == [UPPER, LOWER]
    assert [p.document for p in (upper, lower)] == ["id-card-front", "id-card-back"]
    assert upper.findings == () and lower.findings == (Finding(fault=Fault.UPSIDE_DOWN, settled_by=MENDED),)
    # Put together again by the clerk, the glass stays one page.
    window.desk.page_work.undo(case.case_id)
    assert gate.waiting(window.store.case(case.case_id)) == (page.page_id,)
    (one,) = gate.check(case.case_id, page.page_id)
    assert one.page_id == page.page_id and one.treatment is None and one.checked


def test_two_things_on_the_glass_stay_one_page_where_the_slot_takes_one(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    two = (report(PageFault.BLUR, corners=UPPER), report(PageFault.BLANK, corners=LOWER))
    (one,) = gate_of(window, ScriptedDarkroom([two])).check(case.case_id, page.page_id)
    assert one.treatment is None and one.findings == (Finding(fault=Fault.BLUR),)


@pytest.mark.parametrize(
    ("slot", "seen", "finding"),
    [
        (CARD, seen_as("id-card-front"), None),
        (CARD, seen_as("id-card-back"), None),
        (CARD, seen_as("business-licence"), Fault.WRONG_KIND),
        (REGISTER, seen_as("id-card-front"), Fault.WRONG_KIND),
        (CARD, seen_as("business-licence", certain=False), None),
    ],
)
def test_another_document_than_the_slot_asks_for_is_told(
    window: Window, slot: str, seen: KindGuess, finding: Fault | None
) -> None:
    case = window.open()
    (page,) = scanned(window, case, slot)
    gate = gate_of(window, ScriptedDarkroom(), seen if seen.certain else seen_as("", certain=False))
    (checked,) = gate.check(case.case_id, page.page_id)
    assert [f.fault for f in checked.findings] == ([finding] if finding else [])
    assert checked.document == (seen.document if seen.certain else "")
    assert not finding or checked.findings[0].of == seen.document


def test_the_front_of_a_card_twice_is_the_wrong_side(window: Window) -> None:
    case = window.open()
    front, again = scanned(window, case, CARD, 2)
    room = ScriptedDarkroom([(report(print_of="1"),), (report(print_of="2"),), (report(print_of="2"),)])
    gate = gate_of(window, room, seen_as("id-card-front"))
    assert not gate.check(case.case_id, front.page_id)[0].findings
    (wrong,) = gate.check(case.case_id, again.page_id)
    assert wrong.findings == (Finding(fault=Fault.WRONG_SIDE, of="id-card-front"),)


def test_nothing_is_recognised_where_no_known_kind_is_expected(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    gate = gate_of(window, ScriptedDarkroom(), EngineTimeout("30 s"))
    assert gate.check(case.case_id, page.page_id)[0].checked
    assert gate.take_trouble() is None


def test_a_page_cut_by_hand_is_judged_as_it_was_cut_and_stays_so(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    room = ScriptedDarkroom([(report(PageFault.UPSIDE_DOWN, PageFault.BLUR),)])
    gate = gate_of(window, room)
    gate.check(case.case_id, page.page_id)
    corners = (5, 5, 30, 5, 30, 25, 5, 25)
    case = window.desk.page_work.cut(case.case_id, page.page_id, corners)
    assert gate.waiting(case) == (page.page_id,) and page_of(window, case, PHOTO).findings == ()
    (checked,) = gate.check(case.case_id, page.page_id)
    assert room.asked == [None, corners]
    assert checked.treatment and checked.treatment.corners == corners
    assert checked.findings == (Finding(fault=Fault.BLUR),)


def test_a_darkroom_that_fails_leaves_the_page_bars_nothing_and_is_told_once(window: Window) -> None:
    case = window.open()
    first, second = scanned(window, case, REGISTER, 2)
    gate = gate_of(window, ScriptedDarkroom([DeviceFault("gone")]))
    assert gate.check(case.case_id, first.page_id) == (first,)
    assert isinstance(gate.take_trouble(), DeviceFault)
    gate.check(case.case_id, second.page_id)
    assert gate.take_trouble() is None
    assert gate.waiting(window.store.case(case.case_id)) == (first.page_id, second.page_id)
    assert todo(window, case, REGISTER) is not Todo.LOOK


def test_an_engine_that_fails_leaves_the_kind_open_and_the_page_checked(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, CARD)
    gate = gate_of(window, ScriptedDarkroom(), EngineTimeout("30 s"))
    (checked,) = gate.check(case.case_id, page.page_id)
    assert checked.checked and checked.document == "" and not checked.findings
    assert isinstance(gate.take_trouble(), EngineTimeout)


def test_a_window_without_a_darkroom_checks_nothing(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, CARD)
    gate = window.desk.checking
    assert gate.check(case.case_id, page.page_id) == (page,)
    assert gate.waiting(window.store.case(case.case_id)) == ()


def test_a_page_that_goes_is_cut_or_is_sealed_while_it_is_looked_at_is_left_alone(window: Window) -> None:
    case = window.open()
    first, second = scanned(window, case, REGISTER, 2)
    work, room = window.desk.page_work, ScriptedDarkroom()
    gate = gate_of(window, room)
    room.meanwhile = lambda: work.remove(case.case_id, first.page_id)
    assert gate.check(case.case_id, first.page_id) == ()
    room.meanwhile = lambda: work.turn(case.case_id, second.page_id, 1)
    (left,) = gate.check(case.case_id, second.page_id)
    assert not left.checked and left.treatment and left.treatment.by
    assert gate.check(case.case_id, "gone") == ()


def test_a_case_sealed_meanwhile_says_what_its_bundle_says(window: Window) -> None:
    case = window.ready()
    page = case.slot(CARD).pages[0]
    room = ScriptedDarkroom()
    gate = gate_of(window, room)
    room.meanwhile = lambda: window.desk.decisions.receive(case.case_id)
    gate.check(case.case_id, page.page_id)
    sealed = window.store.case(case.case_id)
    assert not sealed.slot(CARD).pages[0].checked
    gate.check(case.case_id, page.page_id)
    assert window.store.case(case.case_id) == sealed
    with pytest.raises(CaseSealed):
        gate.settle(case.case_id, page.page_id, Fault.BLUR, "原件如此")
    with pytest.raises(CaseSealed):
        gate.settle_count(case.case_id, CARD, "原件如此")


def test_a_page_stands_in_spite_of_a_fault_once_somebody_says_why(window: Window) -> None:
    case = window.open()
    (page,) = scanned(window, case, PHOTO)
    gate = gate_of(window, ScriptedDarkroom([(report(PageFault.BLUR),)]))
    gate.check(case.case_id, page.page_id)
    with pytest.raises(NoReasonToOverrule):
        gate.settle(case.case_id, page.page_id, Fault.BLUR, "  ")
    gate.settle(case.case_id, page.page_id, Fault.BLUR, "原件本身模糊 ")
    entry = window.store.log(case.case_id)[-1]
    assert (entry.why, entry.actor) == ("原件本身模糊", "王样本")
    assert todo(window, case, PHOTO) is Todo.MARK_ORIGINAL
    # A later look does not ask again.
    assert gate.check(case.case_id, page.page_id)[0].open_findings == ()
    with pytest.raises(PageGone):
        gate.settle(case.case_id, "gone", Fault.BLUR, "原件如此")


def test_a_slot_is_taken_with_another_number_of_pages_until_the_number_changes(window: Window) -> None:
    case = window.open()
    scanned(window, case, CARD)
    assert todo(window, case, CARD) is Todo.SCAN_MORE
    with pytest.raises(NoReasonToOverrule):
        window.desk.checking.settle_count(case.case_id, CARD, "")
    window.desk.checking.settle_count(case.case_id, CARD, "背面无内容")
    assert todo(window, case, CARD) is Todo.MARK_ORIGINAL
    scanned(window, window.store.case(case.case_id), CARD, 2)
    assert todo(window, case, CARD) is Todo.REMOVE_PAGES


def test_after_a_feed_the_gate_tells_sheets_images_and_blanks(window: Window) -> None:
    case = window.open()
    fed = scanned(window, case, REGISTER, 5)
    looks = [
        (report(print_of="1"),),
        (report(PageFault.BLANK),),
        (report(PageFault.BLUR, print_of="3"),),
        (report(PageFault.BLANK),),
        DeviceFault("gone"),
    ]
    gate = gate_of(window, ScriptedDarkroom(looks))  # type: ignore[arg-type]
    for page in fed:
        gate.check(case.case_id, page.page_id)
    blanks = (fed[1].page_id, fed[3].page_id)
    expected = FeedReport(sheets=3, images=5, blanks=blanks, findings=1, unchecked=1)
    assert gate.after_feed(case.case_id, fed, duplex=True) == expected
    assert gate.after_feed(case.case_id, fed).sheets == 5
    window.desk.page_work.remove(case.case_id, *blanks, why="空白面")
    assert gate.after_feed(case.case_id, fed).blanks == ()
    last = window.store.log(case.case_id)[-1].payload
    assert isinstance(last, PagesArranged) and len(last.slots[REGISTER]) == 3


def test_a_page_seen_to_be_the_back_is_read_as_the_back_and_another_document_is_not_read(
    window: Window,
) -> None:
    window.readings.by_kind.update(
        {"id-card-back": {"valid_until": "长期"}, "id-card-front": {"name": "赵样本"}}
    )
    case = window.open()
    (page,) = scanned(window, case, CARD)
    (back,) = gate_of(window, ScriptedDarkroom(), seen_as("id-card-back")).check(case.case_id, page.page_id)
    reading = window.desk.prefill.read_new(case.case_id, CARD, back)
    assert reading is not None and reading.document == "id-card-back"
    box = window.store.case(case.case_id).fields["id-card-back.valid_until"].box
    # Read at (0, 0) of the cut page, which begins at (2, 2) of the picture.
    assert box is not None and box[:2] == (2, 2)
    assert window.desk.prefill.read_new(case.case_id, CARD, back) is None
    (other,) = gate_of(window, ScriptedDarkroom(), seen_as("passport")).check(case.case_id, page.page_id)
    assert window.desk.prefill.read_new(case.case_id, CARD, other) is None
    window.desk.checking.settle(case.case_id, page.page_id, Fault.WRONG_KIND, "就是身份证")
    settled = page_of(window, case, CARD)
    assert window.desk.prefill.read_new(case.case_id, CARD, settled) is not None
