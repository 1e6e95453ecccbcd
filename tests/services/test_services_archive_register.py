"""A copy is taken out of reuse by hand: by a supervisor, with a reason, for the future only."""

from __future__ import annotations

import pytest

from tests.services.conftest import ELDER_CARD, ZHAO, Window
from workstation.domain.archive import CopyState
from workstation.domain.audit import Action
from workstation.domain.people import Role
from workstation.services.archive_register import ArchiveRegister
from workstation.services.audit import check
from workstation.services.people_errors import NotPermitted, ReasonNeeded
from workstation.services.reuse_errors import CopyOutOfUse, UnknownCopy

PIN = "246810"


pytestmark = pytest.mark.usefixtures("light_pins")


@pytest.fixture
def registers(window: Window) -> dict[str, ArchiveRegister]:
    """One a part; the case of ZHAO has left a copy."""
    window.received()
    people = window.desk.people
    chief = people.begin("李主管", PIN)
    desks = {"chief": window.desk.for_person(chief), "nobody": window.desk}
    for name, who, role in (("clerk", "王样本", Role.CLERK), ("it", "郑样本", Role.IT)):
        desks[name] = window.desk.for_person(people.add(who, role, PIN, by=chief, admit=True))
    return {name: ArchiveRegister(d.store, d.profile, d.clock) for name, d in desks.items()}


def test_a_withdrawn_consent_is_recorded_and_the_copy_offered_no_more(
    window: Window, registers: dict[str, ArchiveRegister]
) -> None:
    chief = registers["chief"]
    (copy,) = chief.kept_of(ZHAO.id_number, reason="本人申请")
    marked = chief.mark(ZHAO.id_number, copy.archive_id, CopyState.WITHDRAWN, reason="本人当面撤回同意")
    assert marked.state is CopyState.WITHDRAWN and marked.pages == copy.pages
    looked, told = window.store.audit.entries()[-2:]
    assert (looked.action, looked.reason) == (Action.LOOKED, "本人申请")
    assert (told.action, told.case, told.reason) == (
        Action.ARCHIVE_MARKED,
        copy.source_case,
        "本人当面撤回同意",
    )
    assert told.subject == looked.subject == window.store.person_hash(ZHAO.id_number)
    assert ZHAO.id_number not in told.detail and '"WITHDRAWN"' in told.detail
    later = window.named(window.open(ELDER_CARD))
    assert not window.desk.reuse.look(later).offers
    for state in (CopyState.REVOKED, CopyState.WITHDRAWN):
        with pytest.raises(CopyOutOfUse):
            chief.mark(ZHAO.id_number, copy.archive_id, state, reason="x")
    assert check(window.store) == ()


def test_nobody_else_lists_or_marks_and_nothing_happens_without_a_reason(
    window: Window, registers: dict[str, ArchiveRegister]
) -> None:
    (copy,) = window.store.archived(ZHAO.id_number)
    before = window.store.audit.head()
    for name in ("clerk", "it", "nobody"):
        with pytest.raises(NotPermitted):
            registers[name].kept_of(ZHAO.id_number, reason="x")
        with pytest.raises(NotPermitted):
            registers[name].mark(ZHAO.id_number, copy.archive_id, CopyState.REVOKED, reason="x")
    chief = registers["chief"]
    with pytest.raises(ReasonNeeded):
        chief.mark(ZHAO.id_number, copy.archive_id, CopyState.REVOKED, reason=" ")
    for id_number, archive_id, state in (
        (ZHAO.id_number, "", CopyState.REVOKED),
        (ZHAO.id_number, "no-such", CopyState.REVOKED),
        ("440304195501019988", copy.archive_id, CopyState.REVOKED),
        (ZHAO.id_number, copy.archive_id, CopyState.LIVE),
    ):
        with pytest.raises(UnknownCopy):
            chief.mark(id_number, archive_id, state, reason="x")
    assert window.store.archived(ZHAO.id_number) == (copy,) and window.store.audit.head() == before
