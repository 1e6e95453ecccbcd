"""The darkroom process: what it does, and what is left of a page when it dies, hangs or cannot be had."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scanners.errors import DarkroomFailed
from scanners.imaging.darkroom import Darkroom
from scanners.imaging.port import PictureReport
from scanners.port import Mode, RawPage
from tests.bench.glass_scenes import scene

READY = "import os; os.write(1, b'\\0\\0\\0\\x0f\\0\\0\\0\\0' + b'{\"is\": \"ready\"}');"
HANGS = (sys.executable, "-c", READY + "import time; time.sleep(60)")
DIES = (sys.executable, "-c", READY + "os.read(0, 1)")


def raw_page(width: int = 320, height: int = 200, mode: Mode = Mode.COLOUR) -> RawPage:
    channels = 3 if mode is Mode.COLOUR else 1
    ramp = np.linspace(0, 255, width * height * channels).astype(np.uint8)
    return RawPage(
        number=1,
        width_px=width,
        height_px=height,
        mode=mode,
        resolution_dpi=200,
        pixels=ramp.tobytes(),
        source_name="specimen",
    )


def raw_of(picture: NDArray[np.uint8], dpi: int) -> RawPage:
    height, width = picture.shape[:2]
    return RawPage(
        number=1,
        width_px=width,
        height_px=height,
        mode=Mode.COLOUR,
        resolution_dpi=dpi,
        pixels=picture.tobytes(),
        source_name="specimen",
    )


def raw_scene(seed: int) -> RawPage:
    made = scene(seed, 150)
    return raw_of(made.picture, made.dpi)


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    with Darkroom() as room:
        room.warm()
        yield room


def child_of(darkroom: Darkroom) -> int:
    assert darkroom._child.pid is not None
    return darkroom._child.pid


@pytest.mark.parametrize("mode", list(Mode))
def test_a_kept_page_is_a_jpeg_of_the_same_pixels_and_resolution(darkroom: Darkroom, mode: Mode) -> None:
    raw = raw_page(mode=mode)
    with Image.open(io.BytesIO(darkroom.keep(raw))) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", mode.value, (320, 200))
        assert image.info["dpi"] == (200, 200)
        off = np.abs(np.asarray(image, np.int16).ravel() - np.frombuffer(raw.pixels, np.uint8))
    assert off.mean() < 3


def test_a_page_just_kept_is_judged_like_the_same_file_later(darkroom: Darkroom) -> None:
    raw = raw_scene(2)
    file = darkroom.keep(raw)
    soon = darkroom.inspect(file, raw.resolution_dpi)
    with Darkroom() as fresh:
        later = fresh.inspect(file, raw.resolution_dpi)
    assert [page.faults for page in soon.pages] == [page.faults for page in later.pages]
    assert soon.pages[0].corners == pytest.approx(later.pages[0].corners, abs=4)


def test_the_report_is_in_px_of_the_raw_picture_and_renders(darkroom: Darkroom) -> None:
    made = scene(2, 150)
    picture = np.repeat(np.repeat(made.picture, 2, axis=0), 2, axis=1)
    raw = raw_of(picture, 300)
    file = darkroom.keep(raw)
    (page,) = darkroom.inspect(file, 300).pages
    assert page.size_px == pytest.approx((1019, 645), abs=20)
    shown = darkroom.render(file, page.corners, page.size_px, (400, 400))
    assert (shown.width, shown.mode) == (400, "RGB")
    assert len(shown.pixels) == shown.width * shown.height * 3
    full = darkroom.render(file, page.corners, page.size_px)
    assert (full.width, full.height) == page.size_px


def test_a_cut_made_by_hand_is_judged_as_it_is(darkroom: Darkroom) -> None:
    file = darkroom.keep(raw_scene(0))
    corners = (50, 60, 400, 60, 400, 300, 50, 300)
    (page,) = darkroom.inspect(file, 200, corners).pages
    assert page.corners == corners
    assert page.size_px == (350, 240)


@pytest.mark.parametrize("file", [b"", b"no picture", b"\xff\xd8\xff\xe0 broken", b"GIF89a\x01\0\x01\0"])
def test_what_is_no_picture_fails_alone(darkroom: Darkroom, file: bytes) -> None:
    before = child_of(darkroom)
    with pytest.raises(DarkroomFailed):
        darkroom.inspect(file, 200)
    with pytest.raises(DarkroomFailed):
        darkroom.render(file, (0, 0, 10, 0, 10, 10, 0, 10), (10, 10))
    assert child_of(darkroom) == before


def test_a_cut_of_no_area_fails_alone_or_gives_a_page(darkroom: Darkroom) -> None:
    file = darkroom.keep(raw_page())
    for corners in ((5, 5, 5, 5, 5, 5, 5, 5), (0, 0, 100, 100, 50, 50, 10, 10)):
        try:
            darkroom.render(file, corners, (10, 10))
        except DarkroomFailed:
            continue
    assert darkroom.render(file, (0, 0, 320, 0, 320, 200, 0, 200), (320, 200)).width == 320


def test_a_killed_process_is_replaced_without_a_word() -> None:
    with Darkroom() as darkroom:
        file = darkroom.keep(raw_page())
        os.kill(child_of(darkroom), signal.SIGKILL)
        assert isinstance(darkroom.inspect(file, 200), PictureReport)


def test_several_threads_are_served_one_by_one(darkroom: Darkroom) -> None:
    raw = raw_page(200, 100)
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda _: darkroom.keep(raw), range(12)))
    assert len(set(files)) == 1


def test_a_hanging_process_is_stopped_and_said_so() -> None:
    with Darkroom(HANGS, timeout_s=0.3) as darkroom, pytest.raises(DarkroomFailed):
        darkroom.inspect(b"x" * 3_000_000, 200)


@pytest.mark.parametrize("command", [HANGS, DIES, ("/nonexistent",)])
def test_a_fed_page_is_kept_without_the_process(command: tuple[str, ...]) -> None:
    with Darkroom(command, timeout_s=0.3) as darkroom:
        file = darkroom.keep(raw_page(800, 600))
    with Image.open(io.BytesIO(file)) as image:
        assert image.size == (800, 600)


def test_a_fed_page_does_not_wait_for_long_work() -> None:
    with Darkroom(HANGS, timeout_s=90, patience_s=0.1) as darkroom, ThreadPoolExecutor(1) as pool:
        darkroom.warm()
        slow = pool.submit(darkroom.inspect, b"file", 200)
        while not darkroom._child.is_asked:
            pass
        assert darkroom.keep(raw_page())
        assert not slow.done()
        darkroom.close()
        with pytest.raises(DarkroomFailed):
            slow.result()


def test_a_closed_darkroom_still_keeps_and_does_nothing_else() -> None:
    darkroom = Darkroom()
    darkroom.close()
    assert darkroom.keep(raw_page())
    with pytest.raises(DarkroomFailed):
        darkroom.inspect(b"", 200)
    with pytest.raises(DarkroomFailed):
        darkroom.warm()


def test_a_page_encoded_here_loads_neither_numpy_nor_opencv() -> None:
    program = (
        "import sys; from scanners.fake import blank_page; from scanners.imaging.darkroom import Darkroom;"
        "Darkroom(('/nonexistent',)).keep(blank_page()); print(*sys.modules)"
    )
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=300).split()
    assert "PIL" in loaded
    assert not {"numpy", "cv2", "zxingcpp"} & set(loaded)


def test_the_program_loads_no_pixel_library_with_its_client() -> None:
    program = "import sys, scanners.imaging.darkroom as d; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=300).split()
    assert not {"numpy", "cv2", "PIL", "zxingcpp"} & set(loaded)
