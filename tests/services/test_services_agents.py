"""The agents' desk: who may act is recorded with its answer and fields, and nothing scanned is ever lost."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tests.services.conftest import QIAN, RELIEF, SOCIAL_CARD, ZHAO, Window, applicant_of
from workstation.domain.agents import USUAL_POWERS
from workstation.domain.case import Agent, Case, Origin
from workstation.domain.errors import BadIdNumber
from workstation.domain.kinds import AgentKind
from workstation.services.agents import (
    AgentIncomplete,
    AgentIsApplicant,
    AgentNotAllowed,
    AgentTooYoung,
    PowerExpired,
)
from workstation.services.errors import CaseSealed, ServiceError
from workstation.texts import describe

AGENT = Agent(
    kind=AgentKind.RELATIVE,
    name=QIAN.name,
    id_number=QIAN.id_number,
    relation="女儿",
    phone="19900000001",
    document="授权委托书",
    scope=USUAL_POWERS,
)


def opened(window: Window, title: str = RELIEF) -> Case:
    return window.named(window.open(title))


def lines(window: Window, case: Case) -> set[str]:
    return {line.material.id for line in window.desk.view(case.case_id).checklist.lines}


def test_an_agent_is_recorded_with_answer_materials_and_fields(window: Window) -> None:
    case = opened(window)
    before = lines(window, case)
    case = window.desk.agents.set(case.case_id, AGENT)
    assert case.agent == AGENT
    assert case.answers["who"] == "agent"
    assert lines(window, case) - before >= {"agent-id"}
    assert case.fields["agent_name"].value == QIAN.name
    assert case.fields["agent_id_number"].value == QIAN.id_number
    assert case.fields["agent_phone"].confirmed_by == "王样本"


def test_an_unasked_question_is_answered_as_a_fact_that_the_clerk_may_change(window: Window) -> None:
    case = window.desk.intake.open_case(window.item(RELIEF))
    case = window.desk.agents.set(case.case_id, AGENT)
    assert "who" in case.derived
    case = window.desk.intake.answer(case.case_id, "who", "self")
    assert case.answers["who"] == "self"


def test_removing_the_agent_keeps_its_pages(window: Window) -> None:
    case = window.desk.agents.set(opened(window).case_id, AGENT)
    case = window.scan(case, "agent-id", 2)
    case = window.desk.agents.clear(case.case_id)
    assert case.agent is None and case.answers["who"] == "self"
    assert "agent-id" not in lines(window, case)
    assert len(case.slot("agent-id").pages) == 2
    assert window.desk.agents.clear(case.case_id).agent is None


def test_the_number_is_kept_in_its_normal_form(window: Window) -> None:
    spaced = dataclasses.replace(AGENT, id_number=f" {AGENT.id_number[:6]} {AGENT.id_number[6:]}".lower())
    assert window.desk.agents.set(opened(window).case_id, spaced).agent == AGENT


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": AgentKind.GUARDIAN}, AgentNotAllowed),
        ({"id_number": ZHAO.id_number}, AgentIsApplicant),
        ({"valid_until": date(2026, 11, 19)}, PowerExpired),
        ({"scope": ()}, AgentIncomplete),
        ({"id_number": "123"}, BadIdNumber),
    ],
)
def test_a_wrong_agent_is_refused_and_nothing_is_recorded(
    window: Window, change: dict[str, object], error: type[Exception]
) -> None:
    case = opened(window, RELIEF)
    if change.get("kind") in window.item(RELIEF).agents.kinds:
        change = {"kind": next(k for k in AgentKind if k not in window.item(RELIEF).agents.kinds)}
    with pytest.raises(error) as caught:
        window.desk.agents.set(case.case_id, dataclasses.replace(AGENT, **change))  # type: ignore[arg-type]
    assert window.store.case(case.case_id) == case
    if isinstance(caught.value, ServiceError):
        message = describe(caught.value)
        assert message.code.startswith("V14") and "{" not in message.what + message.todo


def test_a_child_cannot_act(window: Window) -> None:
    case = opened(window, SOCIAL_CARD)
    window.clock.now = window.clock.now.replace(year=QIAN.birth_date.year + 10)
    with pytest.raises(AgentTooYoung):
        window.desk.agents.set(case.case_id, AGENT)


def test_a_sealed_case_takes_no_agent(window: Window) -> None:
    case = window.received()
    with pytest.raises(CaseSealed):
        window.desk.agents.set(case.case_id, AGENT)
    with pytest.raises(CaseSealed):
        window.desk.agents.clear(case.case_id)


def test_an_agents_card_is_read_without_touching_the_applicant(window: Window) -> None:
    case = window.scan(opened(window), "agent-id")
    window.readings.by_kind["id-card-front"] = {"name": QIAN.name, "id_number": QIAN.id_number}
    page = case.slot("agent-id").pages[0]
    assert window.desk.agents.read_card(page) == {"name": QIAN.name, "id_number": QIAN.id_number}
    assert window.store.case(case.case_id) == case
    window.readings.by_kind.clear()
    assert window.desk.agents.read_card(page) == {}


def test_values_of_the_applicant_stay_when_an_agent_comes(window: Window) -> None:
    case = window.desk.agents.set(opened(window).case_id, AGENT)
    assert case.applicant is not None and case.applicant.name == applicant_of(ZHAO).name
    assert case.fields["name"].origin is Origin.CARD


def test_a_power_that_ends_while_the_draft_lies_bars_receiving(window: Window) -> None:
    until = window.clock().date()
    case = opened(window)
    window.desk.agents.set(case.case_id, dataclasses.replace(AGENT, valid_until=until))
    case = window.filled(window.with_materials(case))
    window.clock.forward(days=3)
    with pytest.raises(PowerExpired):
        window.desk.decisions.receive(case.case_id)
    assert window.store.case(case.case_id).received_at is None
    window.desk.agents.set(case.case_id, AGENT)
    assert window.desk.decisions.receive(case.case_id).received_at is not None
