"""`./dev campaign`: windows against a gateway through every fault, and a model of what must be true.

Exit status: 0 when no rule was broken (with --break: when the broken rule was found), else 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.campaign.machine import build_shim, has_shim
from tests.campaign.plan import ALL_KINDS, NEED_SHIM, Plan, make_plan

if TYPE_CHECKING:
    from tests.campaign.report import Outcome

SHIM = "WORKSTATION_CAMPAIGN_SHIM"
SLOW = "it did not settle"
MEMORY = Path("/dev/shm")
RUNS = 20
ENOUGH_ROOM = 2_000_000_000


def main() -> int:
    """Run a campaign."""
    args = _arguments()
    with _folder() as folder:
        lacking = _with_shim(folder)
        kinds = [kind for kind in args.faults if has_shim() or kind not in NEED_SHIM]
        skipped = [kind for kind in args.faults if kind not in kinds]
        if skipped:
            _print(f"skipped for want of the shim ({lacking}): {', '.join(skipped)}")
        seeds = [args.replay] if args.replay is not None else range(args.seed, args.seed + args.runs)
        return Campaign(folder, args, [make_plan(seed, kinds) for seed in seeds]).run()


def _print(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev campaign", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first run")
    parser.add_argument("--replay", type=int, help="run this seed alone and say everything that happens")
    parser.add_argument("--faults", type=_kinds, default=ALL_KINDS, help=f"some of: {', '.join(ALL_KINDS)}")
    parser.add_argument(
        "--break", dest="broken", default="", help="break a rule on purpose; `list` names them"
    )
    parser.add_argument(
        "--report", type=Path, help="add each run to this file, and skip those it holds for this commit"
    )
    parser.add_argument("--keep", type=Path, help="where evidence of violations goes")
    args = parser.parse_args()
    if args.broken == "list":
        from tests.campaign.breaking import RULES

        parser.exit(0, "\n".join(f"{name:22} {rule.__doc__}" for name, rule in RULES.items()) + "\n")
    return args


def _kinds(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(",")) if text != "none" else ()
    unknown = set(chosen) - set(ALL_KINDS)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return chosen


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a private folder, in memory where there is room: what a run's disk keeps, the shim decides."""
    kept = os.environ.get(SHIM)
    if kept:
        folder = Path(kept).parent
    else:
        roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_ROOM
        folder = Path(tempfile.mkdtemp(prefix="workstation-campaign-", dir=MEMORY if roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_shim(folder: Path) -> str:
    """Start this program anew behind the shim; return why that cannot be, or nothing."""
    if os.environ.get(SHIM):
        return "" if has_shim() else "the loader did not take it"
    library, why = build_shim(folder)
    if library is None:
        return why
    os.environ.update({SHIM: str(library), "LD_PRELOAD": str(library)})
    os.execv(sys.executable, [sys.executable, "-m", "tests.campaign", *sys.argv[1:]])


def _seal_off(folder: Path) -> None:
    """No user settings, no other language, no other time zone."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    for name in [name for name in os.environ if name.startswith("WORKSTATION_") and name != SHIM]:
        del os.environ[name]
    os.environ.update(
        HOME=str(home),
        XDG_CONFIG_HOME=str(home),
        XDG_DATA_HOME=str(home),
        XDG_STATE_HOME=str(home),
        XDG_CACHE_HOME=str(home),
        LANG="C.UTF-8",
        TZ="Asia/Shanghai",
    )
    time.tzset()


class Campaign:
    """A series of runs."""

    def __init__(self, folder: Path, args: argparse.Namespace, plans: list[Plan]) -> None:
        """Prepare what all runs share."""
        from tests.campaign.town import Town, hurry
        from tests.campaign.warmth import preload

        _seal_off(folder)
        preload()
        hurry()
        self._folder = folder
        self._args = args
        self._plans = plans
        self._town = Town.build(folder / "town")
        self._town.warm_up()

    def run(self) -> int:
        """Run all plans, stopping at the first violation when a rule is broken on purpose."""
        from tests.campaign.report import add, commit_of, read, summary, table, told_of

        broken, report = self._args.broken, self._args.report
        commit = commit_of(Path(__file__).parents[2])
        told = read(report, commit, broken) if report else []
        known = {run["seed"] for run in told}
        found = any(run["violations"] for run in told)
        for plan in self._plans:
            if plan.seed in known:
                continue
            outcome = self._one(plan)
            _show(outcome)
            told.append(told_of(outcome, commit, broken))
            if report:
                add(report, told[-1])
            found = found or (_proof(outcome) if broken else bool(outcome.violations))
            if broken and found:
                break
        _print(table(told))
        _print(f"{commit}: {summary(told)}".removeprefix(": "))
        if broken:
            _print(f"broken on purpose: {broken}: {'found' if found else 'NOT FOUND'} in {len(told)} runs")
        return int(found is not bool(broken))

    def _one(self, plan: Plan) -> Outcome:
        from tests.campaign.judging import judged

        folder = self._folder / f"run-{plan.seed}"
        folder.mkdir()
        tell: Callable[[str], None] = _print if self._args.replay is not None else (lambda words: None)
        return judged(self._town, plan, folder, tell, broken=self._args.broken, keep=self._args.keep)


def _show(outcome: Outcome) -> None:
    _print(outcome.sentence)
    for violation in outcome.violations:
        _print(f"    {violation}")
    if outcome.folder:
        _print(f"    evidence: {outcome.folder}")


def _proof(outcome: Outcome) -> bool:
    """True when more was seen than that it took too long, which a machine under load explains."""
    return any(violation.words != SLOW for violation in outcome.violations)


if __name__ == "__main__":
    sys.exit(main())
