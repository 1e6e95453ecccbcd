"""A network scanner of our own that speaks eSCL (Mopria Alliance) on loopback, with faults on demand.

sane-airscan drives it as it drives a real one, so flatbed, feeder and duplex, every fault and two programs at
one device are met through the real libsane. `python -m tests.hardware.escl --sheets 12` runs it by hand.
"""

from __future__ import annotations

import argparse
import io
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self, cast

from PIL import Image

WINDOW_DPI = 300
"""eSCL gives scan regions in three-hundredths of an inch whatever the resolution."""
A4_PX = (2550, 3508)
PATIENCE_S = 60.0

CAPABILITIES = """<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerCapabilities xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"
 xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>{vendor} {model}</pwg:MakeAndModel>
<pwg:ModelName>{model}</pwg:ModelName>
<scan:Platen><scan:PlatenInputCaps>{source}</scan:PlatenInputCaps></scan:Platen>
<scan:Adf><scan:AdfSimplexInputCaps>{source}</scan:AdfSimplexInputCaps>
<scan:AdfDuplexInputCaps>{source}</scan:AdfDuplexInputCaps></scan:Adf>
</scan:ScannerCapabilities>"""
SOURCE = """<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>{width}</scan:MaxWidth>
<scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>{height}</scan:MaxHeight>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>{resolutions}</scan:DiscreteResolutions></scan:SupportedResolutions>
</scan:SettingProfile></scan:SettingProfiles>"""
RESOLUTION = """<scan:DiscreteResolution><scan:XResolution>{0}</scan:XResolution>
<scan:YResolution>{0}</scan:YResolution></scan:DiscreteResolution>"""
STATUS = """<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerStatus xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"
 xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<pwg:Version>2.63</pwg:Version><pwg:State>{state}</pwg:State><scan:AdfState>{feeder}</scan:AdfState>
</scan:ScannerStatus>"""


class Trouble(StrEnum):
    """What can happen instead of the next page; the words of eSCL where it has one."""

    JAM = "ScannerAdfJam"
    COVER_OPEN = "ScannerAdfDoorOpen"
    STALL = "stall"
    """It accepts the question and never answers."""
    RESET = "reset"
    """The line breaks in the middle of a page."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper with two sides."""

    front: Image.Image
    back: Image.Image | None = None


@dataclass
class Job:
    """One scan in progress."""

    name: str
    duplex: bool
    feeding: bool
    size_px: tuple[int, int]
    mode: str
    waiting: deque[Image.Image] = field(default_factory=deque)
    """Sides of the present sheet that were not asked for yet."""
    pages: int = 0
    asked: float = field(default_factory=time.monotonic)
    """When its program was last heard of."""


class EsclDevice:
    """The paper, the covers and the one job such a device runs at a time."""

    def __init__(self, *, vendor: str = "Specimen", model: str = "Feeder 40") -> None:
        """Make a device with an empty feeder and an empty glass."""
        self.vendor, self.model = vendor, model
        self.resolutions = (75, 150, 300)
        self.glass: Image.Image | None = None
        self.stack: deque[Sheet] = deque()
        self.page_s = 0.0
        """How long a page takes."""
        self.patience_s = 1.5
        """How long a job whose program is not heard of any more blocks the device."""
        self.fed = 0
        self._planned: dict[int, Trouble] = {}
        self._trouble: Trouble | None = None
        self._job: Job | None = None
        self._jobs = 0
        self._lock = threading.Lock()
        self.released = threading.Event()
        """Ends a stall."""

    def load(self, sheets: Iterable[Sheet]) -> None:
        """Put sheets into the feeder, below those in it."""
        self.stack.extend(sheets)

    def plan(self, page: int, trouble: Trouble) -> None:
        """Let something happen instead of page 1, 2, 3 ... of the next job, once."""
        self._planned[page] = trouble

    def clear(self) -> None:
        """Take the jam out and close the covers."""
        self._trouble = None

    def status(self) -> str:
        """Return the ScannerStatus document."""
        feeder = self._trouble or ("ScannerAdfLoaded" if self.stack else "ScannerAdfEmpty")
        return STATUS.format(state="Processing" if self._job else "Idle", feeder=feeder)

    def capabilities(self) -> str:
        """Return the ScannerCapabilities document."""
        resolutions = "".join(RESOLUTION.format(dpi) for dpi in self.resolutions)
        source = SOURCE.format(width=A4_PX[0], height=A4_PX[1], resolutions=resolutions)
        return CAPABILITIES.format(vendor=self.vendor, model=self.model, source=source)

    def start(self, settings: str) -> str | None:
        """Begin a job and return its name, or None while another one runs or something is wrong."""
        with self._lock:
            feeding = _value(settings, "InputSource") == "Feeder"
            if self._job and time.monotonic() - self._job.asked > self.patience_s + self.page_s:
                self._job = None
            if self._job or (feeding and (self._trouble or not self.stack)):
                return None
            self._jobs += 1
            dpi = int(_value(settings, "XResolution"))
            size = (_px(settings, "Width", dpi), _px(settings, "Height", dpi))
            mode = "RGB" if _value(settings, "ColorMode") == "RGB24" else "L"
            duplex = _value(settings, "Duplex") == "true"
            self._job = Job(str(self._jobs), duplex, feeding, size, mode)
            return self._job.name

    def end(self, name: str) -> None:
        """End a job, by its last page or by a cancel."""
        with self._lock:
            if self._job and self._job.name == name:
                self._job = None

    def next_page(self, name: str) -> bytes | Trouble | None:
        """Return the next page as JPEG, what happened instead, or None after the last one."""
        time.sleep(self.page_s)
        with self._lock:
            job = self._job
            if job is None or job.name != name:
                return None
            job.asked = time.monotonic()
            trouble = self._planned.pop(job.pages + 1, None)
            if trouble in (Trouble.JAM, Trouble.COVER_OPEN):
                self._trouble = trouble
            side = None if trouble else self._next_side(job)
            if trouble or side is None:
                self._job = None
                return trouble
            job.pages += 1
            return _jpeg(side.convert(job.mode).resize(job.size_px))

    def _next_side(self, job: Job) -> Image.Image | None:
        if not job.feeding:
            return self.glass if job.pages == 0 else None
        if not job.waiting and self.stack:
            sheet = self.stack.popleft()
            self.fed += 1
            job.waiting.append(sheet.front)
            if job.duplex:
                job.waiting.append(sheet.back or Image.new("L", sheet.front.size, 255))
        return job.waiting.popleft() if job.waiting else None


def _value(settings: str, name: str) -> str:
    found = re.search(rf"<\w+:{name}>([^<]*)<", settings)
    return found.group(1) if found else ""


def _px(settings: str, name: str, dpi: int) -> int:
    return int(_value(settings, name)) * dpi // WINDOW_DPI


def _jpeg(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _device(self) -> EsclDevice:
        return cast(EsclServer, self.server).device

    def do_GET(self) -> None:  # noqa: N802 - the name http.server looks for
        documents = {"ScannerCapabilities": self._device.capabilities, "ScannerStatus": self._device.status}
        *_, parent, name = self.path.split("/")
        if name in documents:
            self._answer(200, documents[name]().encode())
        elif name == "NextDocument":
            self._next(parent)
        else:
            self._answer(404)

    def do_POST(self) -> None:  # noqa: N802
        settings = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        name = self._device.start(settings)
        if name is None:
            self._answer(409)
        else:
            self._answer(201, location=f"/eSCL/ScanJobs/{name}")

    def do_DELETE(self) -> None:  # noqa: N802
        self._device.end(self.path.rsplit("/", 1)[-1])
        self._answer(200)

    def _next(self, job: str) -> None:
        page = self._device.next_page(job)
        if page is Trouble.STALL:
            self._device.released.wait(PATIENCE_S)
            self.close_connection = True
        elif page is Trouble.RESET:
            self._break_line()
        elif isinstance(page, bytes):
            self._answer(200, page, kind="image/jpeg")
        else:
            self._answer(404 if page is None else 409)

    def _break_line(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b"\xff\xd8half a page")
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _answer(self, status: int, body: bytes = b"", *, kind: str = "text/xml", location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class EsclServer(ThreadingHTTPServer):
    """The device on the line, on a free port of loopback."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, device: EsclDevice) -> None:
        """Listen; answer from the `with` block on."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.device = device
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        """Answer questions in a thread."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Unplug it."""
        self.device.released.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Programs that are killed leave their lines open; that is what is being tested."""

    @property
    def address(self) -> str:
        """Where the protocol begins."""
        return f"http://127.0.0.1:{self.server_port}/eSCL"


def write_airscan(folder: Path, servers: dict[str, EsclServer]) -> Path:
    """Write a SANE configuration that knows these devices, by their names, and nothing else."""
    folder.mkdir(exist_ok=True)
    (folder / "dll.conf").write_text("airscan\n")
    (folder / "dll.d").mkdir(exist_ok=True)
    lines = [f'"{name}" = {server.address}, eSCL' for name, server in servers.items()]
    options = ["[options]", "discovery = disable", "ws-discovery = off", "model = hardware"]
    (folder / "airscan.conf").write_text("\n".join(["[devices]", *lines, *options, ""]))
    return folder


BITS = 8


def numbered(number: int, *, size: tuple[int, int] = (320, 200)) -> Image.Image:
    """Return a side whose number can be read back by `number_of` however it was scaled or compressed."""
    picture = Image.new("L", size, 255)
    width, height = size[0] // BITS, size[1]
    for bit in range(BITS):
        if number >> bit & 1:
            picture.paste(0, (bit * width, height // 4, (bit + 1) * width, 3 * height // 4))
    return picture


def number_of(picture: Image.Image) -> int:
    """Return the number of a side that `numbered` made."""
    grey = picture.convert("L")
    row = [grey.getpixel(((2 * bit + 1) * grey.width // (2 * BITS), grey.height // 2)) for bit in range(BITS)]
    return sum(1 << bit for bit, shade in enumerate(row) if isinstance(shade, int) and shade < 128)


def main() -> None:
    """Run a device by hand until a key is pressed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=12)
    args = parser.parse_args()
    device = EsclDevice()
    device.glass = numbered(0)
    device.load(Sheet(numbered(2 * n + 1), numbered(2 * n + 2)) for n in range(args.sheets))
    with EsclServer(device) as server:
        input(f"{server.address}  (Enter ends it) ")


if __name__ == "__main__":
    main()
