"""What may stand in the YAML of an item, and how it becomes a domain value."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from workstation.catalogue.schema import Conditions, Id, Note, Sentence, Strict, Word
from workstation.catalogue.schema_form import FieldEntry, FormEntry, QuestionEntry, when_of
from workstation.domain.items import (
    AgentRule,
    Commitment,
    Elements,
    Hours,
    Item,
    Limit,
    Material,
    Overlay,
    Replacement,
)
from workstation.domain.kinds import (
    AgentKind,
    Channel,
    CorrectionRule,
    HandlingMode,
    ItemFlag,
    LimitUnit,
    MaterialOrigin,
    Need,
    OriginalRule,
    Reach,
    ReplacementKind,
    Routing,
    WindowCategory,
)
from workstation.domain.situations import When

Digit = Annotated[str, Field(pattern=r"^[0-9]$", strict=True)]


class LimitEntry(Strict):
    """A time limit with its unit."""

    number: Annotated[int, Field(ge=0, le=3650, strict=True)]
    unit: LimitUnit

    def to_domain(self) -> Limit:
        """Return the domain value."""
        return Limit(self.number, self.unit)


class LimitsEntry(Strict):
    """Both limits; null means the law or the authority names none."""

    statutory: LimitEntry | None
    promised: LimitEntry | None


class ReplacementEntry(Strict):
    """What makes the paper unnecessary."""

    kind: ReplacementKind
    title: Word


class MaterialEntry(Strict):
    """One material."""

    id: Id
    title: Word
    standard_id: Id
    original: OriginalRule
    need: Need
    basis: Annotated[str, Field(max_length=300)] = ""
    standard: Sentence
    issuer: Word
    pages: Annotated[list[Annotated[int, Field(ge=1, le=200)]], Field(min_length=2, max_length=2)] = [1, 20]
    document_kind: Word | None = None
    back_kind: Word | None = None
    scan_dpi: Annotated[int, Field(ge=200, le=600)] | Literal[0] = 0
    origin: MaterialOrigin = MaterialOrigin.GOVERNMENT
    replaced_by: list[ReplacementEntry] = []
    committable: bool = False
    validity_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    reusable: bool = True
    when: Conditions = None

    def to_domain(self) -> Material:
        """Return the domain value."""
        return Material(
            **self.model_dump(exclude={"pages", "replaced_by", "when"}),
            pages_min=self.pages[0],
            pages_max=self.pages[1],
            replaced_by=tuple(Replacement(entry.kind, entry.title) for entry in self.replaced_by),
            when=when_of(self.when),
        )


class AgentsEntry(Strict):
    """Who may act for the applicant."""

    kinds: list[AgentKind]
    min_age: Annotated[int, Field(ge=0, le=100, strict=True)] = 18
    note: Note = ""

    def to_domain(self) -> AgentRule:
        """Return the domain value."""
        return AgentRule(kinds=tuple(self.kinds), min_age=self.min_age, note=self.note)


class HoursEntry(Strict):
    """When windows take the item."""

    words: Word
    extended: bool = False


class CommitmentEntry(Strict):
    """Commitment instead of proof."""

    text: Sentence
    basis: Sentence
    consequence: Sentence


class OverlayEntry(Strict):
    """What a district changes."""

    districts: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{6}$")]], Field(min_length=1)]
    effective_from: date
    effective_until: date | None = None
    basis: Sentence
    level: Annotated[int, Field(ge=1, le=7, strict=True)] | None = None
    authority: Word | None = None
    promised: LimitEntry | None = None
    acceptance_delegated: bool | None = None
    without_materials: list[Id] = []
    conditions: list[Sentence] | None = None

    def to_domain(self) -> Overlay:
        """Return the domain value."""
        return Overlay(
            **self.model_dump(exclude={"districts", "promised", "without_materials", "conditions"}),
            districts=frozenset(self.districts),
            promised=limit_of(self.promised),
            without_materials=frozenset(self.without_materials),
            conditions=None if self.conditions is None else tuple(self.conditions),
        )


class ElementsEntry(Strict):
    """Elements of the implementation list."""

    power_source: Digit
    body_kind: Digit
    entrusted_by: Note = ""
    service_objects: Annotated[list[Digit], Field(min_length=1)] = ["1"]
    channels: Annotated[list[Channel], Field(min_length=1)] = [Channel.WINDOW]
    flow: Annotated[list[Sentence], Field(min_length=1)]
    special_procedures: list[Word] = []
    place: Sentence
    joint_bodies: list[Word] = []
    intermediary: Note = ""
    quantity_limit: Note = ""
    result_kind: Word
    fee_basis: Note = ""
    bookable: bool = True
    online_payment: bool = False
    express: bool = True

    def to_domain(self) -> Elements:
        """Return the domain value."""
        values: dict[str, Any] = self.model_dump()
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return Elements(**{**values, **lists})


class ItemEntry(Strict):
    """One item: the whole of an item file."""

    code: Word
    implementation_code: Word
    title: Word
    plain_title: Word
    aliases: list[Word] = []
    main_item: Word
    sub_item: Word
    city: Word
    authority: Word
    item_type: Word
    level: Annotated[int, Field(ge=1, le=7, strict=True)]
    category: WindowCategory
    reach: Reach
    flags: list[ItemFlag]
    instant: bool
    review_free: bool = False
    online_only: bool = False
    online_at: Note = ""
    mode: HandlingMode
    routing: Routing
    acceptance_delegated: bool
    conditions: list[Sentence]
    questions: list[QuestionEntry]
    materials: list[MaterialEntry]
    fields: list[FieldEntry]
    form: FormEntry = FormEntry()
    limits: LimitsEntry
    correction: CorrectionRule
    fee: Word
    result: Word
    delivery: Annotated[list[Word], Field(min_length=1)]
    agents: AgentsEntry
    visits: Annotated[int, Field(ge=0, le=20, strict=True)]
    hours: HoursEntry
    legal_basis: list[Sentence]
    acceptance_basis: Note = ""
    refusal_basis: Note = ""
    credit_check: bool = False
    commitment: CommitmentEntry | None = None
    contact: Word
    complaint: Word
    elements: ElementsEntry
    overlays: list[OverlayEntry] = []
    produces: list[Id] = []
    second_street: Conditions | bool = None
    """Conditions under which a second street verifies; true: always."""
    sources: list[Sentence]
    effective_from: date | None = None

    def to_domain(self) -> Item:
        """Return the domain value, without search keys."""
        nested = {"questions", "materials", "fields", "form", "limits", "agents", "hours", "commitment"}
        nested |= {"elements", "overlays", "second_street", "flags"}
        lists = {"aliases", "conditions", "delivery", "legal_basis", "sources", "produces"}
        values: dict[str, Any] = self.model_dump(exclude=nested | lists)
        values.update({name: tuple(getattr(self, name)) for name in lists})
        return Item(
            **values,
            flags=frozenset(self.flags),
            questions=tuple(question.to_domain() for question in self.questions),
            materials=tuple(material.to_domain() for material in self.materials),
            fields=tuple(field.to_domain() for field in self.fields),
            form=self.form.to_domain(),
            statutory=limit_of(self.limits.statutory),
            promised=limit_of(self.limits.promised),
            agents=self.agents.to_domain(),
            hours=Hours(**self.hours.model_dump()),
            commitment=Commitment(**self.commitment.model_dump()) if self.commitment else None,
            elements=self.elements.to_domain(),
            overlays=tuple(overlay.to_domain() for overlay in self.overlays),
            second_street=_second_street(self.second_street),
        )


def limit_of(entry: LimitEntry | None) -> Limit | None:
    """Return the limit, None when there is none."""
    return entry.to_domain() if entry else None


def _second_street(entry: Conditions | bool) -> When | None:
    if entry is None or entry is False:
        return None
    return when_of(None if entry is True else entry)
