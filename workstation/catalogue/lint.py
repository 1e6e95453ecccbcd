"""Prove that a pack can be worked with: every situation ends in a finite checklist, and more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from workstation.catalogue import rules
from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.loader import MAX_FILE_BYTES
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_item import ItemEntry
from workstation.catalogue.schema_pack import ManifestEntry, MatterEntry, PackEntry, StandardsEntry
from workstation.catalogue.signing import MANIFEST, PACK, content_files
from workstation.catalogue.source import Document, read_document
from workstation.catalogue.standards import STANDARDS, with_standards


def lint(folder: Path) -> tuple[Finding, ...]:
    """Return every fault of a pack folder, in the order of files and lines; signed or not.

    A fault of the schema hides the faults of meaning of the same file, not those of others.
    """
    findings: list[Finding] = []
    codes: dict[str, str] = {}
    standards = StandardsEntry()
    for path in content_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            document = read_document(_text(path, name), name)
            if name == PACK:
                findings.extend(_pack_findings(document))
            elif name == STANDARDS:
                standards = parse(StandardsEntry, document)
            elif name.startswith("matters/"):
                parse(MatterEntry, document)
            else:
                findings.extend(_item_findings(with_standards(document, standards), codes))
        except PackInvalid as error:
            findings.extend(error.findings)
    findings.extend(_manifest_findings(folder))
    return tuple(sorted(findings, key=lambda finding: (finding.file, finding.line, finding.code)))


def _text(path: Path, name: str) -> str:
    try:
        content = path.read_bytes()
        if len(content) > MAX_FILE_BYTES:
            raise PackInvalid((Finding(name, 0, "C106", {"path": name, "limit": MAX_FILE_BYTES}),))
        return content.decode()
    except OSError as error:
        raise PackInvalid((Finding(name, 0, "C101", {"path": name}),)) from error
    except UnicodeDecodeError as error:
        raise PackInvalid((Finding(name, 0, "C120", {"problem": "UTF-8"}),)) from error


def _pack_findings(document: Document) -> Iterator[Finding]:
    pack = parse(PackEntry, document)
    if pack.valid_until < pack.issued_on:
        yield document.finding(("valid_until",), "C166")


def _item_findings(document: Document, codes: dict[str, str]) -> Iterator[Finding]:
    """Check one item; `codes` remembers which file used a code first."""
    entry = parse(ItemEntry, document)
    first = codes.setdefault(entry.code, document.file)
    if first != document.file:
        yield document.finding(("code",), "C140", item=entry.code, first=first)
    references = [*rules.ids(entry, document), *rules.conditions(entry, document)]
    yield from references
    yield from rules.codes(entry, document)
    yield from rules.grounds(entry, document)
    yield from rules.readings(entry, document)
    yield from rules.plain_rules(entry, document)
    if not references:
        yield from rules.paths(entry, document)


def _manifest_findings(folder: Path) -> Iterator[Finding]:
    """A manifest that no longer fits the files; a pack that was never signed has none."""
    path = folder / MANIFEST
    if not path.exists():
        return
    try:
        manifest = parse(ManifestEntry, read_document(_text(path, MANIFEST), MANIFEST))
    except PackInvalid as error:
        yield from error.findings
        return
    signed = {entry.path: entry.sha256 for entry in manifest.files}
    present = {file.relative_to(folder).as_posix(): file for file in content_files(folder)}
    for name in sorted(signed.keys() | present.keys()):
        if _digest(folder / name) != signed.get(name):
            yield Finding(MANIFEST, 0, "C167", {"path": name})


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
