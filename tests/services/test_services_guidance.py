"""What a case takes over by itself when its applicant is named, and pages that change their slot."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tests.services.conftest import ELDER_CARD, NOW, QIAN, ZHAO, MakeWindow, Window, applicant_of
from workstation.domain.archive import Approval, ArchivedMaterial
from workstation.domain.case import Answered, Custody, Origin, TrustLevel
from workstation.domain.forms import FieldSource, FormField
from workstation.domain.items import Item, Pack
from workstation.domain.kinds import KnownFrom, OriginalRule
from workstation.domain.situations import Clause, Known, KnownOption, Option, Question, When
from workstation.services.errors import CaseSealed, NotMovable, PageGone, UnknownStreet
from workstation.services.ids import new_id

AGE = Question(
    "age",
    "年龄",
    (Option("under", "未满 62 周岁"), Option("over", "已满 62 周岁")),
    known=Known(
        KnownFrom.AGE, (KnownOption("under", years_min=60, years_max=61), KnownOption("over", years_min=62))
    ),
)
HELD = Question(
    "held",
    "是否持有户口簿",
    (Option("yes", "有存档"), Option("no", "没有")),
    known=Known(KnownFrom.ARCHIVE, (KnownOption("yes", words=("household-register",)), KnownOption("no"))),
)
WHO = Question("who", "由谁办理", (Option("self", "本人"), Option("agent", "代办")))


def on(question: str, option: str) -> When:
    return When(((Clause(question, frozenset({option})),),))


def asking(item: Item) -> Item:
    """The card of elders with questions that facts answer, each with something that hangs on it."""
    photo = item.material("photo-receipt")
    return dataclasses.replace(
        item,
        questions=(AGE, HELD, WHO),
        materials=(
            item.material("id-card"),
            dataclasses.replace(photo, when=on("age", "over")),
            dataclasses.replace(item.material("household-register"), when=on("held", "no")),
        ),
        fields=(
            FormField(id="name", title="姓名", sources=(FieldSource("id-card-front", "name"),)),
            FormField(
                id="senior",
                title="老人姓名",
                sources=(FieldSource("id-card-front", "name"),),
                when=on("who", "agent"),
            ),
            FormField(
                id="photo",
                title="回执号",
                sources=(FieldSource("photo-receipt", "number"),),
                when=on("who", "agent"),
            ),
        ),
    )


@pytest.fixture
def guided(make_window: MakeWindow, pack: Pack) -> Window:
    item = next(item for item in pack.items if item.title == ELDER_CARD)
    return make_window(packs=(dataclasses.replace(pack, items=(asking(item),)),))


def opened(window: Window) -> str:
    return window.desk.intake.open_case(window.item(ELDER_CARD)).case_id


def test_facts_of_the_applicant_answer_what_they_can_and_leave_the_rest(guided: Window) -> None:
    case_id = opened(guided)
    case = guided.desk.intake.set_applicant(case_id, applicant_of(ZHAO))
    view = guided.desk.view_of(case)
    assert case.answers == {"age": "over", "held": "no"} and case.derived == {"age", "held"}
    assert [question.id for question in view.questions] == ["who"]
    assert view.known["age"].fact == str(NOW.year - ZHAO.birth_date.year)
    origins = [e.payload.origin for e in guided.store.log(case_id) if isinstance(e.payload, Answered)]
    assert set(origins) == {Origin.DERIVED}


def test_another_applicant_brings_other_answers_but_never_over_one_the_clerk_gave(guided: Window) -> None:
    case_id = opened(guided)
    guided.desk.intake.answer(case_id, "held", "yes")
    guided.desk.intake.set_applicant(case_id, applicant_of(ZHAO))
    young = dataclasses.replace(applicant_of(QIAN), id_number="440304199003079987")
    case = guided.desk.intake.set_applicant(case_id, young)
    assert case.answers == {"held": "yes"} and not case.derived
    assert [question.id for question in guided.desk.view_of(case).questions] == ["age", "who"]


def test_an_answer_of_a_fact_is_changed_like_any_other_and_stays_changed(guided: Window) -> None:
    case_id = opened(guided)
    guided.desk.intake.set_applicant(case_id, applicant_of(ZHAO))
    case = guided.desk.intake.answer(case_id, "age", "under")
    assert case.answers["age"] == "under" and "age" not in case.derived
    assert guided.desk.intake.set_applicant(case_id, applicant_of(ZHAO)).answers["age"] == "under"


def test_the_archive_answers_from_the_citizens_other_cases(guided: Window) -> None:
    pages = guided.scan(guided.store.case(opened(guided)), "id-card").slot("id-card").pages
    with guided.store.transaction() as tx:
        tx.archive(
            ArchivedMaterial(
                archive_id=new_id(NOW),
                id_number=ZHAO.id_number,
                standard_id="household-register",
                title="户口簿",
                source_case="W03-20260302-001",
                pages=pages,
                level=TrustLevel.B,
                checked_by="王样本",
                checked_on=date(2026, 3, 2),
                approval=Approval.APPROVED,
            )
        )
    case = guided.desk.intake.set_applicant(opened(guided), applicant_of(ZHAO))
    assert case.answers["held"] == "yes"


def test_fields_that_a_later_answer_asks_for_take_over_what_is_known_already(guided: Window) -> None:
    case_id = opened(guided)
    guided.readings.by_kind["photo-receipt"] = {"number": "SZ1"}
    guided.desk.intake.set_applicant(case_id, applicant_of(ZHAO))
    case = guided.desk.intake.type_field(case_id, "photo-receipt.number", "SZ1")
    assert "senior" not in case.fields
    case = guided.desk.intake.answer(case_id, "who", "agent")
    assert (case.fields["senior"].value, case.fields["senior"].origin) == (ZHAO.name, Origin.CARD)
    assert (case.fields["photo"].value, case.fields["photo"].confirmed_by) == ("SZ1", None)


def test_an_item_without_review_takes_the_scanned_card_as_seen(make_window: MakeWindow, pack: Pack) -> None:
    item = next(item for item in pack.items if item.title == ELDER_CARD)
    free = dataclasses.replace(
        item, review_free=True, questions=(), materials=(item.material("id-card"),), fields=()
    )
    window = make_window(packs=(dataclasses.replace(pack, items=(free,)),))
    case = window.scan(window.store.case(opened(window)), "id-card", 2)
    case = window.desk.intake.set_applicant(case.case_id, applicant_of(ZHAO))
    assert case.slot("id-card").custody is Custody.RETURNED
    assert window.desk.view_of(case).readiness.missing == ("home-street",)


def test_a_page_moves_to_another_slot_and_out_of_the_tray(window: Window) -> None:
    case = window.scan(window.open(case="exchange"), "old-card", 2)
    first, second = (page.page_id for page in case.slot("old-card").pages)
    case = window.desk.page_work.move(case.case_id, first, "household-register")
    assert [page.page_id for page in case.slot("household-register").pages] == [first]
    case = window.desk.intake.answer(case.case_id, "case", "lost")
    assert window.desk.view_of(case).checklist.tray_pages == 1
    case = window.desk.page_work.move(case.case_id, second, "household-register")
    assert window.desk.view_of(case).checklist.tray == ()
    assert [page.page_id for page in case.slot("household-register").pages] == [first, second]


def test_a_page_moves_only_to_where_pages_go(window: Window) -> None:
    case = window.scan(window.open(), "household-register")
    (page,) = case.slot("household-register").pages
    form = next(m.id for m in window.item(ELDER_CARD).materials if m.original is OriginalRule.FORM)
    for to in ("old-card", form, "nowhere"):
        with pytest.raises(NotMovable):
            window.desk.page_work.move(case.case_id, page.page_id, to)
    with pytest.raises(PageGone):
        window.desk.page_work.move(case.case_id, "no such page", "id-card")
    assert window.store.case(case.case_id).length == case.length


def test_a_page_of_a_sealed_case_stays_where_it_is(window: Window) -> None:
    case = window.received()
    page = case.slot("id-card").pages[0]
    with pytest.raises(CaseSealed):
        window.desk.page_work.move(case.case_id, page.page_id, "household-register")


def test_a_second_household_names_its_street_before_the_case_is_ready(
    make_window: MakeWindow, pack: Pack
) -> None:
    item = dataclasses.replace(
        next(item for item in pack.items if item.title == ELDER_CARD), second_street=When()
    )
    window = make_window(packs=(dataclasses.replace(pack, items=(item,)),))
    case = window.ready()
    assert window.desk.view_of(case).readiness.missing == ("second-street",)
    with pytest.raises(UnknownStreet):
        window.desk.intake.set_home_street(case.case_id, "XMH", second="nowhere")
    case = window.desk.intake.set_home_street(case.case_id, "XMH", second="HF")
    view = window.desk.view_of(case)
    assert view.readiness.ready and (view.home_street_name, view.second_street_name) == (
        "香蜜湖街道",
        "华富街道",
    )


def test_two_households_in_one_street_are_verified_there_once(make_window: MakeWindow, pack: Pack) -> None:
    item = dataclasses.replace(
        next(item for item in pack.items if item.title == ELDER_CARD), second_street=When()
    )
    window = make_window(packs=(dataclasses.replace(pack, items=(item,)),))
    case = window.desk.intake.set_home_street(window.ready().case_id, "XMH", second="XMH")
    view = window.desk.view_of(case)
    assert view.readiness.ready and case.streets == ("XMH",)
    assert (view.home_street_name, view.second_street_name) == ("香蜜湖街道", "")
