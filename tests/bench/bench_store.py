"""What it costs to keep one log entry and one page durably, against the bare disk in the same run.

The floor of an entry is 300 bytes appended and synced, that of a page 200 KB written to a new file and
synced. Everything is measured in turns, so a disk that slows down slows down all of them.

    python tests/bench/bench_store.py [--rounds 200] [--folder DIR] [--json FILE]
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from sync.contract.ids import uuid7
from tests.bench.disk_bench import measure_disk
from workstation.domain.case import FieldSet, FieldValue, Opened, Origin
from workstation.domain.folding import fold
from workstation.store.database import Store
from workstation.store.keys import DataKey

ENTRY_BYTES = 300
PAGE_BYTES = 200 * 1024
CASE_ENTRIES = 60
"""A case of ordinary length; then the next one is opened."""
READS = 50

Step = Callable[[int], None]


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one step and its ratio to the floor."""

    name: str
    median_ms: float
    p95_ms: float
    to_floor: float | None


class Bench:
    """The steps to measure, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Make a store and the files of the floor."""
        self._store = Store.create(folder / "store", DataKey.new())
        self._raw = folder / "raw"
        self._raw.mkdir()
        self._log = os.open(self._raw / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._case_id = ""

    def close(self) -> None:
        """Close all files."""
        os.close(self._log)
        self._store.close()

    def raw_entry(self, _number: int) -> None:
        """Append and sync."""
        os.write(self._log, os.urandom(ENTRY_BYTES))
        os.fsync(self._log)

    def entry(self, number: int) -> None:
        """Record one field of a case in a transaction of its own."""
        if number % CASE_ENTRIES == 0:
            self._open_case(number)
        value = FieldValue(value="福田区香蜜湖样本路1号", origin=Origin.TYPED, confirmed_by="clerk")
        with self._store.transaction() as tx:
            payload = FieldSet(field=f"field{number}", value=value)
            tx.record(self._case_id, payload, actor="clerk", at=datetime.now(UTC))

    def raw_page(self, number: int) -> None:
        """Write a new file and sync it."""
        handle = os.open(self._raw / f"page{number}", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        os.write(handle, os.urandom(PAGE_BYTES))
        os.fsync(handle)
        os.close(handle)

    def page(self, _number: int) -> None:
        """Put one page into the vault."""
        self._store.vault.put(os.urandom(PAGE_BYTES))

    def read(self, _number: int) -> None:
        """Fold the present case from its whole log, as the first look at it does."""
        fold(self._store.log(self._case_id))

    def read_again(self, _number: int) -> None:
        """Look at the present case again."""
        self._store.case(self._case_id)

    def _open_case(self, number: int) -> None:
        self._case_id = uuid7(datetime.now(UTC))
        opened = Opened(
            number=f"W{number}", item_code="440", pack_version="1", window="W", receiving_street="HF"
        )
        with self._store.transaction() as tx:
            tx.record(self._case_id, opened, actor="clerk", at=datetime.now(UTC))


def run(folder: Path, rounds: int) -> list[Figure]:
    """Measure all steps in turns."""
    bench = Bench(folder)
    steps: dict[str, Step] = {
        "entry: append + fsync (floor)": bench.raw_entry,
        "entry: store": bench.entry,
        "page 200 KB: write + fsync (floor)": bench.raw_page,
        "page 200 KB: vault": bench.page,
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(rounds):
        for name, step in steps.items():
            times[name].append(_timed(step, number))
    reads = [_timed(bench.read, number) for number in range(READS)]
    again = [_timed(bench.read_again, number) for number in range(READS)]
    bench.close()
    entry_floor, entry, page_floor, page = times.values()
    names = list(times)
    last = (rounds - 1) % CASE_ENTRIES + 2
    return [
        _figure(names[0], entry_floor, entry_floor),
        _figure(names[1], entry, entry_floor),
        _figure(names[2], page_floor, page_floor),
        _figure(names[3], page, page_floor),
        _figure(f"read: fold a case of {last} entries", reads, None),
        _figure("read: the same case again", again, None),
    ]


def _timed(step: Step, number: int) -> float:
    start = time.perf_counter()
    step(number)
    return (time.perf_counter() - start) * 1000


def _figure(name: str, times: list[float], floor: list[float] | None) -> Figure:
    to_floor = None if floor is None else round(median(times) / median(floor), 2)
    return Figure(name, round(median(times), 3), round(quantiles(times, n=20)[-1], 3), to_floor)


def table(figures: list[Figure]) -> str:
    """Return the figures as a table."""
    lines = [f"{'step':<38}{'median ms':>11}{'p95 ms':>9}{'to floor':>10}"]
    for one in figures:
        ratio = "" if one.to_floor is None else f"{one.to_floor:.2f}"
        lines.append(f"{one.name:<38}{one.median_ms:>11.3f}{one.p95_ms:>9.3f}{ratio:>10}")
    return "\n".join(lines)


if __name__ == "__main__":
    measure_disk("store", __doc__ or "", run, table, rounds=200)
