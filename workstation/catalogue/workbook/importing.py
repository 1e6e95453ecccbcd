"""Import a workbook into a pack's folder: everything is checked before the first file is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from workstation.catalogue.errors import FileInTheWay, PackInvalid, WorkbookUnreadable
from workstation.catalogue.findings import Finding
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_item import ItemEntry
from workstation.catalogue.schema_pack import MatterEntry, StandardsEntry
from workstation.catalogue.source import Document, read_document
from workstation.catalogue.standards import STANDARDS, read_standards, with_standards
from workstation.catalogue.workbook.assembling import Draft, draft_items, draft_matters
from workstation.catalogue.workbook.columns import FIELDS, ITEMS, MATERIALS, MATTERS, QUESTIONS, SHEETS
from workstation.catalogue.workbook.opening import read_sheets
from workstation.catalogue.workbook.records import Record, read_records


@dataclass(frozen=True, slots=True)
class Imported:
    """One file that a workbook became."""

    path: str
    """Inside the pack's folder."""
    title: str
    text: str


class _Dumper(yaml.SafeDumper):
    """Packs may not use aliases, so equal values are written out each time."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless)


def read_workbook(path: Path, folder: Path) -> tuple[Imported, ...]:
    """Return the files that a workbook becomes in a pack's folder, without writing any.

    Raises:
        WorkbookUnreadable: it is no workbook, or holds no items.
        WorkbookTooLarge: it is over a limit.
        PackInvalid: cells are wrong; every one is told by sheet, column and row.
    """
    standards = _standards(folder)
    rows = read_sheets(path, tuple(sheet.title for sheet in SHEETS))
    findings: list[Finding] = []
    records: dict[str, list[Record]] = {}
    for sheet in SHEETS:
        records[sheet.title], faults = read_records(sheet, rows.get(sheet.title, []), path.name)
        findings += faults
    items, faults = draft_items(
        records[ITEMS.title],
        records[QUESTIONS.title],
        records[MATERIALS.title],
        records[FIELDS.title],
        lambda kind, name: getattr(standards, kind).get(name),
    )
    matters, more = draft_matters(records[MATTERS.title], records[QUESTIONS.title])
    findings += [*faults, *more, *_orphans(records[QUESTIONS.title], items.keys() | matters.keys())]
    if not findings:
        findings += _schema_faults(items, matters, standards)
    if findings:
        raise PackInvalid(tuple(findings))
    there = _present(folder)
    files = (*_files("items", items, there), *_files("matters", matters, there))
    if not files:
        raise WorkbookUnreadable(path=path.name, problem=ITEMS.title)
    return files


def write_files(files: tuple[Imported, ...], folder: Path, *, replace: bool) -> None:
    """Write what a workbook became.

    Raises:
        FileInTheWay: a file holds the item already; nothing was written.
    """
    if not replace:
        for file in files:
            if (folder / file.path).exists():
                raise FileInTheWay(path=file.path)
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")


def _standards(folder: Path) -> StandardsEntry:
    path = folder / STANDARDS
    return read_standards({STANDARDS: path.read_text("utf-8")} if path.is_file() else {})


def _orphans(questions: list[Record], owners: set[str]) -> Iterator[Finding]:
    for record in questions:
        owner = record.get("item")
        if owner is not None and owner not in owners:
            yield record.at("item").finding("C117", item=owner)


def _schema_faults(
    items: dict[str, Draft], matters: dict[str, Draft], standards: StandardsEntry
) -> Iterator[Finding]:
    for draft in items.values():
        yield from _faults(draft, ItemEntry, standards)
    for draft in matters.values():
        yield from _faults(draft, MatterEntry, None)


def _faults(draft: Draft, model: type[BaseModel], standards: StandardsEntry | None) -> Iterator[Finding]:
    """Check a draft as its file would be; the line of a fault is the number of a place."""
    paths = list(draft.places)
    document = Document("", draft.value, {path: number for number, path in enumerate(paths, start=2)})
    try:
        parse(model, document if standards is None else with_standards(document, standards))
    except PackInvalid as error:
        for finding in error.findings:
            place = draft.record.place if finding.line < 2 else draft.place(paths[finding.line - 2])
            yield place.finding(finding.code, **finding.details)


def _present(folder: Path) -> dict[str, str]:
    """Return the files that hold an item or a matter already, by code or id."""
    there: dict[str, str] = {}
    for path in (*folder.glob("items/*.yaml"), *folder.glob("matters/*.yaml")):
        name = path.relative_to(folder).as_posix()
        try:
            value = read_document(path.read_text("utf-8"), name).value
        except (PackInvalid, UnicodeDecodeError):
            continue
        if isinstance(value, dict):
            there[str(value.get("code" if name.startswith("items/") else "id"))] = name
    return there


def _files(kind: str, drafts: dict[str, Draft], there: dict[str, str]) -> Iterator[Imported]:
    for name, draft in drafts.items():
        text = yaml.dump(
            draft.value,
            Dumper=_Dumper,
            allow_unicode=True,
            sort_keys=False,
            width=110,
            default_flow_style=False,
        )
        title = str(draft.value["title"])
        yield Imported(there.get(name, f"{kind}/{name}.yaml"), title, f"# {title}\n{text}")
