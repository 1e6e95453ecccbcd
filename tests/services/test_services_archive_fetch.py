"""What another window took in comes by the back office: by scene, whole, and for a few days."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from stdnum.cn import uscc

from sync.contract.archive import ArchiveAnswer, ArchivePageQuery, ArchiveQuery
from sync.contract.libraries import Scene
from sync.contract.models import ChangeKind
from sync.errors import Unreachable
from tests.services.conftest import NOW, PROFILE, QIAN, ZHAO, Clock, MakeWindow, Window, applicant_of
from tests.sync.gateway_hall import Hall, WindowSeat, open_hall
from workstation.domain.case import Case
from workstation.domain.kinds import FieldKind
from workstation.domain.reuse import Bar
from workstation.domain.tickets import Booking
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.keys import DataKey

SLOT = "household-register"
COMPANY = "91440300MA5TEXT1K"
"""Made up; its check digit follows."""


@dataclass
class Line:
    """A window's calls to the real office, over its whole application; a test may cut or spoil it."""

    seat: WindowSeat
    up: bool = True
    spoilt: bool = False
    asked: list[str] = field(default_factory=list)

    def archive(self, query: ArchiveQuery) -> ArchiveAnswer:
        return ArchiveAnswer.model_validate_json(self._call("query", query.model_dump_json()))

    def archive_page(self, query: ArchivePageQuery) -> bytes:
        data = self._call("page", query.model_dump_json())
        return data[:-1] + b"x" if self.spoilt else data

    def _call(self, what: str, body: str) -> bytes:
        self.asked.append(what)
        if not self.up:
            raise Unreachable
        headers = {"Content-Type": "application/json"}
        answer = self.seat.call("POST", f"/v1/archive/{what}", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.content


@dataclass
class Town:
    """An office, a window that took a case in, and another one where the citizen comes next."""

    hall: Hall
    first: Window
    second: Window
    line: Line

    def deliver(self, case: Case, seat: WindowSeat, *kinds: ChangeKind) -> None:
        """Send a case to the office as it was sealed, and let the office decide."""
        signed = self.first.store.outbox.load(case.bundles[-1].bundle_id)
        for page in signed.manifest.pages:
            seat.put_page(self.first.store.vault.get(page.sha256))
        headers = {"Content-Type": "application/json"}
        path = f"/v1/bundles/{signed.manifest.bundle_id}"
        answer = seat.call("PUT", path, content=signed.model_dump_json(), headers=headers)
        assert answer.status_code == 201, answer.text
        for kind in kinds:
            self.hall.office.decide(case.number, kind, actor="香蜜湖街道", reason="样本")

    def looks(self) -> list[dict[str, str]]:
        with self.hall.office.database.read() as rows:
            found = rows.execute("SELECT * FROM archive_look ORDER BY at, look_id").fetchall()
        return [dict(row) for row in found]  # type: ignore[call-overload]

    def case(self) -> Case:
        return self.second.named(self.second.open())


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[tuple[Hall, WindowSeat, WindowSeat]]:
    hall = open_hall(tmp_path / "office", streets={"HF": "华富街道", "XMH": "香蜜湖街道"})
    yield hall, hall.window("03", "HF"), hall.window("04", "HF")
    hall.office.close()


@pytest.fixture
def town(
    seats: tuple[Hall, WindowSeat, WindowSeat],
    make_window: MakeWindow,
    empty_store: tuple[Path, DataKey],
    tmp_path: Path,
) -> Iterator[Town]:
    hall, one, two = seats
    shutil.copytree(empty_store[0], tmp_path / "second")
    other = Store.open(tmp_path / "second", empty_store[1])
    first = make_window(profile=_profile(one), key=one.key)
    second = make_window(profile=_profile(two), key=two.key, other_store=other, clock=Clock())
    town = Town(hall, first, second, Line(two))
    town.deliver(first.received(), one, ChangeKind.ACCEPTED, ChangeKind.DECIDED)
    yield town
    other.close()


def _profile(seat: WindowSeat) -> WindowProfile:
    return dataclasses.replace(PROFILE, window_id=seat.window_id, number_prefix=seat.enrolment.number_prefix)


def test_an_approved_copy_of_another_window_is_fetched_and_offered(town: Town) -> None:
    case = town.case()
    assert not town.second.desk.reuse.offers(case)
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 1
    offer = town.second.desk.reuse.offers(case)[SLOT]
    assert offer.checked_by == "王样本" and offer.keep_until == NOW.date() + timedelta(days=3)
    case = town.second.desk.reuse.take(case.case_id, SLOT, consent_way="签字")
    assert case.slot(SLOT).reuse is not None
    town.line.asked.clear()
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 0
    assert town.line.asked == ["query"], "what is here is not fetched again"


def test_each_look_is_recorded_at_the_office_without_a_number_in_the_clear(town: Town) -> None:
    case = town.case()
    town.second.desk.archive_fetch.for_case(case.case_id, town.line)
    looks = town.looks()
    assert len(looks) == 2 and {look["case_number"] for look in looks} == {case.number}
    assert {look["clerk"] for look in looks} == {"王样本"}
    assert ZHAO.id_number not in str(looks)


def test_only_what_the_item_asks_for_of_that_person_is_told(town: Town) -> None:
    case = town.second.open()
    town.second.desk.intake.set_applicant(case.case_id, applicant_of(QIAN))
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 0
    scene = Scene(case_number=case.number, item_code=case.item_code, clerk="王样本", ground="样本")
    query = ArchiveQuery(scene=scene, holder=ZHAO.id_number, standard_ids=("marriage-certificate",))
    assert town.line.archive(query).copies == ()


def test_a_companys_licence_is_told_to_who_comes_for_that_company(
    town: Town, seats: tuple[Hall, WindowSeat, WindowSeat]
) -> None:
    title, slot, name = licensed_item(town.first)
    code = COMPANY + uscc.calc_check_digit(COMPANY)
    brought = town.first.with_materials(town.first.named(town.first.open(title)))
    town.first.desk.intake.type_field(brought.case_id, name, code)
    brought = town.first.desk.decisions.receive(town.first.filled(brought).case_id)
    town.deliver(brought, seats[1], ChangeKind.ACCEPTED, ChangeKind.DECIDED)
    case = town.second.named(town.second.open(title), QIAN)
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 0, "which company, nobody said"
    case = town.second.desk.intake.type_field(case.case_id, name, code)
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 1
    assert slot in town.second.desk.reuse.offers(case)
    (kept,) = town.second.store.archived(code)
    assert kept.id_number == code and code not in str(town.looks())
    item = town.second.item(title)
    every = tuple({m.standard_id for m in item.materials if m.standard_id})
    scene = Scene(case_number=case.number, item_code=item.code, clerk="王样本", ground="样本")
    for holder, theirs in ((code, {"business-licence"}), (ZHAO.id_number, set(every) - {"business-licence"})):
        told = town.line.archive(ArchiveQuery(scene=scene, holder=holder, standard_ids=every)).copies
        assert told and {copy.standard_id for copy in told} <= theirs


def licensed_item(window: Window) -> tuple[str, str, str]:
    """Return title, licence's slot and code's field of an item for a company."""
    for item in window.desk.catalogue.current.items:
        slots = [m.id for m in item.materials if m.standard_id == "business-licence" and m.reusable]
        codes = [field.id for field in item.fields if field.kind is FieldKind.USCC]
        if slots and codes:
            return item.title, slots[0], codes[0]
    raise AssertionError("no item asks for a licence")


@pytest.mark.parametrize("kinds", [(), (ChangeKind.ACCEPTED,), (ChangeKind.REFUSED,)], ids=str)
def test_a_case_that_is_not_approved_gives_nothing(
    town: Town, seats: tuple[Hall, WindowSeat, WindowSeat], kinds: tuple[ChangeKind, ...]
) -> None:
    town.deliver(town.first.received(person=QIAN), seats[1], *kinds)
    case = town.second.open()
    town.second.desk.intake.set_applicant(case.case_id, applicant_of(QIAN))
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 0


def test_a_window_looks_only_in_cases_of_its_own(
    town: Town, seats: tuple[Hall, WindowSeat, WindowSeat]
) -> None:
    scene = Scene(case_number="W99-20261120-001", item_code="440590003001", clerk="王样本", ground="样本")
    query = ArchiveQuery(scene=scene, holder=ZHAO.id_number, standard_ids=(SLOT,))
    headers = {"Content-Type": "application/json"}
    answer = seats[2].call("POST", "/v1/archive/query", content=query.model_dump_json(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scene-refused")


def test_a_page_of_nobodys_approved_case_is_not_handed_over(
    town: Town, seats: tuple[Hall, WindowSeat, WindowSeat]
) -> None:
    case = town.case()
    scene = Scene(case_number=case.number, item_code=case.item_code, clerk="王样本", ground="样本")
    (copy,) = town.first.store.archived(ZHAO.id_number)
    page = ArchivePageQuery(scene=scene, holder=QIAN.id_number, sha256=copy.pages[0].kept_sha256)
    headers = {"Content-Type": "application/json"}
    answer = seats[2].call("POST", "/v1/archive/page", content=page.model_dump_json(), headers=headers)
    assert answer.status_code == 403
    assert town.looks()[-1]["what"] == "refused"


def test_a_page_that_is_not_what_its_hash_says_is_not_kept(town: Town) -> None:
    town.line.spoilt = True
    case = town.case()
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 0
    assert not town.second.store.archived(ZHAO.id_number)


def test_what_was_fetched_goes_after_its_days(town: Town) -> None:
    case = town.case()
    town.second.desk.archive_fetch.for_case(case.case_id, town.line)
    town.second.clock.forward(days=4)
    assert town.second.desk.archive.daily() == 1
    assert not town.second.store.archived(ZHAO.id_number)


@pytest.mark.parametrize("standard_id", [SLOT, ""], ids=["one material", "the whole case"])
def test_a_word_of_the_office_takes_a_copy_out_of_reuse_everywhere(town: Town, standard_id: str) -> None:
    case = town.case()
    town.second.desk.archive_fetch.for_case(case.case_id, town.line)
    offer = town.second.desk.reuse.offers(case)[SLOT]
    town.hall.office.archive.mark(offer.source_case, standard_id, "revoked")
    for change in town.hall.office.feed.since(town.line.seat.window_id, 0).changes:
        town.second.store.inbox.apply(change)
    assert town.second.desk.reuse.look(case).refusals[SLOT].bar is Bar.REVOKED
    assert town.second.desk.archive.clean_up() == 1
    assert town.second.desk.archive_fetch.for_case(case.case_id, town.line) == 0, "nor is it told again"


def test_tomorrows_bookings_are_fetched_once_and_served_offline(town: Town) -> None:
    item = town.second.item("敬老优待证")
    tomorrow: datetime = NOW + timedelta(days=1)
    with town.second.store.transaction() as tx:
        for number, person in (("B1", ZHAO.id_number), ("B2", "not a number")):
            tx.put_booking(Booking(number=number, item_code=item.code, booked_for=tomorrow, id_number=person))
    assert town.second.desk.archive_fetch.ahead(town.line) == 1
    assert town.second.desk.archive_fetch.ahead(town.line) == 0
    assert town.looks()[0]["case_number"] == "booking:B1"
    town.line.up = False
    town.second.clock.forward(days=1)
    assert SLOT in town.second.desk.reuse.offers(town.case())


def test_without_a_line_the_next_turn_asks_again(town: Town) -> None:
    item = town.second.item("敬老优待证")
    with town.second.store.transaction() as tx:
        tx.put_booking(
            Booking(
                number="B1",
                item_code=item.code,
                booked_for=NOW + timedelta(days=1),
                id_number=ZHAO.id_number,
            )
        )
    town.line.up = False
    assert town.second.desk.archive_fetch.ahead(town.line) == 0
    town.line.up = True
    assert town.second.desk.archive_fetch.ahead(town.line) == 1


def test_a_fetched_copy_is_judged_like_any_other(town: Town) -> None:
    case = town.second.open()
    moved = dataclasses.replace(applicant_of(ZHAO), address="广东省深圳市罗湖区样本路 9 号")
    town.second.desk.intake.set_applicant(case.case_id, moved)
    town.second.desk.archive_fetch.for_case(case.case_id, town.line)
    found = town.second.desk.reuse.look(town.second.store.case(case.case_id))
    assert found.refusals[SLOT].bar is Bar.ADDRESS_CHANGED
