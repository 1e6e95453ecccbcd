"""How long the screens of the queue take to their first rows, with a long queue against a short one.

Both queues are measured in turns in one run; the ratio says what a queue a hundred times as long costs. The
first look is that of a program just started; the next ones are what every change of the line costs.

    python tests/bench/bench_queue.py [--short 100] [--long 10000] [--rounds 7] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.queued_store import window_with
from tests.services.conftest import Window
from workstation.services.overview import overview
from workstation.store.database import Group

LOOKS: dict[str, Callable[[Window], object]] = {
    "home: all its facts": lambda window: overview(window.desk),
    "queue: its first rows": lambda window: window.desk.queue.page(Group.EVERY),
    "lamp of the line": lambda window: window.desk.queue.standing(),
    "sender: what is due": lambda window: window.store.outbox.due(window.clock(), 20),
    "silence": lambda window: window.desk.silence.mark(),
}


def measured(window: Window, look: Callable[[Window], object]) -> float:
    """Return the milliseconds one look takes."""
    began = time.perf_counter()
    look(window)
    return (time.perf_counter() - began) * 1000


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", type=int, default=100)
    parser.add_argument("--long", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with ExitStack() as stack:
        windows = {}
        for length in (args.short, args.long):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            windows[length] = stack.enter_context(window_with(folder, length))
        report = {name: figures(windows, look, args.rounds) for name, look in LOOKS.items()}
    sys.stdout.write(table(report) + "\n")
    if args.json:
        args.json.write_text(json.dumps({"benchmark": "queue", "lengths": list(windows), "ms": report}))
    return 0


def table(report: dict[str, tuple[list[float], list[float]]]) -> str:
    """Return the figures as text."""
    heads = ("first", "first", "ratio", "next", "next", "ratio")
    lines = [f"{'ms':22s}" + "".join(f"{head:>10s}" for head in heads)]
    for name, (first, then) in report.items():
        cells = [*first, first[1] / first[0], *then, then[1] / then[0]]
        lines.append(f"{name:22s}" + "".join(f"{cell:10.2f}" for cell in cells))
    return "\n".join(lines)


def figures(
    windows: dict[int, Window], look: Callable[[Window], object], rounds: int
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of the first look and the median of the next ones, for each window."""
    first = [measured(window, look) for window in windows.values()]
    times = [[measured(window, look) for window in windows.values()] for _ in range(rounds)]
    return first, [median(column) for column in zip(*times, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
