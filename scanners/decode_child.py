"""The process that opens files from outside: hostile content can end it, and nothing else.

It says `ready`; `open` names the file, `check` looks at every page, each `page` is answered with one. Limits
on memory and time are set before a decoder sees a byte.
"""

from __future__ import annotations

import os
import resource
import signal
import stat
import sys
import warnings
from typing import BinaryIO

from PIL import Image

from scanners.errors import ScannerError
from scanners.file_errors import FileDenied, FileError
from scanners.file_pages import Pages, open_pages, translated
from scanners.frames import Header, read_header, write_frame
from scanners.memory import keep_out_of_dumps
from scanners.port import MAX_PAGE_PIXELS, Mode

MEMORY_BYTES = 4 << 30
"""About three copies of the largest page, in its widest mode of four bytes a pixel, and the libraries."""
CPU_S = 60
"""For opening the file, and again for each page."""
CHANGED = "changed"
"""Stands for a code where the file is no longer the one that was asked for."""


class FileChanged(Exception):
    """Somebody writes the file while it is read: nothing it says can be trusted."""


class OpenFile:
    """A file held open: whatever takes its name meanwhile, the pages stay those of one file."""

    def __init__(self, name: str, size: int, written_ns: int, inode: int) -> None:
        """Open the file, which must be the regular file that was seen.

        Raises:
            FileChanged: it is gone, another one, or has changed.
            FileDenied: it may not be read.
        """
        self._seen = (inode, size, written_ns)
        try:
            number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as error:
            raise FileDenied(error.strerror or "") from error
        except OSError as error:
            raise FileChanged from error
        self.file: BinaryIO = os.fdopen(number, "rb")
        self.check()

    def check(self) -> None:
        """Raise `FileChanged` if the file was written since it was seen."""
        facts = os.fstat(self.file.fileno())
        now = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if now != self._seen or not stat.S_ISREG(facts.st_mode):
            raise FileChanged


def limit() -> None:
    """Bound what a file can make this process do; a core file would hold the page, so none is written."""
    keep_out_of_dumps()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    allow_time()
    guard_pillow()


def allow_time() -> None:
    """Give the next piece of work its processor time; what needs more is ended by the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = round(used.ru_utime + used.ru_stime) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def guard_pillow() -> None:
    """Make Pillow refuse at its header what is larger than any page."""
    Image.MAX_IMAGE_PIXELS = MAX_PAGE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def serve(answers: int) -> None:
    """Answer one parent until it closes the pipe."""
    command = read_header(0)
    if command is None:
        return
    source = OpenFile(command["file"], command["size"], command["written_ns"], command["inode"])
    with source.file:
        pages = open_pages(source.file)
        write_frame(answers, {"is": "file", "pages": pages.count})
        while (command := read_header(0)) is not None:
            allow_time()
            if command["do"] == "check":
                _check(answers, pages, int(command["first"]))
                source.check()
                write_frame(answers, {"is": "checked"})
            else:
                header, pixels = page_of(pages, command)
                source.check()
                write_frame(answers, header, pixels)


def _check(answers: int, pages: Pages, first: int) -> None:
    for number in range(first, pages.count):
        allow_time()
        pages.check(number)
        write_frame(answers, {"is": "progress"})


def page_of(pages: Pages, command: Header) -> tuple[Header, bytes]:
    """Return the page a command asks for, as header and packed pixels."""
    picture, dpi = pages.page(int(command["number"]), Mode(command["mode"]), int(command["resolution_dpi"]))
    header: Header = {"is": "page", "width": picture.width, "height": picture.height}
    return {**header, "mode": picture.mode, "dpi": dpi}, picture.tobytes()


def main() -> int:
    """Serve one parent; whatever the file provokes becomes one of a few answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit()
    answers = os.dup(1)
    os.dup2(2, 1)
    write_frame(answers, {"is": "ready"})
    try:
        serve(answers)
    except FileChanged:
        write_frame(answers, {"is": "error", "code": CHANGED})
    except Exception as error:  # noqa: BLE001 - a broken file can raise anything from inside a decoder
        _refuse(answers, translated(error))
    return 0


def _refuse(answers: int, error: ScannerError) -> None:
    facts = error.facts if isinstance(error, FileError) else {}
    write_frame(answers, {"is": "error", "code": error.code, "detail": error.detail, "facts": facts})


if __name__ == "__main__":
    sys.exit(main())
