"""A run and its verdict."""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.campaign.breaking import RULES, observe
from tests.campaign.events import Say
from tests.campaign.model import Evidence, check
from tests.campaign.patience import LITTLE, PLENTY
from tests.campaign.plan import Plan
from tests.campaign.processes import Nursery
from tests.campaign.report import Outcome
from tests.campaign.run import Run
from tests.campaign.town import Town


def judged(
    town: Town, plan: Plan, folder: Path, tell: Callable[[str], None], *, broken: str = "", keep: Path | None
) -> Outcome:
    """Play a plan and check it; the folder is removed, or kept elsewhere when a rule was broken."""

    def prepare(say: Say) -> None:
        if broken:
            RULES[broken]()
        observe(say)

    began, spent = time.monotonic(), cpu_s()
    run = Run(town, plan, folder, Nursery(folder, prepare), tell, patience=LITTLE if broken else PLENTY)
    found = run.play()
    evidence = Evidence(
        seed=plan.seed,
        events=run.events,
        windows=found["windows"],
        gateway=found["gateway"],
        arrived=folder / "arrived",
        poisoned_pages=[desk.poisoned_pages for desk in run.desks],
        poisoned_bundles=[desk.poisoned_bundles for desk in run.desks],
        disk_faults=[desk.machine.was_slowed for desk in run.desks],
        restored=run.restored,
        problems=run.problems,
    )
    violations = tuple(check(evidence))
    states = [line["state"] for window in found["windows"] if window for line in window["lines"]]
    outcome = Outcome(
        plan=plan,
        fired=tuple(run.fired),
        struck_requests=sum(bool(event.get("fault")) for event in run.events),
        sealed=len(states),
        delivered=states.count("DELIVERED"),
        quarantined=states.count("QUARANTINED"),
        replaced=states.count("REPLACED"),
        violations=violations,
        cpu_s=cpu_s() - spent,
        wall_s=time.monotonic() - began,
        folder=_kept(folder, keep) if violations and not broken else "",
    )
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _kept(folder: Path, keep: Path | None) -> str:
    target = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=keep))
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return str(target)


def cpu_s() -> float:
    """Return processor seconds of this process and of the children that have ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)
