"""What a bundle says, line by line for a page.

Nothing in a body is relied on: what is not understood is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync.contract.models import Manifest, PageEntry

DOUBTFUL_PERCENT = 90
"""Below it a value that was read by machine and confirmed by nobody is marked."""
MOST_LINES = 400
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """One value of the form."""

    name: str
    label: str
    value: str
    origin: str
    percent: int | None
    page_id: str
    box: tuple[int, int, int, int] | None
    """Where it stands on its page: x, y, width, height in px of the file."""
    confirmed_by: str

    @property
    def is_doubtful(self) -> bool:
        """True when a machine read it, is not sure, and nobody vouched for it."""
        is_unsure = self.percent is not None and self.percent < DOUBTFUL_PERCENT
        return self.origin == "OCR" and is_unsure and not self.confirmed_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file of a bundle, by its place."""

    number: int
    """1, 2, 3 ... among the pictures; 0 for a file that is not shown."""
    page_id: str
    sha256: str
    slot: str
    title: str
    media_type: str
    origin: str
    pages: int
    is_new: bool
    """It was not in the version before."""

    @property
    def is_picture(self) -> bool:
        """True when a browser shows it beside the form."""
        return self.number > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLine:
    """One line of the checklist."""

    slot: str
    title: str
    custody: str
    deferred_until: date | None
    """Tolerated until then."""
    committed: bool
    """Promised in writing instead."""
    level: str
    """Trust in a copy taken over from an archive, A to D; nothing: it was taken at this window."""
    reuse_source: str
    reuse_checked: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A bundle as the page shows it."""

    title: str
    code: str
    situation: str
    authority: str
    promised: tuple[int, str] | None
    """Number and unit of the promised limit."""
    people: tuple[tuple[str, str], ...]
    """Name of a fact (`applicant.name`, `agent.name` ...) and the fact."""
    fields: tuple[FieldLine, ...]
    materials: tuple[MaterialLine, ...]
    sheets: tuple[Sheet, ...]
    overruled: tuple[str, ...]
    """Reasons a clerk gave for a page the quality gate did not like."""


def read(manifest: Manifest, before: Manifest | None) -> CaseFile:
    """Return what a bundle says; pages that `before` had not are marked new."""
    body = manifest.body
    item = _mapping(body, "item")
    slots = _mapping(body, "slots")
    sheets = tuple(_sheets(manifest, before, slots))
    return CaseFile(
        title=_text(item, "title"),
        code=_text(item, "code"),
        situation=_text(item, "situation"),
        authority=_text(item, "authority"),
        promised=_limit(_mapping(item, "promised")),
        people=tuple(_people(body)),
        fields=tuple(_fields(_mapping(body, "fields"))),
        materials=tuple(_materials(slots, sheets)),
        sheets=sheets,
        overruled=tuple(_overruled(body)),
    )


def _people(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for who, names in (
        ("applicant", ("name", "id_number", "phone", "address", "id_valid_until")),
        ("agent", ("name", "id_number", "phone", "relation", "document_number", "valid_until")),
    ):
        said = _mapping(body, who)
        for name in names:
            if value := _text(said, name):
                yield f"{who}.{name}", value


def _fields(fields: Mapping[str, Any]) -> Iterator[FieldLine]:
    for name, said in list(fields.items())[:MOST_LINES]:
        if isinstance(said, dict):
            percent = said.get("confidence_percent")
            yield FieldLine(
                name=name,
                label=_text(said, "label") or name,
                value=_text(said, "value"),
                origin=_text(said, "origin"),
                percent=percent if isinstance(percent, int) else None,
                page_id=_text(said, "page_id"),
                box=_box(said.get("box")),
                confirmed_by=_text(said, "confirmed_by"),
            )


def _box(value: object) -> tuple[int, int, int, int] | None:
    if not isinstance(value, list) or not all(type(part) is int and 0 <= part < 1_000_000 for part in value):
        return None
    match value:
        case [x, y, width, height] if width and height:
            return x, y, width, height
    return None


def _sheets(manifest: Manifest, before: Manifest | None, slots: Mapping[str, Any]) -> Iterator[Sheet]:
    had = {page.sha256 for page in before.pages} if before else set()
    number = 0
    for page in manifest.pages:
        number += page.media_type in PICTURES
        yield _sheet(page, number, slots, is_new=before is not None and page.sha256 not in had)


def _sheet(page: PageEntry, number: int, slots: Mapping[str, Any], *, is_new: bool) -> Sheet:
    return Sheet(
        number=number if page.media_type in PICTURES else 0,
        page_id=page.page_id,
        sha256=page.sha256,
        slot=page.slot,
        title=_text(_mapping(slots, page.slot), "title") or page.slot,
        media_type=page.media_type,
        origin=page.origin,
        pages=page.pages,
        is_new=is_new,
    )


def _materials(slots: Mapping[str, Any], sheets: tuple[Sheet, ...]) -> Iterator[MaterialLine]:
    named = {**dict.fromkeys(sheet.slot for sheet in sheets), **slots}
    for slot in list(dict.fromkeys([*slots, *named]))[:MOST_LINES]:
        said = _mapping(slots, slot)
        reuse = _mapping(said, "reuse")
        checked = " ".join(filter(None, (_text(reuse, "checked_by"), _text(reuse, "checked_on"))))
        yield MaterialLine(
            slot=slot,
            title=_text(said, "title") or slot,
            custody=_text(said, "custody"),
            deferred_until=_day(said.get("deferred_until")),
            committed=said.get("committed") is True,
            level=_text(reuse, "level")[:1],
            reuse_source=_text(reuse, "source_case"),
            reuse_checked=checked,
            sheets=tuple(sheet for sheet in sheets if sheet.slot == slot),
        )


def _overruled(body: Mapping[str, Any]) -> Iterator[str]:
    found = body.get("overruled")
    for said in found[:MOST_LINES] if isinstance(found, list) else ():
        if isinstance(said, dict) and (why := _text(said, "why")):
            yield f"{_text(said, 'slot')}: {why} ({_text(said, 'by')})"


def _limit(said: Mapping[str, Any]) -> tuple[int, str] | None:
    number = said.get("number")
    return (number, _text(said, "unit")) if isinstance(number, int) else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
