"""Scanning: a page is on disk, in its slot and in the log before the next sheet is fed."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import shutil
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from scanners.errors import DeviceGone, FeederEmpty, NoDevice, PaperJam
from scanners.fake import DEVICE, ScriptedScanner, blank_page
from scanners.port import Device, Mode, RawPage, ScanJob
from tests.services.conftest import JOB, Window
from workstation.domain.case import PageAdded
from workstation.services.capture import Capture, ScannerHub
from workstation.services.darkroom import encode
from workstation.services.errors import CaseSealed, DiskAlmostFull
from workstation.store.errors import DiskFull

STACK = dataclasses.replace(JOB, max_pages=10)
SLOT = "household-register"


class WatchedScanner(ScriptedScanner):
    """Looks at what is already safe each time it feeds a sheet."""

    def __init__(self, pages: list[RawPage], look: Callable[[], object]) -> None:
        super().__init__(pages)
        self._look = look
        self.seen: list[object] = []

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        for page in super().scan(job, cancelled):
            self.seen.append(self._look())
            yield page


def three_pages() -> list[RawPage]:
    return [blank_page(shade=shade) for shade in (10, 20, 30)]


def capture_with(window: Window, scanner: ScriptedScanner) -> Capture:
    return dataclasses.replace(window.desk.capture, scanner=scanner)


def test_a_page_is_in_vault_and_log_before_it_is_given_out_and_before_the_next_is_fed(
    window: Window,
) -> None:
    case = window.open()
    scanner = WatchedScanner(three_pages(), lambda: len(window.store.case(case.case_id).slot(SLOT).pages))
    given = 0
    for page in capture_with(window, scanner).scan(case.case_id, SLOT, STACK):
        given += 1
        log = window.store.log(case.case_id)
        assert log[-1].payload == PageAdded(slot=SLOT, page=page)
        assert hashlib.sha256(window.store.vault.get(page.sha256)).hexdigest() == page.sha256
    assert given == 3
    assert scanner.seen == [0, 1, 2]


def test_a_page_tells_where_it_came_from(window: Window) -> None:
    window.scanner.script.append(blank_page(9, 13, name="Fujitsu fi-7160"))
    (page,) = window.desk.capture.scan(window.open().case_id, SLOT, JOB)
    assert (page.width_px, page.height_px, page.resolution_dpi) == (9, 13, 200)
    assert (page.source, page.media_type, page.taken_at) == ("Fujitsu fi-7160", "image/jpeg", window.clock())


def test_a_jam_keeps_the_pages_already_read(window: Window) -> None:
    case = window.open()
    window.scanner.script.extend([*three_pages()[:2], PaperJam("jam"), blank_page(shade=99)])
    read = []
    with pytest.raises(PaperJam):
        for page in window.desk.capture.scan(case.case_id, SLOT, STACK):
            read.append(page)
    assert window.store.case(case.case_id).slot(SLOT).pages == tuple(read)
    assert len(read) == 2
    list(window.desk.capture.scan(case.case_id, SLOT, STACK))
    assert len(window.store.case(case.case_id).slot(SLOT).pages) == 3


def test_an_empty_feeder_leaves_the_case_as_it_was(window: Window) -> None:
    case = window.open()
    with pytest.raises(FeederEmpty):
        list(window.desk.capture.scan(case.case_id, SLOT, STACK))
    assert window.store.case(case.case_id) == case


def test_a_short_cancel_keeps_what_was_read_and_feeds_no_more(window: Window) -> None:
    case = window.open()
    window.scanner.script.extend(three_pages())
    read: list[object] = []
    for page in window.desk.capture.scan(case.case_id, SLOT, STACK, lambda: bool(read)):
        read.append(page)
    assert len(read) == len(window.store.case(case.case_id).slot(SLOT).pages) == 1
    assert len(window.scanner.script) == 2


def test_a_clerk_who_walks_away_loses_no_page(window: Window) -> None:
    case = window.open()
    window.scanner.script.extend(three_pages())
    pages = window.desk.capture.scan(case.case_id, SLOT, STACK)
    first = next(pages)
    del pages
    assert window.store.case(case.case_id).slot(SLOT).pages == (first,)


def free(monkeypatch: pytest.MonkeyPatch, *left: int) -> None:
    """Let the disk say how much is free, call after call; the last answer stays."""
    said = list(left)

    def usage(_path: object) -> shutil._ntuple_diskusage:
        return shutil._ntuple_diskusage(10**12, 0, said.pop(0) if len(said) > 1 else said[0])

    monkeypatch.setattr(shutil, "disk_usage", usage)


def test_an_almost_full_disk_stops_before_anything_is_fed(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = window.open()
    window.scanner.script.extend(three_pages())
    free(monkeypatch, 100 * 1024 * 1024)
    with pytest.raises(DiskAlmostFull) as stopped:
        list(window.desk.capture.scan(case.case_id, SLOT, STACK))
    assert stopped.value.details == {"free_mb": 100, "least_mb": 300}
    assert len(window.scanner.script) == 3 and not window.scanner.jobs
    assert window.store.case(case.case_id) == case


def test_a_disk_that_fills_up_stops_before_the_next_sheet(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = window.open()
    window.scanner.script.extend(three_pages())
    free(monkeypatch, 10**12, 100)
    with pytest.raises(DiskAlmostFull):
        list(window.desk.capture.scan(case.case_id, SLOT, STACK))
    assert len(window.store.case(case.case_id).slot(SLOT).pages) == 1
    assert len(window.scanner.script) == 2


def test_a_page_that_does_not_reach_the_disk_is_not_in_the_log(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_data: bytes) -> str:
        raise DiskFull

    case = window.open()
    window.scanner.script.extend(three_pages())
    monkeypatch.setattr(window.store.vault, "put", full)
    with pytest.raises(DiskFull):
        list(window.desk.capture.scan(case.case_id, SLOT, STACK))
    assert window.store.case(case.case_id) == case


def test_a_sealed_case_takes_no_page_and_feeds_none(window: Window) -> None:
    case = window.received()
    window.scanner.script.extend(three_pages())
    with pytest.raises(CaseSealed):
        list(window.desk.capture.scan(case.case_id, SLOT, STACK))
    assert len(window.scanner.script) == 3


def test_a_case_sealed_while_a_sheet_is_fed_does_not_take_it(window: Window) -> None:
    case = window.ready()
    scanner = WatchedScanner(three_pages(), lambda: window.desk.decisions.receive(case.case_id))
    with pytest.raises(CaseSealed):
        list(capture_with(window, scanner).scan(case.case_id, SLOT, STACK))
    sealed = window.store.case(case.case_id)
    assert sealed.slot(SLOT).pages == case.slot(SLOT).pages
    assert len(window.manifest(sealed).pages) == sum(len(slot.pages) for slot in sealed.slots.values())


def test_colour_stays_colour_and_the_resolution_stands_in_the_file() -> None:
    red = RawPage(
        number=1,
        width_px=16,
        height_px=16,
        mode=Mode.COLOUR,
        resolution_dpi=300,
        pixels=bytes([220, 20, 20]) * 256,
        source_name="glass",
    )
    with Image.open(io.BytesIO(encode(red))) as picture:
        assert (picture.mode, picture.size, picture.info["dpi"]) == ("RGB", (16, 16), (300, 300))
        pixel = picture.getpixel((8, 8))
    assert isinstance(pixel, tuple) and pixel[0] > 200 and pixel[1] < 40


class Unplugged(ScriptedScanner):
    def devices(self) -> tuple[Device, ...]:
        raise DeviceGone("usb")


def other(name: str, *pages: RawPage) -> ScriptedScanner:
    return ScriptedScanner(pages, devices=(dataclasses.replace(DEVICE, id=name),))


def test_one_driver_in_trouble_does_not_hide_the_devices_of_another() -> None:
    hub = ScannerHub((Unplugged([]), other("glass", blank_page())))
    assert [device.id for device in hub.devices()] == ["glass"]
    job = dataclasses.replace(JOB, device_id="glass")
    assert len(list(hub.scan(job, lambda: False))) == 1


def test_a_machine_with_a_broken_driver_alone_says_why() -> None:
    with pytest.raises(DeviceGone):
        ScannerHub((Unplugged([]),)).devices()
    assert ScannerHub(()).devices() == ()


def test_a_scan_goes_to_the_driver_that_has_the_device() -> None:
    first, second = other("glass", blank_page(shade=1)), other("feeder", blank_page(shade=2))
    hub = ScannerHub((first, second))
    (page,) = hub.scan(dataclasses.replace(JOB, device_id="feeder"), lambda: False)
    assert page.pixels[0] == 2
    with pytest.raises(NoDevice):
        hub.scan(dataclasses.replace(JOB, device_id="nothing"), lambda: False)


def test_a_press_of_the_scan_key_does_not_list_the_devices_again() -> None:
    listings = []

    class Counted(ScriptedScanner):
        def devices(self) -> tuple[Device, ...]:
            listings.append(1)
            return super().devices()

    hub = ScannerHub((Counted([blank_page(), blank_page()]),))
    assert hub.devices()
    for _ in range(2):
        list(hub.scan(JOB, lambda: False))
    assert len(listings) == 1
