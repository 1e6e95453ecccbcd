"""Pages that are not to be read, or not wholly: what each way claims to have read on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.ocr_reader import Reader, Said
from tests.bench.ocr_scores import SHOWN_AS_SURE, same
from workstation.training.specimens import odd


@dataclass
class OddResult:
    """One way over the odd pages of one name."""

    pages: int = 0
    fields_shown: int = 0
    """Fields that say something."""
    wrong_and_sure: int = 0
    """Fields that say what no document on the page says, and that nobody would look at again."""
    reasons: dict[str, int] = field(default_factory=dict)

    def count(self, page: odd.OddPage, fields: Mapping[str, Said], reason: str) -> None:
        """Add one answer."""
        self.pages += 1
        if reason:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        for name, said in fields.items():
            self.fields_shown += bool(said.value)
            is_said = any(same(said.value, truth.get(name, "")) for truth in page.truths)
            is_sure = bool(said.value) and said.valid and said.confidence >= SHOWN_AS_SURE
            self.wrong_and_sure += is_sure and not is_said

    def __str__(self) -> str:
        """Return what is printed of it."""
        said = ",".join(f"{reason} {count}" for reason, count in self.reasons.items())
        return f"{self.wrong_and_sure} of {self.fields_shown}" + (f" ({said})" if said else "")


def judge_odd(
    readers: Mapping[str, Reader], count: int, seed: int, folder: Path
) -> dict[str, dict[str, OddResult]]:
    """Let every way read `count` pages of each name; by name and way."""
    results = {name: {way: OddResult() for way in readers} for name in odd.ODD}
    for name, ways in results.items():
        for step in range(count):
            page = odd.odd_page(name, seed * 1000 + 2 * step)
            file = folder / f"{name}-{step}.png"
            page.picture.save(
                file, **({"dpi": page.picture.info["dpi"]} if "dpi" in page.picture.info else {})
            )
            for way, reader in readers.items():
                fields, _, reason = reader.read(file, page.asked)
                ways[way].count(page, fields, reason)
            file.unlink()
    return results
