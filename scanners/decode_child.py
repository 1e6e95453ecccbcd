"""The process that opens picture files from outside: hostile content can end it, and nothing else.

It says `ready`; `open` names the file, each `next` is answered with a page. Limits on memory and time
are set before the picture library sees a byte.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import warnings
from pathlib import Path

from PIL import Image

from scanners.errors import PageTooLarge, ScannerError, UnreadableFile
from scanners.frames import Header, read_header, write_frame
from scanners.limits import check_pixels
from scanners.pixels import flatten, resolution_of
from scanners.port import MAX_PAGE_PIXELS, Mode

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "PPM", "WEBP")
MANY_PAGES = "TIFF"
MOVING = frozenset({"PNG", "WEBP"})
MAX_FRAMES = 1000
MEMORY_BYTES = 4 << 30
"""About three copies of the largest page, in its widest mode of four bytes a pixel, and the libraries."""
CPU_S = 120


def limit() -> None:
    """Bound what a file can make this process do; a core file would hold the page, so none is written."""
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        resource.setrlimit(what, (value, value))
    Image.MAX_IMAGE_PIXELS = MAX_PAGE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def serve(answers: int) -> None:
    """Answer one parent until it closes the pipe."""
    command = read_header(0)
    if command is None:
        return
    mode, default_dpi = Mode(command["mode"]), int(command["resolution_dpi"])
    with Image.open(Path(os.fsdecode(command["file"])), formats=FORMATS) as image:
        frames = _frames(image)
        write_frame(answers, {"is": "file", "frames": frames})
        for frame in range(frames):
            if read_header(0) is None:
                return
            image.seek(frame)
            check_pixels(*image.size)
            write_frame(answers, *_page(image, mode, default_dpi))
    read_header(0)


def _frames(image: Image.Image) -> int:
    """Return how many pages the file holds.

    Raises:
        UnreadableFile: a moving picture, or more pages than anybody scans.
    """
    frames = int(getattr(image, "n_frames", 1))
    if image.format in MOVING and frames > 1:
        raise UnreadableFile("a moving picture, not a page")
    if frames > MAX_FRAMES:
        raise UnreadableFile(f"{frames} pages in one file")
    # A JPEG with several pictures (MPO) comes from a camera: the others are previews and second eyes.
    return frames if image.format == MANY_PAGES else 1


def _page(image: Image.Image, mode: Mode, default_dpi: int) -> tuple[Header, bytes]:
    dpi = resolution_of(image, default_dpi)
    flat = flatten(image, mode)
    header: Header = {"is": "page", "width": flat.width, "height": flat.height, "mode": flat.mode, "dpi": dpi}
    return header, flat.tobytes()


def main() -> int:
    """Serve one parent; whatever the file provokes becomes one of two answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit()
    answers = os.dup(1)
    os.dup2(2, 1)
    write_frame(answers, {"is": "ready"})
    try:
        serve(answers)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        _refuse(answers, PageTooLarge(str(error)))
    except ScannerError as error:
        _refuse(answers, error)
    except Exception as error:  # noqa: BLE001 - a broken file can raise anything from inside a decoder
        _refuse(answers, UnreadableFile(f"{type(error).__name__}: {error}"))
    return 0


def _refuse(answers: int, error: ScannerError) -> None:
    write_frame(answers, {"is": "error", "code": error.code, "detail": error.detail})


if __name__ == "__main__":
    sys.exit(main())
