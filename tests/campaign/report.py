"""What a campaign found: a line a run, a table by kind of fault, and JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.campaign.model import Violation
from tests.campaign.plan import ALL_KINDS, Plan


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
            f" quarantined {self.quarantined} · {', '.join(self.plan.faults) or 'no fault'}"
            f" · {self.cpu_s:.1f} s cpu {self.wall_s:.1f} s"
        )


def table(outcomes: list[Outcome]) -> str:
    """Return kinds of fault, runs they were part of, and runs of those with a violation."""
    runs: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for outcome in outcomes:
        runs.update(outcome.plan.faults)
        if outcome.violations:
            bad.update(outcome.plan.faults)
    lines = [f"{'fault':28} {'runs':>6} {'violated':>9}"]
    lines += [f"{kind:28} {runs[kind]:6} {bad[kind]:9}" for kind in ALL_KINDS if runs[kind]]
    return "\n".join(lines)


def summary(outcomes: list[Outcome]) -> str:
    """Return the sums of all runs."""
    count = max(1, len(outcomes))
    return (
        f"{len(outcomes)} runs, {sum(bool(outcome.violations) for outcome in outcomes)} with violations;"
        f" sealed {sum(outcome.sealed for outcome in outcomes)}"
        f" = delivered {sum(outcome.delivered for outcome in outcomes)}"
        f" + quarantined {sum(outcome.quarantined for outcome in outcomes)};"
        f" {sum(outcome.struck_requests for outcome in outcomes)} requests and"
        f" {sum(len(outcome.fired) for outcome in outcomes)} moments struck;"
        f" {sum(outcome.cpu_s for outcome in outcomes) / count:.2f} s cpu,"
        f" {sum(outcome.wall_s for outcome in outcomes) / count:.2f} s a run"
    )


def write_json(path: Path, outcomes: list[Outcome], skipped: dict[str, str], broken: str) -> None:
    """Write every run with its seed, faults, outcome and times."""
    runs = [
        {
            "seed": outcome.plan.seed,
            "faults": outcome.plan.faults,
            "plan": outcome.plan.plain(),
            "fired": outcome.fired,
            "sealed": outcome.sealed,
            "delivered": outcome.delivered,
            "quarantined": outcome.quarantined,
            "violations": [asdict(violation) for violation in outcome.violations],
            "cpu_s": round(outcome.cpu_s, 3),
            "wall_s": round(outcome.wall_s, 3),
        }
        for outcome in outcomes
    ]
    path.write_text(json.dumps({"broken": broken, "skipped": skipped, "runs": runs}, ensure_ascii=False))
