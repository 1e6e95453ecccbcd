"""Real libsane, `test` and `pnm` back-ends, in a private configuration; no process or folder may stay."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanners.errors import NoScanSupport
from scanners.port import Device, Mode, RawPage, ScanJob
from scanners.sane import SaneScanner

TIMEOUT_S = 60.0
"""Silence of a device after which it hangs, where that is not the matter."""
TEST_CONF = """number_of_devices {devices}
mode Color
depth 8
hand-scanner false
three-pass false
resolution_min 1.0
resolution_max 1200.0
resolution_quant 1.0
resolution 50.0
test-picture "Color pattern"
read-limit false
read-delay false
read-status-code "Default"
fuzzy-parameters false
ppl-loss 0
geometry_min 0.0
geometry_max {glass}
geometry_quant 1.0
tl_x 0.0
tl_y 0.0
br_x 80.0
br_y 100.0
"""


def write_config(
    folder: Path, *, backends: str = "test\npnm\n", devices: int = 2, glass: float = 320.0
) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "dll.conf").write_text(backends)
    (folder / "test.conf").write_text(TEST_CONF.format(devices=devices, glass=glass))
    return folder


@functools.cache
def missing_sane() -> str:
    """Say what is missing for tests with the real libsane; empty if nothing is."""
    with tempfile.TemporaryDirectory() as name:
        try:
            devices = SaneScanner(
                config_dir=write_config(Path(name) / "sane.d"), timeout_s=TIMEOUT_S
            ).devices()
        except NoScanSupport as error:
            return f"python-sane or libsane is missing: {error}"
    drivers = {device.id.split(":")[0] for device in devices}
    return "" if {"test", "pnm"} <= drivers else "libsane lacks its test and pnm back-ends"


@functools.cache
def missing_airscan() -> str:
    """Say what is missing for tests with a network scanner; empty if nothing is."""
    if missing := missing_sane():
        return missing
    places = ("/usr/lib", "/usr/local/lib", "/lib")
    found = any(next(Path(place).glob("**/sane/libsane-airscan.so*"), None) for place in places)
    return "" if found else "the back-end for eSCL is missing (Debian package sane-airscan)"


@pytest.fixture
def needs_airscan() -> None:
    if missing_airscan():
        pytest.skip(missing_airscan())


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Path]:
    """Write the private configuration (again), e.g. with other devices."""
    if missing_sane():
        pytest.skip(missing_sane())
    return functools.partial(write_config, tmp_path / "sane.d")


@pytest.fixture
def sane_dir(configure: Callable[..., Path]) -> Path:
    return configure()


@pytest.fixture
def make_sane(sane_dir: Path) -> Callable[..., SaneScanner]:
    return functools.partial(SaneScanner, config_dir=sane_dir, timeout_s=TIMEOUT_S)


def children() -> list[int]:
    """Ids of the living and dead-but-unreaped children of this process."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        # A thread may end while it is looked at; its children then belong to another one.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += [int(word) for word in (task / "children").read_text().split()]
    return found


@pytest.fixture
def child_ids() -> Callable[[], list[int]]:
    return children


def temporary_folders() -> set[str]:
    parents = [Path("/dev/shm"), Path(tempfile.gettempdir())]
    return {
        str(path)
        for parent in parents
        if parent.is_dir()
        for path in parent.glob(f"specimens-{os.getpid()}-*")
    }


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    before = set(children()), temporary_folders(), open_files()
    yield
    assert set(children()) <= before[0], "a child process stayed"
    assert temporary_folders() <= before[1], "a folder with pages stayed"
    assert open_files() <= before[2], "a pipe stayed open"


@pytest.fixture
def specimen(tmp_path: Path) -> Path:
    """A colour picture whose pixels all differ from their neighbours, with an odd width."""
    image = Image.linear_gradient("L").resize((101, 67))
    picture = Image.merge("RGB", (image, image.rotate(180), image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    path = tmp_path / "specimen.ppm"
    picture.save(path)
    return path


@pytest.fixture
def picture() -> Callable[[RawPage], Image.Image]:
    def build(page: RawPage) -> Image.Image:
        return Image.frombytes(page.mode.value, (page.width_px, page.height_px), page.pixels)

    return build


@pytest.fixture
def job() -> Callable[..., ScanJob]:
    def build(device: str | Device, **changes: object) -> ScanJob:
        identity = device if isinstance(device, str) else device.id
        wishes: dict[str, object] = {"mode": Mode.COLOUR, "resolution_dpi": 75, **changes}
        return ScanJob(device_id=identity, **wishes)  # type: ignore[arg-type]

    return build
