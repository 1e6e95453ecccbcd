"""Network scanners through the real libsane: eSCL by sane-airscan, and `net` with a saned on loopback."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors
from scanners.port import Capability, Mode, RawPage, ScanJob, Source
from scanners.sane import SaneScanner
from tests.hardware.escl import EsclDevice, EsclServer, Sheet, Trouble, number_of, numbered, write_airscan
from tests.hardware.saned import Saned, find_saned

Job = Callable[..., ScanJob]
Configure = Callable[..., Path]
SMALL = (50, 30)
FEEDER = {"source": Source.FEEDER, "page_size_mm": SMALL}
DEVICE = "airscan:e0:Window"


def never() -> bool:
    return False


def read_number(page: RawPage) -> int:
    return number_of(Image.frombytes(page.mode.value, (page.width_px, page.height_px), page.pixels))


def fronts(first: int, last: int) -> list[Sheet]:
    return [Sheet(numbered(number)) for number in range(first, last + 1)]


class Window:
    """A driver in front of the simulated device, and what came through."""

    def __init__(self, scanner: SaneScanner, device: EsclDevice, job: Job) -> None:
        self.scanner, self.device, self._job = scanner, device, job
        self.numbers: list[int] = []

    def pages(self, cancelled: Callable[[], bool] = never, **wishes: object) -> Iterator[int]:
        """Yield the numbers read from the pages; they stay in `numbers` whatever happens."""
        self.numbers = []
        for page in self.scanner.scan(self._job(DEVICE, **{**FEEDER, **wishes}), cancelled):
            self.numbers.append(read_number(page))
            yield self.numbers[-1]

    def scan(self, cancelled: Callable[[], bool] = never, **wishes: object) -> list[int]:
        return list(self.pages(cancelled, **wishes))

    def fails_with(self, kind: type[errors.ScannerError], **wishes: object) -> list[int]:
        """Scan, expect the situation, and return the pages read before it."""
        with pytest.raises(errors.ScannerError) as caught:
            self.scan(never, **wishes)
        assert type(caught.value) is kind, caught.value
        assert caught.value.device == DEVICE
        return self.numbers


@pytest.fixture
def server(needs_airscan: None) -> Iterator[EsclServer]:
    with EsclServer(EsclDevice()) as running:
        yield running


@pytest.fixture
def window(server: EsclServer, tmp_path: Path, job: Job) -> Window:
    config = write_airscan(tmp_path / "airscan", {"Window": server})
    return Window(SaneScanner(config_dir=config, timeout_s=60), server.device, job)


def test_a_network_scanner_says_what_it_can_do_from_each_source(window: Window) -> None:
    (device,) = window.scanner.devices()
    assert device.id == DEVICE
    assert device.sources == (Source.FLATBED, Source.FEEDER, Source.DUPLEX)
    assert device.capability(Source.DUPLEX) == Capability(
        source=Source.DUPLEX,
        modes=(Mode.COLOUR, Mode.GREY),
        resolutions_dpi=(75, 150, 300),
        largest_page_mm=(215.9, 297.0),
    )
    for capability in device.capabilities:
        assert capability.fits((210, 297)) and not capability.fits((297, 420))


def test_the_glass_gives_its_page_once(window: Window) -> None:
    window.device.glass = numbered(77)
    assert window.scan(source=Source.FLATBED, max_pages=5) == [77]


def test_forty_sheets_come_in_order_and_none_twice(window: Window) -> None:
    window.device.load(fronts(1, 40))
    assert window.scan() == list(range(1, 41))


def test_both_sides_come_front_before_back_sheet_by_sheet(window: Window) -> None:
    window.device.load(Sheet(numbered(2 * n + 1), numbered(2 * n + 2)) for n in range(12))
    assert window.scan(source=Source.DUPLEX) == list(range(1, 25))


def test_an_empty_feeder_is_said_and_filling_it_is_enough(window: Window) -> None:
    assert window.fails_with(errors.FeederEmpty) == []
    window.device.load(fronts(1, 2))
    assert window.scan() == [1, 2]


def test_an_empty_feeder_can_mean_the_glass(window: Window) -> None:
    window.device.glass = numbered(77)
    assert window.scanner.devices()
    assert window.scan(never, glass_if_empty=True) == [77]
    window.device.load(fronts(1, 2))
    assert window.scan(never, source=Source.DUPLEX, glass_if_empty=True) == [1, 0, 2, 0]


def test_a_cancel_at_page_seven_keeps_seven_and_leaves_the_device_free(window: Window) -> None:
    window.device.load(fronts(1, 40))
    window.device.page_s = 0.1
    assert window.scan(lambda: len(window.numbers) >= 7) == list(range(1, 8))
    window.device.page_s = 0.0
    after = window.scan()
    assert after == list(range(after[0], 41)) and after[0] > 7, "a sheet came twice or out of order"


@pytest.mark.parametrize(
    ("page", "trouble", "expected"),
    [(5, Trouble.JAM, errors.PaperJam), (3, Trouble.COVER_OPEN, errors.CoverOpen)],
)
def test_trouble_in_the_feeder_keeps_what_was_read_and_is_over_once_it_is_cleared(
    window: Window, page: int, trouble: Trouble, expected: type[errors.ScannerError]
) -> None:
    window.device.load(fronts(1, 10))
    window.device.plan(page, trouble)
    assert window.fails_with(expected) == list(range(1, page))
    assert window.fails_with(expected) == [], "it was not cleared yet"
    window.device.clear()
    assert window.scan() == list(range(page, 11))


def test_a_device_that_stops_answering_is_given_up_and_works_again(window: Window) -> None:
    window.device.load(fronts(1, 4))
    window.device.plan(3, Trouble.STALL)
    window.scanner._timeout_s = 1.5
    started = time.monotonic()
    assert window.fails_with(errors.NoProgress) == [1, 2]
    assert time.monotonic() - started < 90
    window.device.released.set()
    assert window.scan() == [3, 4]


def test_a_line_that_breaks_in_a_page_costs_no_page_before_it(window: Window) -> None:
    window.device.load(fronts(1, 4))
    window.device.plan(3, Trouble.RESET)
    assert window.fails_with(errors.DeviceFault) == [1, 2]
    assert window.scan() == [3, 4]


def test_a_driver_killed_at_page_three_keeps_them_and_the_next_scan_works(
    window: Window, child_ids: Callable[[], list[int]]
) -> None:
    window.device.load(fronts(1, 30))
    window.device.page_s = 0.05
    before = set(child_ids())
    with pytest.raises(errors.BackendCrashed):
        for number in window.pages():
            if number == 3:
                (child,) = set(child_ids()) - before
                os.kill(child, signal.SIGKILL)
    assert window.numbers[:3] == [1, 2, 3]
    after = window.scan()
    assert after == list(range(after[0], 31)), "the device went on where its paper lay"


def test_two_programs_at_one_device_do_not_hurt_each_other(window: Window, tmp_path: Path, job: Job) -> None:
    window.device.load(fronts(1, 6))
    window.device.page_s = 0.3
    first = window.pages()
    assert next(first) == 1
    other = SaneScanner(config_dir=tmp_path / "airscan", timeout_s=60)
    with pytest.raises(errors.DeviceBusy):
        list(other.scan(job(DEVICE, **FEEDER), never))
    assert list(first) == [2, 3, 4, 5, 6]
    window.device.load(fronts(7, 8))
    assert [read_number(page) for page in other.scan(job(DEVICE, **FEEDER), never)] == [7, 8]


def test_a_scanner_switched_off_and_on_works_again(tmp_path: Path, job: Job, needs_airscan: None) -> None:
    device = EsclDevice()
    device.load(fronts(1, 3))
    with EsclServer(device) as server:
        config = write_airscan(tmp_path / "airscan", {"Window": server})
        window = Window(SaneScanner(config_dir=config, timeout_s=60), device, job)
        assert [device.id for device in window.scanner.devices()] == [DEVICE]
    assert window.fails_with(errors.DeviceGone) == []
    device.released.clear()
    with EsclServer(device) as server:
        write_airscan(config, {"Window": server})
        assert window.scan() == [1, 2, 3]


@pytest.fixture
def saned(configure: Configure, tmp_path: Path) -> Iterator[Saned]:
    if not find_saned():
        pytest.skip("saned is missing (Debian package sane-utils)")
    configure(devices=1)
    with Saned(tmp_path / "sane.d", backends="test\n") as running:
        yield running


def test_a_scanner_lent_by_another_machine_feeds_all_its_sheets(
    saned: Saned, tmp_path: Path, job: Job
) -> None:
    scanner = SaneScanner(config_dir=saned.write_client(tmp_path / "net"), timeout_s=60)
    (device,) = scanner.devices()
    assert device.id == f"net:{saned.address}:test:0"
    assert device.sources == (Source.FLATBED, Source.FEEDER)
    assert len(list(scanner.scan(job(device, **FEEDER), never))) == 10
    assert len(list(scanner.scan(job(device, page_size_mm=SMALL), never))) == 1


def test_a_network_scanner_with_a_new_address_is_found_again(saned: Saned, tmp_path: Path, job: Job) -> None:
    scanner = SaneScanner(config_dir=saned.write_client(tmp_path / "net"), timeout_s=60)
    (device,) = scanner.devices()
    saned.kill()
    saned.address = saned.address.removesuffix("1") + "2"
    saned.start()
    saned.write_client(tmp_path / "net")
    for _ in range(2):
        assert len(list(scanner.scan(job(device, **FEEDER), never))) == 10


def test_a_daemon_that_dies_in_a_page_is_a_hang_with_an_end(saned: Saned, tmp_path: Path, job: Job) -> None:
    slow = {"read-delay": True, "read-delay-duration": 200_000}
    config = saned.write_client(tmp_path / "net")
    device = f"net:{saned.address}:test:0"
    begun = time.monotonic()

    def kill_after_a_while() -> bool:
        if time.monotonic() - begun > 1:
            saned.kill()
        return False

    wish = job(device, resolution_dpi=300, page_size_mm=(200, 290))
    with pytest.raises((errors.NoProgress, errors.DeviceFault, errors.BackendCrashed)):
        list(SaneScanner(config_dir=config, timeout_s=2, options=slow).scan(wish, kill_after_a_while))
    assert time.monotonic() - begun < 90
    saned.start()
    scanner = SaneScanner(config_dir=config, timeout_s=60)
    assert len(list(scanner.scan(job(device, page_size_mm=SMALL), never))) == 1
