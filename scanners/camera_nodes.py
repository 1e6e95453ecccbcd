"""The cameras Linux knows: their nodes, names and picture sizes, asked of the kernel without any library.

Numbers and layouts are those of `linux/videodev2.h` (V4L2), the same on all 64-bit machines.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scanners.camera_errors import CameraBusy, CameraDenied, CameraGone, NoPicture
from scanners.errors import ScannerError

CLASS_FOLDER = Path("/sys/class/video4linux")
DEVICE_FOLDER = Path("/dev")

_READ, _WRITE = 2, 1


def _request(direction: int, number: int, size: int) -> int:
    """Return an ioctl number of the family `V` (`_IOR`, `_IOWR` of the kernel headers)."""
    return direction << 30 | size << 16 | ord("V") << 8 | number


QUERYCAP = _request(_READ, 0, 104)
ENUM_FMT = _request(_READ | _WRITE, 2, 64)
REQBUFS = _request(_READ | _WRITE, 8, 20)
ENUM_FRAMESIZES = _request(_READ | _WRITE, 74, 44)
CAP_VIDEO_CAPTURE = 0x0000_0001
CAP_STREAMING = 0x0400_0000
CAP_DEVICE_CAPS = 0x8000_0000
BUF_TYPE_VIDEO_CAPTURE = 1
MEMORY_MMAP = 1
DISCRETE = 1
MJPG = int.from_bytes(b"MJPG", "little")
MOST_ENTRIES = 256
"""No camera has more formats, or sizes in one of them; a broken driver must not make us ask for ever."""

Ioctl = Callable[[int, int, bytes], bytes]
"""(file, request, argument) to the answered argument; raises `OSError`."""


@dataclass(frozen=True, slots=True)
class Format:
    """A picture size in one pixel format."""

    fourcc: int
    width_px: int
    height_px: int


def nodes(
    class_folder: Path = CLASS_FOLDER, device_folder: Path = DEVICE_FOLDER
) -> tuple[tuple[Path, str], ...]:
    """Return (device node, name) of every video device, in the order of their numbers."""
    found = [path for path in class_folder.glob("video*") if path.name[5:].isdigit()]
    found.sort(key=lambda path: int(path.name[5:]))
    return tuple((device_folder / path.name, _name(path)) for path in found)


def _name(path: Path) -> str:
    """Return the name; UVC cameras often say theirs twice (`Cam: Cam`), cut at 31 bytes."""
    try:
        name = (path / "name").read_text("utf-8", errors="replace").strip()
    except OSError:
        return path.name
    first, _, second = name.partition(": ")
    return (first if second and first.startswith(second) else name) or path.name


def ask(file: int, request: int, argument: bytes) -> bytes:
    """Ask the kernel, as `Ioctl` says."""
    return fcntl.ioctl(file, request, argument)


def takes_pictures(file: int, ioctl: Ioctl = ask) -> bool:
    """Return whether the node delivers pictures: most cameras have a second one for metadata."""
    fields = struct.unpack_from("<II", ioctl(file, QUERYCAP, bytes(104)), 84)
    capabilities = fields[1] if fields[0] & CAP_DEVICE_CAPS else fields[0]
    wanted = CAP_VIDEO_CAPTURE | CAP_STREAMING
    return bool(capabilities & wanted == wanted)


def formats(file: int, ioctl: Ioctl = ask) -> Iterator[Format]:
    """Yield every picture size in every pixel format; of a range only the largest."""
    for fourcc in _fourccs(file, ioctl):
        for index in range(MOST_ENTRIES):
            try:
                answer = ioctl(file, ENUM_FRAMESIZES, struct.pack("<II36x", index, fourcc))
            except OSError:
                break
            kind, *sizes = struct.unpack_from("<I6I", answer, 8)
            width, height = (sizes[0], sizes[1]) if kind == DISCRETE else (sizes[1], sizes[4])
            yield Format(fourcc, width, height)
            if kind != DISCRETE:
                break


def _fourccs(file: int, ioctl: Ioctl) -> Iterator[int]:
    for index in range(MOST_ENTRIES):
        try:
            answer = ioctl(file, ENUM_FMT, struct.pack("<II56x", index, BUF_TYPE_VIDEO_CAPTURE))
        except OSError:
            return
        yield int(struct.unpack_from("<I", answer, 44)[0])


def largest(known: Iterator[Format]) -> Format | None:
    """Return the format with the most pixels; compressed where equal, for only that passes USB quickly."""
    return max(known, key=lambda f: (f.width_px * f.height_px, f.fourcc == MJPG), default=None)


def free_buffers(file: int, ioctl: Ioctl = ask) -> None:
    """Ask for no buffers at all, which does nothing unless another program holds the camera.

    Raises:
        CameraBusy: it does.
    """
    try:
        ioctl(file, REQBUFS, struct.pack("<III8x", 0, BUF_TYPE_VIDEO_CAPTURE, MEMORY_MMAP))
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise CameraBusy(str(error)) from error


@contextmanager
def opened(node: str) -> Iterator[int]:
    """Open a node for questions.

    Raises:
        CameraGone, CameraDenied, CameraBusy, NoPicture: what the system said.
    """
    try:
        file = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise explained(error) from error
    try:
        yield file
    finally:
        os.close(file)


def explained(error: OSError) -> ScannerError:
    """Return the situation an error of the system stands for."""
    situations: dict[int | None, type[ScannerError]] = {
        errno.EACCES: CameraDenied,
        errno.EPERM: CameraDenied,
        errno.EBUSY: CameraBusy,
        errno.ENOENT: CameraGone,
        errno.ENODEV: CameraGone,
        errno.ENXIO: CameraGone,
    }
    words = re.sub(r"^\[Errno \d+\] ", "", str(error))
    return situations.get(error.errno, NoPicture)(words)
