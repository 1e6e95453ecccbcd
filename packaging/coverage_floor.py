"""Fails when the tests cover too little of the packages that carry the rules and the delivery.

Reads the combined data file of coverage.py in the current folder; a package without code passes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage

FLOOR_PERCENT = 90.0
PACKAGES = ("workstation/domain", "workstation/services", "sync")


def summaries() -> dict[str, tuple[int, int]]:
    """Return, for each measured file, (covered, all) statements."""
    coverage = Coverage(messages=False)
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(report), ignore_errors=True)
        files = json.loads(report.read_text("utf-8"))["files"]
    return {
        name: (entry["summary"]["covered_lines"], entry["summary"]["num_statements"])
        for name, entry in files.items()
    }


def main() -> int:
    """Print one line a package; return 1 when one is under the floor."""
    files = summaries()
    low = False
    for package in PACKAGES:
        inside = [counts for name, counts in files.items() if name.startswith(f"{package}/")]
        covered, total = (sum(column) for column in zip((0, 0), *inside, strict=True))
        percent = 100 * covered / total if total else 100.0
        low |= percent < FLOOR_PERCENT
        print(f"coverage {package:<22} {percent:5.1f} %  ({covered} of {total} statements)")  # noqa: T201
    if low:
        print(f"coverage is under {FLOOR_PERCENT:.0f} %")  # noqa: T201
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
