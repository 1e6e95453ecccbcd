"""Whatever order papers, promises and people come in: nothing required is ever sealed unaccounted for."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.conftest import QIAN, RELIEF, ZHAO, MakeWindow, Window, applicant_of
from workstation.domain.case import Case, Custody, Flag
from workstation.domain.checklist import ChecklistLine, SlotStatus
from workstation.domain.errors import DomainError
from workstation.domain.items import Commitment, Item, Pack
from workstation.domain.kinds import Need, OriginalRule
from workstation.services.errors import ServiceError

SLOTS = ("household-register", "diagnosis", "medical-invoice", "bank-account")
PROMISABLE = ("diagnosis", "medical-invoice")
PROMISE = Commitment(text="本人承诺属实", basis="办事指南", consequence="不实的撤销决定")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("scan", "drop", "mark", "defer", "promise", "back", "name")), st.integers(0, 3)
    ),
    max_size=8,
)


def promisable(item: Item) -> Item:
    materials = tuple(dataclasses.replace(m, committable=m.id in PROMISABLE) for m in item.materials)
    return dataclasses.replace(item, materials=materials, commitment=PROMISE)


@pytest.fixture
def window(make_window: MakeWindow, pack: Pack) -> Window:
    (item,) = (promisable(item) for item in pack.items if item.title == RELIEF)
    return make_window(packs=(dataclasses.replace(pack, items=(item,)),))


def step(window: Window, case: Case, what: str, which: int) -> None:
    """Do one thing; a refusal is a fine answer."""
    slot, desk, name = SLOTS[which], window.desk, case.case_id
    pages = window.store.case(name).slot(slot).pages
    if what == "scan":
        window.scan(case, slot)
    elif what == "drop" and pages:
        desk.page_work.remove(name, pages[-1].page_id, why="模糊")
    elif what == "mark":
        desk.intake.mark_original(name, slot, Custody.HELD)
    elif what == "defer":
        window.defer(case, slot, days=which)
    elif what == "promise":
        desk.tolerance.commit(name, slot)
    elif what == "back":
        desk.tolerance.take_back(name, slot)
    elif what == "name":
        desk.intake.set_applicant(name, applicant_of((ZHAO, QIAN)[which % 2]))


def is_accounted_for(line: ChecklistLine, case: Case) -> bool:
    """Whether a sealed line is here with a word on its original, promised where it may be, or made here."""
    slot, material = case.slot(line.material.id), line.material
    if material.original is OriginalRule.FORM:
        return True
    if slot.pages:
        is_whole = material.pages_min <= len(slot.pages) <= material.pages_max
        return is_whole and slot.custody is not Custody.NOT_SEEN
    if slot.committed:
        return material.committable
    return material.need is Need.TOLERABLE and slot.deferred_until is not None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, delay=st.integers(0, 3))
def test_no_order_seals_a_line_nobody_accounts_for(
    window: Window, steps: list[tuple[str, int]], delay: int
) -> None:
    case = window.filled(window.with_materials(window.named(window.open(RELIEF)), except_for=SLOTS))
    for slot in (*SLOTS[:2], SLOTS[3]):
        window.scan(case, slot)
        window.desk.intake.mark_original(case.case_id, slot, Custody.RETURNED)
    window.defer(case, SLOTS[2])
    for what, which in steps:
        try:
            step(window, case, what, which)
        except (ServiceError, DomainError):
            continue
    began = window.clock.now
    window.clock.forward(days=delay)
    try:
        sealed = window.desk.decisions.receive(case.case_id)
    except ServiceError:
        assert not window.store.case(case.case_id).bundles
        return
    finally:
        window.clock.now = began
    lines = window.desk.view_of(sealed).checklist.lines
    assert all(is_accounted_for(line, sealed) for line in lines)
    later = {line.material.id for line in lines if line.status is SlotStatus.LATER}
    assert set(sealed.debts) == later and (Flag.TOLERATED in sealed.flags) is bool(later)
    assert all(due >= (began + timedelta(days=delay)).date() for due in sealed.debts.values())
    promised = {line.material.id for line in lines if line.status is SlotStatus.COMMITTED}
    assert {name for name, slot in sealed.slots.items() if slot.committed} == promised
