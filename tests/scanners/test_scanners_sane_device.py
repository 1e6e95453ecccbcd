"""What devices ask for that no device of ours has: sensors, a cold lamp, odd ids, lengths and switches."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanners import errors
from scanners.errors import BadSetting
from scanners.port import Capability, Mode, RawPage, ScanJob, Source
from scanners.sane import SaneScanner
from scanners.sane_config import backend_of, only
from scanners.sane_device import Setter
from scanners.sane_probe import capabilities, has_sensors, signs
from scanners.sane_status import WARM_UP_S, Sign, Step, patience_s, situation
from tests.scanners.fake_library import FakeDevice, epson, fujitsu, in_pixels

Job = Callable[..., ScanJob]
ID = "fujitsu:usb:001:004"
ROOT = Path(__file__).parents[2]


def never() -> bool:
    return False


@pytest.mark.parametrize(
    ("words", "step", "expected"),
    [
        ("Document feeder jammed", Step.START, errors.PaperJam),
        ("Document feeder jammed", Step.READ, errors.PaperJam),
        ("Document feeder out of documents", Step.START, errors.FeederEmpty),
        ("Scanner cover is open", Step.START, errors.CoverOpen),
        ("ADF door is open", Step.START, errors.CoverOpen),
        ("Device busy", Step.OPEN, errors.DeviceBusy),
        ("Unknown SANE status code 12", Step.START, errors.WarmingUp),
        ("Unknown SANE status code 13", Step.START, errors.TransportLock),
        ("Scanner mechanism locked for transport", Step.OPEN, errors.TransportLock),
        ("Double feed detected", Step.READ, errors.DoubleFeed),
        ("Access to resource has been denied", Step.OPEN, errors.AccessDenied),
        ("Invalid argument", Step.OPEN, errors.DeviceGone),
        ("Error during device I/O", Step.OPEN, errors.DeviceGone),
        ("Invalid argument", Step.OPTION, errors.BadSetting),
        ("Invalid argument", Step.READ, errors.DeviceFault),
        ("Error during device I/O", Step.READ, errors.DeviceFault),
        ("Out of memory", Step.START, errors.DeviceFault),
        ("Unknown SANE status code 120", Step.START, errors.DeviceFault),
    ],
)
def test_words_become_situations(words: str, step: Step, expected: type[errors.ScannerError]) -> None:
    assert type(situation(words, step, device="d")) is expected


@pytest.mark.parametrize(
    ("words", "signs", "expected"),
    [
        ("Document feeder jammed", {Sign.COVER_OPEN: True}, errors.CoverOpen),
        ("Document feeder jammed", {Sign.DOUBLE_FEED: True, Sign.COVER_OPEN: False}, errors.DoubleFeed),
        ("Document feeder jammed", {Sign.PAPER: True}, errors.PaperJam),
        ("Document feeder out of documents", {Sign.PAPER: True}, errors.FeederStopped),
        ("Document feeder out of documents", {Sign.PAPER: False}, errors.FeederEmpty),
        ("Invalid argument", {Sign.PAPER: False}, errors.FeederEmpty),
        ("Error during device I/O", {Sign.PAPER: True}, errors.DeviceFault),
    ],
)
def test_sensors_are_believed_rather_than_words(
    words: str, signs: dict[str, bool], expected: type[errors.ScannerError]
) -> None:
    assert type(situation(words, Step.START, device="d", signs=signs)) is expected


def test_only_a_cold_lamp_and_the_scan_we_lost_are_waited_for() -> None:
    assert patience_s("Unknown SANE status code 12", busy_s=0) == 60
    assert patience_s("Device busy", busy_s=45) == 45
    assert patience_s("Device busy", busy_s=0) < 0
    assert patience_s("Document feeder jammed", busy_s=45) < 0


def ask(options: dict[str, object], *, sheet_fed: bool = False) -> dict[str, dict[str, object]]:
    device = FakeDevice(options)  # type: ignore[arg-type]
    return {known["source"]: known for known in capabilities(device, sheet_fed=sheet_fed)}


def test_a_second_side_that_shows_only_with_the_feeder_is_found() -> None:
    known = ask(epson())  # type: ignore[arg-type]
    assert list(known) == ["FLATBED", "FEEDER", "DUPLEX"]
    assert known["DUPLEX"]["resolutions_dpi"] == (75, 150, 300, 600)


def test_a_feeder_for_bands_says_how_far_it_reaches_and_what_it_knows() -> None:
    known = ask(fujitsu())  # type: ignore[arg-type]
    assert list(known) == ["FEEDER", "DUPLEX"]
    assert known["FEEDER"]["largest_page_mm"] == [224.8, 863.5]
    assert known["FEEDER"]["resolutions_dpi"] == (50, 75, 100, 150, 200, 240, 300, 400, 600)


def test_lengths_in_pixels_become_millimetres_and_a_grey_device_offers_no_colour() -> None:
    known = ask(in_pixels())["FLATBED"]  # type: ignore[arg-type]
    assert known["largest_page_mm"] == [215.9, 297.0]
    assert known["modes"] == ["L"]


def test_a_capability_fits_what_is_a_hair_larger_and_nothing_more() -> None:
    glass = Capability(source=Source.FLATBED, modes=(Mode.COLOUR,), largest_page_mm=(216.0, 295.0))
    assert glass.fits((210, 297)) and not glass.fits((297, 420))
    assert Capability(source=Source.FEEDER, modes=()).fits((2000, 2000))


def test_page_size_is_set_as_well_as_the_corners() -> None:
    device = FakeDevice(fujitsu())
    Setter(device).set_area((210, 297), 300, feeding=True)
    assert (device.page_width, device.page_height) == (210, 297)
    assert (device.tl_x, device.tl_y, device.br_x, device.br_y) == (0, 0, 210, 297)
    assert device.ald is False


def test_a_sheet_of_unknown_length_is_left_to_the_feeder_and_never_metres_long() -> None:
    device = FakeDevice(fujitsu())
    Setter(device).set_area(None, 300, feeding=True)
    assert device.ald is True
    assert (device.page_height, device.br_y, device.br_x) == (420.0, 420.0, 224.8)


def test_pixel_corners_are_counted_at_the_resolution() -> None:
    device = FakeDevice(in_pixels())
    Setter(device).set_area((85.6, 54.0), 300)
    assert (device.br_x, device.br_y) == (1011, 638)
    with pytest.raises(BadSetting):
        Setter(device).set_area((297, 420), 300)


def test_duplex_by_a_mode_of_the_feeder_is_switched_on_and_off_again() -> None:
    device = FakeDevice(epson())
    Setter(device).choose(Source.DUPLEX, Mode.COLOUR, sheet_fed=False)
    assert (device.source, device.adf_mode, device.mode) == ("Automatic Document Feeder", "Duplex", "Color")
    Setter(device).choose(Source.FEEDER, Mode.GREY, sheet_fed=False)
    assert (device.adf_mode, device.mode) == ("Simplex", "Gray")


def test_only_what_cannot_be_set_is_a_sensor(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"sensors": {"page_loaded": True, "cover_open": False}}))
    assert has_sensors(FakeDevice(fujitsu())) and not has_sensors(FakeDevice(epson()))
    assert signs(FakeDevice(fujitsu(), script)) == {"paper": True, "cover_open": False}


def test_one_back_end_alone_is_loaded_with_its_usual_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANE_CONFIG_DIR", raising=False)
    assert backend_of("net:127.0.0.1:test:0") == "net"
    assert [backend_of(name) for name in ("nothing", "", "../x:1")] == ["", "", ""]
    with only("fujitsu", {"LC_ALL": "C.UTF-8"}) as environment:
        folder, usual = environment["SANE_CONFIG_DIR"].split(":")
        assert Path(folder, "dll.conf").read_text() == "fujitsu\n"
        assert not list(Path(folder, "dll.d").iterdir())
        assert usual == "/etc/sane.d" and environment["LC_ALL"] == "C.UTF-8"
    assert not Path(folder).exists()


class Fake:
    """A driver over the fake library, and the state of its one device."""

    def __init__(self, script: Path, job: Job) -> None:
        self._script, self._job = script, job
        self.set(id=ID, opens=[ID], opened=[], starts=[], sensors={}, kind="scanner")
        code = (
            f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.scanners import fake_library as it; "
        )
        command = (sys.executable, "-P", "-c", code + "sys.exit(it.main())", str(script))
        self.scanner = SaneScanner(command=command, timeout_s=60)
        self.pages: list[RawPage] = []

    def set(self, **facts: object) -> None:
        state = json.loads(self._script.read_text()) if self._script.exists() else {}
        self._script.write_text(json.dumps({**state, **facts}))

    @property
    def opened(self) -> list[str]:
        return list(json.loads(self._script.read_text())["opened"])

    def scan(self, cancelled: Callable[[], bool] = never, *, source: Source = Source.FEEDER) -> int:
        self.pages = []
        wish = self._job(ID, source=source, mode=Mode.GREY, resolution_dpi=200)
        for page in self.scanner.scan(wish, cancelled):
            self.pages.append(page)
        return len(self.pages)

    def fails_with(self, kind: type[errors.ScannerError]) -> int:
        with pytest.raises(kind) as caught:
            self.scan()
        assert type(caught.value) is kind
        return len(self.pages)


@pytest.fixture
def fake(tmp_path: Path, job: Job) -> Fake:
    return Fake(tmp_path / "script.json", job)


def test_height_unknown_is_worked_out_from_the_bytes_that_came(fake: Fake) -> None:
    fake.set(starts=["ok", "ok"])
    assert fake.scan() == 2
    assert {(page.width_px, page.height_px) for page in fake.pages} == {(4, 3)}


def test_a_jam_that_is_an_open_cover_or_two_sheets_is_called_so_and_the_next_scan_works(fake: Fake) -> None:
    jam = ["ok", "ok", "Document feeder jammed"]
    clear = {"cover_open": False, "double_feed": False, "page_loaded": False}
    for sensor, expected in (("cover_open", errors.CoverOpen), ("double_feed", errors.DoubleFeed)):
        fake.set(starts=jam, sensors={**clear, sensor: True})
        assert fake.fails_with(expected) == 2
        fake.set(starts=["ok"], sensors=clear)
        assert fake.scan() == 1


def test_a_feeder_that_calls_itself_empty_with_paper_in_it_is_no_end(fake: Fake) -> None:
    fake.set(starts=["ok", "ok"], sensors={"page_loaded": True})
    assert fake.fails_with(errors.FeederStopped) == 2


def test_a_feeder_without_a_word_for_its_end_ends_all_the_same(fake: Fake) -> None:
    fake.set(starts=["ok", "ok", "ok", "Invalid argument"], sensors={"page_loaded": False})
    assert fake.scan() == 3


def test_a_cold_lamp_is_waited_for_and_a_cancel_ends_the_wait(fake: Fake) -> None:
    cold = "Unknown SANE status code 12"
    fake.set(starts=[cold, "ok"])
    assert fake.scan() == 1
    fake.set(starts=[cold] * 50)
    begun = time.monotonic()
    assert fake.scan(lambda: time.monotonic() - begun > 1) == 0
    assert time.monotonic() - begun < WARM_UP_S * 0.9


def test_a_device_that_opens_only_without_its_path_is_opened_so(fake: Fake) -> None:
    assert [device.id for device in fake.scanner.devices()] == [ID]
    fake.set(opens=["fujitsu"], starts=["ok"])
    assert fake.scan() == 1
    assert fake.pages[0].source_name == "Fujitsu fi-7160"


def test_a_device_plugged_in_anew_is_found_by_vendor_model_and_type(fake: Fake) -> None:
    new = "fujitsu:usb:001:009"
    assert fake.scanner.devices()
    fake.set(id=new, opens=[new], starts=["ok"])
    assert fake.scan() == 1
    fake.set(starts=["ok"], opened=[])
    assert fake.scan() == 1
    assert fake.opened == [new], "what was found is remembered"


def test_what_a_device_told_is_not_asked_again(fake: Fake) -> None:
    (first,) = fake.scanner.devices()
    assert fake.opened == [ID] and first.capability(Source.DUPLEX)
    assert fake.scanner.devices() == (first,)
    assert fake.opened == [ID]


def test_a_roller_without_a_glass_feeds_one_side_or_both_and_is_never_taken_for_a_glass(fake: Fake) -> None:
    fake.set(kind="sheetfed scanner", starts=["ok"] * 3)
    (device,) = fake.scanner.devices()
    assert device.sources == (Source.FEEDER, Source.DUPLEX)
    assert fake.scan(source=Source.DUPLEX) == 3
    fake.set(starts=["ok"])
    assert fake.scan() == 1
    with pytest.raises(errors.BadSetting):
        fake.scan(source=Source.FLATBED)
