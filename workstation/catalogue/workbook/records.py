"""From the cells of a sheet to values; every cell that cannot be read is told by sheet, column and row."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workstation.catalogue.findings import Finding
from workstation.catalogue.workbook.columns import Column, Kind, Path, Sheet
from workstation.catalogue.workbook.opening import Cell, Row

EXACT = 10**15
"""Excel keeps 15 digits of a number; a longer code typed as a number is already wrong."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, or a row when `column` is empty."""

    file: str
    sheet: str
    column: str
    row: int

    def finding(self, code: str, **details: object) -> Finding:
        """Return a finding at this place, e.g. in `items.xlsx 材料!C5`."""
        return Finding(f"{self.file} {self.sheet}!{self.column or 'A'}{self.row}", self.row, code, details)


@dataclass(frozen=True, slots=True)
class Record:
    """One row as values; what was left empty is missing."""

    place: Place
    values: dict[Path, Any]
    places: dict[Path, Place] = field(default_factory=dict)

    def get(self, *path: str) -> Any:
        """Return the value of a column; None when it was left empty."""
        return self.values.get(path)

    def at(self, *path: str) -> Place:
        """Return the cell of a column, or the row when it was left empty."""
        return self.places.get(path, self.place)


class BadCell(Exception):
    """The words of a cell are not what its column takes; `known` says what is."""

    def __init__(self, known: str) -> None:
        """Keep what would be right."""
        super().__init__(known)
        self.known = known


def read_records(sheet: Sheet, rows: list[Row], file: str) -> tuple[list[Record], list[Finding]]:
    """Return the rows under the header as values, and the faults of all cells."""
    if not rows:
        return [], []
    findings: list[Finding] = []
    columns = dict(_columns(sheet, rows[0], file, findings))
    records = [_record(sheet, columns, row, file, findings) for row in rows[1:]]
    return records, findings


def _columns(sheet: Sheet, header: Row, file: str, findings: list[Finding]) -> Iterator[tuple[int, Column]]:
    known = {column.header: column for column in sheet.columns}
    seen = set()
    for number, cell in enumerate(header.cells):
        words = str(cell.value or "").strip().rstrip("*").strip()
        if words in known:
            seen.add(words)
            yield number, known[words]
        elif words:
            near = ", ".join(difflib.get_close_matches(words, known, n=1, cutoff=0)) or "-"
            place = Place(file, sheet.title, letters(number), header.number)
            findings.append(place.finding("C116", header=words, near=near))
    for column in sheet.columns:
        if column.required and column.header not in seen:
            place = Place(file, sheet.title, "", header.number)
            findings.append(place.finding("C114", header=column.header))


def _record(sheet: Sheet, columns: dict[int, Column], row: Row, file: str, findings: list[Finding]) -> Record:
    record = Record(Place(file, sheet.title, "", row.number), {})
    for number, column in columns.items():
        cell = row.cells[number] if number < len(row.cells) else Cell(None, False)
        place = Place(file, sheet.title, letters(number), row.number)
        record.places[column.path] = place
        if cell.is_formula:
            findings.append(place.finding("C115", header=column.header))
        elif cell.value is None or not str(cell.value).strip():
            if column.required:
                findings.append(place.finding("C114", header=column.header))
        else:
            try:
                value = _value(column, cell.value)
            except BadCell as fault:
                short = str(cell.value)[:40]
                findings.append(place.finding("C113", header=column.header, value=short, known=fault.known))
            else:
                if value is not None:
                    record.values[column.path] = value
    return record


def letters(number: int) -> str:
    """Return the letters of a column, 0 is A."""
    first, last = divmod(number, 26)
    return (letters(first - 1) if first else "") + chr(ord("A") + last)


def _value(column: Column, value: Any) -> Any:
    match column.kind:
        case Kind.NUMBER:
            return _number(value)
        case Kind.YES_NO:
            return _yes_no(value)
        case Kind.DATE:
            return _date(value)
        case Kind.CHOICE:
            return _choice(column, _text(value))
        case Kind.CHOICES:
            return [_choice(column, line) for line in _lines(value)]
        case Kind.LINES:
            return _lines(value)
        case Kind.CONDITION:
            held = condition(_lines(value))
            return None if held is True and column.path != ("second_street",) else held
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    if isinstance(value, (int, float)):
        if abs(value) >= EXACT:
            raise BadCell("先把单元格设为文本, 再输入")
        return str(int(value)) if float(value).is_integer() else str(value)
    return str(value).strip()


def _lines(value: Any) -> list[str]:
    return [line.strip() for line in _text(value).splitlines() if line.strip()]


def _number(value: Any) -> int:
    text = _text(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadCell("整数")
    return int(text)


def _yes_no(value: Any) -> bool:
    text = _text(value)
    if text not in ("是", "否"):
        raise BadCell("是, 否")
    return text == "是"


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError as error:
        raise BadCell("2026-11-01") from error


def _choice(column: Column, words: str) -> Any:
    for known, value in column.choices:
        if words in (known, known.partition(" ")[0]):
            return value
    raise BadCell(", ".join(known for known, _value in column.choices))


def condition(lines: list[str]) -> Any:
    """Return a condition of the YAML: `true` for 总是, a mapping, or a list of mappings.

    Raises:
        BadCell: a line is no `question=option|option; question=option`.
    """
    if lines == ["总是"]:
        return True
    groups = [_group(line) for line in lines]
    return groups[0] if len(groups) == 1 else groups


def _group(line: str) -> dict[str, list[str]]:
    group = {}
    for clause in line.replace("；", ";").split(";"):
        name, equals, options = clause.replace("＝", "=").partition("=")
        chosen = [option.strip() for option in options.split("|") if option.strip()]
        if not equals or not name.strip() or not chosen:
            raise BadCell("case=lost|first; who=agent")
        group[name.strip()] = chosen
    return group
