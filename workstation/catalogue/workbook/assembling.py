"""From the rows of all sheets to the documents of items and matters, each value with its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workstation.catalogue.findings import Finding
from workstation.catalogue.workbook.columns import ITEM_COLUMNS, Path
from workstation.catalogue.workbook.records import BadCell, Place, Record, condition

_CODE = re.compile(r"[0-9]{12}")
"""It becomes the name of a file."""

YamlPath = tuple[str | int, ...]
Shared = Callable[[str, str], Mapping[str, Any] | None]

_MADE_OTHERWISE = {("handling",), ("limits", "statutory", "number"), ("limits", "statutory", "unit")}
_MADE_OTHERWISE |= {("limits", "promised", "number"), ("limits", "promised", "unit")}

_MATERIAL_KEYS = (
    "title",
    "original",
    "need",
    "basis",
    "standard",
    "issuer",
    "document_kind",
    "back_kind",
    "scan_dpi",
    "origin",
    "committable",
    "validity_days",
    "reusable",
    "when",
)


@dataclass
class Draft:
    """An item or a matter being put together: its YAML value and the cell of each part."""

    record: Record
    value: dict[str, Any] = field(default_factory=dict)
    places: dict[YamlPath, Place] = field(default_factory=dict)

    def put(self, path: Path, value: Any) -> None:
        """Put a value at a path of mappings."""
        where = self.value
        for key in path[:-1]:
            where = where.setdefault(key, {})
        where[path[-1]] = value
        self.places[path] = self.record.at(*path)

    def append(self, key: str, value: dict[str, Any], record: Record) -> None:
        """Put one more entry into a list; its parts are told by the row they came from."""
        entries = self.value.setdefault(key, [])
        path: YamlPath = (key, len(entries))
        self.places[path] = record.place
        for name in value:
            self.places[*path, name] = record.at(name)
        entries.append(value)

    def place(self, path: YamlPath) -> Place:
        """Return the cell of a part, or of the nearest part around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.record.place)


def draft_items(
    items: Iterable[Record],
    questions: Iterable[Record],
    materials: Iterable[Record],
    fields: Iterable[Record],
    standards: Shared,
) -> tuple[dict[str, Draft], list[Finding]]:
    """Return the items by code, and rows that belong to no item.

    Args:
        items: rows of 事项.
        questions: rows of 情形; those of a matter are left for `draft_matters`.
        materials: rows of 材料.
        fields: rows of 表单.
        standards: what the pack shares under `materials` or `fields` and a name; None when it shares nothing.
    """
    findings: list[Finding] = []
    drafts: dict[str, Draft] = {}
    for record in items:
        code = record.get("code")
        if code is not None and not _CODE.fullmatch(code):
            findings.append(record.at("code").finding("C151", value=code))
        elif code in drafts:
            findings.append(record.at("code").finding("C140", item=code))
        elif code is not None:
            drafts[code] = _item(record)
    _add_questions(drafts, questions)
    for record in _owned(drafts, materials, findings):
        _add_material(drafts[record.get("item")], record, standards)
    for record in _owned(drafts, fields, findings):
        _add_field(drafts[record.get("item")], record, standards, findings)
    return drafts, findings


def draft_matters(
    matters: Iterable[Record], questions: Iterable[Record]
) -> tuple[dict[str, Draft], list[Finding]]:
    """Return the matters by id, and cells of them that cannot be read."""
    findings: list[Finding] = []
    drafts: dict[str, Draft] = {}
    for record in matters:
        name = record.get("id")
        if name is not None:
            drafts[name] = _matter(record, findings)
    _add_questions(drafts, questions)
    return drafts, findings


def _item(record: Record) -> Draft:
    draft = Draft(record)
    for column in ITEM_COLUMNS:
        if column.path in record.values and column.path not in _MADE_OTHERWISE:
            draft.put(column.path, record.values[column.path])
    handling = record.get("handling")
    draft.put(("instant",), handling in ("instant", "review_free"))
    draft.put(("review_free",), handling == "review_free")
    for name in ("statutory", "promised"):
        draft.put(("limits", name), _limit(record, "limits", name))
        draft.places["limits", name] = record.at("limits", name, "number")
    for name in ("questions", "materials", "fields", "flags", "conditions"):
        draft.value.setdefault(name, [])
    draft.value.setdefault("agents", {}).setdefault("kinds", [])
    return draft


def _limit(record: Record, *path: str) -> dict[str, Any] | None:
    number, unit = record.get(*path, "number"), record.get(*path, "unit")
    if number is None and unit is None:
        return None
    return {name: value for name, value in (("number", number), ("unit", unit)) if value is not None}


def _owned(drafts: dict[str, Draft], records: Iterable[Record], findings: list[Finding]) -> Iterable[Record]:
    for record in records:
        owner = record.get("item")
        if owner in drafts:
            yield record
        elif owner is not None:
            findings.append(record.at("item").finding("C117", item=owner))


def _add_questions(drafts: dict[str, Draft], records: Iterable[Record]) -> None:
    for record in records:
        if record.get("item") in drafts:
            _add_option(drafts[record.get("item")], record)


def _add_option(draft: Draft, record: Record) -> None:
    entries = draft.value.setdefault("questions", [])
    name = record.get("id")
    question = next((entry for entry in entries if entry["id"] == name), None)
    if question is None:
        own = {key: record.get(key) for key in ("id", "title", "when") if record.get(key) is not None}
        draft.append("questions", {**own, "options": []}, record)
        question = entries[-1]
    parts = {key: record.get("option", key) for key in ("id", "title", "basis")}
    option = {key: value for key, value in parts.items() if value is not None}
    place: YamlPath = ("questions", entries.index(question), "options", len(question["options"]))
    draft.places[place] = record.at("option", "id")
    question["options"].append(option)
    source = record.get("known", "source")
    if source is not None:
        known = question.setdefault("known", {"source": source, "options": []})
        known["options"].append(_known(source, record))


def _known(source: str, record: Record) -> dict[str, Any]:
    known: dict[str, Any] = {"option": record.get("option", "id")}
    words = record.get("known", "range")
    if words is None:
        return known
    if source != "AGE":
        return {**known, "words": words.splitlines()}
    low, _dash, high = words.partition("-")
    is_range = low.strip().isdigit() and high.strip().isdigit()
    return {**known, "years": [int(low), int(high)] if is_range else [words]}


def _add_material(draft: Draft, record: Record, standards: Shared) -> None:
    standard = record.get("standard_id")
    own = {name: record.get(name) for name in _MATERIAL_KEYS if record.get(name) is not None}
    replaced = [{"kind": "E_CERTIFICATE", "title": one} for one in record.get("e_certificates") or []]
    replaced += [{"kind": "DATA_CHECK", "title": one} for one in record.get("data_checks") or []]
    own |= {"replaced_by": replaced} if replaced else {}
    low, high = record.get("pages_min"), record.get("pages_max")
    own |= {"pages": [low or 1, high or max(low or 1, 20)]} if low or high else {}
    name = record.get("id") or standard
    shared = None if standard is None else standards("materials", standard)
    if shared is None:
        draft.append("materials", {"id": name, "standard_id": standard, **own}, record)
    else:
        identity = {"use": standard} | ({"id": name} if name != standard else {})
        draft.append("materials", {**identity, **_different(own, shared)}, record)


def _add_field(draft: Draft, record: Record, standards: Shared, findings: list[Finding]) -> None:
    names = ("title", "kind", "required", "choices", "max_length", "columns", "when")
    own = {name: record.get(name) for name in names if record.get(name) is not None}
    sources = [source.partition(".") for source in record.get("sources") or []]
    if any(not name for _kind, _dot, name in sources):
        place = record.at("sources")
        findings.append(
            place.finding("C113", header="识别来源", value=sources[0][0], known="id-card-front.name")
        )
    own |= (
        {"sources": [{"document_kind": kind, "field": name} for kind, _dot, name in sources]}
        if sources
        else {}
    )
    section = record.get("section", "id")
    if section is not None:
        own["section"] = section
        _add_section(draft, record, section)
    name = record.get("id")
    shared = None if name is None else standards("fields", name)
    if shared is None:
        draft.append("fields", {"id": name, **own}, record)
    else:
        draft.append("fields", {"use": name, **_different(own, shared)}, record)


def _different(own: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the shared entry says already."""
    return {name: value for name, value in own.items() if name not in shared or shared[name] != value}


def _add_section(draft: Draft, record: Record, section: str) -> None:
    known = draft.value.setdefault("form", {}).setdefault("sections", [])
    title = record.get("section", "title")
    if title is not None and section not in [one["id"] for one in known]:
        known.append({"id": section, "title": title})


def _matter(record: Record, findings: list[Finding]) -> Draft:
    draft = Draft(record)
    for name in ("id", "title", "aliases", "items", "explanation", "sources"):
        if record.get(name) is not None:
            draft.put((name,), record.get(name))
    draft.put(("promised",), _limit(record, "promised") or {})
    for name, header, read in (("when", "参与条件", _member_condition), ("same", "合并", _same)):
        for line in record.get(name) or []:
            try:
                key, value = read(line)
            except BadCell as fault:
                place = record.at(name)
                findings.append(place.finding("C113", header=header, value=line[:40], known=fault.known))
            else:
                draft.value.setdefault(name, {})[key] = value
    return draft


def _member_condition(line: str) -> tuple[str, Any]:
    code, colon, words = line.replace("：", ":").partition(":")
    if not colon:
        raise BadCell("442090001001: staff=yes")
    return code.strip(), condition([words.strip()])


def _same(line: str) -> tuple[str, list[str]]:
    name, equals, words = line.partition("=")
    members = [member.strip() for member in words.replace("，", ",").split(",") if member.strip()]
    if not equals or len(members) < 2:
        raise BadCell("name = 442090001001.name, 442090002001.name")
    return name.strip(), members
