"""Reuse: the same person's own checked copy of the same standard material, with a recorded yes."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from tests.services.conftest import NOW, QIAN, RELIEF, ZHAO, MakeWindow, Window
from workstation.domain.archive import Approval, ArchivedMaterial
from workstation.domain.case import Case, SlotReused, TrustLevel
from workstation.domain.checklist import SlotStatus
from workstation.domain.items import Item, Material, Pack
from workstation.services.errors import CaseSealed, NoConsent, NotOffered
from workstation.services.ids import new_id

SLOT = "household-register"
YES = "当面口头同意, 经办人见证"


def archived(window: Window, **changes: object) -> ArchivedMaterial:
    """Put a copy into the archive, as if from an earlier case."""
    source = window.scan(window.open(), SLOT)
    values: dict[str, object] = {
        "archive_id": new_id(NOW),
        "id_number": ZHAO.id_number,
        "standard_id": "household-register",
        "title": "户口簿",
        "source_case": "W01-20260301-004",
        "pages": source.slot(SLOT).pages,
        "level": TrustLevel.B,
        "checked_by": "李样本",
        "checked_on": date(2026, 3, 1),
        "approval": Approval.APPROVED,
    }
    copy = ArchivedMaterial(**{**values, **changes})  # type: ignore[arg-type]
    with window.store.transaction() as tx:
        tx.archive(copy)
    return copy


def offered(window: Window) -> dict[str, ArchivedMaterial]:
    return dict(window.desk.reuse.offers(window.named(window.open())))


def test_a_checked_copy_is_offered_for_the_same_standard_material(window: Window) -> None:
    copy = archived(window)
    assert offered(window) == {SLOT: copy}


def test_an_offer_goes_across_items(window: Window) -> None:
    copy = archived(window)
    assert window.desk.reuse.offers(window.named(window.open(RELIEF))) == {SLOT: copy}


def test_nothing_is_offered_before_the_applicant_is_known(window: Window) -> None:
    archived(window)
    assert window.desk.reuse.offers(window.open()) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"id_number": QIAN.id_number},
        {"standard_id": "marriage-certificate"},
        {"standard_id": "photo-receipt"},
        {"level": TrustLevel.C},
        {"level": TrustLevel.D},
        {"valid_until": date(2026, 11, 19)},
        {"checked_on": date(2025, 11, 19)},
        {"pages": ()},
        {"practice": True},
    ],
    ids=[
        "other person",
        "other material",
        "not reusable",
        "uploaded",
        "self-written",
        "expired",
        "older than the item allows",
        "without pages",
        "practice",
    ],
)
def test_what_may_not_be_reused_is_not_offered(window: Window, changes: dict[str, object]) -> None:
    archived(window, **changes)
    assert offered(window) == {}


@pytest.mark.parametrize(
    "changes", [{"valid_until": date(2026, 11, 20)}, {"checked_on": date(2025, 11, 20)}], ids=["valid", "age"]
)
def test_a_copy_may_be_reused_on_its_last_day(window: Window, changes: dict[str, object]) -> None:
    archived(window, **changes)
    assert SLOT in offered(window)


def test_a_copy_made_by_the_authority_goes_before_a_newer_one_checked_here(window: Window) -> None:
    official = archived(window, level=TrustLevel.A, checked_on=date(2026, 1, 5))
    archived(window, checked_on=date(2026, 11, 1))
    assert offered(window)[SLOT] == official


def test_among_equals_the_copy_checked_last_is_offered(window: Window) -> None:
    newer = archived(window, checked_on=date(2026, 11, 1))
    archived(window, checked_on=date(2026, 1, 5))
    assert offered(window)[SLOT] == newer


def test_a_copy_with_too_few_pages_for_the_item_is_not_offered(make_window: MakeWindow, pack: Pack) -> None:
    def stricter(material: Material) -> Material:
        return dataclasses.replace(material, pages_min=2) if material.id == SLOT else material

    def with_more_pages(item: Item) -> Item:
        return dataclasses.replace(item, materials=tuple(map(stricter, item.materials)))

    window = make_window(packs=(dataclasses.replace(pack, items=tuple(map(with_more_pages, pack.items))),))
    archived(window)
    assert offered(window) == {}


def test_a_case_is_not_offered_its_own_pages(window: Window) -> None:
    case = window.received()
    case = window.tell_correction(case)
    assert case.number in {copy.source_case for copy in window.store.archived(ZHAO.id_number)}
    assert window.desk.reuse.offers(case) == {}


def reusing(window: Window) -> Case:
    archived(window)
    case = window.named(window.open())
    return window.desk.reuse.take(case.case_id, SLOT, consent_way=YES)


def test_a_taken_copy_fills_the_slot_and_the_yes_is_recorded(window: Window) -> None:
    case = reusing(window)
    line = window.desk.view_of(case).line(SLOT)
    assert line is not None and line.status is SlotStatus.REUSED and line.done
    entry = window.store.log(case.case_id)[-1]
    assert isinstance(entry.payload, SlotReused) and entry.actor == "王样本"
    assert (entry.payload.reuse.consent_way, entry.payload.reuse.consent_at) == (YES, NOW)
    assert (entry.payload.reuse.source_case, entry.payload.reuse.checked_by) == ("W01-20260301-004", "李样本")


@pytest.mark.parametrize("consent", ["", "  "])
def test_without_a_recorded_yes_nothing_is_reused(window: Window, consent: str) -> None:
    archived(window)
    case = window.named(window.open())
    with pytest.raises(NoConsent):
        window.desk.reuse.take(case.case_id, SLOT, consent_way=consent)
    assert window.store.case(case.case_id).slot(SLOT).reuse is None


def test_what_is_not_offered_cannot_be_taken(window: Window) -> None:
    archived(window)
    case = window.named(window.open())
    for slot in ("id-card", "nothing"):
        with pytest.raises(NotOffered):
            window.desk.reuse.take(case.case_id, slot, consent_way=YES)


def test_the_yes_can_be_taken_back_before_sealing(window: Window) -> None:
    case = reusing(window)
    case = window.desk.reuse.withdraw(case.case_id, SLOT, why="申请人改为提交原件")
    line = window.desk.view_of(case).line(SLOT)
    assert line is not None and line.status is SlotStatus.MISSING
    assert window.store.log(case.case_id)[-1].why == "申请人改为提交原件"


def test_after_sealing_the_yes_stands(window: Window) -> None:
    case = window.filled(window.with_materials(reusing(window)))
    case = window.desk.decisions.receive(case.case_id)
    with pytest.raises(CaseSealed):
        window.desk.reuse.withdraw(case.case_id, SLOT, why="")


def test_reused_pages_travel_in_the_bundle_with_source_and_check(window: Window) -> None:
    case = window.filled(window.with_materials(reusing(window)))
    case = window.desk.decisions.receive(case.case_id)
    manifest = window.manifest(case)
    reuse = case.slot(SLOT).reuse
    assert reuse is not None
    (page,) = [entry for entry in manifest.pages if entry.slot == SLOT]
    assert (page.origin, page.sha256) == ("reused", reuse.pages[0].sha256)
    assert manifest.body["slots"][SLOT]["reuse"] == {
        "source_case": "W01-20260301-004",
        "level": "B",
        "checked_by": "李样本",
        "checked_on": "2026-03-01",
        "consent_at": NOW.isoformat(),
        "consent_way": YES,
        "holder": "",
    }


def test_receiving_archives_what_was_checked_against_the_original(window: Window) -> None:
    case = window.received()
    copies = {copy.standard_id: copy for copy in window.store.archived(ZHAO.id_number)}
    assert set(copies) == {SLOT}, "identity card and photo receipt are not reusable, forms are never archived"
    copy = copies[SLOT]
    assert (copy.level, copy.checked_by, copy.source_case) == (TrustLevel.B, "王样本", case.number)
    assert copy.pages == case.slot(SLOT).pages
    assert copy.valid_until == NOW.date() + timedelta(days=365)


def test_a_reused_copy_is_not_archived_again_as_if_it_had_been_checked(window: Window) -> None:
    case = window.filled(window.with_materials(reusing(window)))
    window.desk.decisions.receive(case.case_id)
    assert [copy.source_case for copy in window.store.archived(ZHAO.id_number)] == ["W01-20260301-004"]


def test_a_case_received_again_replaces_its_copy(window: Window) -> None:
    case = window.tell_correction(window.received())
    case = window.scan(case, SLOT)
    case = window.desk.decisions.receive(case.case_id)
    (copy,) = window.store.archived(ZHAO.id_number)
    assert copy.pages == case.slot(SLOT).pages and len(copy.pages) == 2


def test_a_draft_archives_nothing(window: Window) -> None:
    window.ready()
    assert not window.store.archived(ZHAO.id_number)
