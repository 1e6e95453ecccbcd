"""How many fields of specimen identity cards are read right, how many wrong ones go unflagged, at what cost.

Cards of invented people lie on a scanner's glass at a random place, 200 or 300 dpi, within 3 degrees of
straight, under white, grey and dark lids; `--worn` degrades the scans as an old scanner does. CPU seconds
include the recogniser's processes.

    python tests/bench/bench_ocr.py [--people 40] [--seed 0] [--worn] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from PIL import Image

from ocr.documents import read
from ocr.engines.tesseract import TesseractEngine
from ocr.port import FieldReading
from workstation.training.specimens import cards, glass
from workstation.training.specimens.people import SpecimenPerson, person

LIDS = (glass.WHITE_LID, glass.GREY_LID, glass.DARK_LID)
FLAG_BELOW = 0.9
"""A field less sure than this, or with a failed check, is shown to the clerk as doubtful."""


@dataclass
class Score:
    """One field over all cards."""

    cards: int = 0
    right: int = 0
    right_but_flagged: int = 0
    wrong_unflagged: int = 0

    def count(self, field: FieldReading, wanted: str) -> None:
        """Add one reading."""
        is_right = field.value == wanted
        is_flagged = not field.valid or field.confidence < FLAG_BELOW
        self.cards += 1
        self.right += is_right
        self.right_but_flagged += is_right and is_flagged
        self.wrong_unflagged += not is_right and not is_flagged


def wanted_fields(somebody: SpecimenPerson) -> dict[str, dict[str, str]]:
    until = somebody.id_valid_until
    return {
        "id-card-front": {
            "name": somebody.name,
            "sex": somebody.sex,
            "ethnicity": somebody.ethnicity,
            "birth_date": somebody.birth_date.isoformat(),
            "address": somebody.address,
            "id_number": somebody.id_number,
        },
        "id-card-back": {
            "authority": somebody.issuing_authority,
            "valid_from": somebody.id_valid_from.isoformat(),
            "valid_until": until.isoformat() if until else "长期",
        },
    }


def scans(somebody: SpecimenPerson, seed: int, worn: bool) -> Iterator[tuple[str, Image.Image]]:
    dice = random.Random(seed)
    dpi, lid, angle = dice.choice((200, 300)), dice.choice(LIDS), dice.uniform(-3, 3)
    sides = (("id-card-front", cards.id_card_front(somebody)), ("id-card-back", cards.id_card_back(somebody)))
    for kind, card in sides:
        place = (dice.uniform(8, 100), dice.uniform(8, 200))
        scan = glass.on_glass(card, dpi=dpi, angle=angle, noise=4, background=lid, at_mm=place, seed=seed)
        yield kind, glass.degrade(scan, seed) if worn else scan


def measure(people: int, seed: int, worn: bool) -> tuple[dict[str, Score], list[float], list[int]]:
    engine = TesseractEngine()
    scores: dict[str, Score] = {}
    cpu_s, elapsed_ms = [], []
    for index in range(seed, seed + people):
        somebody = person(index)
        for kind, scan in scans(somebody, index, worn):
            before = sum(os.times()[:4])
            reading = read(engine, scan, kind)
            cpu_s.append(sum(os.times()[:4]) - before)
            elapsed_ms.append(reading.elapsed_ms)
            for name, value in wanted_fields(somebody)[kind].items():
                scores.setdefault(name, Score()).count(reading.fields[name], value)
    return scores, cpu_s, elapsed_ms


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worn", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    scores, cpu_s, elapsed_ms = measure(args.people, args.seed, args.worn)
    for name, score in scores.items():
        share = 100 * score.right / score.cards
        sys.stdout.write(
            f"{name:12} right {score.right}/{score.cards} ({share:.1f} %)"
            f"  right but flagged {score.right_but_flagged}  wrong and not flagged {score.wrong_unflagged}\n"
        )
    sys.stdout.write(f"a card: {median(cpu_s):.2f} s CPU, {median(elapsed_ms):.0f} ms elapsed (medians)\n")
    if args.json:
        result = {
            "people": args.people,
            "worn": args.worn,
            "cpu_s_median": round(median(cpu_s), 3),
            "elapsed_ms_median": median(elapsed_ms),
            "fields": {name: asdict(score) for name, score in scores.items()},
        }
        args.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
