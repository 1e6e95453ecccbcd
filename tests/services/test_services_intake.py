"""Taking a case in: what was entered is never lost, and what may not stand is refused with a reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest

from tests.services.conftest import (
    ELDER_CARD,
    PROFILE,
    QIAN,
    ZHAO,
    MakeWindow,
    Window,
    applicant_of,
)
from workstation.domain.case import (
    CaseState,
    Custody,
    FieldSet,
    FieldValue,
    Flag,
    Origin,
)
from workstation.domain.errors import BadIdNumber, UnknownAnswer
from workstation.services.errors import (
    CaseSealed,
    NotEnrolled,
    NothingRead,
    ReceivedAlready,
    UnknownStreet,
)


def test_a_case_opens_as_a_draft_under_the_next_number_of_the_day(window: Window) -> None:
    first, second = window.open(), window.open()
    assert (first.number, second.number) == ("W03-20261120-001", "W03-20261120-002")
    assert first.state is CaseState.DRAFT
    assert first.pack_version == window.desk.catalogue.current.version


def test_a_new_day_counts_from_one_and_a_clock_set_back_never_gives_a_number_twice(window: Window) -> None:
    numbers = [window.open().number]
    window.clock.forward(days=1)
    numbers.append(window.open().number)
    window.clock.forward(days=-1)
    numbers.append(window.open().number)
    assert numbers == ["W03-20261120-001", "W03-20261121-001", "W03-20261120-002"]


def test_a_clock_set_back_keeps_the_order_of_the_log(window: Window) -> None:
    case = window.open()
    window.clock.forward(hours=-5)
    window.named(case)
    ticks = [entry.tick for entry in window.store.log(case.case_id)]
    assert ticks == sorted(set(ticks))


def test_a_window_without_a_number_block_opens_nothing(make_window: MakeWindow) -> None:
    window = make_window(profile=dataclasses.replace(PROFILE, number_prefix=""))
    with pytest.raises(NotEnrolled):
        window.open()
    assert not window.store.summaries()


def test_changing_an_answer_keeps_the_pages_already_scanned(window: Window) -> None:
    case = window.open(case="exchange")
    window.scan(case, "old-card")
    case = window.desk.intake.answer(case.case_id, "case", "first-blue")
    view = window.desk.view_of(case)
    assert view.line("old-card") is None
    assert [waiting.slot for waiting in view.checklist.tray] == ["old-card"]
    case = window.desk.intake.answer(case.case_id, "case", "exchange")
    line = window.desk.view_of(case).line("old-card")
    assert line is not None and line.pages == 1


@pytest.mark.parametrize(("question", "option"), [("case", "nothing"), ("nothing", "self")])
def test_an_answer_the_item_does_not_have_is_refused(window: Window, question: str, option: str) -> None:
    case = window.open()
    with pytest.raises(UnknownAnswer):
        window.desk.intake.answer(case.case_id, question, option)
    assert window.store.case(case.case_id).answers == case.answers


@pytest.mark.parametrize("number", ["", "123", ZHAO.id_number[:-1] + "0", "440304199902300000"])
def test_an_applicant_with_a_bad_number_is_refused_and_nothing_is_recorded(
    window: Window, number: str
) -> None:
    case = window.open()
    with pytest.raises(BadIdNumber):
        window.desk.intake.set_applicant(
            case.case_id, dataclasses.replace(applicant_of(ZHAO), id_number=number)
        )
    assert window.store.case(case.case_id).length == case.length


def test_birth_date_and_sex_follow_from_the_number_whatever_was_typed(window: Window) -> None:
    case = window.open()
    typed = dataclasses.replace(applicant_of(ZHAO), sex="女", birth_date=date(2000, 1, 1))
    case = window.desk.intake.set_applicant(case.case_id, typed)
    assert case.applicant is not None
    assert (case.applicant.sex, case.applicant.birth_date) == ("男", ZHAO.birth_date)


def test_the_confirmed_applicant_fills_the_form(window: Window) -> None:
    case = window.named(window.open())
    values = {name: (value.value, value.origin) for name, value in case.fields.items()}
    assert values["name"] == ("赵样本", Origin.CARD)
    assert values["birth_date"] == ("1964-03-08", Origin.CARD)
    assert values["phone"] == (ZHAO.phone, Origin.TYPED)


def test_card_values_never_overwrite_typed_fields(window: Window) -> None:
    case = window.open()
    window.desk.intake.type_field(case.case_id, "address", "现住址与证件不同")
    window.desk.intake.type_field(case.case_id, "phone", "0755-83000000")
    case = window.named(case)
    assert case.fields["address"].value == "现住址与证件不同"
    assert case.fields["phone"].value == "0755-83000000"


def test_card_values_never_overwrite_what_was_confirmed_against_a_page(window: Window) -> None:
    case = window.open()
    with window.store.transaction() as tx:
        proposal = FieldValue(value="户口簿上的住址", origin=Origin.OCR)
        tx.record(case.case_id, FieldSet(field="address", value=proposal), actor="ocr", at=window.clock())
    window.desk.intake.confirm_field(case.case_id, "address")
    assert window.named(case).fields["address"].value == "户口簿上的住址"


def test_a_corrected_applicant_corrects_what_came_from_the_first(window: Window) -> None:
    case = window.named(window.open())
    second = dataclasses.replace(applicant_of(QIAN), address="")
    case = window.desk.intake.set_applicant(case.case_id, second)
    assert (case.fields["name"].value, case.fields["phone"].value) == (QIAN.name, QIAN.phone)
    assert case.fields["address"].value == "", (
        "the first one's address must not stay in the second one's form"
    )
    assert "address" in {problem.field.id for problem in window.desk.view_of(case).readiness.fields}


def test_a_phone_typed_into_the_form_survives_a_second_look_at_the_applicant(window: Window) -> None:
    case = window.named(window.open())
    window.desk.intake.type_field(case.case_id, "phone", "0755-83000000")
    case = window.desk.intake.set_applicant(case.case_id, applicant_of(ZHAO))
    assert case.fields["phone"].value == "0755-83000000"


def test_another_applicant_loses_the_copies_reused_from_the_first(window: Window) -> None:
    window.approved()
    case = window.named(window.open())
    window.desk.reuse.take(case.case_id, "household-register", consent_way="当面口头同意")
    case = window.desk.intake.set_applicant(case.case_id, applicant_of(QIAN))
    assert case.slot("household-register").reuse is None


def test_the_same_applicant_keeps_the_copies_already_agreed_to(window: Window) -> None:
    window.approved()
    case = window.named(window.open())
    window.desk.reuse.take(case.case_id, "household-register", consent_way="当面口头同意")
    case = window.desk.intake.set_applicant(case.case_id, applicant_of(ZHAO))
    assert case.slot("household-register").reuse is not None


def test_a_typed_value_that_fails_its_check_is_kept_and_shown_as_failing(window: Window) -> None:
    case = window.desk.intake.type_field(window.open().case_id, "id_number", " 123 ")
    value = case.fields["id_number"]
    assert (value.value, value.valid, value.checks) == ("123", False, ("!id-length",))
    assert "id_number" in {problem.field.id for problem in window.desk.view_of(case).readiness.fields}


def test_a_reading_is_corrected_under_its_own_name(window: Window) -> None:
    case = window.desk.intake.type_field(window.open().case_id, "id-card-front.name", "赵样本")
    assert case.fields["id-card-front.name"].origin is Origin.TYPED


def test_confirming_a_proposal_names_who_compared_it_and_checks_it_again(window: Window) -> None:
    case = window.open()
    with window.store.transaction() as tx:
        wrong = FieldValue(value=ZHAO.id_number[:-1] + "0", origin=Origin.OCR, checks=("read", "!scripted"))
        tx.record(case.case_id, FieldSet(field="id_number", value=wrong), actor="ocr", at=window.clock())
    value = window.desk.intake.confirm_field(case.case_id, "id_number").fields["id_number"]
    assert value.confirmed_by == PROFILE.clerk
    assert (value.checks, value.valid) == (("read", "!id-check-digit"), False)


def test_there_is_nothing_to_confirm_where_nothing_was_read(window: Window) -> None:
    case = window.open()
    with pytest.raises(NothingRead):
        window.desk.intake.confirm_field(case.case_id, "address")


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("广东省深圳市福田区香蜜湖街道样本路7号", "XMH"),
        ("深圳市福田区梅林街道福华路1号", "ML"),
        ("深圳市福田区香蜜湖红荔西路", "XMH"),
        ("深圳市福田区莲花街道华富路9号", "LH"),
        ("深圳市福田区华富路9号", ""),
        ("深圳市福田区华强北街道", "HQB"),
        ("深圳市盐田区沙头角街道样本路5号", ""),
        ("深圳市福田区梅林莲花山庄", ""),
        ("广州市天河区", ""),
        ("", ""),
    ],
)
def test_the_street_is_guessed_only_where_the_address_names_one(
    window: Window, address: str, street: str
) -> None:
    assert window.desk.intake.guess_street(address) == street


def test_a_street_the_catalogue_does_not_route_to_is_refused(window: Window) -> None:
    case = window.open()
    with pytest.raises(UnknownStreet):
        window.desk.intake.set_home_street(case.case_id, "nowhere")


def test_a_page_taken_out_leaves_its_reason_in_the_log(window: Window) -> None:
    case = window.scan(window.open(), "household-register", 2)
    first, second = case.slot("household-register").pages
    case = window.desk.page_work.remove(case.case_id, first.page_id, why="模糊")
    assert case.slot("household-register").pages == (second,)
    assert window.store.log(case.case_id)[-1].why == "模糊"
    assert window.store.vault.get(first.sha256)


def test_a_case_put_aside_keeps_everything_and_is_taken_up_again(window: Window) -> None:
    case = window.ready()
    held = window.desk.intake.hold(case.case_id, why="申请人回家取证")
    assert Flag.ON_HOLD in held.flags and held.slots == case.slots
    resumed = window.desk.intake.resume(case.case_id)
    assert Flag.ON_HOLD not in resumed.flags
    assert window.desk.intake.resume(case.case_id).length == resumed.length


def test_a_case_put_aside_is_taken_up_by_receiving_it(window: Window) -> None:
    case = window.ready()
    window.desk.intake.hold(case.case_id, why="等候")
    assert Flag.ON_HOLD not in window.desk.decisions.receive(case.case_id).flags


def test_a_discarded_draft_stays_in_the_log_with_its_reason_and_hands_originals_back(window: Window) -> None:
    case = window.ready()
    assert case.slot("photo-receipt").custody is Custody.HELD
    case = window.desk.intake.discard(case.case_id, why="申请人撤回")
    assert case.state is CaseState.WITHDRAWN
    assert case.slot("photo-receipt").custody is Custody.RETURNED
    assert window.store.log(case.case_id)[-1].why == "申请人撤回"
    with pytest.raises(CaseSealed):
        window.scan(case, "id-card")


def test_a_case_the_back_office_knows_cannot_be_dropped_silently(window: Window) -> None:
    case = window.received()
    window.tell_correction(case)
    with pytest.raises(ReceivedAlready):
        window.desk.intake.discard(case.case_id, why="申请人撤回")


def test_a_sealed_case_refuses_every_change(window: Window) -> None:
    case = window.received()
    intake, case_id = window.desk.intake, case.case_id
    page = case.slot("id-card").pages[0]
    changes: tuple[Callable[[], object], ...] = (
        lambda: intake.answer(case_id, "who", "self"),
        lambda: intake.set_applicant(case_id, applicant_of(ZHAO)),
        lambda: intake.set_home_street(case_id, "FT"),
        lambda: intake.type_field(case_id, "phone", "0755-83000000"),
        lambda: intake.confirm_field(case_id, "name"),
        lambda: intake.mark_original(case_id, "id-card", Custody.HELD),
        lambda: window.desk.tolerance.defer(case_id, "household-register", date(2026, 11, 30)),
        lambda: window.desk.tolerance.commit(case_id, "household-register"),
        lambda: window.desk.tolerance.take_back(case_id, "household-register"),
        lambda: window.desk.page_work.remove(case_id, page.page_id),
        lambda: intake.hold(case_id, why=""),
        lambda: intake.discard(case_id, why=""),
        lambda: window.desk.reuse.take(case_id, "household-register", consent_way="口头"),
        lambda: window.desk.reuse.withdraw(case_id, "household-register", why=""),
    )
    for change in changes:
        with pytest.raises(CaseSealed):
            change()
    assert window.store.case(case_id).length == case.length
    assert case.item_code == window.item(ELDER_CARD).code
