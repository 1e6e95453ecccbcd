"""A form as data (定制表单): fields with checks and OCR sources, sections, rules over several fields."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.kinds import FieldKind, RuleKind, Stage
from workstation.domain.situations import ALWAYS, When


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
    section: str = ""
    """Id of the section it stands in; empty: the first."""
    columns: int = 1
    """How many of the form's two columns it takes on paper, 1 or 2."""
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form under one heading."""

    id: str
    title: str
    stage: Stage = Stage.APPLICATION


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A check over several fields; counts only while all of them are asked."""

    kind: RuleKind
    fields: tuple[str, ...]
    message: str
    """What to tell the clerk when it fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLayout:
    """The agency's form (定制表单): what stands on the printed paper around the values."""

    title: str
    """Title on paper; empty: the item's title with 申请表."""
    sections: tuple[Section, ...] = ()
    rules: tuple[FieldRule, ...] = ()
    statement: str = ""
    """What the applicant signs under."""
    agency_part: tuple[str, ...] = ()
    """Headings of boxes the agency fills by hand, e.g. 街道意见."""
