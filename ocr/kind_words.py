"""Which document a page is by the lines of text that were read of it; one character of four may be misread.

A kind is named only when its title and some of its labels, or most of its labels, are there and no other kind
comes near; whatever calls itself an application, a contract or a letter is no certificate, however many of a
certificate's words it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.kind_looks import LOOKS, NO_IDENTITY, OTHER_IDENTITY, OTHER_PAPERS, OTHER_SIDE, Looks

_CARD_GLYPHS, _CARD_HEAD_GLYPHS = 130, 60
"""Most characters of a page, and of the head of one, that shows a card and is not cut to it."""
_LEAD, _SOME_LABELS, _TITLE_WORTH = 2, 2, 4
_LONGEST_TITLE = 24
_FEW_GLYPHS = 30


@dataclass(frozen=True, slots=True)
class KindGuess:
    """What a page seems to be."""

    document: str
    """A document kind, e.g. `id-card-front`; empty when it is none of the known ones or cannot be told."""
    certain: bool
    """False: too little was read to hold anything against the page."""
    no_card: bool = False
    """It is not known, but none of the known cards: it has too much text or calls itself something else."""


UNKNOWN = KindGuess("", False)


def kind_of_text(lines: Sequence[str], *, is_card_shaped: bool, is_head: bool = False) -> KindGuess:
    """Return the kind of a page from its lines of text, without spaces, as they were read.

    Args:
        lines: what was read.
        is_card_shaped: the page is cut to the shape of a card.
        is_head: only the head of the page was read.
    """
    titles = [line for line in lines if len(line) <= _LONGEST_TITLE]
    is_other_paper = any(OTHER_PAPERS.search(line) for line in titles)
    if is_other_paper or _any_in(titles, NO_IDENTITY + OTHER_IDENTITY):
        is_paper = is_other_paper and not is_card_shaped
        stands_for_card = _any_in(titles, OTHER_IDENTITY)
        return KindGuess(
            "", False, no_card=not stands_for_card and (is_paper or _any_in(titles, NO_IDENTITY))
        )
    text = "|".join(lines)
    glyphs = sum(character.isalnum() for character in text)
    points = {
        kind: _points(looks, lines, text)
        for kind, looks in LOOKS.items()
        if is_card_shaped or not looks.is_card or (glyphs <= _CARD_GLYPHS and _has_form(looks, text))
    }
    no_card = not is_card_shaped and glyphs > (_CARD_HEAD_GLYPHS if is_head else _CARD_GLYPHS)
    ranked = sorted(points.items(), key=lambda entry: entry[1], reverse=True)
    (best, most), (_, second) = ranked[0], ranked[1]
    if most == 0:
        return KindGuess("", False, no_card)
    is_certain = most - second >= _LEAD and not _shows_other_side(best, text)
    return KindGuess(best, is_certain, no_card and not is_certain)


def may_go_on(lines: Sequence[str]) -> bool:
    """Say whether more of a page is worth reading: something points to a document, or nothing was read."""
    text = "|".join(lines)
    titles = [line for line in lines if len(line) <= _LONGEST_TITLE]
    if any(OTHER_PAPERS.search(line) for line in titles) or _any_in(titles, NO_IDENTITY + OTHER_IDENTITY):
        return False
    return len(text) < _FEW_GLYPHS or any(_points_to(looks, lines, text) for looks in LOOKS.values())


def _points_to(looks: Looks, lines: Sequence[str], text: str) -> bool:
    has_title = any(_is_title(line, title) for line in lines for title in looks.titles)
    has_form = looks.worth > 1 and _has_form(looks, text)
    return has_title or has_form or sum(holds(text, label) for label in looks.labels) >= _SOME_LABELS


def _has_form(looks: Looks, text: str) -> bool:
    return looks.pattern is None or bool(looks.pattern.search(text))


def _any_in(lines: Sequence[str], words: Sequence[str]) -> bool:
    return any(word in line for line in lines for word in words)


def _shows_other_side(kind: str, text: str) -> bool:
    """Both sides of a card copied on one page belong to neither."""
    other = OTHER_SIDE.get(kind)
    labels = LOOKS[other].labels if other else ()
    return sum(holds(text, label) for label in labels) >= _SOME_LABELS


def _points(looks: Looks, lines: Sequence[str], text: str) -> int:
    if any(word in text for word in looks.never):
        return 0
    labels = sum(holds(text, label) for label in looks.labels)
    labels += looks.worth if looks.pattern and _has_form(looks, text) else 0
    has_title = any(_is_title(line, title) for line in lines for title in looks.titles)
    if has_title and labels >= looks.with_title:
        return labels + _TITLE_WORTH
    return labels if labels >= looks.alone else 0


def _is_title(line: str, title: str) -> bool:
    """A title stands on a line of its own, perhaps with the state's name, a number or (副本) beside it."""
    return len(line) <= _LONGEST_TITLE and holds(line, title)


def holds(text: str, label: str) -> bool:
    """Say whether `label` stands in `text`; of every four characters one may be wrong, missing or added."""
    if label in text:
        return True
    allowed = len(label) // 4
    if not allowed or sum(character in text for character in set(label)) < len(set(label)) - allowed:
        return False
    return _least_edits(text, label) <= allowed


def _least_edits(text: str, label: str) -> int:
    """Return the fewest edits that make some part of `text` into `label` (Sellers 1980)."""
    column = list(range(len(label) + 1))
    least = column[-1]
    for character in text:
        diagonal, column[0] = column[0], 0
        for row, wanted in enumerate(label, 1):
            changed = diagonal + (character != wanted)
            diagonal = column[row]
            column[row] = min(changed, column[row] + 1, column[row - 1] + 1)
        least = min(least, column[-1])
    return least
