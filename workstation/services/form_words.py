"""The agency's form as it stands on paper: sections by stage, cells with their values, the photo's place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from workstation.domain.case import Case
from workstation.domain.checklist import active_fields, derive
from workstation.domain.fields import section_of, stage_of
from workstation.domain.forms import FormField
from workstation.domain.items import Item
from workstation.domain.kinds import FieldKind, Stage
from workstation.printing.forms import FormCell, FormPart
from workstation.services.paper_words import on_paper

PHOTO = "photo"
"""Standard-material ids that begin so are photos, or receipts of one: the form has a place for it."""
NUMERALS = "一二三四五六七八九十"
FILLED = frozenset({Stage.APPLICATION, Stage.UNDERTAKING})
"""Stages in which the applicant's values stand; the others are left to the agency's pen."""


def form_title(item: Item) -> str:
    """Return the title of the agency's form."""
    return on_paper(item.form.title) or f"{on_paper(item.title)}申请表"


def parts_of(item: Item, case: Case, stages: Collection[Stage]) -> tuple[FormPart, ...]:
    """Return the sections of these stages that the answers ask for, in the form's order, numbered."""
    cells: dict[str, list[FormCell]] = {}
    for field in active_fields(item, case.answers):
        if stage_of(item.form, field) in stages:
            section = section_of(item.form, field)
            cells.setdefault(section.title if section else "申请人信息", []).append(_cell(item, field, case))
    order = [section.title for section in item.form.sections]
    titles = sorted(cells, key=lambda title: order.index(title) if title in order else -1)
    return tuple(
        FormPart(title=_numbered(place, on_paper(title), len(titles)), cells=tuple(cells[title]))
        for place, title in enumerate(titles)
    )


def cells_of(item: Item, case: Case, stage: Stage) -> tuple[FormCell, ...]:
    """Return the cells of one stage without their sections."""
    return tuple(cell for part in parts_of(item, case, (stage,)) for cell in part.cells)


def wants_photo(item: Item, case: Case) -> bool:
    """Return whether the checklist asks for a photo, so that the form keeps a place for it."""
    return any(material.standard_id.startswith(PHOTO) for material in derive(item, case.answers))


def _cell(item: Item, field: FormField, case: Case) -> FormCell:
    return FormCell(
        label=on_paper(field.title),
        value=_value(field, case) if stage_of(item.form, field) in FILLED else "",
        choices=field.choices if field.kind is FieldKind.CHOICE else (),
        columns=field.columns,
    )


def _value(field: FormField, case: Case) -> str:
    stored = case.fields.get(field.id)
    text = stored.value if stored else ""
    return _date_words(text) if field.kind is FieldKind.DATE else text


def _date_words(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"


def _numbered(place: int, title: str, count: int) -> str:
    is_numbered = title[:1] in NUMERALS and title[1:2] in ("、", "．")
    if count < 2 or is_numbered or place >= len(NUMERALS):
        return title
    return f"{NUMERALS[place]}、{title}"
