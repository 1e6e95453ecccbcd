"""One call for all kinds of document: a specimen and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

from workstation.training.specimens import (
    birth_certificate,
    cards,
    disability,
    household,
    licence,
    licence_sheet,
    marriage,
    passport,
    property_certificate,
    residence_permit,
    social_security,
)
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.look import Look, look

_CARD_OVERPRINT_MM = 0.3


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
    holder = citizen(seed)
    return Drawn(cards.id_card_front(holder, dpi, look=_of_a_card(seed)), cards.truth_front(holder))


def _back(seed: int, dpi: int) -> Drawn:
    holder = citizen(seed)
    return Drawn(cards.id_card_back(holder, dpi, look=_of_a_card(seed)), cards.truth_back(holder))


def _household(seed: int, dpi: int) -> Drawn:
    page = household.invent(seed)
    return Drawn(household.draw(page, dpi, look(seed)), household.truth(page))


def _marriage(seed: int, dpi: int) -> Drawn:
    page = marriage.invent(seed)
    return Drawn(marriage.draw(page, dpi, look(seed)), marriage.truth(page))


def _birth(seed: int, dpi: int) -> Drawn:
    page = birth_certificate.invent(seed)
    return Drawn(birth_certificate.draw(page, dpi, look(seed)), birth_certificate.truth(page))


def _licence(seed: int, dpi: int) -> Drawn:
    page = licence.invent(seed)
    return Drawn(licence_sheet.draw(page, dpi, look(seed)), licence.truth(page))


def _disability(seed: int, dpi: int) -> Drawn:
    page = disability.invent(seed)
    return Drawn(disability.draw(page, dpi, look(seed, overprint_mm=0.8)), disability.truth(page))


def _passport(seed: int, dpi: int) -> Drawn:
    page = passport.invent(seed)
    return Drawn(passport.draw(page, dpi, _of_a_card(seed)), passport.truth(page))


def _social_security(seed: int, dpi: int) -> Drawn:
    card = social_security.invent(seed)
    return Drawn(social_security.draw(card, dpi, _of_a_card(seed)), social_security.truth(card))


def _permit_front(seed: int, dpi: int) -> Drawn:
    permit = residence_permit.invent(seed)
    picture = residence_permit.draw_front(permit, dpi, _of_a_card(seed))
    return Drawn(picture, residence_permit.truth_front(permit))


def _permit_back(seed: int, dpi: int) -> Drawn:
    permit = residence_permit.invent(seed)
    picture = residence_permit.draw_back(permit, dpi, _of_a_card(seed))
    return Drawn(picture, residence_permit.truth_back(permit))


def _property(seed: int, dpi: int) -> Drawn:
    title = property_certificate.invent(seed)
    return Drawn(property_certificate.draw(title, dpi, look(seed)), property_certificate.truth(title))


def _of_a_card(seed: int) -> Look:
    """A card is made in one go: hardly anything is out of line."""
    return look(seed, overprint_mm=_CARD_OVERPRINT_MM)


_DRAWING: Mapping[str, Callable[[int, int], Drawn]] = {
    "id-card-front": _front,
    "id-card-back": _back,
    household.KIND: _household,
    marriage.KIND: _marriage,
    birth_certificate.KIND: _birth,
    licence.KIND: _licence,
    disability.KIND: _disability,
    passport.KIND: _passport,
    social_security.KIND: _social_security,
    residence_permit.FRONT: _permit_front,
    residence_permit.BACK: _permit_back,
    property_certificate.KIND: _property,
}
KINDS = tuple(_DRAWING)
"""The kinds that can be drawn."""
