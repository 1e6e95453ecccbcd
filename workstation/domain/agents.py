"""Who may act for the applicant, with which paper and which powers (民法典 art. 161, 165)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from workstation.domain.facts import Agent, Applicant
from workstation.domain.identity import age_on, birth_date_of, check_id_number
from workstation.domain.items import AgentRule, Item
from workstation.domain.kinds import AgentKind
from workstation.domain.situations import Answers

PROXY = "授权委托书"
DOCUMENTS: dict[AgentKind, tuple[str, ...]] = {
    AgentKind.AUTHORISED: (PROXY,),
    AgentKind.RELATIVE: (PROXY, "户口簿", "结婚证", "出生医学证明"),
    AgentKind.GUARDIAN: ("户口簿", "出生医学证明", "指定监护的决定书或者判决书"),
    AgentKind.COMMITTEE: ("介绍信",),
}
"""Papers that usually prove each kind, the commonest first; as written on papers, so never translated."""

POWERS = ("代为提交材料", "代为签署文书", "代为补正", "代为领取结果", "代为撤回申请")
"""Powers a letter may name, as written on papers."""
USUAL_POWERS = ("代为提交材料", "代为补正", "代为领取结果")
"""What is offered first: without signing and withdrawing, which the applicant keeps unless given."""

IN_PERSON, BY_AGENT = "self", "agent"
"""Conventional option ids of the question whether the applicant is here."""


class AgentFault(StrEnum):
    """Why somebody may not act."""

    KIND = "KIND"
    """The item does not let this kind of person act."""
    NAMELESS = "NAMELESS"
    SAME_PERSON = "SAME_PERSON"
    TOO_YOUNG = "TOO_YOUNG"
    EXPIRED = "EXPIRED"
    """The power ended before today."""
    NO_DOCUMENT = "NO_DOCUMENT"
    NO_SCOPE = "NO_SCOPE"
    """A written power must name what it covers (民法典 art. 165)."""
    NO_RELATION = "NO_RELATION"
    """A relative, guardian or committee says what it is to the applicant."""


def agent_faults(
    rule: AgentRule, agent: Agent, applicant: Applicant | None, today: date
) -> tuple[AgentFault, ...]:
    """Return all that bars this agent today; the weightiest first.

    Raises:
        BadIdNumber: the agent's number is malformed or fails its check digit.
    """
    return tuple(_faults(rule, agent, applicant, today))


def _faults(rule: AgentRule, agent: Agent, applicant: Applicant | None, today: date) -> Iterator[AgentFault]:
    number = check_id_number(agent.id_number)
    if agent.kind not in rule.kinds:
        yield AgentFault.KIND
    if applicant is not None and applicant.id_number == number:
        yield AgentFault.SAME_PERSON
    if age_on(birth_date_of(number), today) < rule.min_age:
        yield AgentFault.TOO_YOUNG
    if agent.valid_until is not None and agent.valid_until < today:
        yield AgentFault.EXPIRED
    yield from _empty_parts(agent)


def _empty_parts(agent: Agent) -> Iterator[AgentFault]:
    if not agent.name.strip():
        yield AgentFault.NAMELESS
    if agent.kind is not AgentKind.AUTHORISED and not agent.relation.strip():
        yield AgentFault.NO_RELATION
    if not agent.document.strip():
        yield AgentFault.NO_DOCUMENT
    # A guardian's power follows from the law, not from a letter.
    if agent.kind is not AgentKind.GUARDIAN and not any(power.strip() for power in agent.scope):
        yield AgentFault.NO_SCOPE


def needs_letter(agent: Agent) -> bool:
    """Return whether a letter of authority belongs to this agent: the power comes from the applicant."""
    return agent.kind in (AgentKind.AUTHORISED, AgentKind.RELATIVE)


def agent_answer(item: Item, agent: Agent | None, answers: Answers) -> tuple[str, str] | None:
    """Return the (question, option) that an agent, or an applicant in person, decides; None: nothing changes.

    The question is the one with the option `self`. Its option for an agent is the one named after the kind
    (e.g. `relative`), else `agent`; where the present answer already says that somebody acts, it stands.
    """
    for question in item.questions:
        options = [option.id for option in question.options]
        if IN_PERSON not in options:
            continue
        present = answers.get(question.id, IN_PERSON)
        if agent is None:
            return None if question.id not in answers or present == IN_PERSON else (question.id, IN_PERSON)
        wanted = [name for name in (agent.kind.value.lower(), BY_AGENT) if name in options]
        if not wanted or wanted[0] == answers.get(question.id):
            return None
        is_said = present != IN_PERSON and wanted[0] == BY_AGENT
        return None if is_said else (question.id, wanted[0])
    return None
