"""The pages of several runs in one file, so that a long benchmark can be run kind by kind and added up.

A line of JSON each: a page as one way read it, or the memory that a way took. A page that stands there twice
counts as it was read last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.ocr_scores import Field, Page


@dataclass
class Records:
    """What was read so far."""

    pages: dict[str, list[Page]] = field(default_factory=dict)
    """By way."""
    peak_mb: dict[str, float] = field(default_factory=dict)


def append(
    file: Path, pages: Mapping[str, Sequence[Page]] | None = None, peak_mb: Mapping[str, float] | None = None
) -> None:
    """Add pages and memory to `file`, which need not be there yet."""
    lines: list[Mapping[str, object]] = [
        {"way": way, "page": asdict(page)} for way, read in (pages or {}).items() for page in read
    ]
    lines += [{"way": way, "peak_mb": round(peak, 1)} for way, peak in (peak_mb or {}).items()]
    with file.open("a", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def load(file: Path) -> Records:
    """Return all runs of `file`."""
    pages: dict[str, dict[tuple[str, str, str, int], Page]] = {}
    peaks: dict[str, float] = {}
    for line in file.read_text("utf-8").splitlines():
        entry = json.loads(line)
        way = entry["way"]
        if "peak_mb" in entry:
            peaks[way] = max(peaks.get(way, 0.0), entry["peak_mb"])
            continue
        page = _page(entry["page"])
        pages.setdefault(way, {})[page.key] = page
    return Records({way: list(found.values()) for way, found in pages.items()}, peaks)


def _page(entry: dict[str, Any]) -> Page:
    fields = tuple(Field(**{**one, "checks": tuple(one["checks"])}) for one in entry["fields"])
    return Page(**{**entry, "fields": fields})
