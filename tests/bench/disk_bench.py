"""What benches of the disk share: a folder on the disk to measure, a table, a line of JSON."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Figure = TypeVar("Figure", bound="DataclassInstance")


def measure_disk(
    name: str,
    words: str,
    run: Callable[[Path, int], list[Figure]],
    table: Callable[[list[Figure]], str],
    *,
    rounds: int,
) -> None:
    """Run a bench in a new folder and print its figures.

    Args:
        name: of the bench, in its JSON.
        words: its help.
        run: given the folder and how many rounds.
        table: the figures for people.
        rounds: how many unless told.
    """
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--folder", type=Path, help="folder on the disk to measure")
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=given.folder))
    try:
        figures = run(folder, given.rounds)
    finally:
        shutil.rmtree(folder)
    sys.stdout.write(table(figures) + "\n")
    document = {"benchmark": name, "rounds": given.rounds, "figures": [asdict(one) for one in figures]}
    text = json.dumps(document, ensure_ascii=False) + "\n"
    if given.json is None:
        sys.stdout.write(text)
    else:
        given.json.write_text(text, encoding="utf-8")
