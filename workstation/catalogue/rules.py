"""The rules that hold an item together: ids, conditions, codes, grounds, readings, plain values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from workstation.catalogue.documents import DOCUMENT_FIELDS
from workstation.catalogue.findings import Finding
from workstation.catalogue.schema import Condition
from workstation.catalogue.schema_form import FieldEntry, QuestionEntry
from workstation.catalogue.schema_item import ItemEntry, MaterialEntry
from workstation.catalogue.source import Document, Path
from workstation.domain.errors import BadUscc
from workstation.domain.identity import check_uscc
from workstation.domain.kinds import FieldKind, Need

OPEN_ENDED = re.compile(
    r"其他|其它|等(相关|有关)|(等|相关|有关|需要的|必要的|补充)(材料|资料|文件|证明)|另行要求|视情况"
)
"""Words of a catch-all: a guide must name every material (行政许可法 art. 30: the full list is shown)."""

_BASIC_CODE = re.compile(r"[0-9]{12}")
_IMPLEMENTATION_CODE = re.compile(r"[0-9A-Z]{18}[1-7][0-9]{12}")
_ITEM_TYPES = frozenset({"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20", "99"})


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def ids(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Ids are unique within their list."""
    lists: list[tuple[Path, list[_Named]]] = [
        (("questions",), [*entry.questions]),
        (("materials",), [*entry.materials]),
        (("fields",), [*entry.fields]),
    ]
    lists += [(("questions", n, "options"), [*q.options]) for n, q in enumerate(entry.questions)]
    for path, values in lists:
        counts = Counter(value.id for value in values)
        for n, value in enumerate(values):
            if counts[value.id] > 1 and value.id in [v.id for v in values[:n]]:
                yield document.finding((*path, n, "id"), "C141", id=value.id)


def conditions(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A condition names known questions and options, and a question's condition only earlier ones."""
    options = {question.id: {option.id for option in question.options} for question in entry.questions}
    order = [question.id for question in entry.questions]
    for path, clause_path, name, wanted in _clauses(entry):
        if name not in options:
            yield document.finding(clause_path, "C142", question=name, known=", ".join(order))
            continue
        unknown = sorted(set(wanted) - options[name])
        if unknown or not wanted:
            known = ", ".join(sorted(options[name]))
            yield document.finding(clause_path, "C143", option=", ".join(unknown), question=name, known=known)
        if path[0] == "questions" and order.index(name) >= int(path[1]):
            yield document.finding(clause_path, "C144", question=order[int(path[1])], later=name)


def _clauses(entry: ItemEntry) -> Iterator[tuple[Path, Path, str, list[str]]]:
    """Yield (path of the owner, path of the clause, question, options)."""
    lists: dict[str, Sequence[QuestionEntry | MaterialEntry | FieldEntry]] = {
        "questions": entry.questions,
        "materials": entry.materials,
        "fields": entry.fields,
    }
    for kind, owners in lists.items():
        for n, owner in enumerate(owners):
            for group_path, group in _groups(owner.when):
                for name, wanted in group.items():
                    yield (kind, n), (kind, n, "when", *group_path, name), name, wanted


def _groups(when: list[Condition] | Condition | None) -> list[tuple[Path, Condition]]:
    if isinstance(when, list):
        return [((n,), group) for n, group in enumerate(when)]
    return [((), when)] if when else []


def codes(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """基本编码 has 12 digits; 实施编码 is the agency's USCC, the level and the 基本编码."""
    if not _BASIC_CODE.fullmatch(entry.code):
        yield document.finding(("code",), "C151", value=entry.code)
    if entry.item_type not in _ITEM_TYPES:
        yield document.finding(("item_type",), "C165", value=entry.item_type)
    value, path = entry.implementation_code, ("implementation_code",)
    is_formed = _IMPLEMENTATION_CODE.fullmatch(value) is not None
    if not is_formed or value[19:] != entry.code or value[18] != str(entry.level):
        yield document.finding(path, "C152", value=value)
    if is_formed:
        try:
            check_uscc(value[:18])
        except BadUscc:
            yield document.finding(path, "C153", value=value[:18])


def grounds(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """The item and each of its materials name a legal basis."""
    if not entry.legal_basis:
        yield document.finding(("legal_basis",), "C156")
    for n, material in enumerate(entry.materials):
        if not material.basis.strip():
            yield document.finding(("materials", n), "C157", material=material.title)


def readings(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """OCR sources name known kinds and fields, and a document that some material brings."""
    brought = {kind for m in entry.materials for kind in (m.document_kind, m.back_kind) if kind}
    for n, material in enumerate(entry.materials):
        for key in ("document_kind", "back_kind"):
            kind = getattr(material, key)
            if kind is not None and kind not in DOCUMENT_FIELDS:
                yield document.finding(("materials", n, key), "C154", kind=kind, known=_known_kinds())
    for n, field in enumerate(entry.fields):
        for m, source in enumerate(field.sources):
            path: Path = ("fields", n, "sources", m)
            if source.document_kind not in DOCUMENT_FIELDS:
                yield document.finding(path, "C154", kind=source.document_kind, known=_known_kinds())
            elif source.field not in DOCUMENT_FIELDS[source.document_kind]:
                known = ", ".join(sorted(DOCUMENT_FIELDS[source.document_kind]))
                yield document.finding(
                    path, "C155", kind=source.document_kind, field=source.field, known=known
                )
            elif source.document_kind not in brought:
                yield document.finding(path, "C162", kind=source.document_kind)


def _known_kinds() -> str:
    return ", ".join(sorted(DOCUMENT_FIELDS))


def plain_rules(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Rules about one value or two values beside each other."""
    for n, question in enumerate(entry.questions):
        if len(question.options) < 2:
            yield document.finding(("questions", n), "C163", question=question.title)
    for n, material in enumerate(entry.materials):
        path: Path = ("materials", n)
        if OPEN_ENDED.search(material.title):
            yield document.finding((*path, "title"), "C150", material=material.title)
        if material.pages[0] > material.pages[1]:
            yield document.finding((*path, "pages"), "C159", material=material.title)
        if entry.instant and material.need is Need.TOLERABLE:
            yield document.finding((*path, "need"), "C158", material=material.title)
    for n, field in enumerate(entry.fields):
        if (field.kind is FieldKind.CHOICE) != bool(field.choices):
            yield document.finding(("fields", n), "C161", field=field.title)
    statutory, promised = entry.limits.statutory, entry.limits.promised
    if statutory and promised and statutory.unit == promised.unit and promised.number > statutory.number:
        yield document.finding(("limits", "promised"), "C164")
