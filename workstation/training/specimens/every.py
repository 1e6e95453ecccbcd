"""One call for all kinds of document: a specimen and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

from workstation.training.specimens import cards, papers
from workstation.training.specimens.look import Look, look
from workstation.training.specimens.people import SpecimenPerson, person


class Drawn(NamedTuple):
    """A picture and the truth about it."""

    picture: Image.Image
    truth: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Specimen:
    """One paper of one kind."""

    kind: str
    picture: Image.Image
    """The paper alone and upright, its resolution in `info["dpi"]`."""
    truth: Mapping[str, str]
    """Each field of the kind with its value: as printed, without spaces, dates `YYYY-MM-DD`."""


def specimen(kind: str, seed: int, dpi: int = 300) -> Specimen:
    """Draw a paper of `kind`; the same seed gives the same people, looks and values.

    Raises:
        KeyError: no such kind.
    """
    picture, truth = _DRAWING[kind](seed, dpi)
    return Specimen(kind, picture, truth)


def _front(seed: int, dpi: int) -> Drawn:
    holder = person(seed)
    return Drawn(cards.id_card_front(holder, dpi, look=_made_in_one(seed)), cards.truth_front(holder))


def _back(seed: int, dpi: int) -> Drawn:
    holder = person(seed)
    return Drawn(cards.id_card_back(holder, dpi, look=_made_in_one(seed)), cards.truth_back(holder))


def _made_in_one(seed: int) -> Look:
    return look(seed, overprint_mm=0.3)


def _household(seed: int, dpi: int) -> Drawn:
    holder = person(seed)
    return Drawn(
        papers.household_page(holder, "户主", holder, dpi), papers.truth_household(holder, "户主", holder)
    )


def _marriage(seed: int, dpi: int) -> Drawn:
    husband, wife = couple(seed)
    return Drawn(papers.marriage_certificate_page(husband, wife, dpi), papers.truth_marriage(husband, wife))


def couple(seed: int) -> tuple[SpecimenPerson, SpecimenPerson]:
    """Return a man and a woman of one seed."""
    people = [person(seed * 1000 + step) for step in range(60)]
    return next(one for one in people if one.sex == "男"), next(one for one in people if one.sex == "女")


_DRAWING: Mapping[str, Callable[[int, int], Drawn]] = {
    "id-card-front": _front,
    "id-card-back": _back,
    "household-register-page": _household,
    "marriage-certificate": _marriage,
}
KINDS = tuple(_DRAWING)
"""The kinds that can be drawn."""
