"""How many fields of specimen papers are read right, how many wrong ones go unflagged, at what cost.

Papers of every kind, of invented people and in many looks, scanned, copied and photographed as at a counter,
150 to 300 dpi. Each way of reading sits alone in a process and gets every page: plain pytesseract on the
whole page with regular expressions; RapidOCR's whole pipeline with the same; ours without and with the
extra. CPU seconds include the recognisers' processes; memory is the peak of the process and its children.
A kind that a way cannot read counts as not read right. Odd pages (mirrored, half outside, two cards, a cat)
come last: nothing on them may be shown as sure that is not there.

    python tests/bench/bench_ocr.py [--each 100] [--seed N] [--ways W,...] [--kinds K,...] [--come C,...]
                                    [--papers ours|strangers] [--odd 5] [--verbose] [--misread FILE]
                                    [--keep FOLDER] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from tests.bench.ocr_odd import OddResult, judge_odd
from tests.bench.ocr_papers import PAPERS, Papers
from tests.bench.ocr_reader import Reader, WayMissing
from tests.bench.ocr_scores import Field, Page, Result, Tally, result_of
from tests.bench.ocr_ways import WAYS
from workstation.training.specimens import every

_GOOD_JPEG = 92


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a specimen and what it says."""

    specimen: every.Specimen
    way_it_came: str
    seed: int
    file: Path


def shots(args: argparse.Namespace, folder: Path) -> Iterator[Shot]:
    """Yield `args.each` pictures of each kind, one file at a time."""
    papers: Papers = args.papers
    for step in range(args.each):
        for index, kind in enumerate(papers.kinds):
            if kind not in args.kinds:
                continue
            own = (args.seed * 10_000 + step) * 100 + index
            way = args.come[step % len(args.come)] if args.come else papers.way_for(own)
            drawn = papers.specimen(kind, own, papers.dpi_for(own))
            file = folder / f"{kind}-{step}-{way}.jpg"
            _save(papers.as_it_comes(drawn.picture, own, way), file)
            yield Shot(drawn, way, own, file)


def _save(picture: Image.Image, file: Path) -> None:
    """Keep the resolution where the picture knows one."""
    named = {"dpi": picture.info["dpi"]} if "dpi" in picture.info else {}
    picture.save(file, quality=_GOOD_JPEG, **named)


def page_of(shot: Shot, answer: dict[str, tuple[str, float, bool]], cpu_s: float) -> Page:
    """Judge one answer."""
    kind = shot.specimen.kind
    fields = tuple(
        Field(kind, name, wanted, *answer.get(name, ("", 0.0, False)))
        for name, wanted in shot.specimen.truth.items()
        # What stands empty on the paper counts only where something was read into it.
        if wanted or answer.get(name, ("",))[0]
    )
    return Page(kind, shot.way_it_came, shot.seed, fields, cpu_s, bool(answer))


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that was read."""

    pages: dict[str, list[Page]]
    peak_mb: dict[str, float]
    odd: dict[str, dict[str, OddResult]]


def readers_of(ways: Sequence[str]) -> dict[str, Reader]:
    """Start the ways that are installed here."""
    readers: dict[str, Reader] = {}
    for way in ways:
        try:
            readers[way] = Reader(way)
        except WayMissing as missing:
            sys.stdout.write(f"{way}: not available here ({missing})\n")
    return readers


def run(args: argparse.Namespace, folder: Path) -> Run:
    """Let every way read every page."""
    readers = readers_of(args.ways)
    pages: dict[str, list[Page]] = {way: [] for way in readers}
    for shot in shots(args, folder):
        for way, reader in readers.items():
            answer, cpu_s, _ = reader.read(shot.file, shot.specimen.kind)
            pages[way].append(page_of(shot, answer, cpu_s))
        if not args.keep:
            shot.file.unlink()
    strange = judge_odd(readers, args.odd, args.seed, folder)
    return Run(pages, {way: reader.close() for way, reader in readers.items()}, strange)


def show(results: dict[str, Result], verbose: bool) -> None:
    """Print the tables."""
    ways = list(results)
    _row("", ways)
    _row("fields right, %", [f"{results[way].fields.percent:.2f}" for way in ways])
    _row("identity numbers right, %", [f"{results[way].identities.percent:.2f}" for way in ways])
    _row("pages wholly right, %", [f"{results[way].pages.percent:.1f}" for way in ways])
    _row("fields left empty", [str(results[way].empty) for way in ways])
    _row("wrong and sure, per 1000", [f"{results[way].wrong_and_sure_per_1000:.2f}" for way in ways])
    _row("right but doubtful, fields", [str(results[way].doubtful_but_right) for way in ways])
    _row("CPU s a card, median / p95", [_pair(results[way].card_cpu_s) for way in ways])
    _row("CPU s a page, median / p95", [_pair(results[way].page_cpu_s) for way in ways])
    _row("peak memory, MB", [f"{results[way].peak_mb:.0f}" for way in ways])
    _row("kinds without a reader", [str(len(results[way].unread_kinds)) for way in ways])
    sys.stdout.write("\nhow sure against how right (fields that say something)\n")
    for index in range(10):
        row = [results[way].reliability[index] for way in ways]
        texts = [f"{100 * right / count:.1f} % of {count}" if count else "-" for _, count, right in row]
        _row(f"confidence {index / 10:.1f} to {(index + 1) / 10:.1f}", texts)
    _tables("by kind: fields right, %", {way: results[way].by_kind for way in ways})
    if verbose:
        _tables("by the way it came: fields right, %", {way: results[way].by_way for way in ways})
        _tables("by field: right, %", {way: results[way].by_field for way in ways})


def show_odd(odd: dict[str, dict[str, OddResult]]) -> None:
    """Print what was claimed of pages that are not to be read, or not wholly."""
    sys.stdout.write(
        "\nodd pages: fields wrong and sure, of those that say something (and the reason given)\n"
    )
    for name, ways in odd.items():
        _row(name, [str(result) for result in ways.values()], width=38)


def _tables(title: str, tallies: dict[str, dict[str, Tally]]) -> None:
    sys.stdout.write(f"\n{title}\n")
    for key in next(iter(tallies.values())):
        _row(key, [f"{tally[key].percent:.1f}" for tally in tallies.values()])


def _pair(seconds: tuple[float, float]) -> str:
    return f"{seconds[0]:.2f} / {seconds[1]:.2f}"


def _row(title: str, cells: Sequence[str], width: int = 18) -> None:
    sys.stdout.write(f"{title:40}" + "".join(f"{cell:>{width}}" for cell in cells) + "\n")


def write_misread(file: Path, read: dict[str, list[Page]]) -> None:
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


def _names(allowed: Sequence[str], text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    unknown = set(names) - set(allowed)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(allowed)}")
    return names


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=100, help="specimens of each kind")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="default: the clock's")
    parser.add_argument("--ways", default=",".join(WAYS), help=", ".join(WAYS))
    parser.add_argument("--papers", default="ours", choices=tuple(PAPERS), help="who draws them")
    parser.add_argument("--kinds", default="", help="all when empty")
    parser.add_argument("--come", default="", help="how papers come, in turn; a mixture when empty")
    parser.add_argument("--odd", type=int, default=5, help="odd pages of each sort; 0 for none")
    parser.add_argument("--verbose", action="store_true", help="tables by field and by how the paper came")
    parser.add_argument("--misread", type=Path, help="list every field that was not right")
    parser.add_argument("--keep", type=Path, help="leave the pictures in this folder")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    args.papers = PAPERS[args.papers]()
    args.ways = _names(list(WAYS), args.ways)
    args.kinds = _names(args.papers.kinds, args.kinds) or list(args.papers.kinds)
    args.come = _names(args.papers.ways, args.come)
    return args


def main() -> int:
    """Run and print."""
    args = arguments()
    sys.stdout.write(f"seed {args.seed}, {args.each} of each of {len(args.kinds)} kinds\n")
    with tempfile.TemporaryDirectory(prefix="bench-ocr-") as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        read = run(args, folder)
    results = {way: result_of(pages, read.peak_mb[way]) for way, pages in read.pages.items()}
    show(results, args.verbose)
    if args.odd:
        show_odd(read.odd)
    if args.misread:
        write_misread(args.misread, read.pages)
    if args.json:
        table = {way: result.as_json() for way, result in results.items()}
        odd = {name: {way: asdict(one) for way, one in ways.items()} for name, ways in read.odd.items()}
        whole = {"benchmark": "ocr", "seed": args.seed, "each": args.each, "ways": table, "odd": odd}
        args.json.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
