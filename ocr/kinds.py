"""Which document a page shows: enough to notice a misplaced paper and to propose a place for one in a stack.

Only the tell-tale parts are read, small and freed of the pale pattern that certificates are printed on: of a
card all, else the head of the page, and more of it only where something points to a document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Literal

from PIL import Image

from ocr import imaging
from ocr.kind_looks import CARDS, LOOKS, OTHER_SIDE
from ocr.kind_words import UNKNOWN, KindGuess, holds, kind_of_text, may_go_on
from ocr.labels import glyph_lines
from ocr.port import Engine, Layout, LineEngine, Script

__all__ = ["KINDS", "Clash", "KindGuess", "clash", "holds", "kind_of", "kind_of_text"]

Clash = Literal["", "side", "kind"]
View = tuple[bool, Callable[[], Image.Image]]
"""Whether it is only the head of the page, and what draws it for the engine."""

KINDS = tuple(LOOKS)
"""The kinds that can be recognised."""

_CARD_MM, _SHEET_MM = 120.0, 230.0
"""Pages up to the one may be a card; longer than the other they are sheets, with the title high up."""
_FIRST_SHARE, _UPPER_SHARE = 0.2, 0.62
_FIRST_SHARE_ACROSS, _FIRST_SHARE_SMALL = 0.45, 0.45
_CARD_PX = 500
"""A card is read with this long side: its title (6.6 mm) is then 38 px high, its labels 16."""
_FINE_CARD_PX = 900
_HEAD_SHARE, _HEAD_PX, _BODY_PX = 0.44, 430, 690
_LABELS_SHARE = 0.5
_READING_DPI, _LEAST_PX, _MOST_PX = 140, 620, 1400
_A4_MM = 297.0
_KNOWN_DPI = (75, 1300)
_LEAST_SIDE_PX = 60
_CARD_RATIO = (1.42, 1.75)
"""Long side over short side of an ID-1 card (ISO/IEC 7810: 1.586), with room for a careless cut."""
_PALE_SHARE = 0.3
"""Share of the way from paper to ink under which a mark is pattern, watermark or shine, not print."""
_LEAST_DEPTH = 24
"""Levels below the paper that are always grain."""
_INK_RANK, _PAPER_RANK = 0.01, 0.5


def kind_of(engine: Engine, image: Image.Image) -> KindGuess:
    """Say which document the page `image` (RGB or L, upright, cut to the page) shows.

    Its resolution is taken from `image.info["dpi"]` when it is there.

    Raises:
        OcrError: from the engine.
    """
    guess = UNKNOWN
    if min(image.size) < _LEAST_SIDE_PX:
        return guess
    is_card_shaped = _is_card_shaped(image)
    is_sheet = _long_mm(image) > _SHEET_MM
    by_lines = isinstance(engine, LineEngine)
    for is_head, view in _fine_views(image) if by_lines else _views(image):
        lines = _lines(engine, view())
        guess = kind_of_text(lines, is_card_shaped=is_card_shaped, is_head=is_head)
        # On a sheet with a card the other side may follow further down.
        is_decided = guess.certain and not (is_sheet and guess.document in CARDS)
        # A title in large print may be lost among a few lines, so they alone make no stranger of a page.
        is_strange = not may_go_on(lines) and (guess.no_card or not by_lines)
        if is_decided or (is_head and is_strange):
            break
    return guess


def clash(expected_kinds: Sequence[str], guess: KindGuess) -> Clash:
    """Say what is wrong with a page where one of `expected_kinds` belongs.

    Returns:
        `side`: the other side of the card is wanted; `kind`: another document altogether; empty when it fits,
        or when it is not known well enough to say, or nothing particular is expected.
    """
    if not expected_kinds or guess.document in expected_kinds:
        return ""
    if not guess.certain or not guess.document:
        return "kind" if guess.no_card and CARDS.issuperset(expected_kinds) else ""
    return "side" if OTHER_SIDE.get(guess.document) in expected_kinds else "kind"


def _views(image: Image.Image) -> Iterator[View]:
    """Yield what to read of the page, one after the other as long as nothing is decided."""
    if _is_card_shaped(image) and _long_mm(image) <= _CARD_MM:
        yield False, partial(_card, image)
        yield False, partial(_head_and_labels, image)
    else:
        for share in _shares(image):
            yield share < 1, partial(_upper, image, share)


def _fine_views(image: Image.Image) -> Iterator[View]:
    """Yield the same for an engine that reads line by line, which sees a card well enough at once."""
    if _is_card_shaped(image) and _long_mm(image) <= _CARD_MM:
        yield False, partial(_fine_card, image)
    else:
        for share in _shares(image):
            yield share < 1, partial(_upper, image, share)


def _fine_card(image: Image.Image) -> Image.Image:
    return _scaled(image.convert("L"), min(1.0, _FINE_CARD_PX / max(image.size)))


def _shares(image: Image.Image) -> tuple[float, ...]:
    """Return which upper shares of the page to read."""
    if _long_mm(image) <= _SHEET_MM:
        return _FIRST_SHARE_SMALL, 1.0
    if image.width > image.height:
        return _FIRST_SHARE_ACROSS, 1.0
    return _FIRST_SHARE, _UPPER_SHARE, 1.0


def _upper(image: Image.Image, share: float) -> Image.Image:
    """Return the head of a page without its red seals; the whole of one with them, as labels are red too."""
    upper = image.crop((0, 0, image.width, round(image.height * share)))
    wanted_px = min(_MOST_PX, max(_LEAST_PX, _long_mm(image) * _READING_DPI / 25.4))
    grey = imaging.without_red(upper) if share < 1 else upper.convert("L")
    return _plain(_scaled(grey, min(1.0, wanted_px / max(image.size))))


def _card(image: Image.Image) -> Image.Image:
    return _plain(_scaled(_of_blue_ink(image), _CARD_PX / max(image.size)))


def _of_blue_ink(image: Image.Image) -> Image.Image:
    """Return a card as red light shows it: the blue of its labels is dark, red seals and emblems are pale."""
    return image.getchannel("R") if image.mode == "RGB" else image.convert("L")


def _head_and_labels(image: Image.Image) -> Image.Image:
    """Return the head of a card, and below it the column of its labels at a scale that suits them."""
    card = _plain(_of_blue_ink(image))
    head = card.crop((0, 0, card.width, round(card.height * _HEAD_SHARE)))
    labels = card.crop((0, 0, round(card.width * _LABELS_SHARE), card.height))
    head, labels = _scaled(head, _HEAD_PX / card.width), _scaled(labels, _BODY_PX / card.width)
    both = Image.new("L", (max(head.width, labels.width), head.height + labels.height), 255)
    both.paste(head, (0, 0))
    both.paste(labels, (0, head.height))
    return both


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.BOX if factor <= 1 else Image.Resampling.BICUBIC)


def _plain(grey: Image.Image) -> Image.Image:
    """Return white where nothing or something pale is printed: patterns and watermarks break the strokes."""
    ink, paper = (_level(grey, rank) for rank in (_INK_RANK, _PAPER_RANK))
    limit = paper - max(_LEAST_DEPTH, _PALE_SHARE * (paper - ink))
    return grey.point([255 if level > limit else level for level in range(256)])


def _level(grey: Image.Image, rank: float) -> int:
    """Return the brightness that the share `rank` of the picture does not exceed."""
    wanted = rank * grey.width * grey.height
    return next(level for level, seen in enumerate(accumulate(grey.histogram())) if seen >= wanted)


def _lines(engine: Engine, picture: Image.Image) -> list[str]:
    if not imaging.has_print(picture):
        return []
    if isinstance(engine, LineEngine):
        # Here, because it loads numpy and OpenCV, and those who only compare kinds are spared them.
        from ocr.printed_rows import rows_on

        return [row for row in rows_on(engine, picture) if row]
    words = engine.words(picture, script=Script.CHINESE, layout=Layout.PAGE)
    return ["".join(glyph.character for glyph in line) for line in glyph_lines(words)]


def _is_card_shaped(image: Image.Image) -> bool:
    return _CARD_RATIO[0] < max(image.size) / min(image.size) < _CARD_RATIO[1]


def _long_mm(image: Image.Image) -> float:
    return max(image.size) * 25.4 / _dpi_of(image)


def _dpi_of(image: Image.Image) -> float:
    """Return the resolution the picture names, else the one at which it would be an A4 page."""
    named = image.info.get("dpi")
    if named and _KNOWN_DPI[0] <= float(named[0]) <= _KNOWN_DPI[1]:
        return float(named[0])
    return max(image.size) * 25.4 / _A4_MM
