"""What a whole city pack costs: loading it, finding an item, opening one; against floors of the same run.

A pack of generated items (each as long as a real one) is written, signed and loaded from the disk. The floors
are what no program can do without: reading and hashing the same bytes, and parsing the same file as YAML.

    python tests/bench/bench_pack.py [--items 2500] [--rounds 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.bench.bench_search import QUERIES
from tests.catalogue.packs import many_items
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.search import SearchIndex
from workstation.catalogue.signing import Scope, TrustedKey, sign_pack
from workstation.domain.items import Item

TEMPLATE = "elder-courtesy-card.yaml"
SAMPLE = 40
"""Items opened, spread over the pack."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Figure:
    """One cost: ours, what the machine cannot do without, and what was promised."""

    what: str
    ms: float
    floor: str
    floor_ms: float
    ratio: float
    budget_ms: float


def write_pack(folder: Path, count: int) -> tuple[TrustedKey, ...]:
    """Write and sign a pack of `count` items, and return the keys that trust it."""
    source = bundled_pack()
    (folder / "items").mkdir(parents=True)
    for name in ("pack.yaml", "standards.yaml"):
        (folder / name).write_bytes((source / name).read_bytes())
    template = (source / "items" / TEMPLATE).read_text("utf-8")
    for number, item in enumerate(many_items(count)):
        (folder / "items" / f"item-{number:05d}.yaml").write_text(_written(template, item), "utf-8")
    key = Ed25519PrivateKey.generate()
    sign_pack(folder, key)
    return (TrustedKey(Scope.SAMPLE, "bench", key.public_key().public_bytes_raw()),)


def _written(template: str, item: Item) -> str:
    """Return the template with the codes and names of an item."""
    values = {name: getattr(item, name) for name in ("title", "plain_title", "main_item", "sub_item")}
    values |= {"code": f"'{item.code}'", "implementation_code": f"'{item.implementation_code}'"}
    lines = template.splitlines()
    for place, line in enumerate(lines):
        name, _, _ = line.partition(":")
        if name in values:
            lines[place] = f"{name}: {values[name]}"
    return "\n".join(lines) + "\n"


def run(count: int, rounds: int) -> list[Figure]:
    """Measure everything once in a pack of `count` items; each figure is the best of `rounds`."""
    with TemporaryDirectory(prefix="bench-pack-") as place:
        folder = Path(place) / "pack"
        keys = write_pack(folder, count)
        return [
            _loading(folder, keys, rounds),
            *_finding(folder, keys, rounds),
            *_opening(folder, keys, rounds),
        ]


def _loading(folder: Path, keys: tuple[TrustedKey, ...], rounds: int) -> Figure:
    ours = _best(lambda: load_pack(folder, trusted_keys=keys), rounds)
    return _figure(
        "load the pack", ours, "read and hash every file", _best(lambda: _hashed(folder), rounds), 1000
    )


def _hashed(folder: Path) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()]


def _finding(folder: Path, keys: tuple[TrustedKey, ...], rounds: int) -> list[Figure]:
    pack = load_pack(folder, trusted_keys=keys)
    text = (folder / "search.json").read_text("utf-8")
    floor = _best(lambda: json.loads(text), rounds)
    built = _best(lambda: SearchIndex(pack.items, pack.matters), rounds)
    index = SearchIndex(pack.items, pack.matters)
    keys_ms = [
        _best(lambda typed=query[:end]: _searched(index, typed), rounds)  # type: ignore[misc]
        for query in QUERIES
        for end in range(1, len(query) + 1)
    ]
    return [
        _figure("build the index", built, "parse search.json", floor, 1000),
        _figure("slowest key of a search", max(keys_ms), "parse search.json", floor, 30),
    ]


def _searched(index: SearchIndex, typed: str) -> None:
    """One key: find, and take what the list shows of each hit."""
    for hit in index.find(typed):
        _shown = (hit.listing.title, hit.listing.city, hit.listing.plain_title)


def _opening(folder: Path, keys: tuple[TrustedKey, ...], rounds: int) -> list[Figure]:
    pack = load_pack(folder, trusted_keys=keys)
    codes = [hit.code for hit in SearchIndex(pack.items).first(len(pack.items))]
    chosen = codes[:: max(1, len(codes) // SAMPLE)]
    pack.item(chosen[0])  # the first one also reads what all items share
    opened = [_best(lambda code=code: pack.item(code), 1) for code in chosen[1:]]  # type: ignore[misc]
    text = (folder / "items" / "item-00001.yaml").read_text("utf-8")
    floor = _best(lambda: yaml.load(text, Loader=_Loader), rounds)
    fresh = load_pack(folder, trusted_keys=keys)
    return [
        _figure("open the first item", _best(lambda: fresh.item(chosen[-1]), 1), "parse its YAML", floor, 50),
        _figure("open another item, slowest", max(opened), "parse its YAML", floor, 50),
    ]


def _best(action: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def _figure(what: str, ms: float, floor: str, floor_ms: float, budget_ms: float) -> Figure:
    return Figure(what, round(ms, 2), floor, round(floor_ms, 2), round(ms / floor_ms, 2), budget_ms)


def table(figures: list[Figure]) -> str:
    """Return the figures as a table."""
    lines = [f"{'ms':>9}{'budget':>8}{'floor':>9}{'ratio':>8}  what (floor)"]
    for one in figures:
        numbers = f"{one.ms:>9.2f}{one.budget_ms:>8.0f}{one.floor_ms:>9.2f}{one.ratio:>8.2f}"
        lines.append(f"{numbers}  {one.what} ({one.floor})")
    return "\n".join(lines)


def main() -> None:
    """Run and print; the exit code says whether every budget was kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=2_500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    figures = run(given.items, given.rounds)
    sys.stdout.write(table(figures) + "\n")
    document = {"benchmark": "pack", "items": given.items, "figures": [asdict(one) for one in figures]}
    text = json.dumps(document, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")
    raise SystemExit(int(any(one.ms > one.budget_ms for one in figures)))


if __name__ == "__main__":
    main()
