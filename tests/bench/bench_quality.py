"""How many planted faults the quality gate finds, and how often it complains about a good page.

Pages of invented people and papers, drawn, laid on a glass, fed or photographed, with ten kinds of fault; as
many good ones beside them. Every page takes the way of the program: the darkroom's look at the reduced
picture, the recognition of the document, the fingerprint and the comparison of the pixels, the checklist's
rule for the number of pages. Limits were set on pages of another seed (`--seed tune`) than the figures are
printed of. As a floor stands what a scanner's own blank-page and brightness check would find.

    python tests/bench/bench_quality.py [--pages 40] [--clean 320] [--seed NAME] [--only KIND,] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from PIL import Image

from ocr import kinds
from ocr.engines.tesseract import TesseractEngine
from scanners.imaging import fingerprint, twins
from scanners.imaging.darkroom_child import reduction_for
from scanners.imaging.inspecting import inspect
from scanners.imaging.pictures import Picture, reduced
from scanners.imaging.port import PageReport
from scanners.imaging.render import quad_of, render, size_of_page
from tests.bench import faulty_pages as planting
from tests.bench import specimen_pages as specimens
from tests.bench.faulty_pages import Place, Shot
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.case import Entry, Opened, OriginalMarked, Page, PageAdded, Payload
from workstation.domain.checklist import Todo, checklist
from workstation.domain.facts import Custody
from workstation.domain.folding import fold
from workstation.domain.items import Item
from workstation.domain.kinds import OriginalRule
from workstation.domain.situations import When

KIND_DPI, DRAWN_DPI = 200, 300
KNOWN = ("id-card-front", "id-card-back", "household-register-page", "marriage-certificate")
COMPARED = 6
"""Pages of the same kind that a good page is compared with."""
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@dataclass
class Look:
    """What the chain made of one picture."""

    reports: Sequence[PageReport]
    pages: Sequence[Picture]
    """Each page as it is read, at the resolution it was judged at."""
    elapsed_ms: float

    @property
    def faults(self) -> set[str]:
        """All faults that the pictures show."""
        return {fault.value for report in self.reports for fault in report.faults}


@dataclass
class Tally:
    """One kind of fault."""

    planted: int = 0
    found: int = 0
    by_floor: int = 0
    elapsed_ms: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def count(self, name: str, found: bool, elapsed_ms: float = 0.0, by_floor: bool = False) -> None:
        """Add one page."""
        self.planted += 1
        self.found += found
        self.by_floor += by_floor
        self.elapsed_ms.append(elapsed_ms)
        if not found:
            self.missed.append(name)


def look(shot: Shot) -> Look:
    """Let the chain look at a picture as the darkroom does."""
    started = time.process_time()
    reduction = reduction_for(shot.dpi)
    small = reduced(shot.raw, reduction)
    report = inspect(small, round(shot.dpi / reduction))
    elapsed_ms = 1000 * (time.process_time() - started)
    return Look(report.pages, [_as_read(small, page) for page in report.pages], elapsed_ms)


def _as_read(small: Picture, page: PageReport) -> Picture:
    return render(small, quad_of(page.corners), page.size_px)


def floor(shot: Shot) -> set[str]:
    """Return what a scanner's own check finds: the mean and the spread of all grey levels."""
    grey = cv2.cvtColor(cv2.resize(shot.raw, (200, 280), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    found = {"TOO_DARK"} if grey.mean() < 80 else set()
    return found | ({"BLANK"} if grey.std() < 8 else set())


def lies_right(shot: Shot, seen: Look) -> bool:
    """Return whether the page's top left corner was told from its other three."""
    where = quad_of(seen.reports[0].corners) * reduction_for(shot.dpi)
    return int(np.argmin(np.linalg.norm(where - shot.corners[0], axis=1))) == 0


def guess_of(engine: TesseractEngine, shot: Shot, seen: Look) -> kinds.KindGuess:
    """Recognise the document as the program does: the page is cut out of the raw picture."""
    cut = quad_of(seen.reports[0].corners) * reduction_for(shot.dpi)
    size = size_of_page(cut)
    scale = min(1.0, KIND_DPI / shot.dpi)
    image = Image.fromarray(
        render(shot.raw, cut, size, room=(round(size[0] * scale), round(size[1] * scale)))
    )
    image.info["dpi"] = (round(shot.dpi * scale), round(shot.dpi * scale))
    return kinds.kind_of(engine, image)


def is_twin(one: Look, other: Look) -> bool:
    """Return whether two pictures are told to show one sheet."""
    near = fingerprint.alike(one.reports[0].fingerprint, other.reports[0].fingerprint)
    return near and twins.same_sheet(one.pages[0], other.pages[0])


PLANTED: dict[str, tuple[str, Callable[[random.Random], Shot]]] = {
    "blur": ("BLUR", planting.blurred),
    "cut edge": ("CUT_EDGE", planting.cut),
    "too dark": ("TOO_DARK", planting.darkened),
    "glare": ("GLARE", planting.glaring),
    "blank": ("BLANK", planting.blank),
}
CODES = {name: fault for name, (fault, _) in PLANTED.items()} | {
    "upside down": "UPSIDE_DOWN",
    "wrong side": "WRONG_SIDE",
    "wrong kind": "WRONG_KIND",
    "duplicate": "DUPLICATE",
    "page count": "page count",
}
"""What each kind of planted fault is called where it is found."""


def plant(count: int, seed: str, tallies: dict[str, Tally]) -> None:
    """Count the faults that one picture shows."""
    for name, (fault, make) in PLANTED.items():
        if name not in tallies:
            continue
        for index in range(count):
            shot = make(random.Random(f"{seed} {name} {index}"))
            seen = look(shot)
            tallies[name].count(
                f"{index} {shot.kind} {shot.dpi} dpi: {sorted(seen.faults)}",
                fault in seen.faults,
                seen.elapsed_ms,
                fault in floor(shot),
            )


def plant_turned(count: int, seed: str, tally: Tally) -> None:
    """Count pages that lie on their side or upside down; found: mended, or told to be uncertain."""
    for index in range(count):
        dice = random.Random(f"{seed} turned {index}")
        shot = planting.clean(
            dice, dice.choice(sorted(specimens.SHEETS | specimens.SMALL)), quarters=1 + index % 3
        )
        seen = look(shot)
        tally.count(f"{index} {shot.kind} {shot.dpi} dpi", lies_right(shot, seen), seen.elapsed_ms)


def plant_kinds(count: int, seed: str, engine: TesseractEngine, side: Tally, kind: Tally) -> None:
    """Count the other side of the right card, and another document than the slot asks for."""
    for index in range(count):
        dice = random.Random(f"{seed} kinds {index}")
        front = dice.random() < 0.5
        shown, wanted = ("id-card-front", "id-card-back") if front else ("id-card-back", "id-card-front")
        _count_clash(planting.clean(dice, shown), wanted, "side", engine, side)
        shown, wanted = dice.sample(KNOWN, 2)
        while {shown, wanted} == {"id-card-front", "id-card-back"}:
            shown, wanted = dice.sample(KNOWN, 2)
        _count_clash(planting.clean(dice, shown), wanted, "kind", engine, kind)


def _count_clash(shot: Shot, wanted: str, clash: str, engine: TesseractEngine, tally: Tally) -> None:
    seen = look(shot)
    started = time.perf_counter()
    guess = guess_of(engine, shot, seen)
    elapsed_ms = 1000 * (time.perf_counter() - started)
    tally.count(f"{shot.kind} for {wanted}: {guess}", kinds.clash([wanted], guess) == clash, elapsed_ms)


def plant_twins(count: int, seed: str, tally: Tally) -> None:
    """Count sheets that were scanned twice, each time another way."""
    every = specimens.SHEETS | specimens.SMALL
    for index in range(count):
        dice = random.Random(f"{seed} twins {index}")
        kind = sorted(every)[index % len(every)]
        sheet = every[kind](random.Random(dice.random()), DRAWN_DPI)
        shots = []
        for _ in range(2):
            scan = planting.scanned_at(sheet, planting.pick_dpi(dice))
            shots.append(planting.shoot(scan, kind, dice, Place(planting.some_way(dice, kind))))
        one, other = (look(shot) for shot in shots)
        started = time.process_time()
        found = is_twin(one, other)
        tally.count(f"{index} {kind}", found, 1000 * (time.process_time() - started))


def slot_of(least: int, most: int, pages: int, item: Item) -> Todo:
    """Return what the checklist says of a slot for `least` to `most` pages that holds `pages`."""
    wanted = replace(
        item.materials[0], original=OriginalRule.SIGHTED, pages_min=least, pages_max=most, when=When()
    )
    slot = wanted.id
    facts: list[Payload] = [
        Opened(number="W", item_code=item.code, pack_version="1", window="1", receiving_street="1"),
        *(PageAdded(slot=slot, page=_page(number)) for number in range(pages)),
        OriginalMarked(slot=slot, custody=Custody.RETURNED),
    ]
    case = fold(
        [
            Entry(case_id="c", seq=n, at=NOON, tick=n, actor="clerk", payload=fact)
            for n, fact in enumerate(facts, 1)
        ]
    )
    return checklist(replace(item, questions=(), fields=(), materials=(wanted,)), case).lines[0].todo


def _page(number: int) -> Page:
    return Page(
        page_id=str(number), sha256=f"{number:064x}", size=1, media_type="image/jpeg",
        width_px=1, height_px=1, resolution_dpi=200, source="bench", taken_at=NOON,
    )  # fmt: skip


def plant_counts(count: int, seed: str, wrong: Tally, right: Counter[str]) -> None:
    """Count slots with a page too few or too many, and slots with as many as they take."""
    item = next(item for item in load_pack(bundled_pack()).items if item.materials)
    for index in range(count):
        dice = random.Random(f"{seed} counts {index}")
        least = dice.randint(1, 6)
        most = least + dice.randint(0, 4)
        few = dice.random() < 0.5
        pages = dice.randint(0, least - 1) if few else dice.randint(most + 1, most + 8)
        wanted = (Todo.SCAN_MORE if pages else Todo.SCAN) if few else Todo.REMOVE_PAGES
        wrong.count(f"{pages} for {least} to {most}", slot_of(least, most, pages, item) is wanted)
        right["page count"] += slot_of(least, most, dice.randint(least, most), item) is not Todo.NOTHING


def good_shots(count: int, seed: str) -> Iterator[Shot]:
    """Yield good pictures of all kinds; every fifth is one of two filled copies of one form."""
    layout = 0.0
    for index in range(count):
        dice = random.Random(f"{seed} clean {index}")
        if index % 10 == 0:
            layout = dice.random()
        if index % 10 < 2:
            paper = specimens.form(
                random.Random(layout), random.Random(dice.random()), planting.pick_dpi(dice)
            )
            yield planting.shoot(paper, "form", dice, Place(planting.some_way(dice, "form")))
        else:
            yield planting.clean(dice)


def judge_good(
    count: int, seed: str, engine: TesseractEngine, asked: set[str]
) -> tuple[Counter[str], list[str], list[float]]:
    """Return the false alarms of the `asked` kinds on good pages, each such page in words, and ms a page."""
    alarms: Counter[str] = Counter()
    told, elapsed_ms = [], []
    lying: dict[str, list[Look]] = defaultdict(list)
    for index, shot in enumerate(good_shots(count, seed)):
        seen = look(shot)
        elapsed_ms.append(seen.elapsed_ms)
        wrong = set(seen.faults)
        if "UPSIDE_DOWN" not in wrong and not lies_right(shot, seen):
            wrong.add("UPSIDE_DOWN")
        if "DUPLICATE" in asked and any(is_twin(seen, other) for other in lying[shot.kind][-COMPARED:]):
            wrong.add("DUPLICATE")
        lying[shot.kind].append(seen)
        if shot.kind in KNOWN and asked & {"WRONG_SIDE", "WRONG_KIND"}:
            guess = guess_of(engine, shot, seen)
            wrong |= {f"WRONG_{clash.upper()}" for clash in [kinds.clash([shot.kind], guess)] if clash}
        wrong &= asked
        alarms.update(wrong)
        if wrong:
            alarms["pages"] += 1
            told.append(
                f"{index} {shot.kind} {shot.dpi} dpi: {sorted(wrong)} {dict(seen.reports[0].measures)}"
            )
    return alarms, told, elapsed_ms


def report(tallies: dict[str, Tally], alarms: Counter[str], clean: int, elapsed_ms: Sequence[float]) -> str:
    """Return the table."""
    lines = [f"{'fault':12} {'planted':>7} {'found':>6} {'found %':>8} {'floor %':>8} {'ms':>6}"]
    for name, tally in tallies.items():
        share, low = (100 * number / tally.planted for number in (tally.found, tally.by_floor))
        counts = f"{name:12} {tally.planted:7} {tally.found:6} {share:8.1f} {low:8.1f}"
        lines.append(f"{counts} {median(tally.elapsed_ms):6.0f}")
    planted = sum(tally.planted for tally in tallies.values())
    found = sum(tally.found for tally in tallies.values())
    lines.append(f"all          {planted:7} {found:6} {100 * found / planted:8.1f}")
    false = alarms["pages"]
    lines.append(f"clean pages {clean}, with a false alarm {false} ({100 * false / max(1, clean):.1f} %)")
    lines += [f"    {name} {number}" for name, number in alarms.most_common() if name != "pages"]
    lines.append(f"a look at a page: {median(elapsed_ms or [0]):.0f} ms CPU (median)")
    return "\n".join(lines) + "\n"


def measure(
    pages: int, clean: int, seed: str, only: set[str]
) -> tuple[dict[str, Tally], Counter[str], list[str], list[float]]:
    """Run the kinds of fault named in `only`, and look for these on good pages."""
    engine = TesseractEngine()
    tallies = {name: Tally() for name in CODES if name in only}
    plant(pages, seed, tallies)
    if "upside down" in only:
        plant_turned(pages, seed, tallies["upside down"])
    if only & {"wrong side", "wrong kind"}:
        side, kind = (tallies.get(name, Tally()) for name in ("wrong side", "wrong kind"))
        plant_kinds(pages, seed, engine, side, kind)
    if "duplicate" in only:
        plant_twins(pages, seed, tallies["duplicate"])
    alarms, told, elapsed_ms = judge_good(clean, seed, engine, {CODES[name] for name in only})
    if "page count" in only:
        plant_counts(pages, seed, tallies["page count"], alarms)
    return tallies, alarms, told, elapsed_ms


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=40, help="of each of the ten faults")
    parser.add_argument("--clean", type=int, default=320)
    parser.add_argument("--seed", default="fourth")
    parser.add_argument("--only", default=",".join(CODES), help="kinds of fault, as the table names them")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--verbose", action="store_true", help="name every page that was judged wrongly")
    args = parser.parse_args()
    only = set(args.only.split(","))
    if unknown := only - set(CODES):
        parser.error(f"no such kind of fault: {', '.join(sorted(unknown))}")
    cv2.setNumThreads(1)
    tallies, alarms, told, elapsed_ms = measure(args.pages, args.clean, args.seed, only)
    sys.stdout.write(report(tallies, alarms, args.clean, elapsed_ms))
    if args.verbose:
        missed = [f"missed {name}: {what}" for name, tally in tallies.items() for what in tally.missed]
        sys.stdout.write("\n".join(missed + [f"false alarm: {what}" for what in told]) + "\n")
    if args.json:
        result = {
            "faults": {name: {"planted": t.planted, "found": t.found} for name, t in tallies.items()},
            "clean": args.clean,
            "false_alarms": dict(alarms),
            "look_ms_median": round(median(elapsed_ms or [0]), 1),
        }
        args.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
