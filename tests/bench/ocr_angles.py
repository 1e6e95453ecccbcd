"""A card turned by small steps all the way round: at every angle it is read, or it is said why not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.ocr_reader import Reader, Said
from tests.bench.ocr_scores import SHOWN_AS_SURE, same
from workstation.training.specimens import every, glass

KINDS = ("id-card-front", "id-card-back", "social-security-card")
_DPI, _NOISE = 200, 3.0
_LIDS = (glass.WHITE_LID, glass.DARK_LID)


@dataclass
class AngleResult:
    """One way over one kind of card."""

    pages: int = 0
    whole: int = 0
    """Every field right."""
    partly: list[int] = field(default_factory=list)
    """Angles at which fields are missing or wrong, and no reason is given."""
    reasons: dict[str, int] = field(default_factory=dict)
    wrong_and_sure: int = 0

    def count(self, angle: int, truth: Mapping[str, str], fields: Mapping[str, Said], reason: str) -> None:
        """Add one answer."""
        self.pages += 1
        right = [same(fields.get(name, Said()).value, wanted) for name, wanted in truth.items()]
        if all(right):
            self.whole += 1
        elif reason:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        else:
            self.partly.append(angle)
        self.wrong_and_sure += sum(
            bool(said.value) and said.valid and said.confidence >= SHOWN_AS_SURE
            and not same(said.value, truth.get(name, ""))
            for name, said in fields.items()
        )  # fmt: skip

    def __str__(self) -> str:
        """Return what is printed of it."""
        why = "".join(f", {reason} {count}" for reason, count in self.reasons.items())
        partly = f", partly at {' '.join(map(str, self.partly))} degrees" if self.partly else ""
        return f"{self.whole} of {self.pages} wholly right{why}{partly}, {self.wrong_and_sure} wrong and sure"


def turned(kind: str, step: int, seed: int) -> Iterator[tuple[int, every.Specimen]]:
    """Yield a new card for every angle in degrees, lying on a light or a dark lid."""
    for angle in range(0, 360, step):
        card = every.specimen(kind, seed * 1000 + angle, _DPI)
        dice = random.Random(f"{kind} {seed} {angle}")
        page = glass.on_glass(
            card.picture, dpi=_DPI, angle=angle, noise=_NOISE, background=dice.choice(_LIDS),
            at_mm=(dice.uniform(20, 90), dice.uniform(20, 160)), seed=angle,
        )  # fmt: skip
        yield angle, every.Specimen(kind, page, card.truth)


def judge_angles(
    readers: Mapping[str, Reader], step: int, seed: int, folder: Path
) -> dict[str, dict[str, AngleResult]]:
    """Let every way read a card at every angle; by kind and way."""
    results = {kind: {way: AngleResult() for way in readers} for kind in KINDS}
    for kind, ways in results.items():
        for angle, card in turned(kind, step, seed):
            file = folder / f"turned-{kind}-{angle}.png"
            card.picture.save(file, dpi=card.picture.info["dpi"])
            for way, reader in readers.items():
                fields, _, reason = reader.read(file, kind)
                ways[way].count(angle, card.truth, fields, reason)
            file.unlink()
    return results
