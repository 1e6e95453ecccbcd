"""What may stand in a pack about questions and forms, and how it becomes domain values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workstation.catalogue.schema import Conditions, Id, Note, Sentence, Strict, Word
from workstation.domain.forms import FieldRule, FieldSource, FormField, FormLayout, Section
from workstation.domain.kinds import FieldKind, KnownFrom, RuleKind, Stage
from workstation.domain.situations import Clause, Known, KnownOption, Option, Question, When

Years = Annotated[int, Field(ge=0, le=200, strict=True)]


def when_of(entry: Conditions) -> When:
    """Return the condition; a list means any of its groups."""
    groups = entry if isinstance(entry, list) else [entry] if entry else []
    return When(
        tuple(tuple(Clause(name, frozenset(options)) for name, options in group.items()) for group in groups)
    )


class OptionEntry(Strict):
    """One answer."""

    id: Id
    title: Word
    basis: Annotated[str, Field(max_length=300)] = ""


class KnownOptionEntry(Strict):
    """One answer that facts can give."""

    option: Id
    years: Annotated[list[Years], Field(min_length=2, max_length=2)] = [0, 200]
    words: list[Word] = []


class KnownEntry(Strict):
    """How facts answer a question."""

    source: KnownFrom
    options: Annotated[list[KnownOptionEntry], Field(min_length=1, max_length=30)]

    def to_domain(self) -> Known:
        """Return the domain value."""
        options = (KnownOption(o.option, o.years[0], o.years[1], tuple(o.words)) for o in self.options)
        return Known(self.source, tuple(options))


class QuestionEntry(Strict):
    """A situation question."""

    id: Id
    title: Word
    options: Annotated[list[OptionEntry], Field(min_length=1, max_length=30)]
    when: Conditions = None
    known: KnownEntry | None = None

    def to_domain(self) -> Question:
        """Return the domain value."""
        options = tuple(Option(option.id, option.title, option.basis) for option in self.options)
        known = self.known.to_domain() if self.known else None
        return Question(self.id, self.title, options, when_of(self.when), known)


class SourceEntry(Strict):
    """An OCR source."""

    document_kind: Word
    field: Word


class FieldEntry(Strict):
    """One form field."""

    id: Id
    title: Word
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: list[Word] = []
    sources: list[SourceEntry] = []
    max_length: Annotated[int, Field(ge=1, le=2000)] = 200
    section: Id | None = None
    columns: Annotated[int, Field(ge=1, le=2, strict=True)] = 1
    when: Conditions = None

    def to_domain(self) -> FormField:
        """Return the domain value."""
        return FormField(
            **self.model_dump(exclude={"choices", "sources", "when", "section"}),
            choices=tuple(self.choices),
            sources=tuple(FieldSource(source.document_kind, source.field) for source in self.sources),
            section=self.section or "",
            when=when_of(self.when),
        )


class SectionEntry(Strict):
    """A part of the form."""

    id: Id
    title: Word
    stage: Stage = Stage.APPLICATION


class RuleEntry(Strict):
    """A check over several fields."""

    kind: RuleKind
    fields: Annotated[list[Id], Field(min_length=2, max_length=20)]
    message: Sentence


class FormEntry(Strict):
    """The agency's form around the fields."""

    title: Note = ""
    sections: list[SectionEntry] = []
    rules: list[RuleEntry] = []
    statement: Annotated[str, Field(max_length=2000, strict=True)] = ""
    agency_part: list[Word] = []

    def to_domain(self) -> FormLayout:
        """Return the domain value."""
        return FormLayout(
            title=self.title,
            sections=tuple(Section(s.id, s.title, s.stage) for s in self.sections),
            rules=tuple(FieldRule(r.kind, tuple(r.fields), r.message) for r in self.rules),
            statement=self.statement,
            agency_part=tuple(self.agency_part),
        )
