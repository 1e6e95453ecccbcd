"""What the log says of pages: checked, settled, arranged, sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workstation.domain.case import (
    Case,
    Entry,
    Fault,
    Finding,
    FindingSettled,
    Opened,
    Page,
    PageAdded,
    PageChecked,
    PageFile,
    PageRemoved,
    PagesArranged,
    PageWork,
    Payload,
    Sealed,
    Treatment,
)
from workstation.domain.folding import fold

START = datetime(2026, 11, 3, 10, tzinfo=UTC)


def page(number: int) -> Page:
    return Page(
        page_id=f"p{number}",
        sha256=f"{number:064x}",
        size=10,
        media_type="image/jpeg",
        width_px=100,
        height_px=140,
        resolution_dpi=200,
        source="glass",
        taken_at=START,
    )


def case_of(*payloads: Payload, actor: str = "clerk") -> Case:
    opened = Opened(number="N1", item_code="I", pack_version="1", window="W", receiving_street="S")
    return fold(
        Entry(case_id="c", seq=n, at=START + timedelta(seconds=n), tick=n, actor=actor, payload=payload)
        for n, payload in enumerate((opened, *payloads), start=1)
    )


def added(*numbers: int, slot: str = "id") -> tuple[PageAdded, ...]:
    return tuple(PageAdded(slot=slot, page=page(n)) for n in numbers)


BLURRED = Finding(fault=Fault.BLUR)
CUT = Treatment(corners=(1, 1, 90, 1, 90, 130, 1, 130), size_px=(89, 129))
BY_HAND = Treatment(corners=(5, 5, 80, 5, 80, 120, 5, 120), size_px=(75, 115), by="clerk")


def test_a_check_says_what_was_found_and_how_the_page_is_cut() -> None:
    found = PageChecked(page_id="p1", findings=(BLURRED,), treatment=CUT, fingerprint="ab", document="x")
    checked = case_of(*added(1, 2), found).slot("id").pages[0]
    assert checked.checked and checked.open_findings == (BLURRED,)
    assert (checked.treatment, checked.fingerprint, checked.document) == (CUT, "ab", "x")
    assert not case_of(*added(1, 2), found).slot("id").pages[1].checked


def test_a_check_that_comes_late_changes_neither_a_cut_nor_a_word_of_the_clerk() -> None:
    first = PageChecked(page_id="p1", findings=(BLURRED,), treatment=CUT)
    settled = FindingSettled(page_id="p1", fault=Fault.BLUR)
    before = case_of(*added(1), first, settled).slot("id").pages[0]
    by_hand = PagesArranged(work=PageWork.CUT, slots={"id": (replace(before, treatment=BY_HAND),)})
    late = case_of(*added(1), first, settled, by_hand, first).slot("id").pages[0]
    assert late.treatment == BY_HAND
    assert late.findings[0].settled_by == "clerk" and not late.open_findings


def test_a_check_of_a_page_that_is_gone_changes_nothing_and_one_in_the_bin_is_checked() -> None:
    gone = PageRemoved(slot="id", page_id="p1")
    case = case_of(*added(1), gone, PageChecked(page_id="p1", findings=(BLURRED,)), PageChecked(page_id="p9"))
    assert case.slot("id").pages == ()
    assert case.binned[0].findings == (BLURRED,)


def test_what_lies_in_no_slot_waits_in_the_bin_and_comes_back_from_it() -> None:
    swap = PagesArranged(work=PageWork.REORDER, slots={"id": (page(2),), "photo": (page(3),)})
    case = case_of(*added(1, 2, 3), swap)
    assert [p.page_id for p in case.slot("photo").pages] == ["p3"]
    assert [p.page_id for p in case.binned] == ["p1"]
    back = PagesArranged(work=PageWork.UNDO, slots={"id": (page(1), page(2), page(3)), "photo": ()})
    again = case_of(*added(1, 2, 3), swap, back)
    assert again.binned == () and len(again.slot("id").pages) == 3


def test_sealing_puts_the_files_in_the_place_of_the_raw_pictures_and_empties_the_bin() -> None:
    file = PageFile(
        page_id="p2",
        sha256="f" * 64,
        size=3,
        media_type="image/webp",
        width_px=9,
        height_px=9,
        resolution_dpi=200,
    )
    sealed = Sealed(bundle_id="b", version=1, manifest_sha256="0" * 64, files=(file,))
    case = case_of(*added(1, 2), PageRemoved(slot="id", page_id="p1"), sealed)
    assert case.binned == ()
    assert [p.kept_sha256 for p in case.slot("id").pages] == ["f" * 64]
    assert page(1).kept_sha256 == page(1).sha256
