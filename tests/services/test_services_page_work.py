"""Work on pages: whatever is done to them can be undone, and no page is ever lost by it."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from scanners.fake import blank_page
from scanners.port import Mode, RawPage
from tests.services.conftest import JOB, RELIEF, Window
from workstation.domain.case import (
    Case,
    Corners,
    PageFile,
    PageMoved,
    PageRemoved,
    PagesArranged,
    PageWork,
    Payload,
    Sealed,
    SupplementWay,
)
from workstation.domain.page_history import every_page
from workstation.services.errors import (
    CaseSealed,
    NotAPage,
    NothingToRedo,
    NothingToUndo,
    NotJoinable,
    NotMovable,
    NotTheSamePages,
    PageDelivered,
    PageGone,
    ServiceError,
)

CARD, REGISTER = "id-card", "household-register"
LEFT: Corners = (0, 0, 40, 0, 40, 80, 0, 80)
RIGHT: Corners = (50, 0, 100, 0, 100, 80, 50, 80)


def shaded(*shades: int) -> RawPage:
    """Return a page of upright stripes of these shades, 100 x 80 px."""
    row = b"".join(bytes([shade]) * (100 // len(shades)) for shade in shades)
    return RawPage(
        number=1,
        width_px=100,
        height_px=80,
        mode=Mode.GREY,
        resolution_dpi=200,
        pixels=row * 80,
        source_name="x",
    )


def feed(window: Window, case: Case, slot: str, *pages: RawPage, **place: int | str) -> Case:
    window.scanner.script.extend(pages)
    job = dataclasses.replace(JOB, max_pages=len(pages))
    list(window.desk.capture.scan(case.case_id, slot, job, **place))  # type: ignore[arg-type]
    return window.store.case(case.case_id)


def ids(case: Case, slot: str) -> list[str]:
    return [page.page_id for page in case.slot(slot).pages]


def shape(case: Case) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: [(page.page_id, page.treatment) for page in slot.pages]
        for name, slot in case.slots.items()
        if slot.pages
    }


@pytest.fixture
def two(window: Window) -> Case:
    """A case with two different pages in a slot."""
    return feed(window, window.open(), REGISTER, shaded(10, 200), shaded(60, 90))


def test_a_turned_page_is_shown_turned_and_its_raw_picture_stays(window: Window, two: Case) -> None:
    page = two.slot(REGISTER).pages[0]
    case = window.desk.page_work.turn(two.case_id, page.page_id, 1)
    turned = case.slot(REGISTER).pages[0]
    shown = window.desk.pictures.full(turned)
    assert (shown.width, shown.height) == (80, 100)
    # The left stripe is dark: turned clockwise by a quarter it lies on top.
    assert shown.pixels[0] < 30 and shown.pixels[-1] > 180
    assert turned.sha256 == page.sha256 and turned.treatment and turned.treatment.by == "王样本"
    again = window.desk.page_work.turn(two.case_id, page.page_id, 3).slot(REGISTER).pages[0]
    assert window.desk.pictures.full(again).pixels == window.desk.pictures.full(page).pixels


def test_a_cut_shows_only_what_lies_between_its_corners_and_whole_brings_the_rest_back(
    window: Window, two: Case
) -> None:
    page = two.slot(REGISTER).pages[0]
    cut = window.desk.page_work.cut(two.case_id, page.page_id, RIGHT).slot(REGISTER).pages[0]
    shown = window.desk.pictures.full(cut)
    assert (shown.width, shown.height) == (50, 80) and min(shown.pixels) > 180
    whole = window.desk.page_work.whole(two.case_id, page.page_id).slot(REGISTER).pages[0]
    assert window.desk.pictures.full(whole).pixels == window.desk.pictures.full(page).pixels
    with Image.open(io.BytesIO(window.desk.pictures.file(cut)[0])) as picture:
        assert picture.size == (50, 80) and picture.info["dpi"] == (200, 200)


@pytest.mark.parametrize(
    "corners",
    [
        (0, 0, 100, 80, 100, 0, 0, 80),
        (0, 0, 200, 0, 200, 80, 0, 80),
        (5, 5, 5, 5, 5, 5, 5, 5),
        (100, 0, 0, 0, 0, 80, 100, 80),
    ],
    ids=["crossed", "outside", "a point", "mirrored"],
)
def test_corners_that_go_round_nothing_are_refused(window: Window, two: Case, corners: Corners) -> None:
    with pytest.raises(NotAPage):
        window.desk.page_work.cut(two.case_id, ids(two, REGISTER)[0], corners)
    assert window.store.case(two.case_id) == two


def test_pages_move_to_a_place_and_back_into_another_order(window: Window, two: Case) -> None:
    first, second = ids(two, REGISTER)
    case = window.desk.page_work.move(two.case_id, first, CARD)
    assert (ids(case, REGISTER), ids(case, CARD)) == ([second], [first])
    case = window.desk.page_work.move(two.case_id, first, REGISTER, 0)
    assert ids(case, REGISTER) == [first, second]
    case = window.desk.page_work.reorder(two.case_id, REGISTER, [second, first])
    assert ids(case, REGISTER) == [second, first]
    with pytest.raises(NotTheSamePages):
        window.desk.page_work.reorder(two.case_id, REGISTER, [second])
    for to in ("application-form", "nothing"):
        with pytest.raises(NotMovable):
            window.desk.page_work.move(two.case_id, first, to)


def test_pages_taken_out_come_back_to_where_they_are_wanted(window: Window, two: Case) -> None:
    first, second = ids(two, REGISTER)
    case = window.desk.page_work.remove(two.case_id, first, second, why="空白")
    assert ids(case, REGISTER) == [] and len(case.binned) == 2
    assert window.store.log(two.case_id)[-1].why == "空白"
    assert ids(window.desk.page_work.insert(two.case_id, second, CARD), CARD) == [second]
    with pytest.raises(PageGone):
        window.desk.page_work.insert(two.case_id, second, CARD)
    window.desk.page_work.undo(two.case_id)
    assert ids(window.desk.page_work.undo(two.case_id), REGISTER) == [first, second]


def test_a_sheet_is_fed_into_a_place_or_instead_of_a_page(window: Window, two: Case) -> None:
    first, second = ids(two, REGISTER)
    case = feed(window, two, REGISTER, shaded(1), shaded(2), into=1)
    between = ids(case, REGISTER)[1:3]
    assert ids(case, REGISTER) == [first, *between, second]
    case = feed(window, two, REGISTER, shaded(3), shaded(4), instead_of=second)
    assert ids(case, REGISTER)[:3] == [first, *between] and len(ids(case, REGISTER)) == 5
    assert [page.page_id for page in case.binned] == [second]
    works = [e.payload.work for e in window.store.log(two.case_id) if isinstance(e.payload, PagesArranged)]
    assert works == [PageWork.INSERT, PageWork.INSERT, PageWork.REPLACE, PageWork.INSERT]
    for _ in range(4):
        case = window.desk.page_work.undo(two.case_id)
    assert ids(case, REGISTER) == [first, second] and len(case.binned) == 4


def test_two_halves_of_one_picture_become_two_pages_and_one_sheet_again(window: Window, two: Case) -> None:
    page, other = two.slot(REGISTER).pages
    case = window.desk.page_work.split(two.case_id, page.page_id, LEFT, RIGHT)
    left, right, last = case.slot(REGISTER).pages
    assert {left.sha256, right.sha256} == {page.sha256} and last == other
    assert left.page_id != right.page_id != page.page_id
    assert max(window.desk.pictures.full(left).pixels) < 30
    case = window.desk.page_work.join(two.case_id, left.page_id, right.page_id)
    sheet = case.slot(REGISTER).pages[0]
    shown = window.desk.pictures.full(sheet)
    assert (shown.width, shown.height) == (1654, 2339) == (sheet.width_px, sheet.height_px)
    tall = Image.frombytes(shown.mode, (shown.width, shown.height), shown.pixels)
    box = tall.point(lambda shade: 255 if shade < 240 else 0).getbbox()
    # Each half of 40 and 50 x 80 px lies at its own size in the middle of its half of the sheet.
    assert box is not None and abs(box[2] - box[0] - 50) < 6 and abs(box[3] - box[1] - (1170 + 80)) < 8
    window.desk.page_work.undo(two.case_id)
    assert shape(window.desk.page_work.undo(two.case_id)) == shape(two)
    with pytest.raises(NotJoinable):
        window.desk.page_work.join(two.case_id, page.page_id, page.page_id)


def test_nothing_is_undone_that_was_not_done_nor_redone_that_was_not_undone(
    window: Window, two: Case
) -> None:
    work, page = window.desk.page_work, ids(two, REGISTER)[0]
    with pytest.raises(NothingToUndo):
        work.undo(two.case_id)
    work.turn(two.case_id, page, 1)
    with pytest.raises(NothingToRedo):
        work.redo(two.case_id)
    work.undo(two.case_id)
    turned = work.redo(two.case_id)
    assert turned.slot(REGISTER).pages[0].treatment is not None
    work.undo(two.case_id)
    work.turn(two.case_id, page, 2)
    with pytest.raises(NothingToRedo):
        work.redo(two.case_id)


def test_a_page_scanned_after_a_work_stays_when_the_work_is_undone(window: Window, two: Case) -> None:
    first, second = ids(two, REGISTER)
    window.desk.page_work.reorder(two.case_id, REGISTER, [second, first])
    case = feed(window, two, REGISTER, shaded(7))
    new = ids(case, REGISTER)[-1]
    assert ids(window.desk.page_work.undo(two.case_id), REGISTER) == [first, second, new]
    assert ids(window.desk.page_work.redo(two.case_id), REGISTER) == [second, first, new]


def record(window: Window, case_id: str, payload: Payload) -> None:
    with window.store.transaction() as tx:
        tx.record(case_id, payload, actor="王样本", at=window.clock())


def test_what_an_older_program_took_out_or_moved_is_undone_too(window: Window, two: Case) -> None:
    first, second = ids(two, REGISTER)
    record(window, two.case_id, PageRemoved(slot=REGISTER, page_id=first))
    record(window, two.case_id, PageMoved(slot=REGISTER, page_id=second, to=CARD))
    assert window.desk.page_work.history(two.case_id) == (
        "删去页面 · 户口簿",
        "移动页面 · 户口簿, 居民身份证",
    )
    window.desk.page_work.undo(two.case_id)
    assert shape(window.desk.page_work.undo(two.case_id)) == shape(two)
    assert window.desk.page_work.history(two.case_id) == ()


def test_a_sealed_case_is_worked_on_no_more(window: Window) -> None:
    case = window.ready()
    window.desk.page_work.turn(case.case_id, ids(case, CARD)[0], 2)
    sealed = window.desk.decisions.receive(case.case_id)
    work, page = window.desk.page_work, ids(sealed, CARD)[0]
    attempts: list[Callable[[], Case]] = [
        lambda: work.turn(case.case_id, page, 1),
        lambda: work.cut(case.case_id, page, (0, 0, 4, 0, 4, 4, 0, 4)),
        lambda: work.whole(case.case_id, page),
        lambda: work.move(case.case_id, page, REGISTER),
        lambda: work.remove(case.case_id, page),
        lambda: work.reorder(case.case_id, CARD, ids(sealed, CARD)),
    ]
    for attempt in attempts:
        with pytest.raises(CaseSealed):
            attempt()
    with pytest.raises(NothingToUndo):
        work.undo(case.case_id)
    assert window.store.case(case.case_id) == sealed


def test_a_slot_whose_supplement_is_open_is_worked_on_and_no_other(window: Window) -> None:
    item = window.item(RELIEF)
    slot = next(material.id for material in item.materials if material.need.value == "TOLERABLE")
    case = window.open(RELIEF)
    case = window.named(case)
    window.with_materials(case, except_for=(slot,))
    window.filled(case)
    window.defer(case, slot)
    window.desk.decisions.receive(case.case_id)
    window.desk.supplements.open(case.case_id, way=SupplementWay.IN_PERSON)
    case = feed(window, case, slot, shaded(3))
    page = ids(case, slot)[0]
    case = window.desk.page_work.turn(case.case_id, page, 1)
    assert case.slot(slot).pages[0].treatment is not None
    with pytest.raises(CaseSealed):
        window.desk.page_work.move(case.case_id, page, CARD)
    with pytest.raises(CaseSealed):
        window.desk.page_work.turn(case.case_id, ids(case, CARD)[0], 1)
    assert window.desk.page_work.undo(case.case_id).slot(slot).pages[0].treatment is None


WORKS = ("turn", "cut", "whole", "move", "order", "remove", "insert", "split", "join", "scan", "feed", "old")
LISTS = (CARD, REGISTER)


def work_once(window: Window, case_id: str, what: str, pick: int) -> None:
    """Do something with some page; what the case does not allow is refused and changes nothing."""
    case, work = window.store.case(case_id), window.desk.page_work
    pages = [(slot, page) for slot in LISTS for page in case.slot(slot).pages]
    slot, other = LISTS[pick % 2], LISTS[(pick + 1) % 2]
    place, page = pages[pick % len(pages)] if pages else (slot, None)
    page_id = page.page_id if page else "gone"
    if what in ("scan", "feed"):
        fed = blank_page(90, 80, shade=pick % 250)
        feed(window, case, slot, fed, **({"into": pick % 3} if what == "feed" else {}))
    elif what == "insert":
        work.insert(case_id, case.binned[pick % len(case.binned)].page_id if case.binned else "none", slot)
    elif what == "order":
        work.reorder(case_id, slot, ids(case, slot)[::-1])
    elif what == "join":
        work.join(case_id, page_id, (ids(case, place) or ["none"])[-1])
    else:
        actions: dict[str, Callable[[], object]] = {
            "turn": lambda: work.turn(case_id, page_id, 1 + pick % 3),
            "cut": lambda: work.cut(case_id, page_id, (1, 1, 30 + pick % 9, 1, 30 + pick % 9, 40, 1, 40)),
            "whole": lambda: work.whole(case_id, page_id),
            "move": lambda: work.move(case_id, page_id, other, pick % 3),
            "remove": lambda: work.remove(case_id, page_id),
            "split": lambda: work.split(
                case_id, page_id, (0, 0, 40, 0, 40, 60, 0, 60), (45, 0, 80, 0, 80, 60, 45, 60)
            ),
            "old": lambda: (
                record(window, case_id, PageRemoved(slot=place, page_id=page_id)) if page else None
            ),
        }
        actions[what]()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(WORKS), st.integers(0, 40)), min_size=1, max_size=9))
def test_any_works_and_as_many_undos_give_the_lists_of_before_and_lose_no_page(
    window: Window, works: list[tuple[str, int]]
) -> None:
    case = feed(window, window.open(), REGISTER, blank_page(90, 80, shade=1), blank_page(90, 80, shade=2))
    first, seen = shape(case), {page.page_id for page in every_page(case)}
    scanned: set[str] = set()
    for what, pick in works:
        before = window.store.case(case.case_id)
        try:
            work_once(window, case.case_id, what, pick)
        except ServiceError:
            assert window.store.case(case.case_id) == before
            continue
        case = window.store.case(case.case_id)
        present = {page.page_id for page in every_page(case)}
        assert seen <= present
        if what == "scan":
            scanned |= present - seen
        seen = present
    steps = len(window.desk.page_work.history(case.case_id))
    last = shape(case)
    for _ in range(steps):
        case = window.desk.page_work.undo(case.case_id)
        assert {page.page_id for page in every_page(case)} == seen
    start = {slot: [one for one in pages if one[0] not in scanned] for slot, pages in shape(case).items()}
    assert {slot: pages for slot, pages in start.items() if pages} == first
    for _ in range(steps):
        case = window.desk.page_work.redo(case.case_id)
    again = {slot: sorted(map(str, pages)) for slot, pages in shape(case).items()}
    assert again == {slot: sorted(map(str, pages)) for slot, pages in last.items()}


def test_a_page_of_which_only_the_delivered_file_is_left_is_not_cut(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = window.scan(window.open(), CARD)
    page = case.slot(CARD).pages[0]
    file = PageFile(
        page_id=page.page_id,
        sha256=page.sha256,
        size=page.size,
        media_type=page.media_type,
        width_px=page.width_px,
        height_px=page.height_px,
        resolution_dpi=page.resolution_dpi,
    )
    sealed = Sealed(bundle_id="b", version=1, manifest_sha256="0" * 64, files=(file,))
    with window.store.transaction() as tx:
        tx.record(case.case_id, sealed, actor="w", at=window.clock())
    assert window.desk.page_work.turn(case.case_id, page.page_id, 1).slot(CARD).pages[0].file is None
    window.desk.page_work.undo(case.case_id)
    monkeypatch.setattr(window.store.vault, "has", lambda _sha256: False)
    with pytest.raises(PageDelivered):
        window.desk.page_work.turn(case.case_id, page.page_id, 1)
