"""The grid of an agency's form: labelled cells in two columns, ticked choices, a place for the photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from workstation.printing.forms import FormCell, FormPart
from workstation.printing.lines import ChineseParagraph
from workstation.printing.parts import LINE, SHADE, SIDE_PADDING, Parts, split_rows

LABEL = 29 * mm
"""Seven characters on one line."""
PHOTO = (30 * mm, 40 * mm)
"""Room for a photo of 25 by 35 mm with its edge."""
BOX_HEIGHT = 21 * mm
LONGEST_HEADING = 28
"""Characters of a box's heading, which cannot flow over pages."""
ONE_LINE = ("编号", "日期", "金额", "名称", "代码", "有效期", "签名", "人")
"""Endings of headings that name one entry, not an opinion."""
ROW_PADDING = 1.5 * mm
TICKED, UNTICKED = "■", "□"
"""No Chinese font that may be embedded has a ticked box (U+2611), so a filled one stands for it."""


def form_part(parts: Parts, part: FormPart, *, with_photo: bool = False) -> list[Flowable]:
    """Return a section with its heading; with a photo the first rows leave a place at the right."""
    rows = _paired(part.cells)
    heading = parts.section(part.title) if part.title else [Spacer(0, 2 * mm)]
    if not with_photo:
        return [*heading, *(_row(parts, row, parts.width) for row in rows)]
    beside, rest = _beside_photo(parts, rows)
    return [*heading, beside, *(_row(parts, row, parts.width) for row in rest)]


def agency_box(parts: Parts, title: str) -> Flowable:
    """Return an empty box with its heading at the left and room to sign, seal and date.

    What is one entry by its name (a number, a date, an amount) gets one line.
    """
    if title.endswith(ONE_LINE):
        return _row(parts, (FormCell(label=parts.brief(title, LONGEST_HEADING)),), parts.width)
    sign = parts.text("签字（盖章）：　　　　　　　　　　年　　月　　日", size=10, alignment=TA_RIGHT)
    room = [("VALIGN", (1, 0), (1, 0), "BOTTOM"), ("TOPPADDING", (1, 0), (1, 0), BOX_HEIGHT - 8 * mm)]
    label = _label(parts, parts.brief(title, LONGEST_HEADING))
    return KeepTogether([parts.grid([[label, sign]], [LABEL, parts.width - LABEL], [*_BOXED, *room])])


def cell_words(cell: FormCell) -> str:
    """Return what stands in a cell: the value, or all choices with the chosen one ticked."""
    if not cell.choices:
        return cell.value
    marks = [f"{TICKED if choice == cell.value else UNTICKED}{choice}" for choice in cell.choices]
    other = [f"（{cell.value}）"] if cell.value and cell.value not in cell.choices else []
    return "　".join([*marks, *other])


def _paired(cells: Sequence[FormCell]) -> list[tuple[FormCell, ...]]:
    """Put neighbours of one column on one row; a cell that finds no neighbour takes the whole row."""
    rows: list[tuple[FormCell, ...]] = []
    for cell in cells:
        if cell.columns == 1 and rows and len(rows[-1]) == 1 and rows[-1][0].columns == 1:
            rows[-1] = (*rows[-1], cell)
        else:
            rows.append((cell,))
    return rows


def _row(parts: Parts, row: tuple[FormCell, ...], width: float) -> Table:
    value_width = width / len(row) - LABEL
    widths = [LABEL, value_width] * len(row)
    cells = []
    for cell in row:
        cells += [_label(parts, cell.label), parts.text(cell_words(cell) or " ", size=10)]
    shades: list[Any] = [("BACKGROUND", (2 * n, 0), (2 * n, -1), SHADE) for n in range(len(row))]
    return parts.grid(split_rows(cells, widths), widths, [*_BOXED, *shades])


def _label(parts: Parts, words: str) -> ChineseParagraph:
    return parts.text(words, size=10, bold=True, alignment=TA_CENTER)


def _beside_photo(
    parts: Parts, rows: list[tuple[FormCell, ...]]
) -> tuple[Flowable, list[tuple[FormCell, ...]]]:
    """Return the first rows with the photo's place beside them, and the rows that no longer fit there.

    A first row too tall for the place leaves it standing alone: a row beside it could not part over pages.
    """
    width, used, taken = parts.width - PHOTO[0], 0.0, 0
    made: list[Table] = []
    for row in rows:
        table = _row(parts, row, width)
        height = table.wrap(width, PHOTO[1])[1]
        if used + height > PHOTO[1] * 1.25:
            break
        made, used, taken = [*made, table], used + height, taken + 1
        if used >= PHOTO[1] * 0.85:
            break
    margin = Spacer(0, (max(used, PHOTO[1]) - 5 * mm) / 2)
    photo = [margin, parts.text("照　片", size=10, alignment=TA_CENTER), margin]
    return parts.grid([[made or "", photo]], [width, PHOTO[0]], _BARE), rows[taken:]


_PADDING: list[Any] = [(f"{side}PADDING", (0, 0), (-1, -1), SIDE_PADDING) for side in ("LEFT", "RIGHT")]
_BOXED: list[Any] = [
    ("GRID", (0, 0), (-1, -1), LINE, black),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("BACKGROUND", (0, 0), (0, -1), SHADE),
    *_PADDING,
    ("TOPPADDING", (0, 0), (-1, -1), ROW_PADDING),
    ("BOTTOMPADDING", (0, 0), (-1, -1), ROW_PADDING + 0.4 * mm),
]
_BARE: list[Any] = [
    *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ("VALIGN", (0, 0), (0, 0), "TOP"),
    ("VALIGN", (1, 0), (1, 0), "MIDDLE"),
    ("BOX", (0, 0), (-1, -1), LINE, black),
    ("BOX", (1, 0), (1, 0), LINE, black),
]
