"""The camera driver through its real child process with recorded pictures; the kernel's answers by hand."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from scanners import camera_child, camera_nodes, camera_stage
from scanners.camera import CameraScanner
from scanners.camera_errors import (
    CameraBusy,
    CameraDenied,
    CameraGone,
    NoCamera,
    NoCameraSupport,
    NoPageSeen,
    NoPicture,
)
from scanners.camera_nodes import BUF_TYPE_VIDEO_CAPTURE, MJPG, Format
from scanners.camera_sources import RecordedFrames, open_source
from scanners.camera_stage import Paper, Stage
from scanners.camera_view import FrameState, LiveView
from scanners.child import python_module
from scanners.errors import BackendCrashed
from scanners.framing import Picture
from scanners.port import Mode, RawPage, ScanJob

FRAME = (640, 480)
YUYV = int.from_bytes(b"YUYV", "little")


def papers() -> list[Paper]:
    sheet = np.full((297, 210, 3), 250, np.uint8)
    for row in range(30, 260, 14):
        sheet[row : row + 5, 20 : 190 - row % 40] = 40
    back = np.ascontiguousarray(sheet[::-1, ::-1])
    return [Paper(picture=p, size_mm=(210, 297), turn_deg=90, rests=9) for p in (sheet, back)]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frames")
    for number, picture in enumerate(Stage(FRAME).play(papers())):
        cv2.imwrite(str(folder / f"{number:03}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return folder


class Finder:
    """Looks at everything and presses the shutter when told."""

    def __init__(self, press_at: int = 0, room: tuple[int, int] = (160, 120)) -> None:
        self.room_px = room
        self.views: list[LiveView] = []
        self._press_at = press_at

    def show(self, view: LiveView) -> None:
        self.views.append(view)

    def pressed(self) -> bool:
        return len(self.views) + 1 == self._press_at


def camera(path: Path, *, patience_s: float = 6.0, alone_s: float = 30.0) -> tuple[CameraScanner, str]:
    identity = f"frames:{path}"
    staged = ((identity, "练习高拍仪"),)
    driver = CameraScanner(staged=staged, look_s=0, patience_s=patience_s, alone_s=alone_s, real=False)
    return driver, identity


def scan(
    driver: CameraScanner, identity: str, *, pages: int = 2, finder: Finder | None = None
) -> list[RawPage]:
    return list(driver.scan(ScanJob(device_id=identity, max_pages=pages, finder=finder), bool))


def test_two_papers_laid_down_one_after_the_other_are_two_pages_taken_by_themselves(recorded: Path) -> None:
    driver, identity = camera(recorded)
    (device,) = driver.devices()
    assert (device.id, device.name, device.driver) == (identity, "练习高拍仪", "camera")
    finder = Finder()
    pages = scan(driver, identity, finder=finder)
    assert [(p.number, p.width_px, p.height_px, p.mode) for p in pages] == [
        (1, *FRAME, Mode.COLOUR),
        (2, *FRAME, Mode.COLOUR),
    ]
    assert all(abs(p.resolution_dpi - 50) <= 2 and p.source_name == "练习高拍仪" for p in pages)
    one, other = (np.frombuffer(p.pixels, np.uint8).reshape(480, 640, 3) for p in pages)
    assert np.abs(one.astype(int) - other).max() > 100
    seen = [view.state for view in finder.views]
    assert seen.index(FrameState.MOVING) < seen.index(FrameState.STEADY) < seen.index(FrameState.SHOT)
    assert [view.shots for view in finder.views][-1] == 2
    assert all((v.width_px, v.height_px, len(v.pixels)) == (160, 120, 57600) for v in finder.views)
    assert finder.views[-1].dpi_measured and finder.views[-1].frame_px == FRAME


def test_the_shutter_takes_a_page_at_once_and_a_cancel_keeps_it(recorded: Path) -> None:
    driver, identity = camera(recorded)
    finder = Finder(press_at=2, room=(0, 0))
    taken: list[RawPage] = []
    job = ScanJob(device_id=identity, finder=finder)
    for page in driver.scan(job, lambda: len(taken) == 1):
        taken.append(page)
    assert len(taken) == 1 and len(finder.views) == 2
    assert finder.views[0].pixels == b"", "no room, no picture"


def test_without_a_viewfinder_pages_are_taken_until_nothing_comes(recorded: Path, tmp_path: Path) -> None:
    driver, identity = camera(recorded)
    assert len(scan(driver, identity, pages=1)) == 1
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(sorted(recorded.iterdir())[-1], empty)
    driver, identity = camera(empty, alone_s=0.2)
    with pytest.raises(NoPageSeen) as caught:
        scan(driver, identity)
    assert caught.value.device == "练习高拍仪" and "SEARCHING" in caught.value.detail


def test_a_video_is_played_at_eight_pictures_a_second(tmp_path: Path) -> None:
    path = tmp_path / "recorded.avi"
    fourcc = cv2.VideoWriter.fourcc(*"MJPG")
    video = cv2.VideoWriter(str(path), fourcc, 16.0, FRAME)
    for number in range(8):
        video.write(np.full((FRAME[1], FRAME[0], 3), number * 30, np.uint8))
    video.release()
    with RecordedFrames(path) as source:
        seen = [source.read() for _look in range(5)]
    shades = [int(s[0].mean()) // 10 * 10 for s in seen if s is not None]
    assert shades[:4] == sorted(shades[:4]) and shades[4] == shades[0], "every other one, over and over"
    assert [s[1] for s in seen if s is not None] == [0.125, 0.25, 0.375, 0.5, 0.625]


def test_staged_papers_go_on_behind_those_that_were_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_stage, "FRAME_PX", FRAME)
    files = [tmp_path / "black.png", tmp_path / "white.png"]
    for file, shade in zip(files, (30, 250), strict=True):
        cv2.imwrite(str(file), np.full((297, 210, 3), shade, np.uint8))
    identity = "papers:" + os.pathsep.join(map(str, files))
    middles = []
    for past in (0, 1, 2):
        with open_source(identity, past) as source:
            looks = [source.read() for _look in range(6)]
        assert looks[-1] is not None
        middles.append(int(looks[-1][0][230:250, 310:330].mean()))
    assert middles[0] == middles[2] < 60 < 150 < middles[1]
    files[0].unlink()
    with pytest.raises(CameraGone, match=r"black\.png"):
        open_source(identity)


def test_a_camera_unplugged_while_it_is_looked_through_keeps_the_pages_and_works_again(
    recorded: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "frames"
    shutil.copytree(recorded, folder)
    driver, identity = camera(folder)
    pages: list[RawPage] = []
    with pytest.raises(CameraGone) as caught:
        for page in driver.scan(ScanJob(device_id=identity), bool):
            pages.append(page)
            shutil.rmtree(folder)
    assert len(pages) == 1 and caught.value.device == "练习高拍仪"
    with pytest.raises(CameraGone):
        scan(driver, identity)
    shutil.copytree(recorded, folder)
    assert len(scan(driver, identity, pages=1)) == 1


def test_a_camera_that_sends_nothing_readable_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no picture")
    driver, identity = camera(tmp_path, patience_s=0.3)
    with pytest.raises(NoPicture, match="S134"):
        scan(driver, identity, finder=Finder())


def test_a_folder_without_pictures_and_a_file_that_is_no_camera_say_so(tmp_path: Path) -> None:
    driver, identity = camera(tmp_path)
    with pytest.raises(NoPicture):
        scan(driver, identity)
    plain = tmp_path / "video0"
    plain.touch()
    with pytest.raises(NoPicture, match="does not open"):
        scan(driver, str(plain))


def test_a_camera_process_that_is_killed_costs_no_page_and_the_next_scan_works(
    recorded: Path, child_ids: Callable[[], list[int]]
) -> None:
    driver, identity = camera(recorded)
    before, pages = set(child_ids()), []
    with pytest.raises(BackendCrashed):
        for page in driver.scan(ScanJob(device_id=identity), bool):
            pages.append(page)
            (child,) = set(child_ids()) - before
            os.kill(child, signal.SIGKILL)
    assert len(pages) == 1
    assert len(scan(driver, identity, pages=1)) == 1


SILENT = (
    "import sys, time; from scanners.frames import read_header, write_frame; write_frame(1, {'is': 'ready'});"
    "read_header(0); write_frame(1, {'is': 'open'}); read_header(0); time.sleep(60)"
)


def test_a_driver_that_hangs_is_stopped_and_told_as_a_camera_without_picture(tmp_path: Path) -> None:
    command = (python_module("x")[0], "-c", SILENT)
    driver = CameraScanner(staged=(("frames:x", "挂住"),), real=False, patience_s=0.2, command=command)
    with pytest.raises(NoPicture) as caught:
        scan(driver, "frames:x")
    assert caught.value.device == "挂住"


def test_no_camera_at_all_is_told_when_one_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_nodes, "nodes", lambda: ())
    driver = CameraScanner()
    assert driver.devices() == ()
    with pytest.raises(NoCamera):
        scan(driver, "/dev/video97")


def test_a_camera_plugged_in_anew_is_found_again_by_its_name(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = CameraScanner(look_s=0)
    node = [("/dev/video97", "样本高拍仪")]
    monkeypatch.setattr(driver, "_cameras", lambda: list(node))
    (device,) = driver.devices()
    node[:] = [(f"frames:{recorded}", "样本高拍仪")]
    (page,) = scan(driver, device.id, pages=1)
    assert page.source_name == "样本高拍仪"
    node[:] = [("/dev/video3", "另一台")]
    with pytest.raises(CameraGone):
        scan(driver, device.id, pages=1)


def test_without_the_picture_library_it_says_what_is_missing() -> None:
    block = "import sys; sys.modules['cv2'] = None; from scanners.camera_child import main; sys.exit(main())"
    driver = CameraScanner(real=False, command=(python_module("x")[0], "-c", block))
    with pytest.raises(NoCameraSupport):
        scan(driver, "frames:x")


# --- what the kernel says -----------------------------------------------------------------------------------


def test_nodes_are_listed_in_their_order_with_names_said_once(tmp_path: Path) -> None:
    names = {"video10": "Cam B: Cam B\n", "video2": "高拍仪: USB Camera", "v4l-subdev0": "x", "video3": ""}
    for node, name in names.items():
        (tmp_path / node).mkdir()
        (tmp_path / node / "name").write_text(name, encoding="utf-8")
    (tmp_path / "video4").mkdir()
    found = camera_nodes.nodes(tmp_path, Path("/dev"))
    assert [(str(node), name) for node, name in found] == [
        ("/dev/video2", "高拍仪: USB Camera"),
        ("/dev/video3", "video3"),
        ("/dev/video4", "video4"),
        ("/dev/video10", "Cam B"),
    ]
    assert camera_nodes.nodes(tmp_path / "none") == ()


def capability(capabilities: int, of_node: int) -> bytes:
    return struct.pack("<16s32s32sIII12x", b"uvcvideo", b"Camera", b"usb", 0, capabilities, of_node)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (capability(0x8520_0001, 0x0420_0001), True),
        (capability(0x84A0_0001, 0x04A0_0000), False),
        (capability(0x0400_0001, 0), True),
        (capability(0x0000_0001, 0), False),
    ],
)
def test_only_nodes_that_deliver_pictures_count(answer: bytes, wanted: bool) -> None:
    assert camera_nodes.takes_pictures(3, lambda _file, _request, _argument: answer) is wanted


def test_the_largest_picture_is_chosen_and_compressed_where_equal() -> None:
    sizes = {YUYV: [(3264, 2448), (640, 480)], MJPG: [(1920, 1080), (3264, 2448)]}

    def ioctl(_file: int, request: int, argument: bytes) -> bytes:
        index, kind = struct.unpack_from("<II", argument)
        try:
            if request == camera_nodes.ENUM_FMT:
                assert kind == BUF_TYPE_VIDEO_CAPTURE
                return struct.pack("<III32sI16x", index, kind, 0, b"", list(sizes)[index])
            width, height = sizes[kind][index]
        except IndexError:
            raise OSError(errno.EINVAL, "no more") from None
        return struct.pack("<IIIII24x", index, kind, camera_nodes.DISCRETE, width, height)

    assert camera_nodes.largest(camera_nodes.formats(3, ioctl)) == Format(MJPG, 3264, 2448)
    assert camera_nodes.largest(iter(())) is None


def test_of_a_range_of_sizes_the_largest_counts_and_a_broken_driver_is_not_asked_for_ever() -> None:
    def ioctl(_file: int, request: int, argument: bytes) -> bytes:
        if request == camera_nodes.ENUM_FMT:
            return struct.pack("<III32sI16x", 0, 1, 0, b"", YUYV)
        return struct.pack("<III6I8x", 0, YUYV, 3, 160, 2592, 16, 120, 1944, 16)

    found = list(camera_nodes.formats(3, ioctl))
    assert len(found) == camera_nodes.MOST_ENTRIES and set(found) == {Format(YUYV, 2592, 1944)}


def test_a_camera_in_other_hands_is_busy_and_one_without_the_question_is_not() -> None:
    def refuse(number: int) -> Callable[[int, int, bytes], bytes]:
        def ioctl(_file: int, _request: int, _argument: bytes) -> bytes:
            raise OSError(number, os.strerror(number))

        return ioctl

    with pytest.raises(CameraBusy):
        camera_nodes.free_buffers(3, refuse(errno.EBUSY))
    camera_nodes.free_buffers(3, refuse(errno.ENOTTY))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, CameraDenied),
        (errno.EBUSY, CameraBusy),
        (errno.ENODEV, CameraGone),
        (errno.ENOENT, CameraGone),
        (errno.EIO, NoPicture),
    ],
)
def test_each_answer_of_the_system_is_one_situation(number: int, kind: type[Exception]) -> None:
    found = camera_nodes.explained(OSError(number, os.strerror(number)))
    assert type(found) is kind and "Errno" not in found.detail


def test_a_node_that_may_not_be_asked_is_listed_once_and_one_for_metadata_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [(tmp_path / f"video{n}", name) for n, name in enumerate(("A", "A", "B", "C"))]
    for node, _name in nodes[:3]:
        node.touch()
    monkeypatch.setattr(camera_nodes, "nodes", lambda: tuple(nodes))
    answers: Iterator[bool | CameraDenied] = iter([True, False, CameraDenied("no")])

    def asked(_file: int) -> bool:
        answer = next(answers)
        if isinstance(answer, CameraDenied):
            raise answer
        return answer

    monkeypatch.setattr(camera_nodes, "takes_pictures", asked)
    assert [name for _node, name in camera_child.cameras()] == ["A", "B"]


def test_the_driver_loads_neither_numpy_nor_opencv_into_the_program() -> None:
    import subprocess
    import sys

    program = "import sys, scanners.camera; print('numpy' in sys.modules, 'cv2' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).split() == ["False", "False"]


def test_the_view_shows_the_outline_in_the_colour_of_what_to_do(recorded: Path) -> None:
    driver, identity = camera(recorded)
    finder = Finder(room=(320, 240))
    scan(driver, identity, pages=1, finder=finder)

    def has(view: LiveView, colour: tuple[int, int, int]) -> bool:
        pixels: Picture = np.frombuffer(view.pixels, np.uint8).reshape(view.height_px, view.width_px, 3)
        return bool((pixels == colour).all(axis=2).sum() > 100)

    steady = next(view for view in finder.views if view.state is FrameState.STEADY)
    moving = next(view for view in finder.views if view.state is FrameState.MOVING)
    assert has(steady, camera_child.RIGHT) and has(moving, camera_child.WRONG)
