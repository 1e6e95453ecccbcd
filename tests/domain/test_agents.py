"""Agents: each fault is found, the weightiest first, and the question about the agent is answered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.agents import DOCUMENTS, USUAL_POWERS, AgentFault, agent_answer, agent_faults
from workstation.domain.errors import BadIdNumber
from workstation.domain.facts import Agent, Applicant
from workstation.domain.items import AgentRule, Item
from workstation.domain.kinds import AgentKind
from workstation.domain.situations import Option, Question
from workstation.training.specimens.people import by_name

TODAY = date(2026, 11, 20)
ZHAO, QIAN = by_name("赵样本"), by_name("钱样本")
RULE = AgentRule(kinds=tuple(AgentKind))
APPLICANT = Applicant(name=ZHAO.name, id_number=ZHAO.id_number)
AGENT = Agent(
    kind=AgentKind.AUTHORISED,
    name=QIAN.name,
    id_number=QIAN.id_number,
    document="授权委托书",
    scope=USUAL_POWERS,
)


@pytest.fixture(scope="module")
def item() -> Item:
    return next(i for i in load_pack(bundled_pack()).items if i.title == "敬老优待证")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id_number": ZHAO.id_number}, AgentFault.SAME_PERSON),
        ({"valid_until": date(2026, 11, 19)}, AgentFault.EXPIRED),
        ({"name": " "}, AgentFault.NAMELESS),
        ({"document": ""}, AgentFault.NO_DOCUMENT),
        ({"scope": ("",)}, AgentFault.NO_SCOPE),
        ({"kind": AgentKind.RELATIVE}, AgentFault.NO_RELATION),
    ],
)
def test_each_fault_is_found(change: dict[str, object], fault: AgentFault) -> None:
    assert agent_faults(RULE, replace(AGENT, **change), APPLICANT, TODAY) == (fault,)  # type: ignore[arg-type]


def test_a_good_agent_has_no_fault_up_to_the_last_day_of_the_power() -> None:
    assert agent_faults(RULE, AGENT, APPLICANT, TODAY) == ()
    assert agent_faults(RULE, replace(AGENT, valid_until=TODAY), None, TODAY) == ()


def test_age_counts_in_full_years_on_the_day() -> None:
    rule, birthday = replace(RULE, min_age=30), QIAN.birth_date
    assert agent_faults(rule, AGENT, None, date(birthday.year + 30, birthday.month, birthday.day)) == ()
    before = date(birthday.year + 29, birthday.month, birthday.day)
    assert agent_faults(rule, AGENT, None, before) == (AgentFault.TOO_YOUNG,)


def test_a_kind_the_item_does_not_name_comes_before_all_else() -> None:
    faults = agent_faults(AgentRule(kinds=()), replace(AGENT, scope=()), APPLICANT, TODAY)
    assert faults == (AgentFault.KIND, AgentFault.NO_SCOPE)


def test_a_guardian_needs_no_letter_but_says_the_relation() -> None:
    guardian = replace(AGENT, kind=AgentKind.GUARDIAN, scope=(), relation="母亲", document="户口簿")
    assert agent_faults(RULE, guardian, APPLICANT, TODAY) == ()


def test_a_wrong_number_is_refused_by_its_own_error() -> None:
    with pytest.raises(BadIdNumber):
        agent_faults(RULE, replace(AGENT, id_number="440304198001019990"), APPLICANT, TODAY)


def test_every_kind_has_a_usual_paper() -> None:
    assert set(DOCUMENTS) == set(AgentKind)
    assert all(DOCUMENTS.values())


def test_an_agent_answers_the_question_and_takes_the_answer_back(item: Item) -> None:
    assert agent_answer(item, AGENT, {}) == ("who", "agent")
    assert agent_answer(item, AGENT, {"who": "self"}) == ("who", "agent")
    assert agent_answer(item, AGENT, {"who": "agent"}) is None
    assert agent_answer(item, None, {"who": "agent"}) == ("who", "self")
    assert agent_answer(item, None, {"who": "self"}) is None
    assert agent_answer(item, None, {}) is None


def test_an_option_named_after_the_kind_is_preferred(item: Item) -> None:
    options = tuple(Option(name, name) for name in ("self", "relative", "agent", "home"))
    asked = replace(item, questions=(Question("by", "由谁办理", options),))
    relative = replace(AGENT, kind=AgentKind.RELATIVE, relation="女儿")
    assert agent_answer(asked, relative, {}) == ("by", "relative")
    assert agent_answer(asked, AGENT, {"by": "home"}) is None
    assert agent_answer(asked, AGENT, {"by": "self"}) == ("by", "agent")


def test_an_item_without_the_question_is_left_alone(item: Item) -> None:
    assert agent_answer(replace(item, questions=item.questions[:1]), AGENT, {}) is None
