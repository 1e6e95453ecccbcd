"""What a campaign found: a line a run, a table by kind of fault, and a report that later runs add to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.campaign.model import Violation
from tests.campaign.plan import ALL_KINDS, Plan

Told = dict[str, Any]
"""A line of a report."""


@dataclass(frozen=True)
class Outcome:
    """One run."""

    plan: Plan
    fired: tuple[str, ...]
    """Strikes in the order they came, with what followed from them."""
    struck_requests: int
    """Requests that met a fault of the line."""
    sealed: int
    delivered: int
    quarantined: int
    replaced: int
    violations: tuple[Violation, ...]
    cpu_s: float
    wall_s: float
    folder: str = ""
    """Where the evidence lies; empty when there was nothing to keep."""

    @property
    def sentence(self) -> str:
        """The run in one line."""
        verdict = "ok" if not self.violations else f"{len(self.violations)} VIOLATIONS"
        return (
            f"seed {self.plan.seed}: {verdict} · sealed {self.sealed} delivered {self.delivered}"
            f" replaced {self.replaced} quarantined {self.quarantined}"
            f" · {', '.join(self.plan.faults) or 'no fault'} · {self.cpu_s:.1f} s cpu {self.wall_s:.1f} s"
        )


def table(told: list[Told]) -> str:
    """Return kinds of fault, runs they were part of, and runs of those with a violation."""
    runs: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for run in told:
        runs.update(run["faults"])
        if run["violations"]:
            bad.update(run["faults"])
    lines = [f"{'fault':28} {'runs':>6} {'violated':>9}"]
    lines += [f"{kind:28} {runs[kind]:6} {bad[kind]:9}" for kind in ALL_KINDS if runs[kind]]
    return "\n".join(lines)


def summary(runs: list[Told]) -> str:
    """Return the sums of all runs."""
    count = max(1, len(runs))
    return (
        f"{len(runs)} runs, {sum(bool(run['violations']) for run in runs)} with violations;"
        f" sealed {sum(run['sealed'] for run in runs)}"
        f" = delivered {sum(run['delivered'] for run in runs)}"
        f" + replaced {sum(run['replaced'] for run in runs)}"
        f" + quarantined {sum(run['quarantined'] for run in runs)};"
        f" {sum(run['struck_requests'] for run in runs)} requests and"
        f" {sum(len(run['fired']) for run in runs)} moments struck;"
        f" {sum(run['cpu_s'] for run in runs) / count:.2f} s cpu,"
        f" {sum(run['wall_s'] for run in runs) / count:.2f} s a run"
    )


def told_of(outcome: Outcome, commit: str, broken: str) -> Told:
    """Return a run as a line of a report: what was decided, what came of it, on which commit."""
    return {
        "seed": outcome.plan.seed,
        "commit": commit,
        "broken": broken,
        "faults": outcome.plan.faults,
        "plan": outcome.plan.plain(),
        "fired": outcome.fired,
        "struck_requests": outcome.struck_requests,
        "sealed": outcome.sealed,
        "delivered": outcome.delivered,
        "replaced": outcome.replaced,
        "quarantined": outcome.quarantined,
        "violations": [asdict(violation) for violation in outcome.violations],
        "cpu_s": round(outcome.cpu_s, 3),
        "wall_s": round(outcome.wall_s, 3),
    }


def add(path: Path, told: Told) -> None:
    """Write a line at the end; whole, so that two campaigns may share a report."""
    with path.open("ab", buffering=0) as report:
        report.write((json.dumps(told, ensure_ascii=False) + "\n").encode())


def read(path: Path, commit: str, broken: str) -> list[Told]:
    """Return the runs of one commit; a last line that was cut off is not one."""
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("}\n")]
    runs: list[Told] = [json.loads(line) for line in lines]
    return [run for run in runs if (run["commit"], run["broken"]) == (commit, broken)]


def commit_of(folder: Path) -> str:
    """Return the commit of a source tree, with a `+` when it was changed since; empty when there is none."""
    git = shutil.which("git")
    if git is None or not (folder / ".git").exists():
        return ""
    head = _git(git, folder, "rev-parse", "--short=12", "HEAD")
    return head + "+" * bool(_git(git, folder, "status", "--porcelain", "--untracked-files=no"))


def _git(git: str, folder: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    asked = subprocess.run([git, *words], cwd=folder, env=environment, capture_output=True, text=True)
    return asked.stdout.strip()
