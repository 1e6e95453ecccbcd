"""What is printed of the readings of many pages."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.ocr_odd import OddResult
from tests.bench.ocr_scores import EDGES, Page, Reliability, Result, Tally
from tests.bench.ocr_targets import Target


def show(results: Mapping[str, Result], *, verbose: bool) -> None:
    """Print the tables, a column for each way."""
    ways = list(results)
    _row("", ways)
    _row("fields read", [str(results[way].fields.all) for way in ways])
    _row("fields right, %", [f"{results[way].fields.percent:.2f}" for way in ways])
    _row("identity numbers right, %", [f"{results[way].identities.percent:.2f}" for way in ways])
    _row("pages wholly right, %", [f"{results[way].pages.percent:.1f}" for way in ways])
    _row("fields left empty", [str(results[way].empty) for way in ways])
    _row("wrong and sure, per 1000", [f"{results[way].wrong_and_sure_per_1000:.2f}" for way in ways])
    _row("  95 % certain: below", [f"{results[way].wrong_and_sure_bound:.2f}" for way in ways])
    _row("right but doubtful, fields", [str(results[way].doubtful_but_right) for way in ways])
    _row("CPU s a card, median / p95", [_pair(results[way].card_cpu_s) for way in ways])
    _row("CPU s a page, median / p95", [_pair(results[way].page_cpu_s) for way in ways])
    _row("peak memory, MB", [f"{results[way].peak_mb:.0f}" for way in ways])
    _row("kinds without a reader", [str(len(results[way].unread_kinds)) for way in ways])
    _reliability(results)
    _tables("by kind: fields right, %", {way: results[way].by_kind for way in ways})
    if verbose:
        _tables("by the way it came: fields right, %", {way: results[way].by_way for way in ways})
        _tables("by field: right, %", {way: results[way].by_field for way in ways})


def show_odd(odd: Mapping[str, Mapping[str, OddResult]]) -> None:
    """Print what was claimed of pages that are not to be read, or not wholly."""
    sys.stdout.write(
        "\nodd pages: fields wrong and sure, of those that say something (and the reason given)\n"
    )
    for name, ways in odd.items():
        _row(name, [str(result) for result in ways.values()], width=38)


def show_targets(targets: Sequence[Target]) -> None:
    """Print what was to be reached, and whether it was."""
    sys.stdout.write("\ntargets\n")
    for one in targets:
        got = "-" if one.got is None else f"{one.got:g}"
        sys.stdout.write(
            f"{one.name:40}{one.wanted:>10}{got:>12}  {one.verdict:8}{one.remark}".rstrip() + "\n"
        )


def write_misread(file: Path, read: Mapping[str, Sequence[Page]]) -> None:
    """List every field that was not read right: a line of tab-separated columns each."""
    with file.open("w", encoding="utf-8") as out:
        out.write("way\tkind\tcame\tseed\tfield\twanted\tread\tconfidence\tvalid\n")
        for way, pages in read.items():
            for page in pages:
                for one in page.fields:
                    if not one.is_right:
                        cells = (
                            way, page.kind, page.way_it_came, page.seed, one.name, one.wanted, one.value,
                            f"{one.confidence:.3f}", one.valid,
                        )  # fmt: skip
                        out.write("\t".join(str(cell) for cell in cells) + "\n")


def _reliability(results: Mapping[str, Result]) -> None:
    sys.stdout.write("\nhow sure against how right (fields that say something): said, right, fields\n")
    for index, least in enumerate(EDGES):
        rows = [result.reliability[index] for result in results.values()]
        _row(f"confidence {least:g} to {(*EDGES[1:], 1)[index]:g}", [_said(row) for row in rows], width=26)
    errors = [f"{result.calibration_error:.4f}" for result in results.values()]
    _row("expected calibration error", errors, width=26)


def _said(row: Reliability) -> str:
    return f"{row.said:.3f}, {row.share:.3f}, {row.count}" if row.count else "-"


def _tables(title: str, tallies: Mapping[str, Mapping[str, Tally]]) -> None:
    sys.stdout.write(f"\n{title}\n")
    for key in dict.fromkeys(key for tally in tallies.values() for key in tally):
        # The peers may have been given a share of the pages only.
        found = [tally.get(key) for tally in tallies.values()]
        _row(key, [f"{one.percent:.1f}" if one else "-" for one in found])


def _pair(seconds: tuple[float, float]) -> str:
    return f"{seconds[0]:.2f} / {seconds[1]:.2f}"


def _row(title: str, cells: Sequence[str], width: int = 18) -> None:
    sys.stdout.write(f"{title:40}" + "".join(f"{cell:>{width}}" for cell in cells) + "\n")
