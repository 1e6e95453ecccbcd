"""How much memory the interface process holds while lesson one is driven over the real screens.

The lesson runs as its own process; its resident memory is read from /proc ten times a second, and so is that
of the children it starts (scanner driver, OCR engine, the drawing of specimens), which are counted apart.
Practice has the back office in the same process, so the figure includes the gateway that a real window never
runs.

    python tests/bench/bench_memory.py [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET_MB = 200
INTERVAL_S = 0.1
LAST = 10
"""Samples at the end, a second: the very last ones may fall into the taking down of the process."""


@dataclass
class Watch:
    """Resident memory in MiB, as the samples came."""

    interface: list[float] = field(default_factory=list)
    highest_mb: float = 0.0
    """The kernel's own high-water mark of the interface process."""
    children: dict[str, float] = field(default_factory=dict)
    """Highest sample of each kind of child, by program name."""

    def sample(self, pid: int) -> None:
        """Read the process and its children once; one that just ended is passed over."""
        values = _status(pid)
        if "VmRSS" not in values:
            return
        self.interface.append(_mb(values["VmRSS"]))
        self.highest_mb = _mb(values["VmHWM"])
        for child in _descendants(pid):
            status = _status(child)
            if "VmRSS" in status:
                name = status["Name"]
                self.children[name] = max(self.children.get(name, 0.0), _mb(status["VmRSS"]))


def run(folder: str) -> Watch:
    """Drive the lesson and watch it.

    Raises:
        SystemExit: the lesson failed.
    """
    environment = {**os.environ, "WORKSTATION_DATA": f"{folder}/data"}
    environment["WORKSTATION_CONFIG"] = f"{folder}/none.toml"
    command = [sys.executable, "-m", "workstation.cli", "demo", "--headless"]
    output = Path(folder) / "lesson.txt"
    watch = Watch()
    with output.open("w", encoding="utf-8") as shown:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=shown, stderr=shown)
        while process.poll() is None:
            watch.sample(process.pid)
            time.sleep(INTERVAL_S)
    if process.returncode != 0:
        raise SystemExit(f"the lesson failed:\n{output.read_text('utf-8')[-2000:]}")
    return watch


def _status(pid: int) -> dict[str, str]:
    try:
        text = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text("utf-8").split()
        except OSError:
            continue
        for child in map(int, children):
            found += [child, *_descendants(child)]
    return found


def _mb(value: str) -> float:
    return round(int(value.split()[0]) / 1024, 1)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        watch = run(folder)
    end = max(watch.interface[-LAST:])
    sys.stdout.write(f"{'MiB':>8}  interface process, gateway of the practice included\n")
    sys.stdout.write(f"{end:>8.1f}  at the end of the lesson, target {TARGET_MB}\n")
    sys.stdout.write(f"{watch.highest_mb:>8.1f}  highest\n")
    for name, value in sorted(watch.children.items()):
        sys.stdout.write(f"{value:>8.1f}  child process {name}, highest, not counted above\n")
    document = {
        "benchmark": "memory",
        "end_mb": end,
        "highest_mb": watch.highest_mb,
        "target_mb": TARGET_MB,
        "children_mb": watch.children,
        "gateway_in_process": True,
    }
    text = json.dumps(document, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
