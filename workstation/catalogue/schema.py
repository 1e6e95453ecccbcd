"""What may stand in the YAML of a pack, and how it becomes domain values.

Unknown keys are refused: a misspelt `requierd` must not silently mean "not required".
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.source import Document
from workstation.domain.items import (
    Clause,
    CorrectionRule,
    FieldKind,
    FieldSource,
    FormField,
    HandlingMode,
    Item,
    Limit,
    LimitUnit,
    Material,
    Need,
    Option,
    OriginalRule,
    Question,
    Routing,
    When,
)

Word = Annotated[str, Field(min_length=1, max_length=100, strict=True)]
Sentence = Annotated[str, Field(min_length=1, max_length=600, strict=True)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", strict=True)]
Condition = dict[Id, list[Id]]
"""Question -> options; all keys must hold."""

M = TypeVar("M", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitEntry(_Strict):
    """A time limit with its unit."""

    number: Annotated[int, Field(ge=0, le=3650, strict=True)]
    unit: LimitUnit

    def to_domain(self) -> Limit:
        """Return the domain value."""
        return Limit(self.number, self.unit)


class LimitsEntry(_Strict):
    """Both limits; null means the law or the authority names none."""

    statutory: LimitEntry | None
    promised: LimitEntry | None


class OptionEntry(_Strict):
    """One answer."""

    id: Id
    title: Word
    basis: Annotated[str, Field(max_length=300)] = ""


class QuestionEntry(_Strict):
    """A situation question."""

    id: Id
    title: Word
    options: Annotated[list[OptionEntry], Field(min_length=1, max_length=30)]
    when: list[Condition] | Condition | None = None

    def to_domain(self) -> Question:
        """Return the domain value."""
        options = tuple(Option(option.id, option.title, option.basis) for option in self.options)
        return Question(self.id, self.title, options, _when(self.when))


class MaterialEntry(_Strict):
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
    replaced_by: list[Word] = []
    validity_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    reusable: bool = True
    when: list[Condition] | Condition | None = None

    def to_domain(self) -> Material:
        """Return the domain value."""
        return Material(
            **self.model_dump(exclude={"pages", "replaced_by", "when"}),
            pages_min=self.pages[0],
            pages_max=self.pages[1],
            replaced_by=tuple(self.replaced_by),
            when=_when(self.when),
        )


class SourceEntry(_Strict):
    """An OCR source."""

    document_kind: Word
    field: Word


class FieldEntry(_Strict):
    """One form field."""

    id: Id
    title: Word
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: list[Word] = []
    sources: list[SourceEntry] = []
    max_length: Annotated[int, Field(ge=1, le=2000)] = 200
    when: list[Condition] | Condition | None = None

    def to_domain(self) -> FormField:
        """Return the domain value."""
        return FormField(
            **self.model_dump(exclude={"choices", "sources", "when"}),
            choices=tuple(self.choices),
            sources=tuple(FieldSource(source.document_kind, source.field) for source in self.sources),
            when=_when(self.when),
        )


class ItemEntry(_Strict):
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
    instant: bool
    mode: HandlingMode
    routing: Routing
    acceptance_delegated: bool
    conditions: list[Sentence]
    questions: list[QuestionEntry]
    materials: list[MaterialEntry]
    fields: list[FieldEntry]
    limits: LimitsEntry
    correction: CorrectionRule
    fee: Word
    result: Word
    delivery: Annotated[list[Word], Field(min_length=1)]
    agent_allowed: bool
    visits: Annotated[int, Field(ge=0, le=20, strict=True)]
    legal_basis: list[Sentence]
    contact: Word
    complaint: Word
    sources: list[Sentence]
    effective_from: date | None = None

    def to_domain(self) -> Item:
        """Return the domain value, without search keys."""
        nested = {"questions", "materials", "fields", "limits"}
        lists = {"aliases", "conditions", "delivery", "legal_basis", "sources"}
        values: dict[str, Any] = self.model_dump(exclude=nested | lists)
        values.update({name: tuple(getattr(self, name)) for name in lists})
        return Item(
            **values,
            questions=tuple(question.to_domain() for question in self.questions),
            materials=tuple(material.to_domain() for material in self.materials),
            fields=tuple(field.to_domain() for field in self.fields),
            statutory=_limit(self.limits.statutory),
            promised=_limit(self.limits.promised),
        )


class PackEntry(_Strict):
    """`pack.yaml`: what is true of the whole pack."""

    id: Id
    version: Annotated[str, Field(pattern=r"^[0-9]{4}\.[0-9]{1,2}(\.[0-9]{1,3})?$", strict=True)]
    issued_on: date
    valid_until: date
    notice: Sentence
    streets: Annotated[dict[str, Word], Field(min_length=1, max_length=500)]


class FileEntry(_Strict):
    """One signed file."""

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.(yaml|json)$", max_length=200)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ManifestEntry(_Strict):
    """`manifest.yaml`: the files of the pack; this is what is signed."""

    format: Annotated[int, Field(ge=1, le=1)]
    id: Id
    version: Word
    files: Annotated[list[FileEntry], Field(min_length=1)]


def parse(model: type[M], document: Document) -> M:
    """Return the validated model of a document.

    Raises:
        PackInvalid: with a finding for every fault, each at its line.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise PackInvalid(tuple(_findings(model, document, error))) from error


def _limit(entry: LimitEntry | None) -> Limit | None:
    return entry.to_domain() if entry else None


def _when(entry: list[Condition] | Condition | None) -> When:
    groups = entry if isinstance(entry, list) else [entry] if entry else []
    return When(
        tuple(tuple(Clause(name, frozenset(options)) for name, options in group.items()) for group in groups)
    )


def _findings(model: type[BaseModel], document: Document, error: ValidationError) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for fault in error.errors(include_url=False):
        # A union reports each of its members; what stands after a member's tag is not part of the path.
        path = tuple(part for part in fault["loc"] if not str(part).startswith(("list[", "dict[")))
        finding = _finding(model, document, path, fault)
        key = (finding.line, finding.code, str(path))
        if key not in seen:
            seen.add(key)
            yield finding


def _finding(model: type[BaseModel], document: Document, path: tuple[Any, ...], fault: Any) -> Finding:
    name = ".".join(str(part) for part in path)
    match fault["type"]:
        case "extra_forbidden":
            near = _nearest(str(path[-1]), _keys(model, path[:-1]))
            return document.finding(path, "C130", key=path[-1], near=near)
        case "missing":
            return document.finding(path, "C131", key=name)
        case "enum":
            expected = str(fault["ctx"]["expected"]).replace(" or ", ", ")
            return document.finding(path, "C132", key=name, value=fault["input"], allowed=expected)
    return document.finding(path, "C133", key=name, value=_short(fault["input"]), problem=fault["type"])


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else ", ".join(known)


def _keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """Return the keys that the mapping at `path` may have."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _nested(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _nested(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside `X`, `X | None` or `list[X]`."""
    if (
        isinstance(annotation, type)
        and issubclass(annotation, BaseModel)
        and not issubclass(annotation, Enum)
    ):
        return annotation
    return next((model for part in get_args(annotation) if (model := _nested(part))), None)
