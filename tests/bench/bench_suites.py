"""What the national algorithms cost beside the international ones: a page of 400 KB, in one run and in turns.

Putting and getting go to the disk and back, as at the window; `processor` is what they cost of that alone:
a slow disk or another program does not change it.

    python tests/bench/bench_suites.py [--rounds 100] [--folder DIR] [--json FILE]
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sync.contract.suites import Suite, sha256_hex, sm3_hex
from tests.bench.disk_bench import measure_disk
from workstation.store.keys import DataKey
from workstation.store.vault import Vault

PAGE_BYTES = 400 * 1024


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Median milliseconds of one step under both suites, by the clock and of the processor."""

    name: str
    international_ms: float
    national_ms: float
    ratio: float
    international_processor_ms: float
    national_processor_ms: float
    processor_ratio: float


@dataclass
class _Times:
    clock: list[float]
    processor: list[float]

    def add(self, step: Callable[[], object]) -> None:
        """Do a step once."""
        clock, processor = time.perf_counter(), time.process_time()
        step()
        self.clock.append((time.perf_counter() - clock) * 1000)
        self.processor.append((time.process_time() - processor) * 1000)


STEPS = ("put", "get", "hash")


def run(folder: Path, rounds: int) -> list[Figure]:
    """Measure all steps in turns."""
    key = DataKey.new()
    vaults = {suite: Vault(folder / suite, key, suite) for suite in Suite}
    hashes = {Suite.INTERNATIONAL: sha256_hex, Suite.GUOMI: sm3_hex}
    times = {(name, suite): _Times([], []) for name in STEPS for suite in Suite}
    for _ in range(rounds):
        page = os.urandom(PAGE_BYTES)
        name = sha256_hex(page)
        for suite, vault in vaults.items():
            times["put", suite].add(lambda vault=vault, page=page: vault.put(page))  # type: ignore[misc]
            times["get", suite].add(lambda vault=vault, name=name: vault.get(name))  # type: ignore[misc]
            times["hash", suite].add(lambda suite=suite, page=page: hashes[suite](page))  # type: ignore[misc]
    return [_figure(name, times[name, Suite.INTERNATIONAL], times[name, Suite.GUOMI]) for name in STEPS]


def _figure(name: str, international: _Times, national: _Times) -> Figure:
    clock = median(international.clock), median(national.clock)
    processor = median(international.processor), median(national.processor)
    return Figure(
        name=name,
        international_ms=round(clock[0], 3),
        national_ms=round(clock[1], 3),
        ratio=round(clock[1] / clock[0], 2),
        international_processor_ms=round(processor[0], 3),
        national_processor_ms=round(processor[1], 3),
        processor_ratio=round(processor[1] / processor[0], 2),
    )


def table(figures: list[Figure]) -> str:
    """Return the figures as a table."""
    heads = ("AES/SHA-256 ms", "SM4/SM3 ms", "ratio", "processor", "ratio")
    lines = ["{:<16}{:>16}{:>12}{:>7}{:>16}{:>7}".format("page of 400 KB", *heads)]
    for one in figures:
        both = f"{one.international_processor_ms:.2f} / {one.national_processor_ms:.2f}"
        lines.append(
            f"{one.name:<16}{one.international_ms:>16.2f}{one.national_ms:>12.2f}{one.ratio:>7.2f}"
            f"{both:>16}{one.processor_ratio:>7.2f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    measure_disk("suites", __doc__ or "", run, table, rounds=100)
