"""Makes `ocr/calibration.json` anew from the pages of benchmark runs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ocr.calibration import Group, Samples, Step, fitted, group_of
from tests.bench.ocr_scores import Page

TABLE = Path(__file__).parents[2] / "ocr" / "calibration.json"
_WAYS = {"ours+extra": "lines", "ours": "words"}
_TOGETHER = frozenset(Group) - {Group.FAILED, Group.REPAIRED}
"""Groups that say something about each other; what a check spoke against is another matter."""


def fit(pages: Mapping[str, Sequence[Page]], table: Path = TABLE) -> dict[str, dict[Group, list[Step]]]:
    """Write the steps that the readings of our ways are worth; a way that was not run keeps its steps."""
    present = json.loads(table.read_text("utf-8")) if table.exists() else {"from": {}, "steps": {}}
    found: dict[str, dict[Group, list[Step]]] = {}
    for way, name in _WAYS.items():
        if not pages.get(way):
            continue
        samples = samples_of(pages[way])
        everything = [one for group in _TOGETHER for one in samples.get(group, ())]
        found[name] = {
            group: fitted(samples[group], everything if group in _TOGETHER else ())
            for group in Group
            if samples.get(group)
        }
        present["steps"][name] = {
            group: [[step.evidence, step.said, step.right, step.count] for step in steps]
            for group, steps in found[name].items()
        }
        present["from"][name] = {
            "pages": len(pages[way]),
            "fields": sum(map(len, samples.values())),
            "generators": sorted({page.drawn_by for page in pages[way]}),
        }
    table.write_text(_written(present), encoding="utf-8")
    return found


def samples_of(pages: Iterable[Page]) -> Mapping[Group, Samples]:
    """Return evidence and rightness of every field that says something, by group."""
    samples: dict[Group, list[tuple[float, bool]]] = defaultdict(list)
    for page in pages:
        for one in page.fields:
            if one.value:
                samples[group_of(one.checks)].append((one.evidence, one.is_right))
    return samples


def _written(table: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str:
    """Write a line a group, so that a new fit can be compared with the old one."""
    ways = []
    for way, groups in table["steps"].items():
        lines = [f'   "{group}": {json.dumps(steps)}' for group, steps in groups.items()]
        ways.append(f'  "{way}": {{\n' + ",\n".join(lines) + "\n  }")
    head = '{\n "columns": ["evidence from", "confidence said", "right", "of"],\n "from": '
    return head + json.dumps(table["from"]) + ',\n "steps": {\n' + ",\n".join(ways) + "\n }\n}\n"
