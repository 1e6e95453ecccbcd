"""How long the right offers of a person take offline: 60 pages over 8 cases, among 20,000 kept materials.

The eight cases are really received and decided; the other people's materials are copies of rows. What is
looked at is a new case of the same person: the archive alone, and the whole view with it that a screen shows.

    python tests/bench/bench_archive.py [--kept 20000] [--pages 60] [--cases 8] [--rounds 20] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from sqlalchemy import insert

from sync.contract.ids import uuid7
from sync.contract.models import ChangeKind
from tests.bench.queued_store import empty_window
from tests.services.conftest import ELDER_CARD, NOW, RELIEF, ZHAO, Window
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Case, Custody
from workstation.domain.kinds import OriginalRule
from workstation.store import codec
from workstation.store.rows import MaterialRow

LIMIT_MS = 50.0
ITEMS = (ELDER_CARD, RELIEF)
BATCH = 1000


def earlier_cases(window: Window, cases: int, pages: int) -> None:
    """Receive and decide cases of one person that hold so many pages of reusable material."""
    for number in range(cases):
        left = pages * (number + 1) // cases - pages * number // cases
        case = window.named(window.open(ITEMS[number % len(ITEMS)]))
        case = with_pages(window, case, left)
        case = window.filled(window.with_materials(case))
        case = window.desk.decisions.receive(case.case_id)
        for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
            window.tell(kind, case.number)


def with_pages(window: Window, case: Case, pages: int) -> Case:
    """Scan so many pages into the reusable slots: one into each, the rest into those that take many."""
    lines = window.desk.view_of(case).checklist.lines
    slots = [
        line.material
        for line in lines
        if line.material.reusable and line.material.original is not OriginalRule.FORM
    ]
    for material in sorted(slots, key=lambda material: material.pages_max):
        slots = slots[1:]
        share = min(material.pages_max, max(material.pages_min, pages - len(slots)))
        pages -= share
        window.scan(case, material.id, share)
        window.desk.intake.mark_original(case.case_id, material.id, Custody.RETURNED)
    return window.store.case(case.case_id)


def other_people(window: Window, sample: ArchivedMaterial, kept: int) -> None:
    """Add so many materials of other people, under keyed hashes of nobody."""
    document = codec.material_text(sample)
    rows = [
        {"archive_id": uuid7(NOW), "person": secrets.token_hex(32), "document": document} for _ in range(kept)
    ]
    with window.store.transaction() as tx:
        for start in range(0, kept, BATCH):
            tx._session.execute(insert(MaterialRow), rows[start : start + BATCH])


def times(look: Callable[[], object], rounds: int) -> dict[str, float]:
    """Return the first, the median and the worst of the others by the clock, and their CPU time, in ms."""
    clock, cpu = [], []
    for _ in range(rounds + 1):
        began, worked = time.perf_counter(), time.process_time()
        look()
        clock.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    figures = {"first": clock[0], "median": median(clock[1:]), "worst": max(clock[1:]), "cpu": median(cpu)}
    return {name: round(value, 1) for name, value in figures.items()}


def measured(kept: int, cases: int, pages: int, rounds: int) -> dict[str, object]:
    """Build the archive and measure."""
    with tempfile.TemporaryDirectory() as folder, empty_window(Path(folder)) as window:
        earlier_cases(window, cases, pages)
        copies = window.store.archived(ZHAO.id_number)
        other_people(window, replace(copies[0], source_case="W99-20260101-001"), kept - len(copies))
        case = window.named(window.open(RELIEF))
        offers = window.desk.reuse.offers(case)
        return {
            "kept": kept,
            "cases": len({copy.source_case for copy in copies}),
            "copies": len(copies),
            "pages": sum(len(copy.pages) for copy in copies),
            "offers": len(offers),
            "ms": {
                "archive": times(lambda: window.desk.reuse.look(case), rounds),
                "view": times(lambda: window.desk.view_of(case), rounds),
            },
        }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kept", type=int, default=20_000)
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    report = measured(args.kept, args.cases, args.pages, args.rounds)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    sys.stdout.write(f"limit {LIMIT_MS} ms\n")
    if args.json:
        args.json.write_text(json.dumps({"benchmark": "archive", **report}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
