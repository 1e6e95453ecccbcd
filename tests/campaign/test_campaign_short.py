"""The short form of the campaign: a few seeds of everything, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.campaign.machine import Machine
from tests.campaign.plan import ALL_KINDS, NEED_SHIM, make_plan

ROOT = Path(__file__).parents[2]
SEEDS = 8
HANGS_S = 900


def campaign(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `./dev campaign` as the script does."""
    command = [sys.executable, "-m", "tests.campaign", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=HANGS_S)


@pytest.mark.slow
@pytest.mark.timeout(HANGS_S)
def test_no_seed_loses_doubles_or_alters_anything(tmp_path: Path) -> None:
    told = tmp_path / "campaign.jsonl"
    ended = campaign("--runs", str(SEEDS), "--report", str(told), "--keep", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    runs = [json.loads(line) for line in told.read_text().splitlines()]
    assert [run["seed"] for run in runs] == list(range(1, SEEDS + 1))
    assert sum(run["sealed"] for run in runs) > SEEDS
    assert all(run["sealed"] == run["delivered"] + run["replaced"] + run["quarantined"] for run in runs)


@pytest.mark.timeout(HANGS_S)
def test_a_broken_rule_is_found(tmp_path: Path) -> None:
    ended = campaign("--runs", "3", "--break", "reuse-bundle-id", "--faults", "none", "--keep", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "broken on purpose: reuse-bundle-id: found" in ended.stdout


def test_a_seed_is_the_same_run_every_time() -> None:
    assert make_plan(42, ALL_KINDS) == make_plan(42, ALL_KINDS)
    assert len({make_plan(seed, ALL_KINDS) for seed in range(50)}) == 50


def test_every_kind_of_fault_comes_up() -> None:
    met = {kind for seed in range(1, 1000) for kind in make_plan(seed, ALL_KINDS).faults}
    assert met == set(ALL_KINDS)
    assert met > NEED_SHIM


def test_a_power_cut_keeps_what_was_synced_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    (root / "old").mkdir(parents=True)
    (root / "old" / "kept").write_bytes(b"before")
    machine = Machine(root)
    machine.guard()
    (root / "old" / "kept").write_bytes(b"never synced")
    (root / "new").write_bytes(b"never synced")
    machine.cut_power(None)
    assert sorted(path.name for path in root.rglob("*")) == ["kept", "old"]
    assert (root / "old" / "kept").read_bytes() == b"before"


def test_a_power_cut_may_keep_what_was_not_synced(tmp_path: Path) -> None:
    seen = set()
    for seed in range(20):
        root = tmp_path / f"disk{seed}"
        root.mkdir()
        machine = Machine(root)
        machine.guard()
        (root / "new").write_bytes(b"in memory")
        machine.cut_power(Random(seed))
        seen.add((root / "new").read_bytes() if (root / "new").exists() else None)
    assert seen == {None, b"", b"in memory"}
