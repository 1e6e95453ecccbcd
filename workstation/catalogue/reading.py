"""From the texts of a pack's files to items and matters; the faults of one file do not hide another's."""

from __future__ import annotations

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_item import ItemEntry
from workstation.catalogue.schema_pack import MatterEntry, StandardsEntry
from workstation.catalogue.source import read_document
from workstation.catalogue.standards import read_standards, with_standards
from workstation.domain.items import Item, Matter


def read_items(files: dict[str, str]) -> tuple[tuple[Item, ...], tuple[Finding, ...]]:
    """Parse the item files and return the good items and the faults of the others."""
    by_path, findings = read_items_by_path(files)
    return tuple(by_path.values()), findings


def read_items_by_path(files: dict[str, str]) -> tuple[dict[str, Item], tuple[Finding, ...]]:
    """Parse the item files and return the good items by their files, and the faults of the others."""
    items: dict[str, Item] = {}
    findings: list[Finding] = []
    standards = read_standards(files)
    for path in sorted(files):
        if path.startswith("items/"):
            try:
                items[path] = read_item(files[path], path, standards)
            except PackInvalid as error:
                findings.extend(error.findings)
    return items, tuple(findings)


def read_item(text: str, path: str, standards: StandardsEntry) -> Item:
    """Parse one item file.

    Raises:
        PackInvalid: it breaks the schema.
    """
    return parse(ItemEntry, with_standards(read_document(text, path), standards)).to_domain()


def read_matters(files: dict[str, str]) -> tuple[tuple[Matter, ...], tuple[Finding, ...]]:
    """Parse the matter files and return the good matters and the faults of the others."""
    matters: list[Matter] = []
    findings: list[Finding] = []
    for path in sorted(files):
        if path.startswith("matters/"):
            try:
                matters.append(parse(MatterEntry, read_document(files[path], path)).to_domain())
            except PackInvalid as error:
                findings.extend(error.findings)
    return tuple(matters), tuple(findings)
