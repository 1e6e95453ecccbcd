"""What a delivered page costs in bytes and seconds, and whether it still reads: this program and OCRmyPDF.

Nine sorts of A4 and smaller specimen pages, 300 dpi in colour (`--dpi`), as the scanner hands them over:
JPEG 92 without subsampling. Ours is the page file plus its share of the material's PDF/A, counted together;
OCRmyPDF's is the PDF of its default settings from the same JPEG (and, with `--optimize 3`, of its smallest).
The same recogniser (tesseract, chi_sim) then reads the raw page, our page file, and a rendering at the page's
resolution of our PDF and of OCRmyPDF's; the figure is the share of the written characters that it finds.

OCRmyPDF is a peer, not a dependency: `--ocrmypdf PROGRAM` names one, else a private environment gets it.

    python tests/bench/bench_pages.py [--seed 100] [--dpi 300] [--sheets 1] [--ocrmypdf PROGRAM] [--json FILE]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
from PIL import Image

from ocr.engines.tesseract import TesseractEngine
from ocr.port import Layout, Script
from scanners.imaging.packing import pack
from scanners.imaging.pictures import decode
from tests.bench.page_specimens import Specimen, found_share, specimens
from workstation.printing.page_pdf import render
from workstation.printing.scanned import MaterialDocument, ReadText, ScannedPage

MM_PER_INCH = 25.4
ALLOWED = 0.5
"""Share of OCRmyPDF's bytes that a delivered page may have."""
TOLERATED_LOSS = 1.0
"""Percentage points that a reading may be worse than the peer's: two readings of one page differ by more."""


@dataclass(frozen=True)
class Row:
    """One page; bytes, CPU seconds, and percent of its characters that are found."""

    sort: str
    raw_bytes: int
    file_bytes: int
    pdf_bytes: int
    pack_s: float
    pdf_s: float
    raw_read: float
    file_read: float
    pdf_read: float
    peer_bytes: int = 0
    peer_small_bytes: int = 0
    peer_s: float = 0.0
    peer_read: float = 0.0

    @property
    def ours(self) -> int:
        """Bytes of a delivered page: its file and its share of the document."""
        return self.file_bytes + self.pdf_bytes


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process and of the children it waited for."""

    def spent() -> float:
        kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))

    before = spent()
    work()
    return spent() - before


class Reader:
    """Reads pages with the program's own recogniser."""

    def __init__(self) -> None:
        """Find the recogniser."""
        self._engine = TesseractEngine(timeout_s=120)

    def share(self, specimen: Specimen, picture: Image.Image) -> float:
        """Return the percentage of what is written that is found."""
        words = self._engine.words(picture.convert("RGB"), script=Script.CHINESE, layout=Layout.PAGE)
        return 100 * found_share(specimen.text, "".join(word.text for word in words))

    def of_pdf(self, specimen: Specimen, path: Path) -> float:
        """The same for the first page of a PDF, at the scan's resolution."""
        with pypdfium2.PdfDocument(path) as pdf:
            return self.share(specimen, pdf[0].render(scale=specimen.dpi / 72).to_pil())


def scanned_file(specimen: Specimen) -> bytes:
    target = io.BytesIO()
    dpi = (specimen.dpi, specimen.dpi)
    specimen.picture.save(target, "JPEG", quality=92, subsampling=0, dpi=dpi)
    return target.getvalue()


def measured(specimen: Specimen, reader: Reader, peer: Peer | None, folder: Path) -> Row:
    raw = scanned_file(specimen)
    packs: list[object] = []
    picture = decode(raw)
    pack_s = cpu_s(lambda: packs.append(pack(picture, specimen.dpi)))
    packed = pack(picture, specimen.dpi)
    assert packed.layers is not None
    width, height = (length / specimen.dpi * MM_PER_INCH for length in specimen.picture.size)
    # As many words as an identity card brings: the text layer counts too.
    texts = tuple(ReadText(specimen.text[i : i + 8], 20, 20 + i, 40, 5) for i in range(0, 48, 8))
    page = ScannedPage(width, height, packed.layers, texts)
    form = MaterialDocument(title=specimen.sort, subject="W03", taken_at=datetime.now(UTC), pages=(page,))
    pdf = folder / "ours.pdf"
    pdf_s = cpu_s(lambda: render(form, pdf))
    with Image.open(io.BytesIO(packed.data)) as shown:
        file_read = reader.share(specimen, shown)
    row = Row(
        sort=specimen.sort,
        raw_bytes=len(raw),
        file_bytes=len(packed.data),
        pdf_bytes=pdf.stat().st_size,
        pack_s=pack_s,
        pdf_s=pdf_s,
        raw_read=reader.share(specimen, Image.fromarray(picture)),
        file_read=file_read,
        pdf_read=reader.of_pdf(specimen, pdf),
    )
    return row if peer is None else peer.beside(row, specimen, raw, reader, folder)


class Peer:
    """OCRmyPDF, in an environment of its own."""

    def __init__(self, program: Path) -> None:
        """Take the program as it is."""
        self.program = program

    @classmethod
    def found(cls, named: str, folder: Path) -> Peer | None:
        """Return the program that was named, or put one into `folder`; None when that does not work."""
        if named:
            return cls(Path(named))
        home = folder / "ocrmypdf"
        try:
            subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "ocrmypdf"]
            subprocess.run(pip, check=True, capture_output=True, timeout=600)
        except (subprocess.SubprocessError, OSError):
            return None
        return cls(home / "bin" / "ocrmypdf")

    @property
    def version(self) -> str:
        """What it says of itself."""
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True)
        return said.stdout.strip()

    def beside(self, row: Row, specimen: Specimen, raw: bytes, reader: Reader, folder: Path) -> Row:
        """Add what it makes of the same page."""
        source, default, small = folder / "raw.jpg", folder / "peer.pdf", folder / "small.pdf"
        source.write_bytes(raw)
        seconds = cpu_s(lambda: self._run(source, default, specimen.dpi))
        self._run(source, small, specimen.dpi, "--optimize", "3", "--tesseract-timeout", "0")
        return Row(
            **{
                **asdict(row),
                "peer_bytes": default.stat().st_size,
                "peer_small_bytes": small.stat().st_size if small.exists() else 0,
                "peer_s": seconds,
                "peer_read": reader.of_pdf(specimen, default),
            }
        )

    def _run(self, source: Path, target: Path, dpi: int, *more: str) -> None:
        command = [str(self.program), "-q", "-j", "1", "-l", "chi_sim", "--image-dpi", str(dpi), *more]
        path = os.pathsep.join((str(self.program.parent), os.environ.get("PATH", "")))
        environment = {**os.environ, "PATH": path, "OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(
            [*command, str(source), str(target)], capture_output=True, env=environment, check=False
        )
        if done.returncode and not more:
            raise SystemExit(f"ocrmypdf ended with {done.returncode}: {done.stderr.decode()[-300:]}")


HEADING = (
    f"{'page':12}{'raw':>8}{'file':>7}{'+pdf':>6}{'=ours':>7}{'peer':>8}{'peer O3':>9}{'ours/peer':>11}"
    f"{'pack s':>8}{'pdf s':>7}{'peer s':>8}   read % raw/file/pdf/peer   (kB are thousands of bytes)"
)


def line(row: Row) -> str:
    """Return one line of the table."""
    share = f"{row.ours / row.peer_bytes:.2f}" if row.peer_bytes else "-"
    return (
        f"{row.sort:12}{_kb(row.raw_bytes):>8}{_kb(row.file_bytes):>7}{_kb(row.pdf_bytes):>6}"
        f"{_kb(row.ours):>7}{_kb(row.peer_bytes):>8}{_kb(row.peer_small_bytes):>9}{share:>11}"
        f"{row.pack_s:>8.2f}{row.pdf_s:>7.2f}{row.peer_s:>8.2f}"
        f"   {row.raw_read:.1f} / {row.file_read:.1f} / {row.pdf_read:.1f} / {row.peer_read:.1f}"
    )


def shown(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _kb(size: int) -> str:
    return f"{size / 1000:.0f}" if size else "-"


def mean(rows: list[Row]) -> Row:
    """Return the mean page."""
    values = [asdict(row) for row in rows]
    names = [name for name in values[0] if name != "sort"]
    means = {name: sum(value[name] for value in values) / len(values) for name in names}
    return Row(sort="mean", **means)


def judged(row: Row) -> tuple[bool, str]:
    """Say of the mean page whether the goal is reached."""
    if not row.peer_bytes:
        return True, "no OCRmyPDF here: nothing to compare with"
    smaller = row.ours <= ALLOWED * row.peer_bytes
    reads = min(row.file_read, row.pdf_read) >= row.peer_read - TOLERATED_LOSS
    words = f"ours has {row.ours / row.peer_bytes:.2f} of the peer's bytes (goal: at most {ALLOWED})"
    return smaller and reads, f"{words}; it reads {'as well' if reads else 'WORSE'}"


def main() -> int:
    """Measure, print, and fail when the goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--dpi", type=int, default=300)
    parser.add_argument("--sheets", type=int, default=1, help="pages of each sort")
    parser.add_argument("--ocrmypdf", default=shutil.which("ocrmypdf") or "")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    started, reader = time.monotonic(), Reader()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = Peer.found(args.ocrmypdf, folder)
        shown(f"peer: OCRmyPDF {peer.version if peer else 'could not be installed'}")
        shown(HEADING)
        rows: list[Row] = []
        for seed in range(args.sheets):
            for page in specimens(args.seed + seed, args.dpi):
                rows.append(measured(page, reader, peer, folder))
                shown(line(rows[-1]))
    total = mean(rows)
    shown(line(total))
    good, words = judged(total)
    shown(f"{words} ({time.monotonic() - started:.0f} s, {args.dpi} dpi)")
    if args.json:
        result = {"dpi": args.dpi, "rows": [asdict(row) for row in rows], "mean": asdict(total)}
        args.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
