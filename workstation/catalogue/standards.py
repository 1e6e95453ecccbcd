"""What items share (`standards.yaml`): a material or field taken over by `use: ID`, and keys of every item.

The same paper is then described once, and equal ids mean the same document. An item's own keys always win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_pack import StandardsEntry
from workstation.catalogue.source import Document, read_document

STANDARDS = "standards.yaml"
ELEMENTS = "elements"


def read_standards(files: Mapping[str, str]) -> StandardsEntry:
    """Return what the pack's items share; nothing when it has no such file.

    Raises:
        PackInvalid: the file breaks the schema.
    """
    text = files.get(STANDARDS)
    return StandardsEntry() if text is None else parse(StandardsEntry, read_document(text, STANDARDS))


def with_standards(document: Document, standards: StandardsEntry) -> Document:
    """Return an item's document with what it shares filled in; lines stay those of the item's own file.

    Raises:
        PackInvalid: `use` names nothing that is there; one finding for each (C168).
    """
    if not isinstance(document.value, dict):
        return document
    findings: list[Finding] = []
    value = {**standards.item, **document.value}
    value[ELEMENTS] = _merged(standards.item.get(ELEMENTS), document.value.get(ELEMENTS))
    for key, known in (("materials", standards.materials), ("fields", standards.fields)):
        value[key] = _filled(document, key, known, findings)
    if findings:
        raise PackInvalid(tuple(findings))
    return replace(document, value={name: part for name, part in value.items() if part is not None})


def _merged(shared: Any, own: Any) -> Any:
    if isinstance(shared, dict) and isinstance(own, dict):
        return {**shared, **own}
    return shared if own is None else own


def _filled(document: Document, key: str, known: dict[str, dict[str, Any]], findings: list[Finding]) -> Any:
    entries = document.value.get(key)
    if not isinstance(entries, list):
        return entries
    filled = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict) or "use" not in entry:
            filled.append(entry)
            continue
        name = str(entry["use"])
        if name not in known:
            findings.append(document.finding((key, place), "C168", use=name))
            continue
        own = {part: content for part, content in entry.items() if part != "use"}
        identity = {"id": name, "standard_id": name} if key == "materials" else {"id": name}
        filled.append({**identity, **known[name], **own})
    return filled
