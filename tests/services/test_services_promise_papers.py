"""The form, the agent's letter, promises, notices on the limit: there when due, and saying what is so."""

from __future__ import annotations

import dataclasses
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.services.conftest import ELDER_CARD, NOW, QIAN, RELIEF, ZHAO, MakeWindow, Window
from tests.services.test_services_papers import Press, press_of, received
from workstation.domain.agents import USUAL_POWERS
from workstation.domain.case import (
    Agent,
    Case,
    ClockResumed,
    ClockStopped,
    CreditChecked,
    CreditOutcome,
    Custody,
    Extended,
    Flag,
    Flagged,
    Payload,
    SlotCommitted,
    SlotDeferred,
    SupplementWay,
)
from workstation.domain.forms import FormField, FormLayout, Section
from workstation.domain.items import Commitment, Item, Pack
from workstation.domain.kinds import AgentKind, FieldKind, Stage
from workstation.printing.forms import LICENCE_LAW_ACCEPT, LICENCE_LAW_PROCEDURE, LICENCE_LAW_REFUSE
from workstation.services.paper_words import on_paper
from workstation.services.papers import TITLES, papers_at_decision, papers_for

AGENT = Agent(
    kind=AgentKind.RELATIVE,
    name=QIAN.name,
    id_number=QIAN.id_number,
    relation="女儿",
    document="授权委托书",
    scope=USUAL_POWERS,
)


@pytest.fixture
def press(window: Window) -> Press:
    return press_of(window)


def record(window: Window, case: Case, *facts: Payload, why: str = "") -> Case:
    with window.store.transaction() as tx:
        return tx.record(case.case_id, *facts, actor="王样本", at=window.clock(), why=why)


def names(window: Window, case: Case) -> tuple[str, ...]:
    return papers_for(case, window.desk.catalogue.item_of(case))


def with_item(make_window: MakeWindow, pack: Pack, **changes: object) -> Window:
    """Return a window whose 敬老优待证 is changed."""
    items = tuple(
        dataclasses.replace(item, **changes) if item.title == ELDER_CARD else item  # type: ignore[arg-type]
        for item in pack.items
    )
    return make_window(packs=(dataclasses.replace(pack, items=items),))


def test_every_paper_that_may_be_printed_has_a_title_and_a_maker(window: Window) -> None:
    assert all(callable(getattr(window.desk.papers, name)) for name in TITLES)


def test_the_form_carries_the_values_by_section_and_whole_numbers(window: Window, press: Press) -> None:
    case = received(window)
    form = press.form("application_form", case)
    cells = {cell.label: cell for part in form.parts for cell in part.cells}
    assert cells["姓名"].value == ZHAO.name
    assert cells["公民身份号码"].value == ZHAO.id_number
    assert cells["性别"].choices == ("男", "女")
    birth = ZHAO.birth_date
    assert cells["出生日期"].value == f"{birth.year}年{birth.month}月{birth.day}日"
    assert form.agency_boxes and form.wants_photo
    assert form.parts[0].title.startswith("一、")


def test_the_printed_form_shows_the_number_whole_and_the_receipt_does_not(window: Window) -> None:
    case = received(window)
    whole = text_of(made(window, "application_form", case))
    assert ZHAO.id_number in whole
    assert ZHAO.id_number not in text_of(made(window, "receipt", case))


def made(window: Window, name: str, case: Case) -> Path:
    paper = getattr(window.desk.papers, name)(case.case_id)
    assert paper is not None
    path: Path = paper.path
    return path


def text_of(path: Path) -> str:
    said = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True, timeout=300)
    return "".join(said.stdout.decode().split())


def test_a_draft_may_print_its_form_and_letter_before_it_is_received(window: Window) -> None:
    case = window.open()
    assert names(window, case) == ()
    case = window.named(case)
    assert names(window, case) == ("application_form",)
    case = window.desk.agents.set(case.case_id, AGENT)
    assert names(window, case) == ("agent_letter", "application_form")
    assert papers_at_decision(case, window.item(ELDER_CARD)) == ()


def test_the_letter_names_agent_powers_and_period(window: Window, press: Press) -> None:
    case = window.desk.agents.set(window.named(window.open()).case_id, AGENT)
    form = press.form("agent_letter", case)
    assert (form.agent_name, form.agent_number, form.principal_number) == (
        QIAN.name,
        QIAN.id_number,
        ZHAO.id_number,
    )
    assert (form.powers, form.valid_until, form.relation) == (USUAL_POWERS, None, "女儿")
    assert form.bundle_sha256 == ""


def test_a_guardian_gets_no_letter_and_nobody_else_does_without_an_agent(
    window: Window, make_window: MakeWindow, pack: Pack
) -> None:
    case = window.named(window.open())
    assert window.desk.papers.agent_letter(case.case_id) is None
    guardian = dataclasses.replace(AGENT, kind=AgentKind.GUARDIAN)
    rule = dataclasses.replace(window.item(ELDER_CARD).agents, kinds=tuple(AgentKind))
    other = with_item(make_window, pack, agents=rule)
    case = other.desk.agents.set(other.named(other.open()).case_id, guardian)
    assert other.desk.papers.agent_letter(case.case_id) is None


def test_the_agent_with_the_relation_stands_on_the_receipt(window: Window, press: Press) -> None:
    case = window.desk.agents.set(window.named(window.open()).case_id, AGENT)
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    assert press.form("receipt", case).agent == f"{QIAN.name}（女儿）"


def tolerated(window: Window, way: SupplementWay = SupplementWay.POST) -> Case:
    case = window.named(window.open(RELIEF))
    due = NOW.date() + timedelta(days=3)
    record(window, case, SlotDeferred(slot="medical-invoice", due=due, way=way))
    return window.filled(window.with_materials(case, except_for=("medical-invoice",)))


def test_tolerance_makes_an_undertaking_and_a_notice_with_the_same_lines(
    window: Window, press: Press
) -> None:
    case = tolerated(window)
    assert {"tolerance_undertaking", "tolerance_notice"} <= set(names(window, case))
    undertaking = press.form("tolerance_undertaking", case)
    notice = press.form("tolerance_notice", case)
    assert undertaking.lines == notice.lines
    (line,) = notice.lines
    assert (line.due, line.way) == (NOW.date() + timedelta(days=3), "中国邮政寄交")
    assert notice.limit.endswith(("个工作日", "日 (自然日)"))


def test_where_nothing_is_owed_or_promised_there_is_no_such_paper(window: Window) -> None:
    case = received(window)
    for name in ("tolerance_undertaking", "tolerance_notice", "commitment", "special_procedure", "extension"):
        assert getattr(window.desk.papers, name)(case.case_id) is None
        assert name not in names(window, case)


def committable(item: Item) -> dict[str, object]:
    materials = tuple(
        dataclasses.replace(material, committable=material.id == "household-register")
        for material in item.materials
    )
    promise = Commitment(text="户籍信息属实.", basis="样例办法(试行)", consequence="撤销决定, 记入信用记录.")
    return {"materials": materials, "commitment": promise}


def test_a_commitment_says_what_is_promised_in_chinese_marks(
    window: Window, make_window: MakeWindow, pack: Pack
) -> None:
    other = with_item(make_window, pack, **committable(window.item(ELDER_CARD)))
    case = other.named(other.open())
    case = record(other, case, SlotCommitted(slot="household-register"))
    form = press_of(other).form("commitment", case)
    assert form.lines == ("户口簿",)
    assert (form.text, form.basis) == ("户籍信息属实。", "样例办法（试行）")
    assert form.consequence == "撤销决定，记入信用记录。"
    receipt = press_of(other).form("receipt", case)
    assert receipt.committed == ("户口簿",)
    assert "书面承诺代替" in {line.original for line in receipt.materials}


def test_a_special_procedure_is_told_with_its_end_and_only_licences_name_the_licence_law(
    window: Window, press: Press, make_window: MakeWindow, pack: Pack
) -> None:
    case = received(window)
    stopped = ClockStopped(procedure="专家评审", expected=date(2026, 12, 1))
    case = record(window, case, stopped)
    form = press.form("special_procedure", case)
    assert (form.procedure, form.expected, form.started_on) == ("专家评审", date(2026, 12, 1), NOW.date())
    assert form.basis == ""
    record(window, case, ClockResumed())
    assert press.form("special_procedure", case).number.endswith("-T1")
    licence = with_item(make_window, pack, item_type="01", acceptance_basis="", refusal_basis="")
    case = record(licence, received(licence), stopped)
    assert press_of(licence).form("special_procedure", case).basis == LICENCE_LAW_PROCEDURE


def test_an_extension_gives_reason_approver_and_both_days(window: Window, press: Press) -> None:
    case = window.desk.decisions.accept(window.ready("社会保障卡申领").case_id)
    case = record(window, case, Extended(workdays=10, approver="周样本"), why="需要补充调查")
    form = press.form("extension", case)
    assert (form.workdays, form.approver, form.reason) == (10, "周样本", "需要补充调查")
    assert form.due_before is not None and form.due is not None and form.due_before < form.due
    assert "extension" in names(window, case)


def test_laws_are_named_only_where_they_cover_the_item(
    window: Window, press: Press, make_window: MakeWindow, pack: Pack
) -> None:
    plain = with_item(make_window, pack, item_type="05", acceptance_basis="", refusal_basis="")
    case = plain.desk.decisions.refuse(plain.ready().case_id, reason="不符合条件", body="")
    assert press_of(plain).form("refusal", case).basis == ""
    assert press_of(plain).form("acceptance", case).basis == ""
    licence = with_item(make_window, pack, item_type="01", acceptance_basis="", refusal_basis="")
    case = licence.desk.decisions.refuse(licence.ready().case_id, reason="不符合条件", body="")
    assert press_of(licence).form("refusal", case).basis == LICENCE_LAW_REFUSE
    assert press_of(licence).form("acceptance", case).basis == LICENCE_LAW_ACCEPT
    own = with_item(make_window, pack, item_type="01", refusal_basis="样例办法(第三条)")
    case = own.desk.decisions.refuse(own.ready().case_id, reason="不符合条件", body="")
    assert press_of(own).form("refusal", case).basis == "样例办法（第三条）"


def test_a_case_of_an_outdated_pack_is_stamped(window: Window, press: Press) -> None:
    case = record(window, received(window), Flagged(flag=Flag.STALE_PACK, on=True))
    stamp = press.form("receipt", case).stamp
    assert case.pack_version in stamp and "有效期至" in stamp


def test_what_a_refusal_hands_over_is_only_what_it_says(window: Window) -> None:
    case = window.desk.decisions.refuse(window.ready().case_id, reason="不符合条件", body="")
    assert papers_at_decision(case, window.item(ELDER_CARD)) == ("receipt", "refusal")
    assert papers_at_decision(received(window), window.item(ELDER_CARD)) == ("receipt", "application_form")


def test_later_stages_are_left_to_the_agencys_pen(
    window: Window, make_window: MakeWindow, pack: Pack
) -> None:
    layout = FormLayout(
        title="样例表",
        sections=(
            Section("mine", "申请人信息"),
            Section("promise", "承诺", Stage.UNDERTAKING),
            Section("office", "审批记录", Stage.HANDLING),
        ),
    )
    fields = (
        FormField(id="name", title="姓名", section="mine"),
        FormField(id="kind", title="类别", kind=FieldKind.CHOICE, choices=("甲", "乙"), section="mine"),
        FormField(id="witness", title="见证人", section="promise"),
        FormField(id="checked_by", title="核查人", section="office"),
    )
    other = with_item(make_window, pack, form=layout, fields=fields)
    case = other.named(other.open())
    view = other.desk.view(case.case_id)
    assert [field.id for field in view.fields] == ["name", "kind"]
    form = press_of(other).form("application_form", other.filled(case))
    assert (form.title, [part.title for part in form.parts]) == ("样例表", ["申请人信息"])
    assert [(part.title, part.cells[0].value) for part in form.office_parts] == [("审批记录", "")]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("真实有效; 如有不实, 愿承担责任.", "真实有效；如有不实，愿承担责任。"),
        ("福田区民政局(样例)", "福田区民政局（样例）"),
        ("负责(第三十一条). 另见", "负责（第三十一条）。另见"),
        ("共 1,000.50 元", "共 1,000.50 元"),
        ("见 GB 11643 (1999)", "见 GB 11643 (1999)"),
        ("", ""),
    ],
)
def test_packs_marks_become_those_of_chinese_print(written: str, printed: str) -> None:
    assert on_paper(written) == printed


def test_a_matters_receipt_names_every_approver_with_its_own_limit(window: Window, press: Press) -> None:
    matter = next(m for m in window.desk.catalogue.current.matters if m.title == "我要开理发店")
    case = window.desk.intake.open_case(window.desk.catalogue.item(matter.id, "HF", NOW.date()))
    while questions := window.desk.view_of(case).questions:
        case = window.desk.intake.answer(case.case_id, questions[0].id, questions[0].options[0].id)
    form = press.form("receipt", window.named(case))
    assert {branch.item_title for branch in form.branches} >= {"个体工商户设立登记", "户外招牌设置备案"}
    assert all(branch.authority and branch.limit for branch in form.branches)
    assert press.form("receipt", received(window)).branches == ()


def test_what_came_later_gets_its_own_receipt(window: Window, press: Press) -> None:
    case = record(window, tolerated(window), CreditChecked(outcome=CreditOutcome.GOOD))
    case = window.desk.decisions.receive(case.case_id)
    assert window.desk.papers.supplement_receipt(case.case_id) is None
    window.desk.supplements.open(case.case_id, way=SupplementWay.POST, waybill="1043827650123")
    window.scan(case, "medical-invoice")
    window.desk.intake.mark_original(case.case_id, "medical-invoice", Custody.RETURNED)
    window.desk.supplements.seal(case.case_id)
    form = press.form("supplement_receipt", case)
    assert [line.title for line in form.materials] == [window.item(RELIEF).material("medical-invoice").title]
    assert form.arrival == "第 1 次补交，中国邮政寄交，运单号 1043827650123"
    assert (form.number, form.answer_by) == (f"{case.number}-R1", None)
    assert form.bundle_sha256 == window.store.case(case.case_id).bundles[-1].manifest_sha256
