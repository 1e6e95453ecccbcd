"""Who acts for the applicant: judged by the item's rule, recorded, and carried into the form."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from PIL import Image

from ocr.errors import UnknownDocument
from workstation.domain.agents import AgentFault, agent_answer, agent_faults
from workstation.domain.case import (
    Agent,
    AgentSet,
    Answered,
    Case,
    FieldSet,
    FieldValue,
    Origin,
    Page,
    Payload,
)
from workstation.domain.checklist import active_fields, relevant_answers
from workstation.domain.clock import Clock, local_date
from workstation.domain.identity import check_id_number
from workstation.domain.items import Item
from workstation.services.carrying import CARD
from workstation.services.catalogue import Catalogue
from workstation.services.errors import ServiceError
from workstation.services.intake import check_editable
from workstation.services.prefill import Reader
from workstation.services.profile import WindowProfile
from workstation.store.database import Store

SLOT = "agent-id"
"""Slot of the agent's identity card, where the item asks for it."""
FIELDS = {
    "agent_name": "name",
    "agent_id_number": "id_number",
    "agent_phone": "phone",
    "agent_relation": "relation",
}
"""Form fields that repeat the agent, and what they take, where the form has them."""


class AgentNotAllowed(ServiceError):
    """The item wants the applicant in person, or another kind of agent (行政许可法 art. 29)."""

    code = "V141"


class AgentIsApplicant(ServiceError):
    """Nobody acts for himself by a power."""

    code = "V142"


class AgentTooYoung(ServiceError):
    """The agent has not reached the age the item asks for."""

    code = "V143"


class PowerExpired(ServiceError):
    """The power ended before today."""

    code = "V144"


class AgentIncomplete(ServiceError):
    """A power names the agent, the paper and what it covers (民法典 art. 165)."""

    code = "V145"


_ERRORS: dict[AgentFault, type[ServiceError]] = {
    AgentFault.KIND: AgentNotAllowed,
    AgentFault.SAME_PERSON: AgentIsApplicant,
    AgentFault.TOO_YOUNG: AgentTooYoung,
    AgentFault.EXPIRED: PowerExpired,
}


@dataclass(frozen=True)
class AgentsDesk:
    """Names, checks and clears the agent of a case."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    read: Reader

    def set(self, case_id: str, agent: Agent) -> Case:
        """Record who acts, answer the question about it, and fill the form's fields on the agent.

        Raises:
            AgentNotAllowed: the item does not let this kind of person act.
            AgentIsApplicant: it is the applicant's own number.
            AgentTooYoung: below the age the item names.
            PowerExpired: the power ended before today.
            AgentIncomplete: name, relation, paper or powers are missing.
            BadIdNumber: the number is malformed or fails its check digit.
            CaseSealed: the case may not change any more.
        """
        with self.store.transaction() as tx:
            case = check_editable(tx, case_id)
            item = self.catalogue.item_of(case)
            agent = replace(agent, id_number=check_id_number(agent.id_number), name=agent.name.strip())
            check_agent(item, agent, case, local_date(self.clock()))
            answer = _answer(item, agent, case)
            answers = {**case.answers, **({answer.question: answer.option} if answer else {})}
            facts: list[Payload] = [AgentSet(agent=agent), *([answer] if answer else [])]
            facts += self._fields(item, agent, answers)
            return tx.record(case_id, *facts, actor=self.profile.clerk, at=self.clock())

    def clear(self, case_id: str) -> Case:
        """Record that the applicant is here in person; pages and values already taken stay.

        Raises:
            CaseSealed: the case may not change any more.
        """
        with self.store.transaction() as tx:
            case = check_editable(tx, case_id)
            answer = _answer(self.catalogue.item_of(case), None, case)
            facts: list[Payload] = [AgentSet(agent=None), *([answer] if answer else [])]
            return tx.record(case_id, *facts, actor=self.profile.clerk, at=self.clock())

    def read_card(self, page: Page) -> Mapping[str, str]:
        """Return what the front of an agent's identity card says, by field; empty: it is no such card.

        Nothing is recorded: the applicant's readings go by the same names.

        Raises:
            OcrError: the engine failed.
        """
        with Image.open(io.BytesIO(self.store.vault.get(page.kept_sha256))) as picture:
            picture.load()
            try:
                reading = self.read(picture, CARD)
            except UnknownDocument:
                return {}
        return {name: field.value for name, field in reading.fields.items() if field.value}

    def _fields(self, item: Item, agent: Agent, answers: Mapping[str, str]) -> list[Payload]:
        relevant = relevant_answers(item, answers)
        wanted = {field.id for field in active_fields(item, relevant)} & FIELDS.keys()
        values = {name: str(getattr(agent, FIELDS[name])) for name in sorted(wanted)}
        return [
            FieldSet(
                field=name,
                value=FieldValue(value=text, origin=Origin.TYPED, confirmed_by=self.profile.clerk),
            )
            for name, text in values.items()
            if text
        ]


def check_agent(item: Item, agent: Agent, case: Case, today: date) -> None:
    """Raise for the weightiest thing that bars the agent today; see `AgentsDesk.set`."""
    faults = agent_faults(item.agents, agent, case.applicant, today)
    if not faults:
        return
    raise _ERRORS.get(faults[0], AgentIncomplete)(
        item=item.title, age=item.agents.min_age, until=agent.valid_until or "", note=item.agents.note
    )


def _answer(item: Item, agent: Agent | None, case: Case) -> Answered | None:
    wanted = agent_answer(item, agent, relevant_answers(item, case.answers))
    if wanted is None:
        return None
    question, option = wanted
    # What the clerk said before gives way only to what the clerk says now.
    is_said = question in case.answers and question not in case.derived
    return Answered(question=question, option=option, origin=Origin.TYPED if is_said else Origin.DERIVED)
