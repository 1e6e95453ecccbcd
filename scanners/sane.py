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
from scanners.port import Device, Mode, RawPage, ScanJob, Scanner, Source
from scanners.sane_device import OptionValue
from scanners.sane_status import BY_CODE, Step, situation

log = logging.getLogger(__name__)

CHILD = python_module("scanners.sane_child")
CANCEL_S = 5.0
"""How long a device may take to stop after a cancel before its process is killed."""
LEARN_S = 10.0
"""How long one device may take to show its sources while all are listed."""
SHEET_FED_TYPE = "sheetfed scanner"
"""The SANE device type (section 4.2.8 of the standard) of a feeder without a glass."""

Options = Mapping[str, OptionValue]


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

    def devices(self) -> tuple[Device, ...]:
        """List the devices; one that cannot be opened now is listed with the flatbed only.

        Raises:
            ScannerError: listing itself failed.
        """
        with self._child() as child:
            child.send({"do": "list"})
            found = {device.id: device for device in map(_device, self._expect(child, "devices")["devices"])}
            try:
                self._learn_sources(child, found)
            except (BackendCrashed, NoProgress) as error:
                log.warning("event=sources_unknown reason=%s", error)
        self._known |= found
        return tuple(found.values())

    def _learn_sources(self, child: Child, found: dict[str, Device]) -> None:
        while (answer := child.receive(timeout_s=LEARN_S)[0])["is"] == "sources":
            if answer["sources"]:
                sources = tuple(Source(value) for value in answer["sources"])
                found[answer["id"]] = replace(found[answer["id"]], sources=sources)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Yield pages; a flatbed gives one, a feeder as many as lie in it, at most `job.max_pages`.

        A page keeps the resolution the device really used: the next one it knows at or above the job's.

        Raises:
            ScannerError: what went wrong, after the pages already yielded.
        """
        try:
            try:
                child, resolution_dpi = self._opened(job, cancelled)
            except DeviceGone as error:
                job = replace(job, device_id=self._found_again(job.device_id, error))
                child, resolution_dpi = self._opened(job, cancelled)
        except Cancelled:
            return
        with child:
            yield from self._feed(child, job, resolution_dpi, cancelled)

    def _opened(self, job: ScanJob, cancelled: Callable[[], bool]) -> tuple[Child, int]:
        """Return a child that holds the device, set up for the job, and the device's resolution in dpi."""
        with contextlib.ExitStack() as stack:
            child = stack.enter_context(self._child())
            child.send({"do": "open", **self._setting(job)})
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
            "sheet_fed": job.device_id in self._sheet_fed
            or self._known_sources(job.device_id) == (Source.FEEDER,),
            "options": self._options,
        }

    def _known_sources(self, device_id: str) -> tuple[Source, ...]:
        device = self._known.get(device_id)
        return () if device is None else device.sources

    def _found_again(self, device_id: str, error: DeviceGone) -> str:
        """Return the new id of a device that was plugged in anew, recognised by its name."""
        before = self._known.get(device_id)
        present = self.devices()
        if not present:
            raise NoDevice(error.detail, device=device_id) from error
        same = [device.id for device in present if before and device.name == before.name]
        if len(same) != 1 or same == [device_id]:
            raise error
        log.info("event=device_found_again old=%s new=%s", device_id, same[0])
        return same[0]

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

    def _expect(self, child: Child, kind: str, device: str = "") -> Header:
        return self._answer(child, kind, device, bool, self._timeout_s)[0]

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
            raise situation(header["words"], Step(header["step"]), device=device)
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

    def _child(self) -> Child:
        with contextlib.ExitStack() as stack:
            child = stack.enter_context(
                Child(self._command, timeout_s=self._timeout_s, environment=self._environment)
            )
            self._answer(child, "ready", "", bool, START_S)
            stack.pop_all()
        return child


def _device(found: list[str]) -> Device:
    identity, vendor, model, kind = found
    sources = (Source.FEEDER,) if kind == SHEET_FED_TYPE else (Source.FLATBED,)
    return Device(id=identity, name=f"{vendor} {model}".strip(), driver="sane", sources=sources)
