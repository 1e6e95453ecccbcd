"""The process that touches pixels: it lives as long as the program and does one thing after the other.

It says `ready`; each command is a frame whose body is a page's pixels or a picture file, each answer a frame.
A picture seen lately is remembered at the resolution it is judged at, so a page that was just kept is
checked and previewed without being decoded.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence

import cv2

from scanners.errors import ScannerError
from scanners.frames import Header, read_frame, write_frame
from scanners.imaging import codes, inspecting
from scanners.imaging.jpeg import jpeg
from scanners.imaging.messages import codes_to_wire, corners_of, packed_to_wire, report_to_wire
from scanners.imaging.pictures import REDUCTIONS, Picture, array_of, decode, reduced, size_of
from scanners.imaging.render import fitting, quad_of, render
from scanners.limits import check_pixels
from scanners.memory import give_back, keep_out_of_dumps
from scanners.port import Mode

MEMORY_BYTES = 6 << 30
"""Address space, not memory: the largest page eight times over, and the libraries."""
REMEMBERED_BYTES = 48 << 20
"""Of pictures at the resolution they are judged at; one of an A4 in colour has 6.5 MB."""

COMPARED_PX = (1400, 1400)
"""Room for each of two pages that are compared."""

Answer = tuple[Header, bytes]


def limit() -> None:
    """Bound what a picture can make this process do; a core file would hold the page, so none is written."""
    keep_out_of_dumps()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    cv2.setNumThreads(1)


def reduction_for(dpi: int) -> int:
    """Return by how much a picture of `dpi` may shrink and still be judged."""
    return max(step for step in REDUCTIONS if step == 1 or dpi / step >= inspecting.LOOK_DPI)


class Bench:
    """The commands, and the pictures seen last."""

    def __init__(self) -> None:
        """Start with no picture."""
        self._small: OrderedDict[tuple[bytes, int], Picture] = OrderedDict()
        self.commands: dict[str, Callable[[Header, bytearray], Answer]] = {
            "keep": self._keep,
            "inspect": self._inspect,
            "codes": self._codes,
            "screen": self._screen,
            "render": self._render,
            "pack": self._pack,
            "same": self._same,
            "forget": self._forget,
        }

    def _keep(self, command: Header, body: bytearray) -> Answer:
        size, mode, dpi = (
            (int(command["width"]), int(command["height"])),
            Mode(command["mode"]),
            int(command["dpi"]),
        )
        check_pixels(*size)
        file = jpeg(body, size, mode, dpi)
        reduction = reduction_for(dpi)
        # A copy where nothing is averaged: else the whole raw page would stay as long as its smaller picture.
        self._remember(file, reduction, reduced(array_of(body, size, mode), reduction).copy())
        return {"is": "file"}, file

    def _inspect(self, command: Header, body: bytearray) -> Answer:
        file, dpi = bytes(body), int(command["dpi"])
        width, height = size_of(file)
        reduction = reduction_for(dpi)
        small = self._reduced(file, reduction)
        scale = (width / small.shape[1], height / small.shape[0])
        given = command["corners"]
        corners = corners_of([n / scale[i % 2] for i, n in enumerate(given)]) if given else None
        report = inspecting.inspect(small, round(dpi / reduction), corners)
        return {"is": "report", **report_to_wire(inspecting.at_full_size(report, scale))}, b""

    def _codes(self, command: Header, body: bytearray) -> Answer:
        file = bytes(body)
        width, height = size_of(file)
        small = self._reduced(file, reduction_for(int(command["dpi"])))
        found = codes.find(small)
        at_full_size = inspecting.codes_at_full_size(found, (width / small.shape[1], height / small.shape[0]))
        return {"is": "codes", "barcodes": codes_to_wire(at_full_size)}, b""

    def _screen(self, command: Header, body: bytearray) -> Answer:
        return {
            "is": "codes",
            "barcodes": codes_to_wire(codes.find_on_screen(self._reduced(bytes(body), 1))),
        }, b""

    def _render(self, command: Header, body: bytearray) -> Answer:
        room = (int(command["room"][0]), int(command["room"][1])) if command["room"] else None
        size = (int(command["size"][0]), int(command["size"][1]))
        return _page(self._developed(bytes(body), command["corners"], size, room))

    def _same(self, command: Header, body: bytearray) -> Answer:
        from scanners.imaging.twins import same_sheet

        first, pages = int(command["first_bytes"]), []
        for file, (corners, (width, height)) in zip(
            (bytes(body[:first]), bytes(body[first:])), command["cuts"], strict=True
        ):
            pages.append(self._developed(file, corners, (int(width), int(height)), COMPARED_PX))
        return {"is": "compared", "same": same_sheet(*pages)}, b""

    def _forget(self, _command: Header, _body: bytearray) -> Answer:
        self._small.clear()
        give_back()
        return {"is": "forgotten"}, b""

    def _developed(
        self, file: bytes, corners: Sequence[float], size: tuple[int, int], room: tuple[int, int] | None
    ) -> Picture:
        target = fitting(size, room)
        width, height = size_of(file)
        shrinks = max(1.0, min(size[0] / target[0], size[1] / target[1]))
        small = self._recent(file, int(shrinks))
        picture = (
            decode(file, max(step for step in REDUCTIONS if step <= shrinks)) if small is None else small
        )
        scale = (picture.shape[1] / width, picture.shape[0] / height)
        quad = quad_of([number * scale[place % 2] for place, number in enumerate(corners)])
        return render(picture, quad, target)

    def _pack(self, command: Header, body: bytearray) -> Answer:
        from scanners.imaging.packing import pack

        size = (int(command["size"][0]), int(command["size"][1]))
        packed = pack(render(decode(bytes(body)), command["corners"], size), int(command["dpi"]))
        return packed_to_wire(packed)

    def _reduced(self, file: bytes, reduction: int) -> Picture:
        found = self._small.get((_name(file), reduction))
        if found is None:
            found = decode(file, reduction)
            self._remember(file, reduction, found)
        return found

    def _recent(self, file: bytes, reduction: int) -> Picture | None:
        """Return a remembered picture that is reduced by no more than `reduction`."""
        name = _name(file)
        fitting_ones = [key for key in self._small if key[0] == name and key[1] <= max(1, reduction)]
        return self._small[max(fitting_ones, key=lambda key: key[1])] if fitting_ones else None

    def _remember(self, file: bytes, reduction: int, picture: Picture) -> None:
        self._small[_name(file), reduction] = picture
        while sum(kept.nbytes for kept in self._small.values()) > REMEMBERED_BYTES and len(self._small) > 1:
            self._small.popitem(last=False)


def _name(file: bytes) -> bytes:
    return hashlib.sha256(file).digest()


def _page(picture: Picture) -> Answer:
    height, width = picture.shape[:2]
    mode = Mode.COLOUR if picture.ndim == 3 else Mode.GREY
    return {"is": "page", "width": width, "height": height, "mode": mode.value}, picture.tobytes()


def serve(answers: int) -> None:
    """Answer one parent until it closes the pipe."""
    bench = Bench()
    while (frame := read_frame(0)) is not None:
        command, body = frame
        try:
            header, answer = bench.commands[command["do"]](command, body)
        except ScannerError as error:
            header, answer = {"is": "error", "detail": f"{error.code} {error.detail}"}, b""
        except Exception as error:  # noqa: BLE001 - a picture can raise anything from inside a library
            header, answer = {"is": "error", "detail": type(error).__name__}, b""
        write_frame(answers, header, answer)
        # While the next question is waited for, nothing of this one stays.
        del frame, command, body, answer


def main() -> int:
    """Serve one parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit()
    answers = os.dup(1)
    os.dup2(2, 1)
    write_frame(answers, {"is": "ready"})
    try:
        serve(answers)
    except BrokenPipeError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
