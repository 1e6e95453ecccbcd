"""All documents of one specimen person as files, ready to be scanned in practice."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

from workstation.training.specimens import cards, papers
from workstation.training.specimens.glass import add_noise, on_glass
from workstation.training.specimens.people import CAST, COUPLE, SpecimenPerson

SCAN_DPI = 200
CARD_DPI = 300


def write_case(person: SpecimenPerson, folder: Path, *, blot: str = "") -> dict[str, Path]:
    """Write the documents of `person` into `folder` (made when absent) and return the file of each kind.

    Cards are A4 scans of 200 dpi with the card on the glass (JPEG); other papers fill their picture (PNG).
    Beside each card's scan lies the card itself, for a camera, with `-itself` behind its kind (PNG).
    Kinds: `id-card-front`, `id-card-back`, `household-register-page`, `photo-receipt`, `lease-contract`, and
    `marriage-certificate` for the couple of the cast.

    Args:
        person: of the cast or from a seed.
        folder: where the files go; files of the same name are replaced.
        blot: `name` or `address`: ink over one character of it on the front of the identity card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sides = {
        "id-card-front": cards.id_card_front(person, blot=blot),
        "id-card-back": cards.id_card_back(person),
    }
    for kind, side in sides.items():
        side.save(folder / f"{kind}-itself.png", dpi=(CARD_DPI, CARD_DPI))
    scans = _card_scans(person, sides) | _paper_scans(person)
    return {kind: _save(image, folder, kind, person.seed) for kind, image in scans.items()}


def _card_scans(person: SpecimenPerson, sides: dict[str, Image.Image]) -> dict[str, Image.Image]:
    dice = random.Random(person.seed)
    return {
        kind: on_glass(side, dpi=SCAN_DPI, angle=dice.uniform(-2, 2), noise=3.0, seed=person.seed)
        for kind, side in sides.items()
    }


def _paper_scans(person: SpecimenPerson) -> dict[str, Image.Image]:
    head = COUPLE[0] if person in COUPLE else person
    relation = "户主" if head == person else "妻"
    landlord = next(member for member in CAST if member != person)
    scans = {
        "household-register-page": papers.household_page(person, relation, head, SCAN_DPI),
        "photo-receipt": papers.photo_receipt(person, SCAN_DPI),
        "lease-contract": papers.lease_page(person, landlord, SCAN_DPI),
    }
    if person in COUPLE:
        scans["marriage-certificate"] = papers.marriage_certificate_page(*COUPLE, dpi=SCAN_DPI)
    return scans


def _save(image: Image.Image, folder: Path, kind: str, seed: int) -> Path:
    is_card = kind.startswith("id-card")
    path = folder / f"{kind}.{'jpg' if is_card else 'png'}"
    picture = image if is_card else add_noise(image, 1.5, seed)
    picture.save(path, dpi=(SCAN_DPI, SCAN_DPI), quality=90)
    return path
