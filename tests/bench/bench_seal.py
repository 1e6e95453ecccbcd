"""What it costs to seal a case of ten pages durably, against the same bytes put on the disk by hand.

Pages are durable when they are captured, before the next sheet is fed; sealing adds the signed manifest, the
case's move and the queue's line in one commit. So three things are measured, in turns in one run:

capture        ten pages of 200 KB, each encrypted, synced and recorded in its case
seal           `Decisions.receive`: checks, manifest, signature, move, archive copies, queue
capture+seal   the two together

The floor writes the same page bytes by hand (file, fsync, rename, fsync of the folder) and commits rows of
the same size into an SQLCipher database (WAL, synchronous=FULL): `one commit` commits once at the end,
`commit a page` once behind each page too, as a clerk must be told page by page that a page is safe.

    python tests/bench/bench_seal.py [--rounds 40] [--folder DIR] [--json FILE]
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import sqlcipher3

from tests.bench.disk_bench import measure_disk
from tests.bench.queued_store import window_over
from tests.services.conftest import ELDER_CARD, sample_value
from workstation.domain.case import Case, Custody, Page
from workstation.domain.checklist import Todo
from workstation.domain.clock import now
from workstation.services.ids import new_id
from workstation.store.database import Store
from workstation.store.keys import DataKey
from workstation.store.vault import FOLDER

PAGES, PAGE_BYTES = 10, 200 * 1024
ENTRY_BYTES = 700
"""About what one page adds to the log and to the pages in use."""


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one step and its ratio to a floor."""

    name: str
    median_ms: float
    p95_ms: float
    floor: str = ""
    to_floor: float | None = None


class ByHand:
    """The same bytes, written by hand."""

    def __init__(self, folder: Path, key: DataKey) -> None:
        """Make an encrypted database and a folder for pages."""
        self._pages = folder / "raw"
        self._pages.mkdir(parents=True)
        self._database: Any = sqlcipher3.connect(str(folder / "raw.db"), isolation_level=None)
        self._database.execute(f"PRAGMA key = \"x'{key.derive('raw').hex()}'\"")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE kept (name INTEGER PRIMARY KEY, data TEXT)")

    def write(self, data: bytes) -> None:
        """Put a page: file, fsync, rename, fsync of the folder."""
        path = self._pages / os.urandom(16).hex()
        handle = os.open(f"{path}.tmp", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(handle, data)
        os.fsync(handle)
        os.close(handle)
        Path(f"{path}.tmp").rename(path)
        folder = os.open(self._pages, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)

    def commit(self, size: int) -> None:
        """Commit a row of so many bytes."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("INSERT INTO kept (data) VALUES (?)", (os.urandom(size // 2).hex(),))
        self._database.execute("COMMIT")


class Bench:
    """One window, and the bare disk beside it."""

    def __init__(self, folder: Path) -> None:
        """Make a store and a desk over it."""
        key = DataKey.new()
        self.hand = ByHand(folder, key)
        self.store = Store.create(folder / "store", key)
        for number in range(256):
            # A store in use has every folder of the vault.
            (folder / "store" / FOLDER / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
        self.window = window_over(folder, self.store, now)  # type: ignore[arg-type]
        self.sealed_bytes = 0

    def prepared(self) -> tuple[Case, list[str]]:
        """Return a case that lacks its pages only, and the slot of each page to come."""
        window = self.window
        case = window.named(window.open(ELDER_CARD))
        desk = window.desk
        for problem in desk.view_of(case).readiness.fields:
            desk.intake.type_field(case.case_id, problem.field.id, sample_value(problem.field))
        lines = [line for line in desk.view(case.case_id).checklist.lines if line.todo is Todo.SCAN]
        slots = [line.material.id for line in lines for _ in range(max(1, line.material.pages_min))]
        slots += [max(lines, key=lambda line: line.material.pages_max or 99).material.id] * PAGES
        for line in lines:
            desk.intake.mark_original(case.case_id, line.material.id, Custody.RETURNED)
        return self.store.case(case.case_id), sorted(slots[:PAGES])

    def capture(self, case: Case, slots: list[str], pages: list[bytes]) -> None:
        """Put each page into the vault and record it, as capturing does."""
        for slot, data in zip(slots, pages, strict=True):
            self.window.desk.capture.add(case.case_id, slot, self._page(data, now()))

    def _page(self, data: bytes, at: datetime) -> Page:
        return Page(
            page_id=new_id(at),
            sha256=self.store.vault.put(data),
            size=len(data),
            media_type="image/jpeg",
            width_px=1654,
            height_px=2339,
            resolution_dpi=200,
            source="bench",
            taken_at=at,
        )

    def seal(self, case: Case) -> None:
        """Receive the case."""
        case = self.window.desk.decisions.receive(case.case_id)
        if not self.sealed_bytes:
            manifest = self.store.outbox.load(case.bundles[-1].bundle_id)
            self.sealed_bytes = 2 * len(manifest.model_dump_json())

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def run(folder: Path, rounds: int) -> list[Figure]:
    """Measure in turns."""
    bench = Bench(folder)
    names = ("capture", "seal", "capture+seal", "one commit", "commit a page", "seal commit")
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 3):
        case, slots = bench.prepared()
        pages = [os.urandom(PAGE_BYTES) for _ in range(PAGES)]
        for name, spent in _one_round(bench, case, slots, pages).items():
            if number >= 3:  # the first ones fill caches
                times[name].append(spent)
    bench.close()
    return _figures(times)


def _one_round(bench: Bench, case: Case, slots: list[str], pages: list[bytes]) -> dict[str, float]:
    marks = [time.perf_counter()]

    def mark() -> None:
        marks.append(time.perf_counter())

    bench.capture(case, slots, pages)
    mark()
    bench.seal(case)
    mark()
    for data in pages:
        bench.hand.write(data)
    bench.hand.commit(bench.sealed_bytes + PAGES * ENTRY_BYTES)
    mark()
    for data in pages:
        bench.hand.write(data)
        bench.hand.commit(ENTRY_BYTES)
    bench.hand.commit(bench.sealed_bytes)
    mark()
    bench.hand.commit(bench.sealed_bytes)
    mark()
    spent = [(after - before) * 1000 for before, after in zip(marks, marks[1:], strict=False)]
    return {
        "capture": spent[0],
        "seal": spent[1],
        "capture+seal": spent[0] + spent[1],
        "one commit": spent[2],
        "commit a page": spent[3],
        "seal commit": spent[4],
    }


def _figures(times: dict[str, list[float]]) -> list[Figure]:
    def figure(name: str, floor: str = "") -> Figure:
        ratio = round(median(times[name]) / median(times[floor]), 2) if floor else None
        p95 = quantiles(times[name], n=20)[-1]
        return Figure(name, round(median(times[name]), 2), round(p95, 2), floor, ratio)

    return [
        figure("one commit"),
        figure("commit a page"),
        figure("seal commit"),
        figure("seal", "one commit"),
        figure("seal", "seal commit"),
        figure("capture", "commit a page"),
        figure("capture+seal", "commit a page"),
        figure("capture+seal", "one commit"),
    ]


def table(figures: list[Figure]) -> str:
    """Return the figures as a table."""
    lines = [f"{'step':<16}{'median ms':>11}{'p95 ms':>10}   ratio to"]
    for one in figures:
        ratio = "(floor)" if one.to_floor is None else f"{one.to_floor:.2f} {one.floor}"
        lines.append(f"{one.name:<16}{one.median_ms:>11.2f}{one.p95_ms:>10.2f}   {ratio}")
    return "\n".join(lines)


if __name__ == "__main__":
    measure_disk("seal", __doc__ or "", run, table, rounds=40)
