"""What an item (事项) is: its questions, materials, form fields, limits and rules.

Items are written as YAML packs and loaded by `workstation.catalogue`; here are only the frozen values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Answers = Mapping[str, str]
"""Question id -> option id."""


class LimitUnit(StrEnum):
    """The unit a time limit is counted in; the two must never be mixed (行政许可法 art. 82)."""

    WORKDAY = "WORKDAY"
    CALENDAR_DAY = "CALENDAR_DAY"


class CorrectionRule(StrEnum):
    """When silence about missing material means acceptance."""

    ON_SPOT_OR_5_WORKDAYS = "ON_SPOT_OR_5_WORKDAYS"
    """行政许可法 art. 32(4): on the spot or within five working days, else accepted from receipt."""
    ON_SPOT = "ON_SPOT"
    """On the spot, else accepted from receipt (不动产登记暂行条例 art. 17 and local rules)."""


class HandlingMode(StrEnum):
    """通办 mode: who decides and where the paper goes."""

    LOCAL = "LOCAL"
    COLLECT_FOR_HOME = "COLLECT_FOR_HOME"
    JOINT = "JOINT"


class Routing(StrEnum):
    """Which street is the home street (属地街道) of a case."""

    HOUSEHOLD = "HOUSEHOLD"
    RESIDENCE = "RESIDENCE"
    PROPERTY = "PROPERTY"
    RECEIVING = "RECEIVING"


class OriginalRule(StrEnum):
    """What happens to the citizen's original."""

    SIGHTED = "SIGHTED"
    """Shown, scanned, handed back at once; no copy is collected."""
    KEPT = "KEPT"
    """Handed in: it travels to the home street in a numbered bag."""
    FORM = "FORM"
    """Made at the window from the form and signed there."""


class Need(StrEnum):
    """Whether a material may be missing at acceptance."""

    REQUIRED = "REQUIRED"
    TOLERABLE = "TOLERABLE"
    """May follow later under tolerated acceptance (容缺受理)."""


class FieldKind(StrEnum):
    """How a form field is typed and checked."""

    TEXT = "TEXT"
    DATE = "DATE"
    ID_NUMBER = "ID_NUMBER"
    USCC = "USCC"
    PHONE = "PHONE"
    CHOICE = "CHOICE"
    MONEY = "MONEY"


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: never a bare number."""

    number: int
    unit: LimitUnit


@dataclass(frozen=True, slots=True)
class Clause:
    """Holds when the answer to `question` is one of `options`."""

    question: str
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class When:
    """A condition on the answers: some group holds, a group holds when all its clauses do.

    No groups means always.
    """

    any_of: tuple[tuple[Clause, ...], ...] = ()

    def holds(self, answers: Answers) -> bool:
        """Return whether the condition holds; an unanswered question makes its clause false."""
        if not self.any_of:
            return True
        return any(all(answers.get(c.question) in c.options for c in group) for group in self.any_of)


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a situation question."""

    id: str
    title: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that decides the situation (情形); asked only while `when` holds."""

    id: str
    title: str
    options: tuple[Option, ...]
    when: When = ALWAYS

    def option(self, option_id: str) -> Option:
        """Return the option with this id.

        Raises:
            KeyError: there is no such option.
        """
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One line that a checklist may ask for; becomes a slot (材料槽位) when `when` holds."""

    id: str
    title: str
    standard_id: str
    """Standard-material id: equal ids mean the same document, so a copy may be reused across items."""
    original: OriginalRule
    need: Need
    basis: str
    standard: str
    """Acceptance standard shown to the clerk (受理标准)."""
    issuer: str
    pages_min: int = 1
    pages_max: int = 20
    document_kind: str | None = None
    """Document kind known to OCR, e.g. `id-card-front`; None when it is not read."""
    back_kind: str | None = None
    """Kind of the second page where front and back differ, e.g. `id-card-back`."""
    replaced_by: tuple[str, ...] = ()
    """E-certificates or data checks that make the paper unnecessary, in words."""
    validity_days: int | None = None
    """How long a checked copy may be reused, in calendar days; None: no limit."""
    reusable: bool = True
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where OCR may take a form field's first value from."""

    document_kind: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the application form."""

    id: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()
    sources: tuple[FieldSource, ...] = ()
    max_length: int = 200
    when: When = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as the window offers it."""

    code: str
    """基本编码 (12 characters)."""
    implementation_code: str
    """实施编码 (31 characters: USCC of the agency + level + basic code)."""
    title: str
    plain_title: str
    main_item: str
    sub_item: str
    city: str
    authority: str
    item_type: str
    """事项类型, two digits of the national item catalogue: 05 payment, 07 confirmation, 20 service ..."""
    level: int
    """行使层级: 3 city, 4 county, 5 street."""
    instant: bool
    """即办件: finished on the spot, no tolerance."""
    mode: HandlingMode
    routing: Routing
    acceptance_delegated: bool
    """True: the receiving window may accept (受理), also offline; False: it may only receive (收件)."""
    conditions: tuple[str, ...]
    questions: tuple[Question, ...]
    materials: tuple[Material, ...]
    fields: tuple[FormField, ...]
    statutory: Limit | None
    promised: Limit | None
    correction: CorrectionRule
    fee: str
    result: str
    delivery: tuple[str, ...]
    agent_allowed: bool
    visits: int
    legal_basis: tuple[str, ...]
    contact: str
    complaint: str
    sources: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    """Other names people search by."""
    search_keys: tuple[str, ...] = ()
    """Names with their pinyin, e.g. `敬jing老lao`, made when the pack was signed; else at first search."""
    effective_from: date | None = None

    def question(self, question_id: str) -> Question:
        """Return the question with this id.

        Raises:
            KeyError: there is no such question.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def material(self, material_id: str) -> Material:
        """Return the material with this id.

        Raises:
            KeyError: there is no such material.
        """
        for material in self.materials:
            if material.id == material_id:
                return material
        raise KeyError(material_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A signed, versioned set of items; a case keeps the version it was taken under."""

    id: str
    version: str
    issued_on: date
    valid_until: date
    notice: str
    streets: Mapping[str, str]
    """Street code -> street name, the streets the pack routes to."""
    items: tuple[Item, ...]

    def item(self, code: str) -> Item:
        """Return the item with this basic code.

        Raises:
            KeyError: the pack has no such item.
        """
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)
