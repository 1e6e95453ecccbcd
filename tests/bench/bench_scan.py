"""What one scanned page costs until it is safe, checked and shown: seconds of one core.

A4 pages of 300 dpi in colour (26 MB of pixels each: texts, forms, a copied card, cards on the glass) go
through the services as at the window: kept in the vault (encrypted, synced) and in the case's log,
inspected, compared with the pages of the case, recorded, and rendered for the preview. CPU time is that of
this process and of the darkroom together; the device's own time is left out, its pixels are made before.
The floor is the least that keeps a page at all: the same JPEG encoder and a synced file, in this process.
Telling the document's kind (OCR) is not part of it. Memory here includes the pages lying in the feeder.

    python tests/bench/bench_scan.py [--pages 200] [--folder DIR] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

from scanners.fake import ScriptedScanner
from scanners.imaging.darkroom import Darkroom
from scanners.port import Mode, RawPage, ScanJob
from tests.bench.glass_scenes import MAKERS, scene
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.cli.quality import alike
from workstation.domain.case import Page
from workstation.services.capture import Capture
from workstation.services.catalogue import Catalogue
from workstation.services.checking import Checking
from workstation.services.disk import DiskWatch
from workstation.services.intake import Intake
from workstation.services.page_pictures import PagePictures
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.keys import DataKey

Result = TypeVar("Result")

TARGET_S = 0.6
DPI = 300
ROOM_PX = (900, 1270)
"""Of the preview: half a screen of 1920 x 1270 px, drawn as sixels."""
KINDS = ("full-text", "full-form", "full-copy", "full-text", "card-white", "two-cards", "full-form", "slip")
"""A case's pages; eight different ones, so that none is another's twin."""
SLOT = "bench"
REPORT_EVERY = 20
MB = 1 << 20


class Meter:
    """CPU seconds and resident memory of this process and of the darkroom."""

    def __init__(self, child: int) -> None:
        """Watch the child as well."""
        self._child = child
        self.cpu_s: dict[str, list[float]] = defaultdict(list)
        self.wall_s: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, work: Callable[[], Result]) -> Result:
        """Do the work and write down what it cost."""
        cpu, wall = self._cpu(), time.perf_counter()
        result = work()
        self.cpu_s[name].append(self._cpu() - cpu)
        self.wall_s[name].append(time.perf_counter() - wall)
        return result

    def memory_mb(self) -> tuple[float, float]:
        """Return what is resident, here and in the darkroom."""
        return _resident_mb(os.getpid()), _resident_mb(self._child)

    def _cpu(self) -> float:
        tasks = Path(f"/proc/{self._child}/task").glob("*/schedstat")
        return time.process_time() + sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _resident_mb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def raw_pages() -> list[RawPage]:
    """Make the pages of one case."""
    kinds = tuple(MAKERS)
    raws = []
    for number, kind in enumerate(KINDS):
        seeds = (kinds.index(kind) + len(kinds) * step for step in range(number * 50, number * 50 + 50))
        made = next(found for found in map(scene, seeds) if found.dpi == DPI)
        height, width = made.picture.shape[:2]
        raws.append(
            RawPage(
                number=number + 1,
                width_px=width,
                height_px=height,
                mode=Mode.COLOUR,
                resolution_dpi=DPI,
                pixels=made.picture.tobytes(),
                source_name="bench",
            )
        )
    return raws


def floor(raw: RawPage, folder: Path) -> None:
    """Keep a page as barely as can be."""
    from scanners.imaging.jpeg import encode

    handle = os.open(folder / "floor", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(handle, encode(raw))
    os.fsync(handle)
    os.close(handle)


class Desk:
    """The services a page passes through."""

    def __init__(self, folder: Path, darkroom: Darkroom) -> None:
        """Open an empty store."""
        self.store = Store.create(folder / "store", DataKey.new())
        catalogue = Catalogue((load_pack(bundled_pack()),))
        profile = WindowProfile(
            window_id="w-03",
            window_name="综合窗口 03",
            hall="样本政务服务大厅",
            street="HF",
            street_name="样本街道",
            clerk="样本",
            number_prefix="W03",
        )
        self._item = catalogue.current.items[0]
        self._profile, self._darkroom = profile, darkroom
        self._intake = Intake(self.store, catalogue, profile, _now)
        self.pictures = PagePictures(self.store, darkroom)
        self.checking = Checking(
            self.store,
            catalogue,
            profile,
            _now,
            self.pictures,
            darkroom=darkroom,
            alike=alike,
        )

    def feed(self, raws: list[RawPage]) -> tuple[str, Iterator[Page]]:
        """Start a case and return its id and the pages as they are fed."""
        watch = DiskWatch(self.store.vault.free_bytes)
        capture = Capture(
            self.store, ScriptedScanner(raws), self._profile, _now, watch, darkroom=self._darkroom
        )
        case_id = self._intake.open_case(self._item).case_id
        return case_id, capture.scan(case_id, SLOT, ScanJob(device_id="scripted", resolution_dpi=DPI))


def _now() -> datetime:
    return datetime.now(UTC)


def run(pages: int, folder: Path) -> tuple[Meter, list[tuple[int, float, float]]]:
    """Feed so many pages and return what they cost, and the memory after every `REPORT_EVERY`."""
    raws = raw_pages()
    memory = []
    with Darkroom() as darkroom:
        darkroom.warm()
        assert darkroom._child.pid is not None
        meter, desk = Meter(darkroom._child.pid), Desk(folder, darkroom)
        for first in range(0, pages, len(raws)):
            case_id, fed = desk.feed(raws[: pages - first])
            for number, raw in enumerate(raws[: pages - first], first + 1):
                measure(meter, desk, case_id, fed)
                meter.time("floor", partial(floor, raw, folder))
                if number % REPORT_EVERY == 0:
                    memory.append((number, *meter.memory_mb()))
        desk.store.close()
    return meter, memory


def measure(meter: Meter, desk: Desk, case_id: str, fed: Iterator[Page]) -> None:
    """Take one page through the window."""
    page = meter.time("kept", partial(next, fed))
    pages = meter.time("checked", partial(desk.checking.check, case_id, page.page_id))
    if not all(checked.checked for checked in pages):
        raise SystemExit("a page was not checked")
    meter.time("shown", partial(desk.pictures.picture, pages[0], ROOM_PX))


def figures(meter: Meter) -> dict[str, dict[str, float]]:
    """Return the medians and the slow end of every step and of a whole page, in seconds."""
    steps = ("kept", "checked", "shown")
    cpu = {**meter.cpu_s, "page": [sum(page) for page in zip(*(meter.cpu_s[s] for s in steps), strict=True)]}
    wall = {
        **meter.wall_s,
        "page": [sum(page) for page in zip(*(meter.wall_s[s] for s in steps), strict=True)],
    }
    return {
        step: {
            "cpu_median_s": round(median(cpu[step]), 3),
            "cpu_p95_s": round(quantiles(cpu[step], n=20)[-1], 3),
            "wall_median_s": round(median(wall[step]), 3),
        }
        for step in (*steps, "page", "floor")
    }


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="on the disk to measure; a temporary one when absent")
    parser.add_argument("--json", type=Path, help="file for the figures")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        meter, memory = run(args.pages, Path(name))
    table = figures(meter)
    sys.stdout.write(f"{'step':10} {'CPU s':>7} {'p95':>7} {'wall s':>7}   medians over {args.pages} pages\n")
    for step, row in table.items():
        sys.stdout.write(f"{step:10} " + " ".join(f"{value:7.3f}" for value in row.values()) + "\n")
    sys.stdout.write(
        f"target: a page at most {TARGET_S} s of one core\n\n{'pages':>10} {'here MB':>8} darkroom MB\n"
    )
    for number, here, there in memory:
        sys.stdout.write(f"{number:10} {here:8.0f} {there:8.0f}\n")
    if args.json:
        rows = [{"pages": number, "here_mb": round(a), "darkroom_mb": round(b)} for number, a, b in memory]
        document = {"benchmark": "scan", "pages": args.pages, "steps": table, "memory": rows}
        args.json.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return 0 if table["page"]["cpu_median_s"] <= TARGET_S else 1


if __name__ == "__main__":
    sys.exit(main())
