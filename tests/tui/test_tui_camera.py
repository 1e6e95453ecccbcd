"""The document camera: what it sees, one line of help, the shutter, and pages safe before they count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from scanners.camera_errors import CameraGone
from scanners.camera_view import FrameState, LiveView, Viewfinder
from scanners.errors import ScannerError
from scanners.fake import blank_page
from scanners.port import Device, RawPage, ScanJob
from tests.services.conftest import Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, WORKING, Seat
from workstation.domain.case import Case
from workstation.tui.screens.camera import CameraScreen
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.help import HelpScreen
from workstation.tui.terminal import Terminal
from workstation.tui.widgets.live_picture import LivePicture, draw, room_px

pytestmark = pytest.mark.anyio

CAMERA = Device("camera", "高拍仪 [b]样本", "camera")
RED, WHITE = bytes((200, 40, 40)), bytes((248, 248, 248))


def view(state: FrameState, *, shots: int = 0, room: tuple[int, int] = (40, 30), dpi: int = 0) -> LiveView:
    width, height = min(room[0], 40), min(room[1], 30)
    return LiveView(
        state=state,
        width_px=width,
        height_px=height,
        pixels=(RED * width + WHITE * width) * (height // 2) + RED * width * (height % 2),
        resolution_dpi=dpi or 93,
        dpi_measured=bool(dpi),
        frame_px=(1024, 768),
        shots=shots,
    )


@dataclass
class ScriptedCamera:
    """Shows the states of a script for ever, takes a page whenever the shutter is pressed."""

    state: FrameState = FrameState.SEARCHING
    dpi: int = 0
    failure: ScannerError | None = None
    jobs: list[ScanJob] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    """Set: pages are handed over at once."""

    def __post_init__(self) -> None:
        self.hold.set()

    def devices(self) -> tuple[Device, ...]:
        return (CAMERA,)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        self.jobs.append(job)
        assert job.finder is not None
        shots = 0
        while not cancelled():
            if self.failure is not None:
                raise self.failure
            pressed = job.finder.pressed()
            shots += pressed
            self._show(job.finder, shots)
            if pressed:
                assert self.hold.wait(90)
                yield blank_page(shade=shots)
            time.sleep(0.005)

    def _show(self, finder: Viewfinder, shots: int) -> None:
        if min(finder.room_px) > 0:
            finder.show(view(self.state, shots=shots, room=finder.room_px, dpi=self.dpi))


@pytest.fixture
def camera(window: Window) -> ScriptedCamera:
    scripted = ScriptedCamera()
    object.__setattr__(window.desk.capture, "scanner", scripted)
    return scripted


@pytest.fixture(autouse=True)
def live_scans_never_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tui.seat.WORKING", WORKING - {"scan"})


def pages_of(window: Window, case: Case, slot: str = "id-card") -> int:
    return len(window.store.case(case.case_id).slot(slot).pages)


async def look(seat: Seat, case: Case) -> CameraScreen:
    await seat.open(case.case_id)
    seat.app.simulate_key("f2")
    await seat.until(lambda: isinstance(seat.app.screen, CameraScreen), "the camera's screen")
    return seat.on(CameraScreen)


async def reads(seat: Seat, words: str) -> None:
    squeezed = words.replace(" ", "")
    await seat.until(lambda: squeezed in seat.text.replace(" ", ""), words)


@pytest.mark.parametrize("size", [NARROW, (140, 44)])
async def test_the_camera_helps_takes_and_counts_what_is_safe(
    sit: OpenSeat, window: Window, camera: ScriptedCamera, size: tuple[int, int]
) -> None:
    case = window.named(window.open())
    async with sit(size=size) as seat:
        await look(seat, case)
        await reads(seat, "把材料平放到镜头下")
        assert seat.sees("高拍仪 [b]样本 · 居民身份证", "还没有拍", "空格 马上拍", "回车 拍完")
        for state, words in ((FrameState.GLARE, "有反光, 请转一下灯"), (FrameState.TILTED, "再放平一点")):
            camera.state = state
            await reads(seat, words)
        camera.state, camera.dpi = FrameState.STEADY, 193
        await reads(seat, "约 193 dpi, 请放低镜头")
        assert "▀" in seat.text, "the picture is there"
        seat.app.simulate_key("space")
        await reads(seat, "已拍 1 页, 已存盘")
        assert pages_of(window, case) == 1
        camera.state, camera.dpi = FrameState.SHOT, 240
        await reads(seat, "请翻面, 或换下一页")
        assert seat.sees("约 240 dpi (按纸估算)")
        seat.app.simulate_key("space")
        await reads(seat, "已拍 2 页, 已存盘")
        seat.app.simulate_key("enter")
        await seat.until(lambda: not isinstance(seat.app.screen, CameraScreen), "back")
        await seat.until(lambda: not seat.case.scanning, "the camera is let go")
        assert pages_of(window, case) == 2 and "已扫描 2 页, 已存盘" in seat.notice
        assert camera.jobs[0].max_pages == 100


async def test_a_page_counts_only_once_it_is_on_disk(
    sit: OpenSeat, window: Window, camera: ScriptedCamera
) -> None:
    case = window.named(window.open())
    camera.state = FrameState.STEADY
    camera.hold.clear()
    async with sit() as seat:
        await look(seat, case)
        await reads(seat, "很好, 保持不动")
        seat.app.simulate_key("space")
        await reads(seat, "正在存盘")
        assert seat.sees("还没有拍") and pages_of(window, case) == 0
        camera.hold.set()
        await reads(seat, "已拍 1 页, 已存盘")
        assert pages_of(window, case) == 1
        seat.app.simulate_key("escape")
        await seat.until(lambda: not isinstance(seat.app.screen, CameraScreen), "back")


async def test_a_camera_that_is_unplugged_is_told_in_the_case_and_the_next_try_works(
    sit: OpenSeat, window: Window, camera: ScriptedCamera
) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        await look(seat, case)
        await reads(seat, "把材料平放到镜头下")
        seat.app.simulate_key("space")
        await reads(seat, "已拍 1 页")
        camera.failure = CameraGone("gone", device="高拍仪")
        await seat.until(lambda: "[S132]" in _notice(seat), "told")
        assert "高拍仪断开了" in seat.notice and "已拍的页都已保留" in seat.notice
        assert pages_of(window, case) == 1
        camera.failure = None
        seat.app.simulate_key("f2")
        await seat.until(lambda: isinstance(seat.app.screen, CameraScreen), "again")
        await reads(seat, "还没有拍")
        seat.app.simulate_key("escape")
        await seat.until(lambda: not isinstance(seat.app.screen, CameraScreen), "back")


def _notice(seat: Seat) -> str:
    return seat.notice if isinstance(seat.app.screen, CaseScreen) else ""


async def test_help_over_the_camera_waits_until_it_is_closed(
    sit: OpenSeat, window: Window, camera: ScriptedCamera
) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        await look(seat, case)
        await reads(seat, "把材料平放到镜头下")
        seat.app.simulate_key("f1")
        await seat.until(lambda: isinstance(seat.app.screen, HelpScreen), "help")
        assert seat.sees("空格键随时可以手动拍")
        camera.failure = CameraGone("gone")
        case_screen = next(s for s in seat.app.screen_stack if hasattr(s, "scanning"))
        await seat.until(lambda: not case_screen.scanning, "the scan is over")
        seat.on(HelpScreen)
        seat.app.simulate_key("escape")
        await seat.until(lambda: "[S132]" in _notice(seat), "told, once the help is closed")


def test_a_terminal_without_pixels_gets_two_of_them_in_a_cell() -> None:
    assert room_px(Terminal(), 30, 10) == (30, 20)
    drawn = draw(Terminal(), 4, 2, RED * 4 + WHITE * 4)
    (strip,) = drawn.strips
    assert strip.text == "▀▀▀▀" and len(list(strip)) == 1, "cells of one colour are one piece"
    style = next(iter(strip)).style
    assert style is not None and style.color is not None and style.bgcolor is not None
    assert style.color.get_truecolor() == (200, 40, 40)
    assert style.bgcolor.get_truecolor() == (248, 248, 248)


def test_a_terminal_with_pixels_gets_them_in_whole_cells_and_not_too_many() -> None:
    terminal = Terminal(sixel=True, cell_px=(10, 20))
    assert room_px(terminal, 40, 10) == (400, 200)
    assert room_px(terminal, 400, 100) == (900, 675)
    drawn = draw(terminal, 33, 21, RED * 33 * 21)
    assert (drawn.columns, drawn.rows) == (4, 2)
    assert drawn.sixels.startswith("\x1bP") and drawn.sixels.endswith("\x1b\\")


def test_live_picture_is_a_widget_of_the_size_of_its_picture() -> None:
    picture = LivePicture()
    picture.show(draw(Terminal(), 6, 4, RED * 24))
    assert (picture.styles.width, picture.styles.height) != (None, None)
