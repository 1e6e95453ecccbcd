"""Another clerk's draft is theirs; who oversees the queue sees its clocks and no people without a reason."""

from __future__ import annotations

import pytest

from tests.services.conftest import ELDER_CARD, ZHAO, Window
from workstation.domain.audit import Action
from workstation.domain.identity import mask_name
from workstation.domain.people import Role
from workstation.services.audit import check
from workstation.services.desk import Desk
from workstation.services.overview import overview
from workstation.services.people_errors import AnotherClerksDraft, NotPermitted, ReasonNeeded
from workstation.store.database import Group

PIN = "246810"


pytestmark = pytest.mark.usefixtures("light_pins")


@pytest.fixture
def desks(window: Window) -> dict[str, Desk]:
    """One desk a person; the test's window is the clerk's."""
    people = window.desk.people
    chief = people.begin("李主管", PIN)
    made = {"chief": window.desk.for_person(chief)}
    for name, who, role in (
        ("clerk", "王样本", Role.CLERK),
        ("other", "周样本", Role.CLERK),
        ("it", "郑样本", Role.IT),
        ("trainer", "钱样本", Role.TRAINER),
    ):
        made[name] = window.desk.for_person(people.add(who, role, PIN, by=chief, admit=True))
    window.desk = made["clerk"]
    return made


def names(desk: Desk) -> set[str]:
    return {line.applicant for line in overview(desk).cases}


def test_a_draft_is_its_own_clerks(window: Window, desks: dict[str, Desk]) -> None:
    case = window.named(window.open(ELDER_CARD))
    assert desks["clerk"].view(case.case_id) and names(desks["clerk"]) == {ZHAO.name}
    with pytest.raises(AnotherClerksDraft):
        desks["other"].view(case.case_id)
    assert ZHAO.name not in names(desks["other"])
    with pytest.raises(NotPermitted):
        desks["other"].privacy.open(case.case_id, "好奇")


def test_a_received_case_may_be_worked_on_by_every_clerk(window: Window, desks: dict[str, Desk]) -> None:
    case = window.received()
    assert desks["other"].view(case.case_id) and names(desks["other"]) == {mask_name(ZHAO.name)}


def test_lists_show_a_name_in_full_only_in_the_draft_at_hand(window: Window, desks: dict[str, Desk]) -> None:
    clerk, chief = desks["clerk"], desks["chief"]
    case = window.received()
    masked = mask_name(ZHAO.name)

    def listed(desk: Desk) -> set[str]:
        lines = desk.privacy.masked(desk.queue.page(Group.EVERY))
        queued = {line.applicant for line in (*lines, *overview(desk).queue)}
        return queued | {one.applicant for one in desk.finder.find(case.number)}

    assert listed(clerk) == listed(desks["other"]) == {masked}
    assert listed(chief) == {""}
    assert {line.applicant for line in overview(clerk).messages} <= {"", masked}
    chief.privacy.open(case.case_id, "投诉核查")
    assert listed(chief) == {ZHAO.name}


def test_nobody_leafs_through_a_colleagues_people_by_parts_of_names(
    window: Window, desks: dict[str, Desk]
) -> None:
    case = window.named(window.open(ELDER_CARD))
    other = desks["other"]
    assert [one.applicant for one in desks["clerk"].finder.find(ZHAO.name[:2])] == [ZHAO.name]
    assert other.finder.find(ZHAO.name[:2]) == other.finder.find(case.number[:8]) == ()
    for known in (ZHAO.name, ZHAO.id_number, case.number):
        (hit,) = other.finder.find(known)
        assert (hit.number, hit.applicant) == (case.number, "")


def test_opening_a_case_the_office_has_is_an_entry_and_opening_a_draft_is_none(
    window: Window, desks: dict[str, Desk]
) -> None:
    draft, sealed = window.named(window.open(ELDER_CARD)), window.received()
    before = window.store.audit.head().seq
    desks["clerk"].opened(draft.case_id)
    assert window.store.audit.head().seq == before
    desks["other"].opened(sealed.case_id)
    entry = window.store.audit.entries()[-1]
    assert (entry.action, entry.case, entry.item) == (Action.LOOKED, sealed.number, sealed.item_code)
    assert entry.actor == desks["other"].profile.person_id
    assert entry.subject == window.store.person_hash(ZHAO.id_number)
    with pytest.raises(ReasonNeeded):
        desks["chief"].opened(sealed.case_id)
    assert window.store.audit.head().seq == entry.seq and check(window.store) == ()


@pytest.mark.parametrize("sealed", [False, True])
def test_a_supervisor_sees_clocks_and_with_a_written_reason_the_case(
    window: Window, desks: dict[str, Desk], sealed: bool
) -> None:
    case = window.received() if sealed else window.named(window.open(ELDER_CARD))
    chief = desks["chief"]
    (line,) = overview(chief).cases
    assert line.number == case.number and line.title and line.applicant != ZHAO.name
    with pytest.raises(ReasonNeeded):
        chief.view(case.case_id)
    with pytest.raises(ReasonNeeded):
        chief.privacy.open(case.case_id, "  ")
    chief.privacy.open(case.case_id, "投诉核查")
    assert chief.view(case.case_id) and names(chief) == {ZHAO.name}
    last = window.store.audit.entries()[-1]
    assert (last.action, last.case, last.reason) == (Action.OPENED_FOREIGN, case.number, "投诉核查")
    assert last.actor == chief.profile.person_id and check(window.store) == ()


@pytest.mark.parametrize("who", ["it", "trainer"])
def test_it_and_trainers_have_nothing_to_do_with_real_cases(
    window: Window, desks: dict[str, Desk], who: str
) -> None:
    case = window.received()
    for attempt in (
        lambda: desks[who].view(case.case_id),
        lambda: desks[who].intake.open_case(window.item(ELDER_CARD)),
        lambda: desks[who].finder.find(ZHAO.name),
        lambda: desks[who].privacy.open(case.case_id, "好奇"),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert ZHAO.name not in names(desks[who])


def test_what_somebody_left_behind_who_is_gone_belongs_to_all(window: Window, desks: dict[str, Desk]) -> None:
    case = window.named(window.open(ELDER_CARD))
    people = window.desk.people
    people.disable("王样本", by=people.named("李主管"), reason="调离")
    assert desks["other"].view(case.case_id)
