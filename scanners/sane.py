"""SANE devices behind the `Scanner` port, each scan in a child process of its own."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from scanners.child import START_S, Cancelled, Child, environment_of, python_module
from scanners.errors import BackendCrashed, DeviceGone, FeederEmpty, NoDevice, NoProgress, ScannerError
from scanners.frames import Header
from scanners.limits import check_pixels
from scanners.port import Capability, Device, Mode, RawPage, ScanJob, Scanner, Source
from scanners.sane_config import backend_of, only
from scanners.sane_device import OptionValue
from scanners.sane_options import SHEET_FED_TYPE
from scanners.sane_status import BY_CODE, NO_SIGNS, Signs, Step, situation

log = logging.getLogger(__name__)

CHILD = python_module("scanners.sane_child")
CANCEL_S = 5.0
"""How long a device may take to stop after a cancel before its process is killed."""
LEARN_S = 10.0
"""How long one device may take to show what it can do while all are listed."""
AFTERMATH_S = 45.0
"""How long a device may still be busy with a scan whose process died; nobody else tells it to stop."""
SIGNS_S = 3.0
"""How long the sensors may take to be read; without them the library's words have to do."""

Options = Mapping[str, OptionValue]
Identity = tuple[str, str, str]
"""Vendor, model and type: what stays when a device is plugged in anew and gets another id."""


def no_options(_number: int) -> Options:
    """Return no further options for any sheet."""
    return {}


class SaneScanner(Scanner):
    """Every device libsane knows. libsane is only ever loaded in children, never here."""

    def __init__(
        self,
        *,
        config_dir: Path | None = None,
        timeout_s: float = 60.0,
        options: Options | None = None,
        sheet_options: Callable[[int], Options] = no_options,
        sheet_fed: frozenset[str] = frozenset(),
        command: tuple[str, ...] = CHILD,
    ) -> None:
        """Remember how to start a child; nothing is started before it is needed.

        Args:
            config_dir: used instead of the system's SANE configuration (`SANE_CONFIG_DIR`).
            timeout_s: how long a device may give no sign of life.
            options: back-end options by SANE name, set after those of the job.
            sheet_options: further options for sheet 1, 2, 3 ..., set just before it is fed; they need a
                cancel first, which in some feeders drops the sheets behind, so none is the rule.
            sheet_fed: ids of devices without a `source` option that are feeders all the same.
            command: starts the child; a frozen build has another one.
        """
        self._environment = environment_of(config_dir)
        self._timeout_s = timeout_s
        self._options = dict(options or {})
        self._sheet_options = sheet_options
        self._sheet_fed = sheet_fed
        self._command = command
        self._known: dict[str, Device] = {}
        self._identities: dict[str, Identity] = {}
        self._moved: dict[str, str] = {}
        """Ids the callers know, to those the devices have now."""
        self._broken: set[str] = set()
        """Devices whose last scan ended with the death of its process."""

    def devices(self) -> tuple[Device, ...]:
        """List the devices with what they can do; of one that cannot be opened now, only its type is known.

        What a device once told is remembered: only new ones are opened.

        Raises:
            ScannerError: listing itself failed.
        """
        self._moved.clear()
        return tuple(self._listed(self._environment).values())

    def _listed(self, environment: dict[str, str]) -> dict[str, Device]:
        with self._child(environment) as child:
            child.send({"do": "list", "known": self._told()})
            rows = self._answer(child, "devices", "", bool, self._timeout_s)[0]["devices"]
            found = {row[0]: self._remembered(row) for row in rows}
            self._identities |= {row[0]: (row[1], row[2], row[3]) for row in rows}
            try:
                self._learn(child, found)
            except (BackendCrashed, NoProgress) as error:
                log.warning("event=capabilities_unknown reason=%s", error)
        self._known |= found
        return found

    def _told(self) -> dict[str, Identity]:
        """Return the devices that need not be asked again, as they are listed."""
        return {
            identity: self._identities[identity]
            for identity, device in self._known.items()
            if device.capabilities and identity in self._identities
        }

    def _remembered(self, row: list[str]) -> Device:
        same = self._told().get(row[0]) == tuple(row[1:])
        return self._known[row[0]] if same else _device(row)

    def _learn(self, child: Child, found: dict[str, Device]) -> None:
        while (answer := child.receive(timeout_s=LEARN_S)[0])["is"] == "capabilities":
            known = tuple(map(_capability, answer["capabilities"]))
            log.info("event=capabilities device=%s known=%s", answer["id"], answer["capabilities"])
            if known:
                sources = tuple(capability.source for capability in known)
                device = found[answer["id"]]
                found[device.id] = replace(device, sources=sources, capabilities=known)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Yield pages; a flatbed gives one, a feeder as many as lie in it, at most `job.max_pages`.

        A page keeps the resolution the device really used: the next one it knows at or above the job's.
        `FeederEmpty` is raised before the first page only.

        Raises:
            ScannerError: what went wrong, after the pages already yielded.
        """
        try:
            for page in self._from_feeder_or_glass(job, cancelled):
                self._broken.discard(job.device_id)
                yield page
        except ScannerError as error:
            error.device = job.device_id
            if isinstance(error, (BackendCrashed, NoProgress)):
                self._broken.add(job.device_id)
            raise

    def _from_feeder_or_glass(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        try:
            yield from self._scanned(job, cancelled)
        except FeederEmpty:
            if not job.glass_if_empty or Source.FLATBED not in self._known_sources(job.device_id):
                raise
            yield from self._scanned(replace(job, source=Source.FLATBED), cancelled)

    def _scanned(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        wanted, job = job, replace(job, device_id=self._moved.get(job.device_id, job.device_id))
        patience_s = AFTERMATH_S if wanted.device_id in self._broken else 0.0
        try:
            try:
                child, resolution_dpi = self._opened(job, cancelled, patience_s)
            except DeviceGone as error:
                job = replace(job, device_id=self._found_again(wanted.device_id, error))
                child, resolution_dpi = self._opened(job, cancelled, patience_s)
                self._moved[wanted.device_id] = job.device_id
        except Cancelled:
            return
        with child:
            yield from self._feed(child, job, resolution_dpi, cancelled)

    def _opened(self, job: ScanJob, cancelled: Callable[[], bool], patience_s: float) -> tuple[Child, int]:
        """Return a child that holds the device, set up for the job, and the device's resolution in dpi."""
        with contextlib.ExitStack() as stack:
            child = stack.enter_context(self._child(self._environment))
            child.send({"do": "open", **self._setting(job), "busy_patience_s": patience_s})
            header, _ = self._answer(child, "open", job.device_id, cancelled, self._timeout_s)
            stack.pop_all()
        return child, int(header["resolution_dpi"])

    def _setting(self, job: ScanJob) -> Header:
        return {
            "device": job.device_id,
            "source": job.source.value,
            "mode": job.mode.value,
            "resolution_dpi": job.resolution_dpi,
            "page_size_mm": job.page_size_mm,
            "sheet_fed": job.device_id in self._sheet_fed or self._has_no_glass(job.device_id),
            "options": self._options,
        }

    def _known_sources(self, device_id: str) -> tuple[Source, ...]:
        device = self._known.get(device_id)
        return () if device is None else device.sources

    def _has_no_glass(self, device_id: str) -> bool:
        sources = self._known_sources(device_id)
        return bool(sources) and Source.FLATBED not in sources

    def _found_again(self, device_id: str, error: DeviceGone) -> str:
        """Return the new id of a device that was plugged in anew, recognised by vendor, model and type.

        Only the back-end that had it is asked: asking all takes seconds, and another one may know the same
        device and read it differently.
        """
        before = self._identities.get(device_id)
        if before is None:
            if not self.devices():
                raise NoDevice(error.detail, device=device_id) from error
            raise error
        backend = backend_of(device_id)
        with (
            only(backend, self._environment) if backend else contextlib.nullcontext(self._environment) as here
        ):
            present = self._listed(here)
        same = [identity for identity in present if self._identities[identity] == before]
        if len(same) != 1:
            raise error
        # Listed under the id that cannot be opened: some back-ends open only their one device, unnamed.
        new = backend if backend and len(present) == 1 and same == [device_id] else same[0]
        self._known[new] = replace(present[same[0]], id=new)
        log.info("event=device_found_again old=%s new=%s", device_id, new)
        return new

    def _feed(
        self, child: Child, job: ScanJob, resolution_dpi: int, cancelled: Callable[[], bool]
    ) -> Iterator[RawPage]:
        last = 1 if job.source is Source.FLATBED else job.max_pages
        for number in range(1, last + 1):
            if cancelled():
                return
            child.send({"do": "next", "options": dict(self._sheet_options(number))})
            try:
                header, pixels = self._page(child, job.device_id, cancelled)
            except Cancelled:
                return
            except FeederEmpty:
                if number == 1:
                    raise
                return
            yield self._raw_page(number, header, pixels, job, resolution_dpi)

    def _page(self, child: Child, device: str, cancelled: Callable[[], bool]) -> tuple[Header, bytes]:
        """Wait for the page; on a cancel, ask the child to stop and take what it still completes."""
        try:
            return self._answer(child, "page", device, cancelled, self._timeout_s)
        except Cancelled:
            pass
        try:
            child.send({"do": "cancel"})
            return self._answer(child, "page", device, bool, CANCEL_S)
        except ScannerError as error:
            log.info("event=scan_cancelled device=%s answer=%s", device, error)
            raise Cancelled from error

    def _answer(
        self, child: Child, kind: str, device: str, cancelled: Callable[[], bool], timeout_s: float
    ) -> tuple[Header, bytes]:
        try:
            header, body = child.receive(cancelled, timeout_s=timeout_s)
            while header["is"] == "alive":
                header, body = child.receive(cancelled, timeout_s=timeout_s)
        except ScannerError as error:
            error.device = device
            raise
        if header["is"] == "refused":
            signs = _signs(child) if header["signs_follow"] else NO_SIGNS
            raise situation(header["words"], Step(header["step"]), device=device, signs=signs)
        if header["is"] != kind:
            raise BY_CODE.get(header.get("code", ""), ScannerError)(header.get("detail", ""), device=device)
        return header, body

    def _raw_page(
        self, number: int, header: Header, pixels: bytes, job: ScanJob, resolution_dpi: int
    ) -> RawPage:
        width, height, mode = int(header["width"]), int(header["height"]), Mode(header["mode"])
        check_pixels(width, height)
        if len(pixels) != width * height * (3 if mode is Mode.COLOUR else 1):
            raise BackendCrashed("page and its header differ", device=job.device_id)
        known = self._known.get(job.device_id)
        return RawPage(
            number=number,
            width_px=width,
            height_px=height,
            mode=mode,
            resolution_dpi=resolution_dpi,
            pixels=pixels,
            source_name=known.name if known else job.device_id,
        )

    def _child(self, environment: dict[str, str]) -> Child:
        with contextlib.ExitStack() as stack:
            child = stack.enter_context(
                Child(self._command, timeout_s=self._timeout_s, environment=environment)
            )
            self._answer(child, "ready", "", bool, START_S)
            stack.pop_all()
        return child


def _signs(child: Child) -> Signs:
    """Wait for what the sensors show; a device that cannot say it any more has said enough."""
    try:
        header, _ = child.receive(timeout_s=SIGNS_S)
    except ScannerError as error:
        log.info("event=sensors_unknown reason=%s", error)
        return NO_SIGNS
    signs: Signs = header["signs"]
    return signs


def _device(found: list[str]) -> Device:
    identity, vendor, model, kind = found
    sources = (Source.FEEDER,) if kind == SHEET_FED_TYPE else (Source.FLATBED,)
    return Device(id=identity, name=f"{vendor} {model}".strip(), driver="sane", sources=sources)


def _capability(found: Header) -> Capability:
    largest = found["largest_page_mm"]
    return Capability(
        source=Source(found["source"]),
        modes=tuple(map(Mode, found["modes"])),
        resolutions_dpi=tuple(found["resolutions_dpi"]),
        largest_page_mm=(largest[0], largest[1]) if largest else None,
    )
