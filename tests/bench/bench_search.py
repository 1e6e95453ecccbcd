"""What a key costs in the item search of a large pack, against Textual's fuzzy matcher in the same run.

Both search the same names of a generated pack. Each query is typed key by key; every key is one search. The
matcher knows no pinyin: for letters it is given the names spelt out, which is what a plain palette could do.

    python tests/bench/bench_search.py [--items 2500] [--rounds 5] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from textual.fuzzy import Matcher

from tests.catalogue.packs import many_items
from workstation.catalogue.listing import names_of
from workstation.catalogue.pinyin import search_keys
from workstation.catalogue.search import SearchIndex

QUERIES = ("老年人优待", "居住证", "jlyd", "laonianren", "yinhang", "cqhl", "老nr", "44200000", "gtgsh bian")
BUDGET_MS = 30.0
"""A key must feel immediate: search and drawing together stay under 100 ms."""


@dataclass(frozen=True)
class Figure:
    """One query, typed key by key."""

    query: str
    median_ms: float
    slowest_ms: float
    matcher_ms: float
    ratio: float
    """Index to matcher; below 1 the index is faster."""


def run(count: int, rounds: int) -> tuple[float, list[Figure]]:
    """Return the milliseconds of building the index from stored keys, and the figures."""
    items = tuple(replace(item, search_keys=search_keys(item)) for item in many_items(count))
    start = time.perf_counter()
    index = SearchIndex(items)
    build_ms = (time.perf_counter() - start) * 1000
    names = [name for item in items for name in names_of(item)]
    spelt = [re.sub(r"[^a-z ]", "", key.replace("/", " ")) for item in items for key in item.search_keys]
    return build_ms, [_figure(query, index, names, spelt, rounds) for query in QUERIES]


def _figure(query: str, index: SearchIndex, names: list[str], spelt: list[str], rounds: int) -> Figure:
    typed = [query[:end] for end in range(1, len(query) + 1)]
    candidates = spelt if query.replace(" ", "").isascii() and not query.isdigit() else names
    ours = [min(times) for times in zip(*(_type(typed, index) for _ in range(rounds)), strict=True)]
    theirs = [_timed(_match, text, candidates) for text in typed]
    ratio = median(ours) / median(theirs)
    return Figure(
        query, round(median(ours), 2), round(max(ours), 2), round(median(theirs), 2), round(ratio, 3)
    )


def _type(typed: list[str], index: SearchIndex) -> list[float]:
    """Return the milliseconds of each key; the index may narrow what the key before found, as in use."""
    index.find("0")  # another query, so that the first key starts afresh
    return [_timed(index.find, text) for text in typed]


def _match(query: str, names: list[str]) -> list[float]:
    matcher = Matcher(query)
    return sorted((score for name in names if (score := matcher.match(name))), reverse=True)[:50]


def _timed(search: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    search(*arguments)
    return (time.perf_counter() - start) * 1000


def table(figures: list[Figure]) -> str:
    """Return the figures as a table."""
    lines = [f"{'median ms':>10}{'slowest':>9}{'matcher':>9}{'ratio':>8}  query, key by key"]
    for one in figures:
        times = f"{one.median_ms:>10.2f}{one.slowest_ms:>9.2f}{one.matcher_ms:>9.2f}{one.ratio:>8.3f}"
        lines.append(f"{times}  {one.query}")
    return "\n".join(lines)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=2_500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    build_ms, figures = run(given.items, given.rounds)
    slowest = max(figure.slowest_ms for figure in figures)
    sys.stdout.write(table(figures) + "\n")
    sys.stdout.write(f"index built in {build_ms:.0f} ms; slowest key {slowest:.1f} of {BUDGET_MS:.0f} ms\n")
    document = {
        "benchmark": "search",
        "items": given.items,
        "build_ms": round(build_ms, 1),
        "slowest_key_ms": slowest,
        "budget_ms": BUDGET_MS,
        "figures": [asdict(figure) for figure in figures],
    }
    text = json.dumps(document, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
