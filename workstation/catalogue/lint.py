"""Prove that a pack can be worked with: every situation ends in a finite checklist, and more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from workstation.catalogue import rules, rules_form, rules_pack, rules_paths, rules_values
from workstation.catalogue.elements import element_at
from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.loader import MAX_FILE_BYTES
from workstation.catalogue.rules_pack import Gathered
from workstation.catalogue.rules_paths import Walk
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_item import ItemEntry
from workstation.catalogue.schema_pack import ManifestEntry, MatterEntry, PackEntry, StandardsEntry
from workstation.catalogue.signing import MANIFEST, PACK, content_files
from workstation.catalogue.source import Document, read_document
from workstation.catalogue.standards import STANDARDS, with_standards
from workstation.domain.matters import join
from workstation.i18n import _

MAX_SITUATIONS = 20_000
"""More cannot be proved in reasonable time, and no clerk could be led through them."""


UNSIGNED = "C167"
"""A file is not the one that was signed."""


def lint(folder: Path) -> tuple[Finding, ...]:
    """Return every fault of a pack folder, in the order of files and lines; signed or not.

    A fault of the schema hides the faults of meaning of the same file, not those of others.
    """
    findings: list[Finding] = []
    gathered = Gathered()
    standards = StandardsEntry()
    for path in content_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            document = read_document(_text(path, name), name)
            if name == PACK:
                gathered.pack = parse(PackEntry, document)
                findings.extend(_pack_findings(gathered.pack, document))
            elif name == STANDARDS:
                standards = parse(StandardsEntry, document)
            elif name.startswith("matters/"):
                gathered.matters.append((parse(MatterEntry, document), document))
            else:
                findings.extend(_item_findings(with_standards(document, standards), gathered))
        except PackInvalid as error:
            findings.extend(map(_as_element, error.findings))
    for rule in rules_pack.RULES:
        findings.extend(rule(gathered))
    findings.extend(_joined_findings(gathered, {one.file for one in findings if not one.is_warning}))
    findings.extend(_manifest_findings(folder))
    return tuple(sorted(findings, key=lambda finding: (finding.file, finding.line, finding.code)))


def _as_element(finding: Finding) -> Finding:
    """Name a missing key of an item by its number in the implementation list, where it is an element."""
    if finding.code != "C131" or not finding.file.startswith("items/"):
        return finding
    key = str(finding.details["key"])
    element = element_at(tuple(key.split(".")))
    if element is None:
        return finding
    details: dict[str, object] = {"number": element.number, "element": _(element.title), "key": key}
    return Finding(finding.file, finding.line, "C170", details)


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


def _pack_findings(pack: PackEntry, document: Document) -> Iterator[Finding]:
    if pack.valid_until < pack.issued_on:
        yield document.finding(("valid_until",), "C166")


def _item_findings(document: Document, gathered: Gathered) -> Iterator[Finding]:
    """Check one item, and keep it for the rules over the whole pack."""
    entry = parse(ItemEntry, document)
    first, where = gathered.items.setdefault(entry.code, (entry, document))
    if first is not entry:
        yield document.finding(("code",), "C140", item=entry.code, first=where.file)
    references = [*rules.ids(entry, document), *rules.conditions(entry, document)]
    yield from references
    own = (rules.codes, rules.grounds, rules.readings, rules.plain_rules)
    for rule in (*own, *rules_values.RULES, *rules_form.RULES, *rules_paths.RULES):
        yield from rule(entry, document)
    if not references:
        yield from _walked_findings(entry, document)


def _walked_findings(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    walk = Walk(entry.to_domain(), MAX_SITUATIONS)
    if len(walk.situations) > MAX_SITUATIONS:
        yield document.finding(("questions",), "C160", limit=MAX_SITUATIONS)
        return
    for rule in rules_paths.WALKED:
        yield from rule(walk, document)
    yield from rules_paths.dead_groups(walk, entry, document)


def _joined_findings(gathered: Gathered, told: set[str]) -> Iterator[Finding]:
    """Walk each sound matter as the clerk will: its items joined into one checklist."""
    for matter, document in gathered.matters:
        members = [gathered.items[code] for code in matter.items if code in gathered.items]
        if told & {document.file, *(where.file for _entry, where in members)}:
            continue
        walk = Walk(
            join(matter.to_domain(), [entry.to_domain() for entry, _where in members]), MAX_SITUATIONS
        )
        if len(walk.situations) > MAX_SITUATIONS:
            yield document.finding(("items",), "C160", limit=MAX_SITUATIONS)
            continue
        for rule in rules_paths.WALKED:
            yield from rule(walk, document)


def _manifest_findings(folder: Path) -> Iterator[Finding]:
    """A manifest that no longer fits the files; a pack that was never signed has none."""
    path = folder / MANIFEST
    if not path.exists():
        return
    try:
        document = read_document(_text(path, MANIFEST), MANIFEST)
        manifest = parse(ManifestEntry, document)
    except PackInvalid as error:
        yield from error.findings
        return
    signed = {entry.path: entry.sha256 for entry in manifest.files}
    places = {entry.path: place for place, entry in enumerate(manifest.files)}
    present = {file.relative_to(folder).as_posix(): file for file in content_files(folder)}
    for name in sorted(signed.keys() | present.keys()):
        if _digest(folder / name) != signed.get(name):
            where: tuple[str | int, ...] = ("files", places[name]) if name in places else ("files",)
            yield Finding(MANIFEST, document.line(where), UNSIGNED, {"path": name})


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
