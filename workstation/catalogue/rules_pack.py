"""Rules about the items of a pack beside each other: districts, matters (一件事), titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workstation.catalogue.findings import Finding
from workstation.catalogue.schema_item import ItemEntry, LimitEntry
from workstation.catalogue.schema_pack import MatterEntry, PackEntry
from workstation.catalogue.source import Document, Path

Checked = tuple[ItemEntry, Document]


@dataclass
class Gathered:
    """What the files of a pack were found to hold; files that break the schema are missing."""

    pack: PackEntry | None = None
    items: dict[str, Checked] = field(default_factory=dict)
    """By basic code."""
    matters: list[tuple[MatterEntry, Document]] = field(default_factory=list)


def overlays(entry: ItemEntry, document: Document, districts: frozenset[str]) -> Iterator[Finding]:
    """What a district changes is there, and is no longer than the law allows."""
    materials = {material.id for material in entry.materials}
    for place, overlay in enumerate(entry.overlays):
        path: Path = ("overlays", place)
        unknown = sorted(set(overlay.without_materials) - materials)
        if unknown:
            known = ", ".join(sorted(materials))
            yield document.finding(path, "C191", material=", ".join(unknown), known=known)
        strange = sorted(set(overlay.districts) - districts)
        if strange:
            known = ", ".join(sorted(districts)) or "-"
            yield document.finding(path, "C192", district=", ".join(strange), known=known)
        if overlay.effective_until is not None and overlay.effective_until < overlay.effective_from:
            yield document.finding((*path, "effective_until"), "C166")
        if overlay.promised is not None and _is_longer(overlay.promised, entry.limits.statutory):
            yield document.finding((*path, "promised"), "C164")


def _is_longer(one: LimitEntry, other: LimitEntry | None) -> bool:
    return other is not None and one.unit is other.unit and one.number > other.number


def members(gathered: Gathered) -> Iterator[Finding]:
    """A matter is made of items of the pack, each once, and takes conditions over its own questions."""
    seen: dict[str, str] = {}
    for matter, document in gathered.matters:
        if seen.setdefault(matter.id, document.file) != document.file or matter.id in gathered.items:
            yield document.finding(("id",), "C141", id=matter.id)
        for place, code in enumerate(matter.items):
            if code in matter.items[:place]:
                yield document.finding(("items", place), "C141", id=code)
            elif code not in gathered.items:
                yield document.finding(("items", place), "C193", item=code)
        for code in matter.when:
            if code not in matter.items:
                yield document.finding(("when", code), "C193", item=code)


def matter_conditions(gathered: Gathered) -> Iterator[Finding]:
    """A member takes part on the answers to the matter's own questions."""
    for matter, document in gathered.matters:
        options = {question.id: {o.id for o in question.options} for question in matter.questions}
        for code, when in matter.when.items():
            groups = when if isinstance(when, list) else [when] if when else []
            for name, wanted in (clause for group in groups for clause in group.items()):
                known = ", ".join(options)
                if name not in options:
                    yield document.finding(("when", code), "C142", question=name, known=known)
                elif unknown := sorted(set(wanted) - options[name]):
                    listed, known = ", ".join(unknown), ", ".join(sorted(options[name]))
                    yield document.finding(("when", code), "C143", option=listed, question=name, known=known)


def same(gathered: Gathered) -> Iterator[Finding]:
    """What a matter makes one is a field or a question of its members, and all of one kind."""
    for matter, document in gathered.matters:
        for name, named in matter.same.items():
            path: Path = ("same", name)
            kinds: set[str] = set()
            for place, member in enumerate(named):
                code, _, part = member.partition(".")
                if code in matter.items and code not in gathered.items:
                    continue  # the missing item is told by itself
                kind = _kind_of(gathered.items, code, part) if code in matter.items else ""
                if not kind:
                    yield document.finding((*path, place), "C194", member=member)
                kinds.add(kind)
            told = sorted(kinds - {""})
            if len(told) > 1:
                yield document.finding(path, "C195", name=name, kinds=", ".join(told))


def _kind_of(items: Mapping[str, Checked], code: str, part: str) -> str:
    """Return `field TEXT` or `question`; empty when the item has no such part."""
    if code not in items:
        return ""
    entry, _document = items[code]
    for one in entry.fields:
        if one.id == part:
            return f"field {one.kind.value}"
    return "question" if any(question.id == part for question in entry.questions) else ""


def matter_limits(gathered: Gathered) -> Iterator[Finding]:
    """A matter has one due date, no later than the longest the law gives one of its items."""
    for matter, document in gathered.matters:
        entries = [gathered.items[code][0] for code in matter.items if code in gathered.items]
        statutory = [one.limits.statutory for one in entries]
        if statutory and all(_is_longer(matter.promised, limit) for limit in statutory):
            yield document.finding(("promised",), "C196", matter=matter.title)


def titles(gathered: Gathered) -> Iterator[Finding]:
    """In one city, at one level, one title is one item: a clerk cannot tell two apart."""
    first: dict[tuple[str, int, str], str] = {}
    for entry, document in gathered.items.values():
        key = (entry.city, entry.level, entry.title)
        if first.setdefault(key, document.file) != document.file:
            yield document.finding(("title",), "C197", title=entry.title)


def districts(gathered: Gathered) -> Iterator[Finding]:
    """Overlays of all items, by the districts of the pack's streets."""
    known = frozenset(gathered.pack.districts.values()) if gathered.pack else frozenset()
    for entry, document in gathered.items.values():
        yield from overlays(entry, document, known)


RULES = (members, matter_conditions, same, matter_limits, titles, districts)
