"""Bookings and online pre-applications from a file: CSV or JSON, every line checked before one is kept.

Columns: `number` and `item` (the item's code) must be there; `booked_for` (2026-11-21T10:30, by the clock in
China unless it names an offset), `pre_examined` (yes or no), `name`, `id_number`, `phone` and `address` may
be.
A CSV names its columns in the first line; JSON is a list of objects with these keys and texts as values.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workstation.domain.clock import CHINA
from workstation.domain.errors import BadIdNumber
from workstation.domain.identity import check_id_number
from workstation.domain.tickets import Booking
from workstation.i18n import N_, _
from workstation.services.ticket_errors import BadBooking, BadBookingFile
from workstation.store.database import Store

COLUMNS = ("number", "item", "booked_for", "pre_examined", "name", "id_number", "phone", "address")
NEEDED = COLUMNS[:2]
MAX_BYTES = 4 * 1024 * 1024
MAX_LINES = 5000
LONGEST = 200
"""Characters of one value."""
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,39}")
YES_NO = {"": False, "no": False, "yes": True}

NO_NUMBER = N_("编号应为 3 至 40 位字母、数字或连字符")
TWICE = N_("同一编号出现了两次")
NO_ITEM = N_("事项目录中没有这个编码")
NO_TIME = N_("时间应写成 2026-11-21T10:30")
NO_CHOICE = N_("应为 yes 或 no")
NO_IDENTITY = N_("身份证号码不正确")
TOO_LONG = N_("太长, 或含有控制字符")
NO_TEXT = N_("应为文字")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed."""

    added: int
    replaced: int
    unchanged: int


def read_bookings(path: Path, knows: Callable[[str], bool]) -> tuple[Booking, ...]:
    """Return the bookings of a file, all of them or none.

    Args:
        path: `*.json` is read as JSON, anything else as CSV; UTF-8.
        knows: whether the catalogue offers an item code.

    Raises:
        BadBookingFile: it cannot be read, is too large, or its columns are not the ones above.
        BadBooking: a line breaks the rules.
    """
    rows = _json_rows(path) if path.suffix.lower() == ".json" else _csv_rows(path)
    found: dict[str, Booking] = {}
    for line, row in rows:
        booking = _booking(line, row, knows)
        if booking.number in found:
            raise BadBooking(line=line, column="number", reason=_(TWICE))
        found[booking.number] = booking
    return tuple(found.values())


def keep_bookings(store: Store, bookings: Iterable[Booking]) -> Imported:
    """Keep bookings in one transaction; one that came before is replaced by what the file says now."""
    added = replaced = unchanged = 0
    with store.transaction() as tx:
        for booking in bookings:
            before = tx.booking(booking.number)
            added += before is None
            replaced += before is not None and before != booking
            unchanged += before == booking
            tx.put_booking(booking)
    return Imported(added, replaced, unchanged)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _unusable(_("超过 {n} MB").format(n=MAX_BYTES // 1024 // 1024))
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _unusable(error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise _unusable("UTF-8") from error


def _csv_rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    rows: list[tuple[int, Mapping[str, str]]] = []
    try:
        _check_columns(reader.fieldnames or ())
        for row in reader:
            if None in row or None in row.values():
                raise BadBooking(line=reader.line_num, column="-", reason=_("列数与第一行不同"))
            rows.append((reader.line_num, row))
            _check_length(rows)
    except csv.Error as error:
        raise _unusable(str(error)) from error
    return rows


def _json_rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    try:
        document = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise _unusable("JSON") from error
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise _unusable("JSON")
    rows: list[tuple[int, Mapping[str, str]]] = []
    for line, row in enumerate(document, 1):
        _check_columns(row)
        for column, value in row.items():
            if not isinstance(value, str):
                raise BadBooking(line=line, column=column, reason=_(NO_TEXT))
        rows.append((line, row))
        _check_length(rows)
    return rows


def _check_columns(columns: Iterable[str]) -> None:
    given = list(columns)
    wrong = [name for name in given if name not in COLUMNS] or [name for name in NEEDED if name not in given]
    if wrong or len(set(given)) != len(given):
        raise _unusable(_("列 {name}").format(name=(wrong or given)[0][:40]))


def _check_length(rows: list[tuple[int, Mapping[str, str]]]) -> None:
    if len(rows) > MAX_LINES:
        raise _unusable(_("超过 {n} 行").format(n=MAX_LINES))


def _unusable(reason: str) -> BadBookingFile:
    return BadBookingFile(reason=reason, columns=", ".join(COLUMNS))


def _booking(line: int, row: Mapping[str, str], knows: Callable[[str], bool]) -> Booking:
    values = {column: row.get(column, "").strip() for column in COLUMNS}

    def refuse(column: str, reason: str) -> BadBooking:
        return BadBooking(line=line, column=column, reason=_(reason))

    for column, value in values.items():
        if len(value) > LONGEST or not value.isprintable():
            raise refuse(column, TOO_LONG)
    if NUMBER.fullmatch(values["number"]) is None:
        raise refuse("number", NO_NUMBER)
    if not knows(values["item"]):
        raise refuse("item", NO_ITEM)
    if values["pre_examined"] not in YES_NO:
        raise refuse("pre_examined", NO_CHOICE)
    try:
        booked_for = _moment(values["booked_for"])
    except ValueError:
        raise refuse("booked_for", NO_TIME) from None
    try:
        id_number = check_id_number(values["id_number"]) if values["id_number"] else ""
    except BadIdNumber:
        raise refuse("id_number", NO_IDENTITY) from None
    return Booking(
        number=values["number"],
        item_code=values["item"],
        booked_for=booked_for,
        pre_examined=YES_NO[values["pre_examined"]],
        name=values["name"],
        id_number=id_number,
        phone=values["phone"],
        address=values["address"],
    )


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)
