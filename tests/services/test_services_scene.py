"""Scene authorisation: no open case, no archived page; and every look is written down first."""

from __future__ import annotations

import dataclasses

import pytest

from tests.services.conftest import QIAN, ZHAO, MakeWindow, Window
from workstation.domain.audit import MACHINE, Action, AuditEntry, Deed, link_hash
from workstation.domain.people import Permission, Role, may
from workstation.services.people_errors import (
    MaterialNotListed,
    NotPermitted,
    OtherPersonsMaterial,
    SceneClosed,
)
from workstation.services.scene import Scene

REGISTER = "household-register"


def deeds(window: Window) -> list[AuditEntry]:
    return [entry for entry in window.store.audit.entries() if entry.action != Action.BEGUN]


def test_an_open_case_of_the_person_whose_item_lists_the_kind_lets_its_page_be_seen(window: Window) -> None:
    page = window.store.vault.put(b"page")
    case = window.named(window.open())
    access = window.desk.scene.authorise(case, standard_id=REGISTER, person=ZHAO.id_number)
    assert deeds(window) == []
    assert window.desk.scene.open_page(access, page, archive_id="a1") == b"page"
    (look,) = deeds(window)
    assert (look.action, look.case, look.item) == (Action.LOOKED, case.number, case.item_code)
    assert look.subject == window.store.person_hash(ZHAO.id_number)
    assert look.actor == MACHINE and ZHAO.id_number not in repr(look)
    assert REGISTER in look.detail and page[:12] in look.detail


def test_a_number_typed_with_a_small_x_is_the_same_person(window: Window) -> None:
    case = window.named(window.open())
    scene = window.desk.scene
    assert scene.authorise(case, standard_id=REGISTER, person=f" {ZHAO.id_number.lower()} ")


@pytest.mark.parametrize("why", ["sealed", "unlisted", "nobody", "stranger"])
def test_a_look_no_case_allows_is_refused_and_written_down(window: Window, why: str) -> None:
    case = window.received() if why == "sealed" else window.open()
    if why in ("unlisted", "stranger"):
        case = window.named(case)
    person = QIAN if why == "stranger" else ZHAO
    standard = "no-such-kind" if why == "unlisted" else REGISTER
    wanted = {"sealed": SceneClosed, "unlisted": MaterialNotListed}.get(why, OtherPersonsMaterial)
    with pytest.raises(wanted):
        window.desk.scene.authorise(case, standard_id=standard, person=person.id_number)
    last = deeds(window)[-1]
    assert last.action == Action.REFUSED and last.subject == window.store.person_hash(person.id_number)


def test_a_recorded_relation_lets_the_other_persons_paper_be_seen(window: Window) -> None:
    case = window.named(window.open())
    related = (QIAN.id_number,)
    assert window.desk.scene.authorise(
        case, standard_id=REGISTER, person=QIAN.id_number, related=related
    ).person
    with pytest.raises(OtherPersonsMaterial):
        window.desk.scene.authorise(case, standard_id=REGISTER, person=QIAN.id_number)


def test_an_empty_number_is_nobodys(window: Window) -> None:
    with pytest.raises(OtherPersonsMaterial):
        window.desk.scene.authorise(window.named(window.open()), standard_id=REGISTER, person="")


@pytest.mark.parametrize("role", [Role.IT, Role.TRAINER])
def test_it_and_trainers_see_no_archive(make_window: MakeWindow, role: Role) -> None:
    window = make_window()
    case = window.named(window.open())
    profile = dataclasses.replace(window.desk.profile, role=role)
    scene = Scene(window.store, window.desk.catalogue, profile, window.clock)
    with pytest.raises(NotPermitted):
        scene.authorise(case, standard_id=REGISTER, person=ZHAO.id_number)


def test_a_trainer_is_a_clerk_in_practice_only() -> None:
    assert may(Role.TRAINER, Permission.WORK_CASES, practice=True)
    assert not may(Role.TRAINER, Permission.WORK_CASES)
    assert not may(Role.TRAINER, Permission.READ_AUDIT, practice=True)


def test_sealing_printing_and_reuse_are_written_with_the_case_itself(window: Window) -> None:
    case = window.received()
    done = [entry.action for entry in deeds(window)]
    assert done.count(Action.SEALED) == 1 and Action.CUSTODY in done
    assert {entry.case for entry in deeds(window)} == {case.number}


def test_what_is_undone_leaves_no_link(window: Window) -> None:
    case = window.ready()
    before = window.store.audit.head()
    with pytest.raises(ZeroDivisionError), window.store.transaction() as tx:
        tx.note(window_deed(), actor="王样本", at=window.clock())
        raise ZeroDivisionError
    assert window.store.audit.head() == before
    assert case.number


def test_links_hang_on_each_other(window: Window) -> None:
    window.received()
    entries = window.store.audit.entries()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    for earlier, later in zip(entries, entries[1:], strict=False):
        assert later.previous == earlier.hash == link_hash(earlier)


def window_deed() -> Deed:

    return Deed(action=Action.LOOKED)
