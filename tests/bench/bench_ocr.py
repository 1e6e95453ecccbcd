"""How many fields of specimen papers are read right, how many wrong ones go unflagged, at what cost.

Papers of every kind, of invented people and in many looks, scanned, copied and photographed as at a counter,
150 to 300 dpi. Each way of reading sits alone in a process and gets every page: plain pytesseract on the
whole page with regular expressions; RapidOCR's whole pipeline with the same; ours without and with the
extra. CPU seconds include the recognisers' processes; memory is the peak of the process and its children.
A kind that a way cannot read counts as not read right. Odd pages (mirrored, half outside, two cards, a cat)
come last: nothing on them may be shown as sure that is not there. `--angles 7` adds cards turned by steps of
7 degrees all the way round.

A full run with the slow peers takes more than an hour. It can be run kind by kind and added up
(`--add FILE`; `--each 0 --odd 0 --add FILE` only prints the sum), and the peers may be given a share of the
pages. `--fit FILE` makes the table by which evidence is told as confidence anew from such a file.

    python tests/bench/bench_ocr.py [--each 100] [--peers-each N] [--seed N] [--ways W,...] [--kinds K,...]
                                    [--come C,...] [--papers ours|strangers] [--odd 5] [--angles 7]
                                    [--verbose] [--misread FILE] [--keep FOLDER] [--add FILE] [--json FILE]
    python tests/bench/bench_ocr.py --fit FILE
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PIL import Image

from tests.bench.ocr_angles import AngleResult, judge_angles
from tests.bench.ocr_fit import TABLE, fit
from tests.bench.ocr_odd import OddResult, judge_odd
from tests.bench.ocr_papers import PAPERS, Papers
from tests.bench.ocr_reader import Reader, Said, WayMissing
from tests.bench.ocr_records import Records, append, load
from tests.bench.ocr_report import show, show_odd, show_targets, write_misread
from tests.bench.ocr_scores import Field, Page, Result, result_of
from tests.bench.ocr_targets import targets_of
from tests.bench.ocr_ways import WAYS
from workstation.training.specimens import every

_GOOD_JPEG = 92
_SAY_EVERY_S = 20.0
PEERS = frozenset({"pytesseract", "rapidocr"})
"""Ways of others, which are slow: they may be given a share of the pages."""


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


def page_of(shot: Shot, answer: Mapping[str, Said], cpu_s: float) -> Page:
    """Judge one answer."""
    kind = shot.specimen.kind
    fields = tuple(
        Field(kind, name, wanted, *answer.get(name, Said()))
        for name, wanted in shot.specimen.truth.items()
        # What stands empty on the paper counts only where something was read into it.
        if wanted or answer.get(name, Said()).value
    )
    return Page(kind, shot.way_it_came, shot.seed, fields, cpu_s, bool(answer))


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that was read."""

    pages: dict[str, list[Page]]
    peak_mb: dict[str, float]
    odd: dict[str, dict[str, OddResult]]
    angles: dict[str, dict[str, AngleResult]]


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
    """Let every way read every page, the peers their share of them."""
    readers = readers_of(args.ways)
    pages: dict[str, list[Page]] = {way: [] for way in readers}
    progress = Progress(args.each * len(args.kinds))
    shown = dict.fromkeys(args.kinds, 0)
    for shot in shots(args, folder):
        for way, reader in readers.items():
            if way in PEERS and shown[shot.specimen.kind] > args.peers_each:
                continue
            answer, cpu_s, _ = reader.read(shot.file, shot.specimen.kind)
            pages[way].append(replace(page_of(shot, answer, cpu_s), drawn_by=args.drawn_by))
            if args.add:
                # At once, so that a run that is broken off is not lost.
                append(args.add, {way: pages[way][-1:]})
        if not args.keep:
            shot.file.unlink()
        progress.step()
    strange = judge_odd(readers, args.odd, args.seed, folder)
    angles = judge_angles(readers, args.angles, args.seed, folder) if args.angles else {}
    peaks = {way: reader.close() for way, reader in readers.items()}
    if args.add:
        append(args.add, peak_mb=peaks)
    return Run(pages, peaks, strange, angles)


class Progress:
    """Says on the error output now and then how far a run is."""

    def __init__(self, pages: int) -> None:
        """Begin to count `pages`."""
        self._pages, self._done = pages, 0
        self._began = self._said = time.monotonic()

    def step(self) -> None:
        """Count a page."""
        self._done += 1
        now = time.monotonic()
        if now - self._said < _SAY_EVERY_S and self._done < self._pages:
            return
        self._said = now
        left_min = (now - self._began) / self._done * (self._pages - self._done) / 60
        sys.stderr.write(f"{self._done} of {self._pages} pages, about {left_min:.0f} min left\n")


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
    parser.add_argument("--peers-each", type=int, help="of these, how many the peers read; default: all")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="default: the clock's")
    parser.add_argument("--ways", default=",".join(WAYS), help=", ".join(WAYS))
    parser.add_argument("--papers", default="ours", choices=tuple(PAPERS), help="who draws them")
    parser.add_argument("--kinds", default="", help="all when empty")
    parser.add_argument("--come", default="", help="how papers come, in turn; a mixture when empty")
    parser.add_argument("--odd", type=int, default=5, help="odd pages of each sort; 0 for none")
    parser.add_argument("--angles", type=int, default=0, help="degrees between turned cards; none when 0")
    parser.add_argument("--verbose", action="store_true", help="tables by field and by how the paper came")
    parser.add_argument("--misread", type=Path, help="list every field that was not right")
    parser.add_argument("--keep", type=Path, help="leave the pictures in this folder")
    parser.add_argument("--add", type=Path, help="add the pages to this file, and count all that are in it")
    parser.add_argument("--fit", type=Path, help="make ocr/calibration.json from such a file, nothing else")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    args.drawn_by, args.papers = args.papers, PAPERS[args.papers]()
    args.ways = _names(list(WAYS), args.ways)
    args.kinds = _names(args.papers.kinds, args.kinds) or list(args.papers.kinds)
    args.come = _names(args.papers.ways, args.come)
    args.peers_each = args.each if args.peers_each is None else args.peers_each
    return args


def main() -> int:
    """Run and print."""
    args = arguments()
    if args.fit:
        fit(load(args.fit).pages)
        sys.stdout.write(f"{TABLE} is made anew\n")
        return 0
    read = _read(args)
    records = Records(read.pages, read.peak_mb)
    if args.add:
        records = load(args.add)
        sys.stdout.write(f"with all that is in {args.add}:\n")
    results = {way: result_of(pages, records.peak_mb.get(way, 0.0)) for way, pages in records.pages.items()}
    _tell(args, results, read, records)
    return 0


def _read(args: argparse.Namespace) -> Run:
    sys.stdout.write(f"seed {args.seed}, {args.each} of each of {len(args.kinds)} kinds\n")
    if args.peers_each < args.each:
        sys.stdout.write(f"{', '.join(sorted(PEERS))}: {args.peers_each} of each only\n")
    if not args.each and not args.odd and not args.angles:
        return Run({}, {}, {}, {})
    with tempfile.TemporaryDirectory(prefix="bench-ocr-") as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        return run(args, folder)


def _tell(args: argparse.Namespace, results: dict[str, Result], read: Run, records: Records) -> None:
    targets = targets_of(results, records.pages)
    show(results, verbose=args.verbose)
    if args.odd:
        show_odd(read.odd)
    for kind, ways in read.angles.items():
        sys.stdout.writelines(f"{kind} turned, {way}: {result}\n" for way, result in ways.items())
    show_targets(targets)
    if args.misread:
        write_misread(args.misread, records.pages)
    if args.json:
        whole = {
            "benchmark": "ocr", "seed": args.seed, "each": args.each, "peers_each": args.peers_each,
            "ways": {way: result.as_json() for way, result in results.items()},
            "odd": {name: {way: asdict(one) for way, one in ways.items()} for name, ways in read.odd.items()},
            "targets": [asdict(one) for one in targets],
        }  # fmt: skip
        args.json.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
