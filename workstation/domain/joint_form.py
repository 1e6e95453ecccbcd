"""The one form of a matter: what several approvers ask is typed once, and each has its own part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workstation.domain.conditions import is_never, or_else, without
from workstation.domain.forms import FieldRule, FormField, FormLayout, Section
from workstation.domain.items import Item, Matter
from workstation.domain.joint_questions import Member, makers_of
from workstation.domain.kinds import FieldKind, Stage
from workstation.domain.situations import Question

COMMON = Section("applicant", "申请人信息")
"""Holds what more than one approver asks, and who the applicant is; the words of paper are Chinese."""
CARD = "id-card-front"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field as one member asks it, already under its joined name."""

    item: Item
    field: FormField
    section: Section


def form_of(
    matter: Matter, members: Sequence[Member], questions: Mapping[str, Question]
) -> tuple[tuple[FormField, ...], FormLayout]:
    """Return the fields of the joined form, and what stands around them.

    The common part comes first, then each approver's own; each one has its own box.

    Args:
        matter: gives the form its title.
        members: in their order.
        questions: of the joined item, by id.
    """
    by_name = _by_name(members, questions)
    sections = _sections(members, by_name)
    fields = _fields(by_name, sections, questions)
    used = {field.section for field in fields}
    statements = dict.fromkeys(m.item.form.statement for m in members if m.item.form.statement)
    layout = FormLayout(
        title=f"{matter.title}申请表",
        sections=tuple(section for section in sections if section.id in used),
        rules=tuple(dict.fromkeys(_rules(members))),
        statement="\n".join(statements),
        agency_part=tuple(dict.fromkeys(part for member in members for part in _agency_part(member.item))),
    )
    return fields, layout


def _fields(
    by_name: Sequence[Sequence[_Asked]], sections: Sequence[Section], questions: Collection[str]
) -> tuple[FormField, ...]:
    fields = [_one_field(asked) for asked in by_name]
    joined = [replace(field, when=without(field.when, questions)) for field in fields]
    order = [section.id for section in sections]
    possible = [field for field in joined if not is_never(field.when)]
    return tuple(sorted(possible, key=lambda field: order.index(field.section)))


def _by_name(members: Sequence[Member], questions: Mapping[str, Question]) -> list[list[_Asked]]:
    asked: dict[str, list[_Asked]] = {}
    for member in members:
        for field in member.item.fields:
            name = member.fields[field.id]
            when = member.without_makers(
                member.condition(field.when), _makers_of(field, member, members), questions
            )
            mine = replace(field, id=name, when=when)
            asked.setdefault(name, []).append(_Asked(member.item, mine, _section_of(member.item, field)))
    return list(asked.values())


def _makers_of(field: FormField, member: Member, members: Sequence[Member]) -> tuple[Member, ...]:
    """Return the members that issue the one paper a field is read from: nobody can know it before."""
    kinds = {source.document_kind for source in field.sources}
    papers = {m.standard_id for m in member.item.materials if {m.document_kind, m.back_kind} & kinds}
    return makers_of(papers.pop(), members) if len(papers) == 1 else ()


def _one_field(asked: Sequence[_Asked]) -> FormField:
    fields = [one.field for one in asked]
    first = fields[0]
    is_common = len({one.item.code for one in asked}) > 1 or _is_of_card(first)
    return replace(
        first,
        required=any(field.required for field in fields),
        choices=_common_choices(fields) if first.kind is FieldKind.CHOICE else first.choices,
        sources=tuple(dict.fromkeys(source for field in fields for source in field.sources)),
        max_length=min(field.max_length for field in fields),
        section=_common_section(asked).id if is_common else _own_section(asked[0]).id,
        columns=max(field.columns for field in fields),
        when=or_else(*(field.when for field in fields)),
    )


def _is_of_card(field: FormField) -> bool:
    return any(source.document_kind == CARD for source in field.sources)


def _common_choices(fields: Sequence[FormField]) -> tuple[str, ...]:
    """Return the choices every approver knows."""
    return tuple(c for c in fields[0].choices if all(c in field.choices for field in fields))


def _sections(members: Sequence[Member], by_name: Sequence[Sequence[_Asked]]) -> tuple[Section, ...]:
    sections: dict[str, Section] = {COMMON.id: COMMON}
    for asked in by_name:
        common = _common_section(asked)
        sections.setdefault(common.id, common)
    for member in members:
        for field in member.item.fields:
            own = _own_section(_Asked(member.item, field, _section_of(member.item, field)))
            sections.setdefault(own.id, own)
    return tuple(sections.values())


def _common_section(asked: Sequence[_Asked]) -> Section:
    """Return the common part; what nobody asks at application stays at the stage where it is filled."""
    stages = [one.section.stage for one in asked]
    if Stage.APPLICATION in stages:
        return COMMON
    return replace(COMMON, id=f"{COMMON.id}-{stages[0].lower()}", stage=stages[0])


def _own_section(asked: _Asked) -> Section:
    """Return the approver's part; its heading is the item, and the item's own where it has several."""
    item, own = asked.item, asked.section
    is_alone = len(item.form.sections) < 2 or not own.id
    title = item.title if is_alone else f"{item.title}: {own.title}"
    return Section(f"{item.code}-{own.id}" if own.id else item.code, title, own.stage)


def _section_of(item: Item, field: FormField) -> Section:
    """Return the section a field stands in: the one it names, else the form's first."""
    sections = item.form.sections
    named = (section for section in sections if section.id == field.section)
    return next(named, sections[0] if sections else Section("", ""))


def _rules(members: Sequence[Member]) -> Iterator[FieldRule]:
    for member in members:
        for rule in member.item.form.rules:
            names = tuple(member.fields.get(name, name) for name in rule.fields)
            # Two fields that became one agree with themselves.
            if len(set(names)) == len(names):
                yield replace(rule, fields=names)


def _agency_part(item: Item) -> Iterator[str]:
    for part in item.form.agency_part or ("审批意见",):
        yield f"{item.title}: {part}"
