from __future__ import annotations

import time
from pathlib import Path

from tests.bench.bench_pack import run, table, write_pack
from workstation.catalogue.loader import load_pack


def test_a_pack_of_hundreds_of_items_loads_before_anybody_waits(tmp_path: Path) -> None:
    keys = write_pack(tmp_path / "pack", 250)
    start = time.process_time()
    pack = load_pack(tmp_path / "pack", trusted_keys=keys)
    elapsed_s = time.process_time() - start
    assert len(pack.items) == 250
    # 2,500 items take 0.15 s on the machine this was written on; the bound leaves room for a slow one.
    assert elapsed_s < 5


def test_the_benchmark_measures_every_promise() -> None:
    figures = run(12, 1)
    assert {one.budget_ms for one in figures} == {1000, 30, 50}
    assert all(one.what in table(figures) for one in figures)
