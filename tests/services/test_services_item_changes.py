"""An item that changed while its case was open: a draft may go on under it, a received case may ask more."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import ELDER_CARD, MakeWindow, Window
from workstation.domain.case import Case, CaseState, Move
from workstation.domain.checklist import checklist
from workstation.domain.items import Material, Pack
from workstation.domain.kinds import Need, OriginalRule
from workstation.domain.situations import Option, Question
from workstation.services.errors import ItemUnchanged, NothingNewRequired
from workstation.services.overview import overview
from workstation.services.papers import papers_for
from workstation.tui.screens.home_words import case_text

NEW = Material(
    id="bank-card",
    title="银行卡",
    standard_id="bank-account",
    original=OriginalRule.SIGHTED,
    need=Need.REQUIRED,
    basis="样例办法第九条",
    standard="本人名下, 卡号清晰",
    issuer="银行",
)


@pytest.fixture
def window(make_window: MakeWindow) -> Window:
    return make_window()


def newer(window: Window, **changes: Any) -> Pack:
    """Return the next version of the pack, with one item changed."""
    pack = window.desk.catalogue.current
    items = tuple(
        dataclasses.replace(item, **changes) if item.title == ELDER_CARD else item for item in pack.items
    )
    return dataclasses.replace(pack, version="2027.1", items=items)


def with_new_material(window: Window, need: Need = Need.REQUIRED) -> Pack:
    item = next(i for i in window.desk.catalogue.current.items if i.title == ELDER_CARD)
    return newer(window, materials=(*item.materials, dataclasses.replace(NEW, need=need)))


def now_asked(window: Window, case: Case) -> set[str]:
    return {line.material.id for line in checklist(window.desk.catalogue.item_of(case), case).lines}


def test_a_draft_may_go_on_under_the_new_version_and_keeps_its_pages(window: Window) -> None:
    desk, case = window.desk, window.ready()
    before = {name: slot.pages for name, slot in case.slots.items()}
    desk.catalogue.adopt(with_new_material(window))
    view = desk.view(case.case_id)
    assert view.change is not None
    assert [str(d) for d in view.change.differences] != []
    assert "bank-card" not in now_asked(window, case)
    case = desk.changes.take_over(case.case_id)
    assert case.pack_version == "2027.1"
    assert {name: slot.pages for name, slot in case.slots.items()} == before
    assert "bank-card" in now_asked(window, case)
    assert desk.view(case.case_id).change is None


def test_an_answer_the_new_version_does_not_know_is_asked_again(window: Window) -> None:
    desk, case = window.desk, window.ready()
    item = desk.catalogue.item_of(case)
    first = item.questions[0]
    renamed = Question(first.id, first.title, (Option("other", "其他"), Option("more", "更多")))
    plain = tuple(dataclasses.replace(m, when=type(m.when)()) for m in item.materials)
    desk.catalogue.adopt(
        newer(
            window,
            questions=(renamed,),
            materials=plain,
            fields=tuple(dataclasses.replace(f, when=type(f.when)()) for f in item.fields),
        )
    )
    case = desk.changes.take_over(case.case_id)
    assert first.id not in case.answers
    desk.view(case.case_id)


def test_a_received_case_is_asked_once_for_what_is_newly_required(window: Window) -> None:
    desk, case = window.desk, window.received()
    desk.catalogue.adopt(with_new_material(window))
    case = desk.changes.ask_supplement(case.case_id)
    assert (case.state, case.pack_version) == (CaseState.CORRECTION, "2027.1")
    assert case.last_move is not None
    assert [(d.material_id, d.basis) for d in case.last_move.defects] == [("bank-card", "样例办法第九条")]
    assert len(case.bundles) == 2
    line = desk.store.outbox.line(case.bundles[-1].bundle_id)
    assert line.kind == "supplement"
    assert "correction" in papers_for(case, desk.catalogue.item_of(case))
    with pytest.raises(ItemUnchanged):
        desk.changes.ask_supplement(case.case_id)


def test_a_tolerable_addition_asks_nothing_of_a_received_case(window: Window) -> None:
    desk, case = window.desk, window.received()
    desk.catalogue.adopt(with_new_material(window, Need.TOLERABLE))
    with pytest.raises(NothingNewRequired):
        desk.changes.ask_supplement(case.case_id)
    assert desk.store.case(case.case_id).state is CaseState.RECEIVED


def test_once_the_back_office_took_the_case_the_change_is_no_matter(window: Window) -> None:
    desk, case = window.desk, window.received()
    window.tell(ChangeKind.ACCEPTED, case.number)
    desk.catalogue.adopt(with_new_material(window))
    case = desk.store.case(case.case_id)
    assert case.last_move is not None
    assert case.last_move.move is Move.ACCEPT
    assert desk.changes.of(case) is None


@pytest.mark.parametrize("state", ["draft", "received"])
def test_an_item_that_did_not_change_or_went_away_changes_nothing(window: Window, state: str) -> None:
    desk, case = window.desk, window.ready() if state == "draft" else window.received()
    assert desk.changes.of(case) is None
    desk.catalogue.adopt(newer(window))
    assert desk.changes.of(case) is None
    pack = desk.catalogue.current
    rest = tuple(item for item in pack.items if item.title != ELDER_CARD)
    desk.catalogue.adopt(dataclasses.replace(pack, version="2027.2", items=rest))
    assert desk.changes.of(case) is None
    with pytest.raises(ItemUnchanged):
        desk.changes.take_over(case.case_id)


def test_a_sealed_case_never_changes_its_version_silently(window: Window) -> None:
    desk, case = window.desk, window.received()
    desk.catalogue.adopt(with_new_material(window))
    with pytest.raises(ItemUnchanged):
        desk.changes.take_over(case.case_id)


def test_home_says_what_a_changed_item_needs_beside(window: Window) -> None:
    desk, case = window.desk, window.received()
    old = desk.catalogue.current
    desk.catalogue.adopt(with_new_material(window))
    assert len(desk.catalogue.packs) > 1
    line = next(line for line in overview(desk).cases if line.case_id == case.case_id)
    assert "需补 银行卡" in case_text(line, wide=False).plain
    desk.catalogue.adopt(old)
    line = next(line for line in overview(desk).cases if line.case_id == case.case_id)
    assert line.change is None
