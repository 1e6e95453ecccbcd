"""The face of a 社会保障卡 (ID-1; number by 社会保险经办条例 art. 6)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from PIL import Image

from workstation.training.specimens import cards, dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import Colour

KIND = "social-security-card"
SIZE_MM = cards.CARD_MM
_PAPERS: tuple[Colour, ...] = ((242, 246, 248), (236, 243, 238), (248, 244, 236))
_WAVES: tuple[Colour, Colour] = ((214, 230, 236), (236, 226, 214))
_LABEL: Colour = (60, 80, 96)
_EM = 3.0


@dataclass(frozen=True, slots=True)
class SocialSecurityCard:
    """What the card says."""

    person: SpecimenPerson
    card_number: str
    """A letter and eight figures, the first three 999."""
    issued_on: date
    seed: int


def invent(seed: int) -> SocialSecurityCard:
    """Return a card from a seed."""
    dice = random.Random(f"{KIND} {seed}")
    return SocialSecurityCard(
        person=citizen(f"{KIND} {seed}", born=(1940, 2015)),
        card_number=f"{dice.choice('ABCDEFGHJKLMNPQRT')}999{dice.randrange(10**5):05d}",
        issued_on=dates.some_day(dice, 2012, 2025),
        seed=seed,
    )


def truth(card: SocialSecurityCard) -> dict[str, str]:
    """Return each field in normal form."""
    return {
        "name": card.person.name,
        "id_number": card.person.id_number,
        "card_number": card.card_number,
        "issued_on": card.issued_on.isoformat(),
    }


def draw(card: SocialSecurityCard, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the card: the portrait at the left or at the right, as provinces differ."""
    dice = random.Random(f"draw {KIND} {card.seed}")
    board = Board(SIZE_MM, dpi, look, paper=dice.choice(_PAPERS), waves=_WAVES, label=_LABEL)
    board.mark([(30, 40), (62, 22)], 8)
    board.title(3.6, dice.choice(("中华人民共和国社会保障卡", "社会保障卡")), 4.2, spread=0.3)
    is_left = dice.random() < 0.5
    board.sheet.place(cards.portrait(card.person, round(dpi * 0.94)), 4.5 if is_left else 60.5, 13)
    x = 29.0 if is_left else 5.5
    rows = (
        ("姓名", card.person.name),
        ("社会保障号码", card.person.id_number),
        (dice.choice(("社会保障卡号", "卡号")), card.card_number),
        ("发卡日期", dates.written(card.issued_on, dice)),
    )
    y = dice.uniform(13.5, 16)
    for label, value in rows:
        behind = board.printed(x, y, label, _EM - 0.3)
        if label == "社会保障号码" and dice.random() < 0.5:
            y += 4.8
            behind = x - 1.8
        board.filled(behind + 1.8, y - 0.2, value, _EM)
        y += 7.0
    board.notice(5.5, 49.6, 2.1)
    return board.image
