"""Open a workbook that came from anywhere: limits first, no formulas, no links, no document types.

An .xlsx is a zip of XML. It is looked at as a zip before any XML is parsed, and read cell by cell.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from workstation.catalogue.errors import WorkbookTooLarge, WorkbookUnreadable

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_PARTS = 400
MAX_ROWS = 60_000
"""A sheet of the largest pack: 2,500 items with some twenty rows each."""
MAX_COLUMNS = 100
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
"""No part of a workbook has a document type; one is only there to make a parser misbehave."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Starts of XML in UTF-16, which no program writes into a workbook."""
_FAULTS = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
    RuntimeError,
    zlib.error,
    zipfile.BadZipFile,
)
"""What openpyxl lets out on a broken file."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it stands."""

    value: Any
    is_formula: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is Excel's."""

    number: int
    cells: tuple[Cell, ...]


def read_sheets(path: Path, titles: tuple[str, ...]) -> dict[str, list[Row]]:
    """Return the rows of the sheets with these titles; a sheet that is not there is missing.

    Raises:
        WorkbookUnreadable: it is no workbook, or a part of it is not what a workbook holds.
        WorkbookTooLarge: the file, what it unpacks to, or a sheet is over the limit.
    """
    content = _content(path)
    try:
        _look_at_zip(path, content)
        return _read(path, content, titles)
    except _FAULTS as error:
        raise WorkbookUnreadable(path=path.name, problem=type(error).__name__) from error


def _content(path: Path) -> bytes:
    """Read the file once, so that what was looked at is what is parsed."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise WorkbookUnreadable(path=path.name, problem=type(error).__name__) from error
    if len(content) > MAX_FILE_BYTES:
        raise WorkbookTooLarge(path=path.name, limit=MAX_FILE_BYTES)
    return content


def _look_at_zip(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise WorkbookTooLarge(path=path.name, limit=MAX_UNPACKED_BYTES)
        for part in parts:
            _look_at_part(path, archive.read(part))  # never more bytes than the zip said


def _look_at_part(path: Path, content: bytes) -> None:
    is_markup = content.lstrip()[:1] == b"<"
    if content.startswith(_WIDE) or (is_markup and any(word in content for word in _FORBIDDEN)):
        raise WorkbookUnreadable(path=path.name, problem="DOCTYPE")


def _read(path: Path, content: bytes, titles: tuple[str, ...]) -> dict[str, list[Row]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of drop-downs and styles it leaves out
        book = load_workbook(
            BytesIO(content), read_only=True, data_only=False, keep_links=False, keep_vba=False
        )
        try:
            return {title: list(_rows(book[title], path)) for title in titles if title in book.sheetnames}
        finally:
            book.close()


def _rows(sheet: Any, path: Path) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), start=1):
        if number > MAX_ROWS:
            raise WorkbookTooLarge(path=path.name, limit=MAX_ROWS)
        row = Row(number, tuple(Cell(cell.value, cell.data_type == "f") for cell in cells))
        if any(cell.value is not None for cell in row.cells):
            yield row
