"""What running processes have spent of the processor, read from the kernel."""

from __future__ import annotations

import os
from pathlib import Path


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(processes: list[int]) -> float:
    """Return what processes have spent, with their children that have ended."""
    ticks = 0
    for pid in processes:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            ticks += sum(map(int, stat.read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
