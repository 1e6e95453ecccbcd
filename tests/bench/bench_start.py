"""How long until the clerk sees the unlock screen, against a trivial Textual app in the same run.

Both run in a real pseudo-terminal of 140 x 44 that answers what a terminal is asked (DA1, cell size,
synchronised output). The time runs from the start of the process to the first whole frame: the word looked
for and the last row of the screen have both been written.

    python tests/bench/bench_start.py [--runs 12] [--json FILE]
"""

from __future__ import annotations

import argparse
import compileall
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROWS, COLUMNS = 44, 140
TARGET = 1.5
PATIENCE_S = 30.0
ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[16t": b"\x1b[6;20;10t",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
"""What a terminal without pixels answers: device attributes, cell size, synchronised output known."""
LAST_ROW = f"\x1b[{ROWS};1H".encode()
TRIVIAL = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Trivial(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("FIRST-FRAME")

Trivial().run()
"""
TITLE = "综合窗口工作站"


@dataclass(frozen=True)
class Figure:
    """One program."""

    name: str
    runs: int
    median_s: float
    fastest_s: float
    slowest_s: float


def first_frame(command: list[str], word: str, environment: dict[str, str]) -> float:
    """Return the seconds from exec to `word` on the screen; the process is ended after that.

    Raises:
        SystemExit: the word never came.
    """
    started = time.monotonic()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(command[0], command, environment)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, COLUMNS * 10, ROWS * 20))
        return _watch(terminal, word.encode(), started)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _watch(terminal: int, word: bytes, started: float) -> float:
    seen = b""
    answered: set[bytes] = set()
    while time.monotonic() < started + PATIENCE_S:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            break
        at = time.monotonic()
        for question, answer in ANSWERS.items():
            if question in seen and question not in answered:
                answered.add(question)
                os.write(terminal, answer)
        if word in seen and LAST_ROW in seen:
            return at - started
    raise SystemExit(f"{word.decode()} was never seen; the last output: {seen[-2000:]!r}")


def run(runs: int) -> list[Figure]:
    """Measure both programs in turn, `runs` times, after one run that warms the disk."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(folder)
        trivial = Path(folder) / "trivial.py"
        trivial.write_text(TRIVIAL, encoding="utf-8")
        programs: dict[str, Callable[[], float]] = {
            "trivial Textual app": lambda: first_frame(
                [sys.executable, str(trivial)], "FIRST-FRAME", environment
            ),
            "workstation": lambda: first_frame([sys.executable, "-m", "workstation.cli"], TITLE, environment),
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        for turn in range(runs + 1):
            for name, measure in programs.items():
                seconds = measure()
                if turn:
                    times[name].append(seconds)
    return [_figure(name, seconds) for name, seconds in times.items()]


def _figure(name: str, seconds: list[float]) -> Figure:
    three = (round(value, 3) for value in (median(seconds), min(seconds), max(seconds)))
    return Figure(name, len(seconds), *three)


def _environment(folder: str) -> dict[str, str]:
    """Return what both programs see: no settings, an empty data folder, byte code allowed."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
        "WORKSTATION_DATA": f"{folder}/data",
        "WORKSTATION_CONFIG": f"{folder}/none.toml",
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    for package in ("workstation", "scanners", "ocr", "sync"):
        compileall.compile_dir(ROOT / package, quiet=2)
    figures = run(given.runs)
    ratio = round(figures[1].median_s / figures[0].median_s, 2)
    sys.stdout.write(f"{'median s':>9}{'fastest':>9}{'slowest':>9}{'runs':>6}  to the first frame\n")
    for one in figures:
        line = f"{one.median_s:>9.3f}{one.fastest_s:>9.3f}{one.slowest_s:>9.3f}{one.runs:>6}  {one.name}"
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"ratio {ratio:.2f}, target {TARGET}\n")
    document = {
        "benchmark": "start",
        "ratio": ratio,
        "target": TARGET,
        "figures": [asdict(figure) for figure in figures],
    }
    text = json.dumps(document, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
