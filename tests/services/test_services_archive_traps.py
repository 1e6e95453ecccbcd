"""Traps in the archive: each kept copy that must not be reused is refused, or shown with its reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import NOW, PROFILE, QIAN, ZHAO, MakeWindow, Window, applicant_of
from workstation.domain.archive import Approval, ArchivedMaterial, CopyState
from workstation.domain.case import (
    Agent,
    Applicant,
    Case,
    CaseState,
    Custody,
    FieldSet,
    FieldValue,
    Origin,
    ReuseWithdrawn,
    Share,
    TrustLevel,
)
from workstation.domain.checklist import SlotStatus
from workstation.domain.items import Item, Material, Pack
from workstation.domain.kinds import AgentKind, FieldKind
from workstation.domain.reuse import TABLE, Bar, ReusePolicy
from workstation.services.errors import NotOffered
from workstation.services.ids import new_id
from workstation.services.reuse_errors import CopyBarred, ReuseOverturned, ShareIncomplete
from workstation.texts import tables

SLOT = "household-register"
YES = "当面同意, 签材料复用确认书"
CHILD = "440304200901019969"
"""Born 2009-01-01, specimen serial 996."""
COMPANY = "91440300MA5TEXT1K"


def keep(window: Window, **changes: object) -> ArchivedMaterial:
    """Keep a copy that nothing speaks against, but for the changes."""
    values: dict[str, object] = {
        "archive_id": new_id(NOW),
        "id_number": ZHAO.id_number,
        "standard_id": SLOT,
        "title": "户口簿",
        "source_case": "W01-20260301-004",
        "pages": window.scan(window.open(), SLOT).slot(SLOT).pages,
        "level": TrustLevel.B,
        "checked_by": "李样本",
        "checked_on": date(2026, 3, 1),
        "approval": Approval.APPROVED,
        "holder_name": ZHAO.name,
        "holder_address": ZHAO.address,
    }
    copy = ArchivedMaterial(**{**values, **changes})  # type: ignore[arg-type]
    with window.store.transaction() as tx:
        tx.archive(copy)
    return copy


def refused(window: Window, case: Case, slot: str = SLOT) -> Bar:
    """Return why the copy kept for a slot is refused: it is shown so, and cannot be taken."""
    found = window.desk.reuse.look(case)
    assert slot not in found.offers
    with pytest.raises(CopyBarred) as error:
        window.desk.reuse.take(case.case_id, slot, consent_way=YES)
    assert window.store.case(case.case_id).slot(slot).reuse is None
    bar = error.value.refusal.bar
    assert error.value.code == bar.value and all(tables()[bar.value])
    assert found.refusals[slot].bar is bar, "what is refused is shown with the same reason"
    return bar


def hidden(window: Window, case: Case, slot: str = SLOT) -> None:
    """Check that nothing is offered or shown for a slot, and nothing can be taken."""
    found = window.desk.reuse.look(case)
    assert slot not in found.offers and slot not in found.refusals
    with pytest.raises(NotOffered):
        window.desk.reuse.take(case.case_id, slot, consent_way=YES)


def here(window: Window, **changes: object) -> Case:
    """A case of the copy's holder, who stands at the counter with these facts."""
    case = window.open()
    person = dataclasses.replace(applicant_of(ZHAO), **changes)  # type: ignore[arg-type]
    window.desk.intake.set_applicant(case.case_id, person)
    return window.desk.intake.set_home_street(case.case_id, "XMH")


def with_item(pack: Pack, change: Callable[[Material], Material]) -> Pack:
    """The pack with the slot's material changed in every item."""

    def changed(item: Item) -> Item:
        materials = (change(m) if m.id == SLOT else m for m in item.materials)
        return dataclasses.replace(item, materials=tuple(materials))

    return dataclasses.replace(pack, items=tuple(map(changed, pack.items)))


def test_without_a_trap_the_copy_is_offered_and_can_be_taken(window: Window) -> None:
    copy = keep(window)
    case = here(window)
    assert window.desk.reuse.look(case).offers == {SLOT: copy}
    case = window.desk.reuse.take(case.case_id, SLOT, consent_way=YES)
    reuse = case.slot(SLOT).reuse
    assert reuse is not None and reuse.archive_id == copy.archive_id


PLAIN: dict[str, tuple[dict[str, object], Bar]] = {
    "expired": ({"valid_until": date(2026, 11, 19)}, Bar.EXPIRED),
    "older than the item allows": ({"checked_on": date(2025, 11, 19)}, Bar.TOO_OLD),
    "not approved yet": ({"approval": Approval.PENDING}, Bar.NOT_APPROVED),
    "source case refused": ({"approval": Approval.REFUSED}, Bar.CASE_REFUSED),
    "source case terminated": ({"approval": Approval.TERMINATED}, Bar.CASE_REFUSED),
    "source case withdrawn": ({"approval": Approval.WITHDRAWN}, Bar.CASE_WITHDRAWN),
    "certificate revoked": ({"state": CopyState.REVOKED}, Bar.REVOKED),
    "consent withdrawn": ({"state": CopyState.WITHDRAWN}, Bar.WITHDRAWN),
    "holder gone": ({"state": CopyState.HOLDER_GONE}, Bar.HOLDER_GONE),
    "superseded by the office": ({"state": CopyState.SUPERSEDED}, Bar.NEWER_EXISTS),
    "self-written": ({"level": TrustLevel.D}, Bar.SELF_WRITTEN),
    "uploaded, original not seen": ({"level": TrustLevel.C}, Bar.NEEDS_ORIGINAL),
    "copy of a copy": ({"copy_of": "01990000-0000-7000-8000-000000000001"}, Bar.COPY_OF_COPY),
    "another holder on the paper": ({"shows_number": QIAN.id_number}, Bar.WRONG_HOLDER),
    "check date ahead": ({"checked_on": date(2026, 11, 21)}, Bar.CHECKED_IN_FUTURE),
    "only for other streets": ({"scope": ("HF1", "HF2")}, Bar.OTHER_STREET),
    "no page at all": ({"pages": ()}, Bar.TOO_FEW_PAGES),
    "another name then": ({"holder_name": "赵旧样本"}, Bar.NAME_CHANGED),
    "another address then": ({"holder_address": "广东省深圳市罗湖区样本路 9 号"}, Bar.ADDRESS_CHANGED),
}


@pytest.mark.parametrize(("changes", "bar"), PLAIN.values(), ids=PLAIN.keys())
def test_a_copy_with_something_against_it_is_shown_with_the_reason_and_refused(
    window: Window, changes: dict[str, object], bar: Bar
) -> None:
    keep(window, **changes)
    assert refused(window, here(window)) is bar


HIDDEN: dict[str, dict[str, object]] = {
    "another person's": {"id_number": QIAN.id_number},
    "another standard material": {"standard_id": "marriage-certificate"},
    "practice copy in a real case": {"practice": True},
}


@pytest.mark.parametrize("changes", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_copy_that_is_no_business_of_the_slot_is_not_even_shown(
    window: Window, changes: dict[str, object]
) -> None:
    keep(window, **changes)
    hidden(window, here(window))


def test_a_real_copy_does_not_come_into_a_practice_case(make_window: MakeWindow) -> None:
    window = make_window(profile=dataclasses.replace(PROFILE, practice=True))
    keep(window)
    hidden(window, here(window))


def test_a_material_the_item_wants_anew_takes_no_copy(make_window: MakeWindow, pack: Pack) -> None:
    strict = with_item(pack, lambda material: dataclasses.replace(material, reusable=False))
    window = make_window(packs=(strict,))
    keep(window)
    hidden(window, here(window))


def test_a_newer_copy_hides_the_older_one_even_before_it_is_approved(window: Window) -> None:
    keep(window)
    keep(window, checked_on=date(2026, 11, 1), approval=Approval.PENDING, source_case="W01-20261101-001")
    assert refused(window, here(window)) in (Bar.NEWER_EXISTS, Bar.NOT_APPROVED)


def test_a_renewed_card_makes_the_copy_of_the_old_one_useless(make_window: MakeWindow, pack: Pack) -> None:
    card = with_item(pack, lambda material: dataclasses.replace(material, standard_id="id-card"))
    window = make_window(packs=(card,))
    keep(window, standard_id="id-card", card_valid_until="2026-12-31", holder_address="")
    assert refused(window, here(window, id_valid_until="2046-05-01")) is Bar.CARD_RENEWED


def test_what_a_guardian_gave_for_a_child_is_not_reused_once_the_child_is_grown(window: Window) -> None:
    child = Applicant(name="李样本", id_number=_valid(CHILD), address=ZHAO.address)
    window.clock.now = NOW.replace(year=2027, month=1, day=4)
    keep(window, id_number=child.id_number, holder_name=child.name, checked_on=date(2026, 12, 1))
    case = window.open()
    window.desk.intake.set_applicant(case.case_id, child)
    assert refused(window, window.store.case(case.case_id)) is Bar.CAME_OF_AGE


def test_a_copy_with_fewer_pages_than_the_item_wants_is_refused(make_window: MakeWindow, pack: Pack) -> None:
    window = make_window(packs=(with_item(pack, lambda m: dataclasses.replace(m, pages_min=2)),))
    keep(window)
    assert refused(window, here(window)) is Bar.TOO_FEW_PAGES


def page_file(window: Window, copy: ArchivedMaterial) -> Path:
    return window.store.vault._path(copy.pages[0].kept_sha256)


def test_a_copy_whose_page_is_gone_from_the_disk_is_refused(window: Window) -> None:
    page_file(window, keep(window)).unlink()
    assert refused(window, here(window)) is Bar.PAGES_MISSING


def test_a_copy_whose_page_was_altered_on_the_disk_cannot_be_taken(window: Window) -> None:
    path = page_file(window, keep(window))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    case = here(window)
    with pytest.raises(CopyBarred) as error:
        window.desk.reuse.take(case.case_id, SLOT, consent_way=YES)
    assert error.value.refusal.bar is Bar.PAGES_ALTERED
    assert window.store.case(case.case_id).slot(SLOT).reuse is None


def test_one_copy_fills_one_slot_of_a_case(make_window: MakeWindow, pack: Pack) -> None:
    second = "household-register-again"

    def doubled(item: Item) -> Item:
        again = [dataclasses.replace(m, id=second) for m in item.materials if m.id == SLOT]
        return dataclasses.replace(item, materials=(*item.materials, *again))

    window = make_window(packs=(dataclasses.replace(pack, items=tuple(map(doubled, pack.items))),))
    keep(window)
    case = here(window)
    case = window.desk.reuse.take(case.case_id, SLOT, consent_way=YES)
    assert refused(window, case, second) is Bar.USED_ALREADY


@pytest.mark.parametrize(
    "agent",
    [
        {"scope": ("代为领取结果",)},
        {"scope": ("代为提交材料",), "valid_until": date(2026, 11, 19)},
    ],
    ids=["without the power", "power ended"],
)
def test_an_agent_without_the_power_cannot_agree_for_the_applicant(
    window: Window, agent: dict[str, object]
) -> None:
    from workstation.domain.case import AgentSet

    keep(window)
    case = here(window)
    values = {"kind": AgentKind.AUTHORISED, "name": QIAN.name, "id_number": QIAN.id_number, **agent}
    with window.store.transaction() as tx:
        case = tx.record(case.case_id, AgentSet(agent=Agent(**values)), actor="王样本", at=NOW)  # type: ignore[arg-type]
    assert refused(window, case) is Bar.AGENT_POWERLESS


# --- another person's papers ------------------------------------------------------------------------------

SPOUSE = Share(
    id_number=QIAN.id_number, name=QIAN.name, relation="配偶", proof="结婚证", permission="本人到场同意"
)


def spouses_book(window: Window) -> ArchivedMaterial:
    return keep(window, id_number=QIAN.id_number, holder_name=QIAN.name, holder_address=QIAN.address)


def test_a_spouses_book_is_used_once_relation_and_permission_are_recorded(window: Window) -> None:
    copy = spouses_book(window)
    case = here(window)
    hidden(window, case)
    case = window.desk.reuse.share(case.case_id, SPOUSE)
    assert window.desk.reuse.offers(case) == {SLOT: copy}
    case = window.desk.reuse.take(case.case_id, SLOT, consent_way=YES)
    reuse = case.slot(SLOT).reuse
    assert reuse is not None and reuse.holder == "配偶"


@pytest.mark.parametrize("lacking", ["name", "relation", "permission"])
def test_another_persons_papers_need_relation_and_permission(window: Window, lacking: str) -> None:
    spouses_book(window)
    case = here(window)
    with pytest.raises(ShareIncomplete):
        window.desk.reuse.share(case.case_id, dataclasses.replace(SPOUSE, **{lacking: " "}))
    hidden(window, window.store.case(case.case_id))


def test_a_relation_without_permission_in_the_log_is_shown_and_refused(window: Window) -> None:
    from workstation.domain.case import PapersShared

    spouses_book(window)
    case = here(window)
    silent = PapersShared(share=dataclasses.replace(SPOUSE, permission=""))
    with window.store.transaction() as tx:
        case = tx.record(case.case_id, silent, actor="王样本", at=NOW)
    assert refused(window, case) is Bar.NO_PERMISSION


def test_another_applicant_loses_what_was_shared_with_the_first(window: Window) -> None:
    spouses_book(window)
    case = window.desk.reuse.share(here(window).case_id, SPOUSE)
    other = dataclasses.replace(applicant_of(ZHAO), id_number=_valid(CHILD), name="李样本")
    case = window.desk.intake.set_applicant(case.case_id, other)
    assert not case.shares
    hidden(window, case)


# --- organisations ----------------------------------------------------------------------------------------


def licensed(window: Window, **changes: object) -> tuple[Case, str]:
    """A case of a company whose licence is kept, and the slot that asks for it."""
    items = window.desk.catalogue.current.items
    item = next(
        i
        for i in items
        if any(m.standard_id == "business-licence" and m.reusable for m in i.materials)
        and any(f.kind is FieldKind.USCC for f in i.fields)
    )
    material = next(m for m in item.materials if m.standard_id == "business-licence")
    field = next(f for f in item.fields if f.kind is FieldKind.USCC)
    keep(window, id_number=_company(), standard_id="business-licence", holder_address="", **changes)
    case = window.named(window.open(item.title))
    code = FieldValue(value=_company(), origin=Origin.TYPED, confirmed_by="王样本")
    with window.store.transaction() as tx:
        case = tx.record(case.case_id, FieldSet(field=field.id, value=code), actor="王样本", at=NOW)
    return case, material.id


def test_a_companys_licence_is_offered_to_a_case_of_that_company(window: Window) -> None:
    case, slot = licensed(window)
    assert slot in {m.id for m in _asked(window, case)} and slot in window.desk.reuse.offers(case)


def test_the_licence_of_a_deregistered_company_is_refused(window: Window) -> None:
    case, slot = licensed(window, state=CopyState.HOLDER_GONE)
    assert refused(window, case, slot) is Bar.HOLDER_GONE


# --- what changes after the yes -----------------------------------------------------------------------------


def taken(window: Window, **changes: object) -> Case:
    keep(window, **changes)
    return window.desk.reuse.take(here(window).case_id, SLOT, consent_way=YES)


def test_a_withdrawn_yes_empties_the_slot_and_the_log_keeps_it(window: Window) -> None:
    case = taken(window)
    case = window.desk.reuse.withdraw(case.case_id, SLOT, why="申请人撤回同意")
    line = window.desk.view_of(case).line(SLOT)
    assert line is not None and line.status is SlotStatus.MISSING
    last = window.store.log(case.case_id)[-1]
    assert isinstance(last.payload, ReuseWithdrawn) and last.why == "申请人撤回同意"


def test_a_copy_that_is_revoked_after_the_yes_keeps_the_case_from_being_sealed(window: Window) -> None:
    copy = keep(window)
    case = window.desk.reuse.take(here(window).case_id, SLOT, consent_way=YES)
    case = window.filled(window.with_materials(case))
    with window.store.transaction() as tx:
        tx.archive(dataclasses.replace(copy, state=CopyState.REVOKED))
    with pytest.raises(ReuseOverturned, match="户口簿"):
        window.desk.decisions.receive(case.case_id)
    assert window.store.case(case.case_id).state is CaseState.DRAFT


def test_an_applicant_corrected_after_the_yes_is_judged_again(window: Window) -> None:
    case = window.filled(window.with_materials(taken(window)))
    moved = dataclasses.replace(applicant_of(ZHAO), address="广东省深圳市罗湖区样本路 9 号")
    window.desk.intake.set_applicant(case.case_id, moved)
    with pytest.raises(ReuseOverturned):
        window.desk.decisions.receive(case.case_id)


# --- approval ---------------------------------------------------------------------------------------------


def test_the_back_offices_decision_lifts_what_the_window_took_in(window: Window) -> None:
    source = window.received()
    assert refused(window, here(window)) is Bar.NOT_APPROVED
    window.tell(ChangeKind.ACCEPTED, source.number)
    assert refused(window, here(window)) is Bar.NOT_APPROVED, "accepted is not decided"
    window.tell(ChangeKind.DECIDED, source.number)
    assert SLOT in window.desk.reuse.offers(here(window))


def test_a_hall_may_trust_its_own_check_before_the_decision(make_window: MakeWindow) -> None:
    window = make_window(profile=dataclasses.replace(PROFILE, reuse=ReusePolicy(pending=True)))
    source = window.received()
    assert SLOT in window.desk.reuse.offers(here(window))
    window.tell(ChangeKind.REFUSED, source.number)
    assert refused(window, here(window)) is Bar.CASE_REFUSED, "a refused case vouches for nothing"


def test_what_the_authority_made_itself_needs_no_case(window: Window) -> None:
    keep(window, level=TrustLevel.A, approval=Approval.PENDING)
    assert SLOT in window.desk.reuse.offers(here(window))


# --- the original lifts C to B ----------------------------------------------------------------------------


def test_the_clerks_look_at_the_original_lifts_the_copy_to_b(window: Window) -> None:
    keep(window, level=TrustLevel.C, checked_by="赵样本")
    case = here(window)
    case = window.desk.reuse.take_checked(case.case_id, SLOT, consent_way=YES)
    content = case.slot(SLOT)
    assert content.reuse is not None and content.custody is Custody.RETURNED
    assert (content.reuse.level, content.reuse.checked_by, content.reuse.checked_on) == (
        TrustLevel.B,
        "王样本",
        NOW.date(),
    )
    (copy,) = window.store.archived(ZHAO.id_number)
    assert (copy.level, copy.source_case) == (TrustLevel.B, case.number)
    window.desk.decisions.receive(window.filled(window.with_materials(case)).case_id)


@pytest.mark.parametrize(
    "changes",
    [{"level": TrustLevel.D}, {"level": TrustLevel.C, "valid_until": date(2026, 11, 19)}],
    ids=["self-written", "expired"],
)
def test_the_original_heals_nothing_but_that_nobody_saw_it(
    window: Window, changes: dict[str, object]
) -> None:
    keep(window, **changes)
    with pytest.raises(CopyBarred):
        window.desk.reuse.take_checked(here(window).case_id, SLOT, consent_way=YES)


# --- keeping ----------------------------------------------------------------------------------------------


def test_copies_go_when_their_time_is_over_or_their_holder_wants_it(window: Window) -> None:
    today = NOW.date()
    stays = keep(window, keep_until=today)
    keep(window, keep_until=date(2026, 11, 19))
    wanted_gone = keep(window)
    with window.store.transaction() as tx:
        tx.archive(dataclasses.replace(wanted_gone, state=CopyState.WITHDRAWN))
    assert window.desk.archive.clean_up() == 2
    assert [copy.archive_id for copy in window.store.archived(ZHAO.id_number)] == [stays.archive_id]
    assert window.desk.archive.clean_up() == 0


def test_what_a_case_leaves_is_kept_as_long_as_it_may_be_reused(window: Window) -> None:
    window.received()
    (copy,) = window.store.archived(ZHAO.id_number)
    assert copy.keep_until == copy.valid_until
    assert (copy.holder_name, copy.holder_address) == (ZHAO.name, ZHAO.address)


def test_every_bar_has_its_place_in_the_table_and_its_words() -> None:
    assert {bar for bar, _speaks in TABLE} == set(Bar) and len(TABLE) == len(Bar)
    assert not {bar.value for bar in Bar} - tables().keys()


def _asked(window: Window, case: Case) -> list[Material]:
    return [line.material for line in window.desk.view_of(case).checklist.lines]


def _valid(number: str) -> str:
    from stdnum.cn import ric

    return number[:-1] + ric.calc_check_digit(number[:-1] + "0")


def _company() -> str:
    from stdnum.cn import uscc

    return COMPANY + uscc.calc_check_digit(COMPANY)


# --- the notice ---------------------------------------------------------------------------------------------


def test_the_notice_can_be_printed_before_anybody_is_named_and_says_what_is_wanted(window: Window) -> None:
    case = window.open()
    paper = window.desk.papers.privacy_notice(case.case_id)
    assert paper.path.read_bytes().startswith(b"%PDF") and paper.number == f"{case.number}-G"
    assert [printed.form for printed in window.store.case(case.case_id).papers] == ["个人信息处理告知书"]
