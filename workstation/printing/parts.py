"""The parts papers are built of: heading, facts, tables that flow over pages, notes, signatures.

Everything takes plain text; markup is made here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, KeepTogether, Spacer, Table, TableStyle

from workstation.printing.ink import Ink, grouped
from workstation.printing.lines import ChineseParagraph

LINE = 0.5
LABEL_WIDTH = 25 * mm
SHADE = Color(0.945, 0.945, 0.945)
SIDE_PADDING = 1.6 * mm
SECTION_ROOM = 30 * mm
LONG_ROW_ROOM = 68 * mm
"""Room for a section heading, a table head and one row of any height."""
TALLEST_ROW = 50 * mm
"""Longer cells go on in further rows, so that any row fits any page."""

TITLE_SIZE = 22

BRIEF = 50
"""Characters that fit where the layout cannot grow: headings and titles of signature blocks."""

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One party's place to sign: lines are label and value, an empty value is a line to write on."""

    title: str
    lines: tuple[Fact, ...]
    seal: str = ""
    """Words of the seal area; empty: no seal belongs here."""
    sealed_on: str = ""


class Parts:
    """Builds the parts of one paper, `width` points wide."""

    def __init__(self, ink: Ink, width: float) -> None:
        self._ink = ink
        self._width = width
        self._abridged: dict[str, None] = {}

    @property
    def width(self) -> float:
        """Width of the paper between its margins, in points."""
        return self._width

    def text(self, words: str, *, size: float = 10.5, bold: bool = False, **style: Any) -> ChineseParagraph:
        """Return a paragraph; `bold` means the heading font (Hei), as Chinese print has no bold Song."""
        font = self._ink.fonts.heading if bold else self._ink.fonts.body
        look = ParagraphStyle(
            "paper",
            fontName=font,
            bulletFontName=font,
            fontSize=size,
            leading=style.pop("leading", size * 1.34),
            wordWrap="CJK",
            **style,
        )
        return ChineseParagraph(self._ink.markup(words, font), look)

    def brief(self, words: str, limit: int = BRIEF) -> str:
        """Return the words for a place that cannot grow, on one line; the closing gives long ones in full."""
        line = " ".join(words.split())
        if len(line) <= limit:
            return line
        self._abridged[line] = None
        return f"{line[: limit - 1]}…"

    def heading(self, authority: str, title: str, left: str, right: str, keep: float) -> list[Flowable]:
        """Return authority, title, double rule and number line; `keep` points stay free at both sides."""
        # A long title gets smaller before it takes a second line.
        room = self._width - 2 * keep - 2 * SIDE_PADDING
        size = min(TITLE_SIZE, max(TITLE_SIZE * 0.64, room / max(1, len(title)) - 0.1))
        top = [
            self.text(self.brief(authority), size=12, bold=True, alignment=TA_CENTER),
            Spacer(0, 2.5 * mm),
            self.text(title, size=size, bold=True, alignment=TA_CENTER, leading=size * 1.27),
        ]
        head = self.grid([[top]], [self._width - 2 * keep], [("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
        head.hAlign = "CENTER"
        numbers = [
            self.text(self.brief(left), size=10),
            self.text(self.brief(right), size=10, bold=True, alignment=TA_RIGHT),
        ]
        line = self.grid([numbers], [self._width / 2] * 2, [("VALIGN", (0, 0), (-1, -1), "TOP")])
        # As high as the QR code beside it, which is drawn outside the flow.
        return [_AtLeast(head, 23.5 * mm), *self._double_rule(), line, Spacer(0, 1.5 * mm)]

    def _double_rule(self) -> list[Flowable]:
        thick = HRFlowable(width="100%", thickness=1.4, color=black, spaceBefore=1 * mm, spaceAfter=0)
        thin = HRFlowable(width="100%", thickness=0.4, color=black, spaceBefore=1.6, spaceAfter=1.2 * mm)
        return [thick, thin]

    def stamp(self, words: str) -> list[Flowable]:
        """Return a warning in a heavy frame over the full width."""
        framed = [("BOX", (0, 0), (-1, -1), 1.2, black)]
        line = self.text(words, size=10, bold=True, alignment=TA_CENTER)
        return [self.grid(split_rows([line], [self._width]), [self._width], framed), Spacer(0, 1.5 * mm)]

    def section(self, title: str, *, room: float = SECTION_ROOM) -> list[Flowable]:
        """Return a section heading; where less than `room` points are left, the page ends before it."""
        heading = self.text(title, size=11.5, bold=True, spaceBefore=2.4 * mm, spaceAfter=1.2 * mm)
        return [CondPageBreak(room), heading]

    def facts(self, rows: Sequence[tuple[Fact, ...]]) -> list[Flowable]:
        """Return a ruled list of labels and values, one to three a row; facts without value are left out."""
        kept = [tuple(fact for fact in row if fact[1]) for row in rows]
        return [self._fact_row(row) for row in kept if row]

    def _fact_row(self, row: tuple[Fact, ...]) -> Table:
        cells: list[ChineseParagraph] = []
        for label, value in row:
            cells += [self.text(label, size=10, bold=True), self.text(value, size=10)]
        value_width = self._width / len(row) - LABEL_WIDTH
        shades = [("BACKGROUND", (2 * n, 0), (2 * n, -1), SHADE) for n in range(len(row))]
        widths = [LABEL_WIDTH, value_width] * len(row)
        return self.grid(split_rows(cells, widths), widths, [*_BOXED, *shades])

    def table(
        self,
        head: Sequence[str],
        shares: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        total: str = "",
        centred: frozenset[int] = frozenset(),
        size: float = 10,
    ) -> list[Flowable]:
        """Return a table whose head comes again on each page.

        Args:
            head: words of the head row.
            shares: widths of the columns, in parts of the whole.
            rows: plain text cells.
            total: a closing line over the full width.
            centred: columns set to the middle.
            size: type size in points.
        """
        widths = [share * self._width / sum(shares) for share in shares]
        cells: list[list[Any]] = [[self._cell(w, size, bold=True, middle=True) for w in head]]
        for row in rows:
            cells += split_rows([self._cell(w, size, middle=n in centred) for n, w in enumerate(row)], widths)
        style = [*_BOXED, ("BACKGROUND", (0, 0), (-1, 0), SHADE)]
        body = self.grid(cells, widths, style, repeat=1)
        if not total:
            return [body]
        return [body, self.grid([[self.text(total, size=size, bold=True)]], [self._width], _BOXED)]

    def _cell(self, words: str, size: float, *, bold: bool = False, middle: bool = False) -> ChineseParagraph:
        return self.text(words, size=size, bold=bold, alignment=TA_CENTER if middle else 0)

    def small(self, lines: Sequence[str]) -> list[Flowable]:
        """Return lines of small print."""
        return [self.text(line, size=8, leading=10.5, spaceBefore=0.8 * mm) for line in lines]

    def notes(self, notes: Sequence[str], *, strong: int = 0) -> list[Flowable]:
        """Return numbered notes without the empty ones; the first `strong` are set in Hei."""
        kept = [note for note in notes if note]
        indent = {"leftIndent": 5 * mm, "firstLineIndent": -5 * mm, "spaceAfter": 0.3 * mm}
        return [
            self.text(f"{n}．{note}", size=9.5, bold=n <= strong, leading=13.2, **indent)
            for n, note in enumerate(kept, start=1)
        ]

    def ruled(self, lines: int) -> Flowable:
        """Return an empty ruled field to write on by hand."""
        return self.grid(
            [[""]] * lines, [self._width], [*_BOXED, ("BOTTOMPADDING", (0, 0), (-1, -1), 3 * mm)]
        )

    def paragraph(self, words: str) -> Flowable:
        """Return running text with the first line moved in by two characters."""
        return self.text(words, size=11, leading=16.5, firstLineIndent=22, spaceAfter=1 * mm)

    def signatures(self, blocks: Sequence[Block]) -> Flowable:
        """Return the places to sign, side by side, never torn over two pages."""
        column = self._width / len(blocks)
        cells: list[Any] = [self._block(block, column - 6 * mm) for block in blocks]
        edges = [("BOX", (n, 0), (n, 0), LINE, black) for n in range(len(blocks))]
        padding = [
            (f"{side}PADDING", (0, 0), (-1, -1), 2.5 * mm) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")
        ]
        grid = self.grid(
            [cells], [column] * len(blocks), [*edges, *padding, ("VALIGN", (0, 0), (-1, -1), "TOP")]
        )
        return KeepTogether([Spacer(0, 3 * mm), grid])

    def _block(self, block: Block, width: float) -> list[Flowable]:
        made: list[Flowable] = [self.text(self.brief(block.title), size=10.5, bold=True, spaceAfter=1.5 * mm)]
        made += [self._signature_line(label, value, width) for label, value in block.lines]
        if block.seal:
            made += [Spacer(0, 4 * mm), self.text(block.seal, alignment=TA_CENTER), Spacer(0, 3 * mm)]
            made.append(self.text(block.sealed_on, alignment=TA_RIGHT))
        return made

    def _signature_line(self, label: str, value: str, width: float) -> Table:
        words = f"{self.brief(label, 20)}："
        label_width = min((len(words) + 0.5) * 10, width * 0.62)
        cells = [self.text(words, size=10), self.text(value or " ", size=10)]
        # Room to write: a line to sign on is higher than a line that only says something.
        room = [("LINEBELOW", (1, 0), (1, 0), LINE, black), ("TOPPADDING", (0, 0), (-1, -1), 2.4 * mm)]
        line = [] if value else room
        padding = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (0, 0), 0)]
        bottom = ("VALIGN", (0, 0), (-1, -1), "BOTTOM")
        return self.grid([cells], [label_width, width - label_width], [*line, *padding, bottom])

    def closing(self, bundle_sha256: str) -> list[Flowable]:
        """Return the small print: the hash to compare and the characters no font had."""
        lines: list[Flowable] = [Spacer(0, 1.5 * mm)]
        if bundle_sha256:
            lines += self.small((f"材料包校验值（SHA-256，二维码内同）：{grouped(bundle_sha256)}",))
        lines += self.small([f"全称：{words}" for words in self._abridged])
        if self._ink.missing:
            points = "、".join(f"U+{ord(character):04X}" for character in self._ink.missing)
            lines += self.small((f"方框“□”处为字库未收的字（{points}），请经办人手写并校对。",))
        return lines

    def grid(
        self, cells: list[list[Any]], widths: Sequence[float], style: Sequence[Any], *, repeat: int = 0
    ) -> Table:
        """Return a bare table in the paper's font; `style` are commands of reportlab."""
        base = [("FONTNAME", (0, 0), (-1, -1), self._ink.fonts.body), *_PADDED]
        return Table(
            cells,
            colWidths=list(widths),
            repeatRows=repeat,
            style=TableStyle([*base, *style]),
        )


def split_rows(cells: Sequence[ChineseParagraph], widths: Sequence[float]) -> list[list[Any]]:
    """Return one row of cells as few rows as are needed for none to be taller than `TALLEST_ROW`."""
    pieces = [
        cell.pieces(width - 2 * SIDE_PADDING, TALLEST_ROW) for cell, width in zip(cells, widths, strict=True)
    ]
    return [list(row) for row in zip_longest(*pieces, fillvalue="")]


_PADDED = [
    ("LEFTPADDING", (0, 0), (-1, -1), SIDE_PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), SIDE_PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 0.5 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1 * mm),
]
_BOXED = [
    ("GRID", (0, 0), (-1, -1), LINE, black),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
]


class _AtLeast(Flowable):
    """A flowable that takes at least `height` points, its content in the middle."""

    def __init__(self, content: Table, height: float) -> None:
        super().__init__()
        self._content = content
        self._least = height

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._inner = self._content.wrap(width, height)
        self.height = max(self._inner[1], self._least)
        self.width = width
        return width, self.height

    def draw(self) -> None:
        left = (self.width - self._inner[0]) / 2
        self._content.drawOn(self.canv, left, (self.height - self._inner[1]) / 2)
