"""How quickly and how often a code on a photographed phone is read and verified, with no line at all.

Every picture is made anew from its seed: tilted, turned, under a lamp, with the beat of the screen, dark,
blurred and noisy (see `workstation.training.specimens.phone`). Measured is what the counter waits for: the
file of the picture to the darkroom process, the code found there, and the verification here.

    python tests/bench/bench_certificate.py [--pictures 48] [--json FILE]
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from PIL import Image

from scanners.imaging.darkroom import Darkroom
from sync.contract.signing import new_key
from workstation.domain.proofs import Holder
from workstation.services.certificates import verify
from workstation.services.errors import ServiceError
from workstation.services.proof_pictures import is_certificate
from workstation.training import wallet
from workstation.training.specimens.people import CAST, SpecimenPerson
from workstation.training.specimens.phone import faults, photographed, screen

TITLE = "户口簿电子证照"
DPI = 200
BUDGET_S = 1.0
AT = datetime(2026, 11, 20, 2, 42, tzinfo=UTC)
Make = Callable[[SpecimenPerson], str]


def _shown(**differing: object) -> Make:
    return lambda person: wallet.code_of(person.name, person.id_number, TITLE, AT, **differing)  # type: ignore[arg-type]


WAYS: dict[str, Make] = {
    "": _shown(),
    "E103": _shown(valid_until=(AT - timedelta(days=1)).date()),
    "E107": _shown(key=new_key()),
    "E106": _shown(issuer="11110000000000000X"),
    "E109": _shown(holder=bytes(16)),
    "E111": _shown(shown_at=AT - timedelta(hours=1), shown_until=AT - timedelta(minutes=55)),
}
"""The code each must be refused with -> how it is made; the empty one is sound."""


@dataclass(frozen=True)
class Figures:
    """What one run found."""

    pictures: int
    decoded: int
    right: int
    """Verified, or refused with the right reason."""
    code_characters: int
    median_ms: float
    p95_ms: float
    slowest_ms: float
    verify_ms: float
    """The verification alone, median."""
    wrong: dict[str, int]


def run(pictures: int) -> Figures:
    """Photograph, read and verify; sound codes and wrong ones in turn."""
    darkroom, times, alone = Darkroom(), [], []
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    darkroom.warm()
    for seed in range(pictures):
        reason, make = list(WAYS.items())[seed % len(WAYS)]
        person = CAST[seed % len(CAST)]
        file = _file(photographed(screen(make(person), TITLE), faults(seed), seed))
        start = time.perf_counter()
        texts = [code.text for code in darkroom.screen_codes(file) if is_certificate(code.text)]
        between = time.perf_counter()
        said = _verified(texts[0], person) if texts else "unread"
        end = time.perf_counter()
        times.append((end - start) * 1000)
        alone.append((end - between) * 1000)
        found["decoded" if texts else "unread"] += 1
        if texts and said == reason:
            found["right"] += 1
        elif texts:
            wrong[f"{reason or 'sound'} -> {said or 'sound'}"] += 1
    darkroom.close()
    ordered = sorted(times)
    return Figures(
        pictures=pictures,
        decoded=found["decoded"],
        right=found["right"],
        code_characters=len(WAYS[""](CAST[0])),
        median_ms=round(median(times), 1),
        p95_ms=round(ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))], 1),
        slowest_ms=round(ordered[-1], 1),
        verify_ms=round(median(alone), 2),
        wrong=dict(wrong),
    )


def _verified(text: str, person: SpecimenPerson) -> str:
    try:
        holder = Holder(person.name, person.id_number)
        verify(text, wallet.practice_issuers(), holder, practice=True, at=AT)
    except ServiceError as error:
        return error.code
    return ""


def _file(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85, dpi=(DPI, DPI))
    return target.getvalue()


def main() -> int:
    """Print the figures; 1 when the budget is missed or a reason is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=48)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    figures = run(asked.pictures)
    sys.stdout.write(
        f"{figures.pictures} pictures, code of {figures.code_characters} characters\n"
        f"decoded {figures.decoded}, of these right {figures.right} {figures.wrong or ''}\n"
        f"median {figures.median_ms} ms, p95 {figures.p95_ms} ms, slowest {figures.slowest_ms} ms"
        f" (verification alone {figures.verify_ms} ms)\n"
    )
    if asked.json:
        asked.json.write_text(json.dumps(asdict(figures), indent=2), encoding="utf-8")
    is_good = figures.p95_ms < BUDGET_S * 1000 and figures.right == figures.decoded
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
