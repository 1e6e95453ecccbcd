from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors
from scanners.port import Mode, RawPage, ScanJob, Source
from scanners.sane import SaneScanner
from tests.scanners.conftest import TIMEOUT_S

Make = Callable[..., SaneScanner]
Job = Callable[..., ScanJob]
WHOLE_PAGE_S = 40.0
"""Half of what the slow page would take."""
SLOW = {"read-delay": True, "read-delay-duration": 200_000}


def never() -> bool:
    return False


def scan_all(scanner: SaneScanner, job: ScanJob, cancelled: Callable[[], bool] = never) -> list[RawPage]:
    return list(scanner.scan(job, cancelled))


def test_devices_are_listed_with_their_sources(make_sane: Make) -> None:
    found = {device.id: device for device in make_sane().devices()}
    assert found["test:0"].sources == (Source.FLATBED, Source.FEEDER)
    assert found["pnm:0"].sources == (Source.FLATBED,)
    assert found["test:0"].name == "Noname frontend-tester"
    assert found["test:0"].driver == "sane"


def test_a_list_without_devices_is_empty_and_a_scan_says_no_device(
    configure: Callable[..., Path], job: Job
) -> None:
    scanner = SaneScanner(config_dir=configure(backends="\n"))
    assert scanner.devices() == ()
    with pytest.raises(errors.NoDevice):
        scan_all(scanner, job("nothing:0"))


def test_flatbed_page_arrives_bit_identical(make_sane: Make, job: Job, specimen: Path) -> None:
    (page,) = scan_all(make_sane(options={"filename": str(specimen)}), job("pnm:0"))
    with Image.open(specimen) as image:
        assert (page.width_px, page.height_px, page.mode) == (*image.size, Mode.COLOUR)
        assert page.pixels == image.tobytes()


def test_colour_from_a_device_without_grey_becomes_grey_when_asked(
    make_sane: Make, job: Job, specimen: Path
) -> None:
    (page,) = scan_all(make_sane(options={"filename": str(specimen)}), job("pnm:0", mode=Mode.GREY))
    with Image.open(specimen) as image:
        assert page.mode is Mode.GREY
        assert page.pixels == image.convert("L").tobytes()


def test_ten_page_feeder_ends_normally(make_sane: Make, job: Job) -> None:
    pages = scan_all(make_sane(), job("test:0", source=Source.FEEDER, page_size_mm=(30, 20)))
    assert [page.number for page in pages] == list(range(1, 11))


def test_flatbed_gives_one_page_however_many_are_asked(make_sane: Make, job: Job) -> None:
    assert len(scan_all(make_sane(), job("test:0", page_size_mm=(30, 20), max_pages=5))) == 1


def test_max_pages_ends_a_feeder_scan(make_sane: Make, job: Job) -> None:
    wish = job("test:0", source=Source.FEEDER, page_size_mm=(30, 20), max_pages=3)
    assert len(scan_all(make_sane(), wish)) == 3


def test_next_sheet_is_not_fed_before_the_caller_asks(make_sane: Make, job: Job) -> None:
    fed: list[int] = []

    def note(number: int) -> dict[str, int]:
        fed.append(number)
        return {}

    pages = make_sane(sheet_options=note).scan(
        job("test:0", source=Source.FEEDER, page_size_mm=(30, 20)), never
    )
    assert fed == []
    next(pages)
    time.sleep(0.2)
    assert fed == [1]
    next(pages)
    assert fed == [1, 2]
    pages.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("status-nodocs", errors.FeederEmpty),
        ("status-jammed", errors.PaperJam),
        ("status-coveropen", errors.CoverOpen),
        ("status-ioerror", errors.DeviceFault),
        ("status-accessdenied", errors.AccessDenied),
    ],
)
def test_what_the_driver_says_becomes_a_situation(
    make_sane: Make, job: Job, specimen: Path, option: str, expected: type[errors.ScannerError]
) -> None:
    scanner = make_sane(options={"filename": str(specimen), option: True})
    with pytest.raises(expected) as caught:
        scan_all(scanner, job("pnm:0"))
    assert type(caught.value) is expected
    assert caught.value.device == "pnm:0"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("SANE_STATUS_DEVICE_BUSY", errors.DeviceBusy),
        ("SANE_STATUS_JAMMED", errors.PaperJam),
        ("SANE_STATUS_NO_DOCS", errors.FeederEmpty),
        ("SANE_STATUS_COVER_OPEN", errors.CoverOpen),
        ("SANE_STATUS_IO_ERROR", errors.DeviceFault),
        ("SANE_STATUS_NO_MEM", errors.DeviceFault),
        ("SANE_STATUS_INVAL", errors.DeviceFault),
        ("SANE_STATUS_EOF", errors.DeviceFault),
        ("SANE_STATUS_CANCELLED", errors.DeviceFault),
    ],
)
def test_a_status_while_reading_becomes_a_situation(
    make_sane: Make, job: Job, status: str, expected: type[errors.ScannerError]
) -> None:
    scanner = make_sane(options={"read-return-value": status})
    with pytest.raises(expected):
        scan_all(scanner, job("test:0", page_size_mm=(30, 20)))


def jam_on_sheet(last_good: int) -> Callable[[int], dict[str, str]]:
    def options(number: int) -> dict[str, str]:
        return {"read-return-value": "Default" if number <= last_good else "SANE_STATUS_JAMMED"}

    return options


def test_jam_keeps_the_pages_already_read(make_sane: Make, job: Job) -> None:
    wish = job("test:0", source=Source.FEEDER, page_size_mm=(30, 20))
    pages: list[RawPage] = []
    with pytest.raises(errors.PaperJam):
        for page in make_sane(sheet_options=jam_on_sheet(3)).scan(wish, never):
            pages.append(page)
    assert [page.number for page in pages] == [1, 2, 3]


def test_the_scan_after_a_jam_works(make_sane: Make, job: Job) -> None:
    good = [0]
    wish = job("test:0", source=Source.FEEDER, page_size_mm=(30, 20))
    scanner = make_sane(sheet_options=lambda number: jam_on_sheet(good[0])(number))
    with pytest.raises(errors.PaperJam):
        scan_all(scanner, wish)
    good[0] = 10
    assert len(scan_all(scanner, wish)) == 10


def test_cancel_between_pages_ends_after_the_pages_already_read(make_sane: Make, job: Job) -> None:
    pages: list[RawPage] = []
    wish = job("test:0", source=Source.FEEDER, page_size_mm=(30, 20))
    for page in make_sane().scan(wish, lambda: len(pages) >= 2):
        pages.append(page)
    assert len(pages) == 2


def test_cancel_in_the_middle_of_a_page_discards_the_short_page(make_sane: Make, job: Job) -> None:
    pages: list[RawPage] = []

    def options(number: int) -> dict[str, object]:
        return {} if number == 1 else dict(SLOW)

    begun: list[float] = []

    def cancelled() -> bool:
        if pages and not begun:
            begun.append(time.monotonic())
        return bool(begun) and time.monotonic() - begun[0] > 0.7

    wish = job("test:0", source=Source.FEEDER, resolution_dpi=300, page_size_mm=(200, 290))
    started = time.monotonic()
    for page in make_sane(sheet_options=options).scan(wish, cancelled):
        pages.append(page)
    assert [page.number for page in pages] == [1]
    assert time.monotonic() - started < WHOLE_PAGE_S


def kill_when_reading(ids: Callable[[], list[int]], before: set[int]) -> None:
    """Wait until a child reads slowly, then kill it from outside."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        fresh = [pid for pid in ids() if pid not in before]
        if fresh:
            time.sleep(0.6)
            os.kill(fresh[0], signal.SIGKILL)
            return
        time.sleep(0.01)


def test_a_killed_child_keeps_earlier_pages_and_the_next_scan_works(
    make_sane: Make, job: Job, child_ids: Callable[[], list[int]]
) -> None:
    slow = [True]

    def options(number: int) -> dict[str, object]:
        return dict(SLOW) if slow[0] and number == 2 else {}

    scanner = make_sane(sheet_options=options)
    wish = job("test:0", source=Source.FEEDER, resolution_dpi=300, page_size_mm=(200, 200), max_pages=2)
    pages: list[RawPage] = []
    before = set(child_ids())
    killer = threading.Thread(target=kill_when_reading, args=(child_ids, before))
    with pytest.raises(errors.BackendCrashed) as caught:
        for page in scanner.scan(wish, never):
            pages.append(page)
            killer.start()
    killer.join()
    assert len(pages) == 1
    assert caught.value.device == "test:0"
    slow[0] = False
    assert len(scan_all(scanner, wish)) == 2


def test_a_child_killed_between_two_pages_is_a_crash(
    make_sane: Make, job: Job, child_ids: Callable[[], list[int]]
) -> None:
    before = set(child_ids())
    pages = make_sane().scan(job("test:0", source=Source.FEEDER, page_size_mm=(30, 20)), never)
    next(pages)
    (child,) = set(child_ids()) - before
    os.kill(child, signal.SIGKILL)
    with pytest.raises(errors.BackendCrashed):
        next(pages)


def test_a_hanging_driver_is_stopped_within_the_timeout(make_sane: Make, job: Job, tmp_path: Path) -> None:
    fifo = tmp_path / "nobody-writes.ppm"
    os.mkfifo(fifo)
    started = time.monotonic()
    with pytest.raises(errors.NoProgress):
        scan_all(make_sane(timeout_s=0.8, options={"filename": str(fifo)}), job("pnm:0"))
    assert 0.7 < time.monotonic() - started < 60


def test_a_stopped_process_is_a_hang_too(
    make_sane: Make, job: Job, child_ids: Callable[[], list[int]]
) -> None:
    before = set(child_ids())
    pages = make_sane(timeout_s=0.8).scan(job("test:0", source=Source.FEEDER, page_size_mm=(30, 20)), never)
    next(pages)
    (child,) = set(child_ids()) - before
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(errors.NoProgress):
        next(pages)


def test_a_slow_page_is_no_hang(make_sane: Make, job: Job) -> None:
    try:
        _scan_slowly(make_sane, job, timeout_s=1.5, resolution_dpi=100)
    except errors.NoProgress:
        # The machine itself may have paused; it does not so for twelve seconds.
        _scan_slowly(make_sane, job, timeout_s=12.0, resolution_dpi=400)


def _scan_slowly(make_sane: Make, job: Job, *, timeout_s: float, resolution_dpi: int) -> None:
    wish = job("test:0", resolution_dpi=resolution_dpi, page_size_mm=(100, 70))
    started = time.monotonic()
    assert len(scan_all(make_sane(timeout_s=timeout_s, options=SLOW), wish)) == 1
    assert time.monotonic() - started > timeout_s, "the device was not slow enough to prove anything"


def test_cancel_ends_a_hang_long_before_the_timeout(
    make_sane: Make, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanners.sane.CANCEL_S", 0.5)
    fifo = tmp_path / "nobody-writes.ppm"
    os.mkfifo(fifo)
    begun = time.monotonic()
    pages = scan_all(
        make_sane(options={"filename": str(fifo)}), job("pnm:0"), lambda: time.monotonic() - begun > 0.5
    )
    assert pages == []
    assert time.monotonic() - begun < TIMEOUT_S


@pytest.mark.parametrize("resolution_dpi", [0, 1201, 100_000])
def test_out_of_range_resolution_is_refused(make_sane: Make, job: Job, resolution_dpi: int) -> None:
    with pytest.raises(errors.BadSetting):
        scan_all(make_sane(), job("test:0", resolution_dpi=resolution_dpi, page_size_mm=(10, 10)))


def test_a_resolution_between_two_steps_is_raised_and_the_page_says_so(
    make_sane: Make, job: Job, specimen: Path
) -> None:
    (page,) = scan_all(make_sane(options={"filename": str(specimen)}), job("pnm:0", resolution_dpi=205))
    assert page.resolution_dpi == 210


def test_page_size_and_resolution_give_the_expected_pixels(make_sane: Make, job: Job) -> None:
    (page,) = scan_all(make_sane(), job("test:0", resolution_dpi=200, page_size_mm=(210, 297)))
    assert (page.width_px, page.height_px) == (1653, 2338)


def test_a_page_larger_than_the_glass_is_refused(make_sane: Make, job: Job) -> None:
    with pytest.raises(errors.BadSetting):
        scan_all(make_sane(), job("test:0", page_size_mm=(420, 297)))


def test_an_area_with_too_many_pixels_is_refused_before_the_scan(make_sane: Make, job: Job) -> None:
    started = time.monotonic()
    with pytest.raises(errors.PageTooLarge):
        scan_all(make_sane(), job("test:0", resolution_dpi=1200))
    assert time.monotonic() - started < 2


def test_a_picture_with_too_many_pixels_is_refused_by_its_header(
    make_sane: Make, job: Job, tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb.pgm"
    bomb.write_bytes(b"P5\n40000 40000\n255\n" + bytes(1000))
    with pytest.raises(errors.PageTooLarge):
        scan_all(make_sane(options={"filename": str(bomb)}), job("pnm:0"))


def test_a_picture_that_ends_early_is_not_taken_for_a_page(make_sane: Make, job: Job, tmp_path: Path) -> None:
    short = tmp_path / "short.pgm"
    short.write_bytes(b"P5\n100 100\n255\n" + bytes(5000))
    with pytest.raises(errors.DeviceFault):
        scan_all(make_sane(options={"filename": str(short)}), job("pnm:0"))


def test_padding_at_the_end_of_lines_is_taken_out(
    make_sane: Make, job: Job, picture: Callable[[RawPage], Image.Image]
) -> None:
    wish = job("test:0", page_size_mm=(60, 60))
    (whole,) = scan_all(make_sane(), wish)
    (padded,) = scan_all(make_sane(options={"ppl-loss": 7}), wish)
    assert padded.width_px == whole.width_px - 7
    expected = picture(whole).crop((0, 0, padded.width_px, padded.height_px))
    assert padded.height_px >= whole.height_px - 1
    assert padded.pixels == expected.tobytes()


def test_sixteen_bits_a_sample_become_eight(make_sane: Make, job: Job) -> None:
    # The grid is the pattern that is the same picture at both depths.
    wish, grid = job("test:0", page_size_mm=(60, 60)), {"test-picture": "Grid"}
    (eight,) = scan_all(make_sane(options=grid), wish)
    (sixteen,) = scan_all(make_sane(options={**grid, "depth": 16}), wish)
    assert sixteen.pixels == eight.pixels


def test_one_bit_a_sample_is_refused(make_sane: Make, job: Job) -> None:
    with pytest.raises(errors.BadSetting):
        scan_all(make_sane(options={"depth": 1}), job("test:0", page_size_mm=(30, 20)))


def test_a_page_of_unknown_height_is_read_to_its_end(make_sane: Make, job: Job) -> None:
    wish = job("test:0", page_size_mm=(30, 20))
    (known,) = scan_all(make_sane(), wish)
    (unknown,) = scan_all(make_sane(options={"hand-scanner": True}), wish)
    assert unknown.height_px > 0
    assert unknown.width_px * unknown.height_px * 3 == len(unknown.pixels)
    assert known.height_px > 0


def test_an_unknown_option_is_refused_instead_of_dropped(make_sane: Make, job: Job) -> None:
    with pytest.raises(errors.BadSetting):
        scan_all(make_sane(options={"no-such-option": 1}), job("test:0"))


def test_a_source_the_device_lacks_is_refused(make_sane: Make, job: Job) -> None:
    for device, source in (("test:0", Source.DUPLEX), ("pnm:0", Source.FEEDER)):
        with pytest.raises(errors.BadSetting):
            scan_all(make_sane(), job(device, source=source))


def test_an_unknown_device_is_gone(make_sane: Make, job: Job) -> None:
    with pytest.raises(errors.DeviceGone):
        scan_all(make_sane(), job("test:99"))


def test_a_device_under_a_new_id_is_found_again_by_its_name(configure: Callable[..., Path], job: Job) -> None:
    scanner = SaneScanner(config_dir=configure(devices=2), timeout_s=TIMEOUT_S)
    assert "test:1" in {device.id for device in scanner.devices()}
    configure(devices=1)
    (page,) = scan_all(scanner, job("test:1", page_size_mm=(30, 20)))
    assert page.source_name == "Noname frontend-tester"


def test_without_python_sane_there_is_no_scan_support(job: Job, tmp_path: Path) -> None:
    (tmp_path / "sane.py").write_text("raise ImportError('libsane.so.1: cannot open shared object file')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from scanners.sane_child import main; main()"
    scanner = SaneScanner(command=(sys.executable, "-P", "-c", code))
    for call in (scanner.devices, lambda: scan_all(scanner, job("test:0"))):
        with pytest.raises(errors.NoScanSupport):
            call()


def test_a_failure_amid_noise_on_standard_output_is_a_crash_with_its_words(job: Job, tmp_path: Path) -> None:
    (tmp_path / "sane.py").write_text(
        "import os\ndef init():\n    os.write(1, b'noise')\n    raise RuntimeError('odd')"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from scanners.sane_child import main; main()"
    with pytest.raises(errors.BackendCrashed, match="odd"):
        scan_all(SaneScanner(command=(sys.executable, "-P", "-c", code)), job("test:0"))


def test_a_child_that_talks_nonsense_is_a_crash() -> None:
    scanner = SaneScanner(command=(sys.executable, "-c", "print('x' * 100)"))
    with pytest.raises(errors.BackendCrashed):
        scanner.devices()


def test_nothing_is_started_before_the_first_page_is_asked_for(
    make_sane: Make, job: Job, child_ids: Callable[[], list[int]]
) -> None:
    before = set(child_ids())
    pages = make_sane().scan(job("test:0"), never)
    assert set(child_ids()) == before
    del pages


def test_an_abandoned_scan_ends_its_child(
    make_sane: Make, job: Job, child_ids: Callable[[], list[int]]
) -> None:
    before = set(child_ids())
    pages = make_sane().scan(job("test:0", source=Source.FEEDER, page_size_mm=(30, 20)), never)
    next(pages)
    del pages
    assert set(child_ids()) == before


PARENT = """
import sys, time
from pathlib import Path
from scanners.port import ScanJob, Source
from scanners.sane import SaneScanner
config, device, file = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
feeding = device.startswith("test")
scanner = SaneScanner(config_dir=config, options={} if feeding else {"filename": file})
source = Source.FEEDER if feeding else Source.FLATBED
pages = scanner.scan(ScanJob(device_id=device, source=source, page_size_mm=(30, 20)), bool)
next(pages)
time.sleep(60)
"""


@pytest.mark.parametrize("device", ["test:0", "pnm:0"])
def test_the_child_ends_when_its_parent_is_killed_be_it_idle_or_stuck(
    sane_dir: Path, tmp_path: Path, device: str
) -> None:
    fifo = tmp_path / "nobody-writes.ppm"
    os.mkfifo(fifo)
    arguments = [sys.executable, "-c", PARENT, str(sane_dir), device, str(fifo)]
    with subprocess.Popen(arguments) as parent:
        listing = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        deadline = time.monotonic() + 90
        while not (children := listing.read_text().split()) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        parent.kill()
    child = Path(f"/proc/{children[0]}/exe")
    deadline = time.monotonic() + 90
    while os.path.lexists(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not os.path.lexists(child)


def test_this_process_never_loads_libsane() -> None:
    code = (
        "import sys, scanners.sane, scanners.specimen; sys.exit(bool({'sane', '_sane'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
