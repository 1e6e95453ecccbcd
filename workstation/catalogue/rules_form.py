"""Rules about the form of an item (定制表单): sections, checks over fields, sources, titles."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.catalogue.documents import DOCUMENT_FIELDS
from workstation.catalogue.findings import Finding
from workstation.catalogue.schema_item import ItemEntry
from workstation.catalogue.source import Document
from workstation.domain.kinds import FieldKind, RuleKind

_KIND_OF_RULE = {RuleKind.NOT_AFTER: FieldKind.DATE, RuleKind.SUM: FieldKind.MONEY}
_EXCLUSIVE = {RuleKind.EQUAL: RuleKind.DIFFERENT, RuleKind.DIFFERENT: RuleKind.EQUAL}


def sections(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A field stands in a section of the form, and each section is there once."""
    known = [section.id for section in entry.form.sections]
    for place, field in enumerate(entry.fields):
        if field.section and field.section not in known:
            yield document.finding(
                ("fields", place), "C181", field=field.title, section=field.section, known=", ".join(known)
            )
    for place, name in enumerate(known):
        if name in known[:place]:
            yield document.finding(("form", "sections", place), "C141", id=name)


def checks(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A check names fields of the form."""
    known = {field.id for field in entry.fields}
    for place, rule in enumerate(entry.form.rules):
        for name in rule.fields:
            if name not in known:
                yield document.finding(
                    ("form", "rules", place), "C182", field=name, known=", ".join(sorted(known))
                )


def kinds_of_checks(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Dates are put in order and money is added up; no two checks contradict each other."""
    kinds = {field.id: field.kind for field in entry.fields}
    seen: set[tuple[RuleKind, frozenset[str]]] = set()
    for place, rule in enumerate(entry.form.rules):
        wanted, names = _KIND_OF_RULE.get(rule.kind), frozenset(rule.fields)
        misfits = [name for name in rule.fields if wanted and kinds.get(name, wanted) is not wanted]
        if misfits or (_EXCLUSIVE.get(rule.kind, rule.kind), names) in seen - {(rule.kind, names)}:
            what = ", ".join(misfits) or ", ".join(sorted(names))
            yield document.finding(("form", "rules", place), "C183", rule=rule.kind.value, fields=what)
        seen.add((rule.kind, names))


def unread_fields(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A field that a document of the item is read for takes its first value from there."""
    brought = {kind for m in entry.materials for kind in (m.document_kind, m.back_kind) if kind}
    for place, field in enumerate(entry.fields):
        kinds = [kind for kind in sorted(brought) if field.id in DOCUMENT_FIELDS.get(kind, ())]
        if kinds and not field.sources:
            yield document.finding(("fields", place), "C198", field=field.title, kind=", ".join(kinds))


def option_titles(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Nobody can choose between two options, or two questions, of the same words."""
    lists = [(("questions",), [question.title for question in entry.questions])]
    titles = [[option.title for option in question.options] for question in entry.questions]
    for place, words in enumerate(titles):
        for number, title in enumerate(words):
            if title in words[:number]:
                yield document.finding(("questions", place, "options", number), "C197", title=title)
    for path, words in lists:
        for number, title in enumerate(words):
            if title in words[:number]:
                yield document.finding((*path, number), "C197", title=title)


RULES = (sections, checks, kinds_of_checks, unread_fields, option_titles)
