"""A way of reading in a process of its own, asked page by page, its memory watched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

_SAMPLE_S = 0.05
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


class Said(NamedTuple):
    """What a way says about one field."""

    value: str = ""
    confidence: float = 0.0
    valid: bool = False
    evidence: float = 0.0
    checks: tuple[str, ...] = ()


class WayMissing(RuntimeError):
    """This way of reading is not installed here."""


class Reader:
    """The process of one way; `close` ends it and returns the peak of its memory in MB."""

    def __init__(self, way: str) -> None:
        """Start the process and wait until it is ready.

        Raises:
            WayMissing: something it needs is not installed.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.ocr_ways", way],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | _ONE_THREAD, text=True, encoding="utf-8",
        )  # fmt: skip
        self._peak_kb = 0
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._watched, daemon=True)
        said = self._answer()
        if "missing" in said:
            self._process.wait()
            raise WayMissing(said["missing"])
        self._watch.start()

    def read(self, file: Path, kind: str) -> tuple[dict[str, Said], float, str]:
        """Return the fields, their CPU seconds, and why nothing was read."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"file": str(file), "kind": kind}) + "\n")
        self._process.stdin.flush()
        said = self._answer()
        fields = {
            name: Said(str(value), float(sure), bool(valid), float(evidence), tuple(checks))
            for name, (value, sure, valid, evidence, checks) in said["fields"].items()
        }
        return fields, float(said["cpu_s"]), str(said["reason"])

    def close(self) -> float:
        """End the process."""
        self._peak_kb = max(self._peak_kb, _status_kb(self._process.pid, "VmHWM"))
        self._closing.set()
        self._watch.join()
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        return self._peak_kb / 1024

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of a way ended with {self._process.wait()}")
        return json.loads(line)

    def _watched(self) -> None:
        """A process that lives shorter than a sample is missed; the recognisers' live for many."""
        while not self._closing.wait(_SAMPLE_S):
            family = [self._process.pid, *_children(self._process.pid)]
            self._peak_kb = max(self._peak_kb, sum(_status_kb(pid, "VmRSS") for pid in family))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found + [grandchild for child in found for grandchild in _children(child)]


def _status_kb(pid: int, entry: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{entry}:")), 0)
