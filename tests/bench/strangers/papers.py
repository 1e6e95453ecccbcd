"""Papers of every kind as somebody else would draw them, for reading what nobody tuned the reader to."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from tests.bench.strangers import books, cards, forms, household
from tests.bench.strangers.sheet import Sheet
from workstation.training.specimens.every import Specimen

_DRAWING: Mapping[str, Callable[[random.Random, int], tuple[Sheet, dict[str, str]]]] = {
    "id-card-front": cards.id_front,
    "id-card-back": cards.id_back,
    "social-security-card": cards.social_security,
    "residence-permit-front": cards.residence_front,
    "residence-permit-back": cards.residence_back,
    "household-register-page": household.register_page,
    "marriage-certificate": books.marriage,
    "disability-certificate": books.disability,
    "passport": books.passport,
    "birth-certificate": forms.birth,
    "business-licence": forms.licence,
    "property-certificate": forms.real_estate,
}
KINDS = tuple(_DRAWING)
_LARGE = {"birth-certificate", "business-licence", "property-certificate"}
_LARGE_DPI = 300


def specimen(kind: str, seed: int, dpi: int = 300) -> Specimen:
    """Draw a paper; the same seed gives the same paper.

    Raises:
        KeyError: no such kind.
    """
    fine = min(dpi, _LARGE_DPI) if kind in _LARGE else dpi
    sheet, truth = _DRAWING[kind](random.Random(f"stranger {kind} {seed}"), fine)
    return Specimen(kind, sheet.picture, truth)
