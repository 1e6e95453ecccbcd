"""Page work by keys: every page is turned, cut, put in order, moved, split and joined, and all is undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PIL import Image
from textual.widgets import OptionList

from scanners.errors import ScannerError
from scanners.imaging.port import Cut, PageFault, PageReport, PictureReport, Rendered
from scanners.port import Mode, RawPage
from tests.services.conftest import JOB, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, WIDE, WORKING, Seat
from workstation.domain.case import (
    Case,
    Corners,
    Fault,
    FieldSet,
    FieldValue,
    Finding,
    Origin,
    Page,
    PageChecked,
)
from workstation.domain.geometry import turned_treatment, whole
from workstation.services.darkroom import encode
from workstation.services.page_proposals import halves, two_pages
from workstation.tui.cut_frame import CutFrame
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.cutting import CutScreen
from workstation.tui.screens.dialogs import ChoiceDialog
from workstation.tui.screens.page import PageScreen
from workstation.tui.screens.page_work import PAGE_KEYS, PLACE_KEYS, PageWorkScreen
from workstation.tui.terminal import Terminal
from workstation.tui.widgets.page_pane import PagePane, in_cells
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

CARD, REGISTER = "id-card", "household-register"
WIDTH, HEIGHT = 400, 200
"""Of a page, in px at 100 dpi: 102 x 51 mm."""


def striped(*shades: int) -> RawPage:
    """Return a wide page of upright stripes of these shades."""
    row = b"".join(bytes([shade]) * (WIDTH // len(shades)) for shade in shades)
    return RawPage(
        number=1,
        width_px=WIDTH,
        height_px=HEIGHT,
        mode=Mode.GREY,
        resolution_dpi=100,
        pixels=row * HEIGHT,
        source_name="样本扫描仪",
    )


def feed(window: Window, case: Case, slot: str, *pages: RawPage) -> Case:
    window.scanner.script.extend(pages)
    list(window.desk.capture.scan(case.case_id, slot, dataclasses.replace(JOB, max_pages=len(pages))))
    return window.store.case(case.case_id)


@pytest.fixture(autouse=True)
def looking_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tui.seat.WORKING", WORKING | {"look"})


@pytest.fixture
def case(window: Window) -> Case:
    """Three pages in the household register, one in the card's slot."""
    opened = window.named(window.open())
    feed(window, opened, CARD, striped(90, 250))
    return feed(window, opened, REGISTER, striped(10, 200), striped(60, 120), striped(30, 30, 240, 240))


def ids(window: Window, case: Case, slot: str = REGISTER) -> list[str]:
    return [page.page_id for page in window.store.case(case.case_id).slot(slot).pages]


def pages(window: Window, case: Case, slot: str = REGISTER) -> tuple[Page, ...]:
    return window.store.case(case.case_id).slot(slot).pages


async def arrange(seat: Seat, case: Case, slot: str = REGISTER) -> PageWorkScreen:
    """Open the case, go to a material and press P; the cursor is on its first page."""
    await seat.open(case.case_id)
    seat.case.go(StepName.MATERIALS)
    await seat.settle()
    while seat.case.current_slot != slot:
        await seat.press("down")
    await seat.press("p")
    await seat.press("home")
    return seat.on(PageWorkScreen)


def shade_at(seat: Seat, x: float, y: float) -> int:
    """Return how light the picture shown is at a place (parts of its width and height)."""
    shown = seat.app.screen.query_one(PagePane).query_one("#picture").image  # type: ignore[attr-defined]
    return int(shown.getpixel((int(shown.width * x), int(shown.height * y)))[0])


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_pages_of_a_material_come_first_and_every_key_is_on_the_screen(
    sit: OpenSeat, window: Window, case: Case, size: tuple[int, int]
) -> None:
    async with sit(size=size) as seat:
        screen = await arrange(seat, case)
        assert seat.sees("户口簿 3 页", "居民身份证 1 页", "1 · 102×51", "户口簿 1/3 · 100 dpi · 102×51 毫米")
        assert seat.sees("转向", "倒转", "裁切", "重新找页", "整图", "拆开", "并页", "保留", "Del", "页序")
        assert seat.sees("移到", "取来", "插扫", "重扫", "^Z", "撤销", "^Y", "重做", "F5", "Esc", "返回")
        assert seat.sees("还没有检查过", case.number) and screen.strip.has_focus
        assert "▀" in seat.text, "the page is there"
        await seat.press("down")
        assert seat.sees("户口簿 2/3")
        await seat.press("end")
        assert seat.sees("居民身份证 1/1") and screen.current_slot == CARD
        await seat.press("f1")
        assert seat.sees("整理页面")
        await seat.press("escape", "enter")
        seat.on(CaseScreen)


async def test_a_page_is_turned_by_one_key_and_shown_so(sit: OpenSeat, window: Window, case: Case) -> None:
    turns = {
        "comma": -1,
        "full_stop": 1,
        "left_square_bracket": -1,
        "right_square_bracket": 1,
        "u": 2,
        "U": 2,
    }
    words, places = {-1: "左转", 1: "右转", 2: "倒转"}, {0: (0.1, 0.5), 1: (0.5, 0.1), 2: (0.9, 0.5)}
    lies = 0
    async with sit() as seat:
        await arrange(seat, case)
        assert shade_at(seat, *places[0]) < 40
        for key, quarters in turns.items():
            await seat.press(key)
            lies = (lies + quarters) % 4
            cut = pages(window, case)[0].treatment
            assert cut is not None and cut.by == "王样本"
            assert cut.corners == turned_treatment(whole(WIDTH, HEIGHT), lies, by="").corners
            assert f"已{words[quarters]}" in seat.notice and "Ctrl+Z 撤销" in seat.notice
            assert shade_at(seat, *places.get(lies, (0.5, 0.9))) < 40
            assert seat.sees("51×102" if lies % 2 else "102×51")


async def test_undo_and_redo_say_what_they_do_and_are_grey_without_anything_to_do(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    async with sit() as seat:
        screen = await arrange(seat, case)
        assert screen.check_action("undo", ()) is None and screen.check_action("redo", ()) is None
        await seat.press("u", "minus", "plus")
        first, second, third = ids(window, case)
        assert screen.check_action("undo", ()) is True
        await seat.press("ctrl+z")
        assert "已撤销: 调整页序 · 户口簿" in seat.notice
        await seat.press("ctrl+z")
        assert "已撤销: 转动页面 · 户口簿" in seat.notice and pages(window, case)[0].treatment is None
        assert screen.check_action("undo", ()) is None
        await seat.press("ctrl+y")
        assert "已重做: 转动页面 · 户口簿" in seat.notice
        await seat.press("ctrl+y")
        assert "已重做: 调整页序" in seat.notice and ids(window, case) == [first, second, third]
        assert screen.check_action("redo", ()) is None


async def test_a_page_goes_to_the_front_and_the_back_and_not_beyond(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    first, second, third = ids(window, case)
    async with sit() as seat:
        screen = await arrange(seat, case)
        assert screen.check_action("shift", (-1,)) is None and screen.check_action("shift", ()) is True
        await seat.press("minus")
        assert ids(window, case) == [first, second, third]
        await seat.press("alt+down")
        assert ids(window, case) == [second, first, third] and "已移到第 2 位" in seat.notice
        await seat.press("equals_sign")
        assert ids(window, case) == [second, third, first] and screen.strip.page_id == first
        await seat.press("plus", "alt+up", "minus")
        assert ids(window, case) == [first, second, third]


async def test_a_page_moves_to_a_material_by_its_number_and_back_by_one_key(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    first, second, third = ids(window, case)
    window.readings.by_kind["household-register-page"] = {"name": "赵样本"}
    async with sit() as seat:
        screen = await arrange(seat, case)
        await seat.press("m")
        seat.on(ChoiceDialog)
        assert seat.sees("移到哪份材料", "1  居民身份证")
        await seat.press("escape", "m", "1")
        assert ids(window, case) == [second, third] and ids(window, case, CARD)[-1] == first
        assert "已移到 居民身份证" in seat.notice and screen.strip.page_id == second
        assert screen.check_action("fetch", ()) is None
        await seat.press("end")
        assert screen.strip.page_id == first and screen.check_action("fetch", ()) is True
        window.readings.asked.clear()
        await seat.press("t")
        assert ids(window, case) == [second, third, first] and "已移到 户口簿" in seat.notice
        assert window.readings.asked == ["household-register-page"], "it is read as what it is there"


async def test_a_page_taken_out_stays_in_sight_and_comes_back(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    first, second, third = ids(window, case)
    async with sit() as seat:
        screen = await arrange(seat, case)
        await seat.press("delete")
        assert ids(window, case) == [second, third] and screen.strip.page_id == second
        assert "已拿掉这一页" in seat.notice and seat.sees("拿掉的 1 页")
        await seat.press("end")
        assert seat.sees("拿掉的 · 100 dpi") and screen.check_action("turn", ()) is None
        assert screen.check_action("insert", ()) is None and "▀" in seat.text
        await seat.press("t")
        assert ids(window, case) == [second, third, first] and seat.misses("拿掉的")
        await seat.press("home", "ctrl+z")
        assert "Ctrl+Y 重做" in seat.notice and screen.strip.page_id == second, "the others stay as they are"
        await seat.press("ctrl+z")
        assert ids(window, case) == [first, second, third] and screen.strip.page_id == first


async def test_a_card_is_cut_by_a_frame_whose_corners_are_moved(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    async with sit() as seat:
        await arrange(seat, case)
        await seat.press("c")
        cutting = seat.on(CutScreen)
        assert seat.sees("左上角 · 框 102×51 毫米", "保持方框", "Tab 换角", "户口簿 1/3") and "▀" in seat.text
        await seat.press("shift+right", "right", "shift+down")
        assert seat.sees("框 91×41 毫米")
        await seat.press("shift+left", "shift+left", "shift+left", "tab", "tab", "up", "left")
        assert seat.sees("右下角 · 框 101×40 毫米")
        assert cutting.frame.corners == (0, 39, 396, 39, 396, 196, 0, 196)
        await seat.press("enter")
        cut = pages(window, case)[0].treatment
        assert cut is not None and cut.corners == cutting.frame.corners and cut.by == "王样本"
        assert "已裁切" in seat.notice and seat.sees("101×40")
        await seat.press("w")
        cut = pages(window, case)[0].treatment
        assert cut is not None and cut.corners == whole(WIDTH, HEIGHT).corners and "已用整张图" in seat.notice


async def test_a_skewed_page_is_cut_by_four_free_corners_and_giving_up_changes_nothing(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    async with sit(size=NARROW) as seat:
        await arrange(seat, case)
        await seat.press("c", "space", "down", "shift+right", "tab", "tab", "tab", "shift+tab", "shift+left")
        frame = seat.on(CutScreen).frame
        assert frame.free and frame.points == ((39, 4), (400, 0), (361, 200), (0, 200))
        assert seat.sees("四角各自移动", "右下角")
        await seat.press("tab", "tab", "right")
        assert seat.sees("整个框") and seat.on(CutScreen).frame.points == frame.points, "no room to move"
        await seat.press("space")
        assert seat.on(CutScreen).frame.points == ((0, 0), (400, 0), (400, 200), (0, 200))
        await seat.press("f1", "escape", "escape")
        seat.on(PageWorkScreen)
        assert pages(window, case)[0].treatment is None


async def test_the_frame_stands_as_the_page_is_read_and_cuts_the_right_part(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    async with sit() as seat:
        await arrange(seat, case)
        await seat.press("full_stop", "c")
        assert seat.sees("框 51×102 毫米")
        await seat.press("shift+down", "shift+down", "shift+down", "enter")
        assert seat.sees("51×72")
        # Turned clockwise the dark left stripe is on top; three centimetres of it are gone.
        assert shade_at(seat, 0.5, 0.1) < 40 < shade_at(seat, 0.5, 0.5)
        await seat.press("c", "a")
        assert pages(window, case)[0].treatment is None and "正在重新找页" in seat.notice
        await seat.press("c", "w")
        assert "已用整张图" in seat.notice


async def test_two_on_one_glass_come_apart_and_onto_one_sheet_again(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    first, second, third = ids(window, case)
    async with sit() as seat:
        screen = await arrange(seat, case)
        await seat.press("s")
        left, right, *others = pages(window, case)
        assert screen.strip.page_id == left.page_id, "not the page they were made of"
        assert [page.page_id for page in others] == [second, third] and "已拆成两页" in seat.notice
        assert left.treatment and left.treatment.corners == (0, 0, 200, 0, 200, 200, 0, 200)
        assert right.treatment and right.treatment.corners == (200, 0, 400, 0, 400, 200, 200, 200)
        await seat.press("home", "j")
        sheet = pages(window, case)[0]
        assert screen.strip.page_id == sheet.page_id
        assert (sheet.width_px, sheet.height_px) == (827, 1169) and "一张 A4" in seat.notice
        assert ids(window, case)[1:] == [second, third] and seat.sees("210×297")
        await seat.press("home", "down", "down")
        assert screen.check_action("join", ()) is None, "nothing lies behind the last page"
        await seat.press("ctrl+z", "ctrl+z")
        assert ids(window, case) == [first, second, third]


async def test_a_sheet_is_fed_in_before_a_page_and_instead_of_one(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    first, second, third = ids(window, case)
    async with sit() as seat:
        screen = await arrange(seat, case)
        window.scanner.script.append(striped(1, 2))
        await seat.press("down", "i")
        fed = ids(window, case)[1]
        assert ids(window, case) == [first, fed, second, third] and screen.strip.page_id == fed
        assert "已扫描 1 页" in seat.notice
        window.scanner.script.append(striped(3, 4))
        await seat.press("end", "home", "r")
        assert ids(window, case)[1:] == [fed, second, third] and ids(window, case)[0] != first
        assert seat.sees("拿掉的 1 页"), "the page of before is not lost"
        await seat.press("ctrl+z")
        assert ids(window, case) == [first, fed, second, third]
        await seat.press("escape")
        assert seat.case.view is not None and len(seat.case.view.case.slot(REGISTER).pages) == 4


async def test_a_page_in_doubt_is_explained_and_kept_with_a_reason(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    second = ids(window, case)[1]
    found = PageChecked(
        page_id=second,
        findings=(Finding(fault=Fault.BLUR), Finding(fault=Fault.UPSIDE_DOWN, settled_by="auto")),
    )
    with window.store.transaction() as tx:
        tx.record(case.case_id, found, actor="quality-gate", at=window.clock())
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.MATERIALS)
        await seat.settle()
        while seat.case.current_slot != REGISTER:
            await seat.press("down")
        await seat.press("p")
        screen = seat.on(PageWorkScreen)
        assert screen.strip.page_id == second, "the page in doubt has the cursor"
        assert seat.sees("2 ! 102×51 模糊", "! 模糊: 擦净玻璃", "已自动转正")
        await seat.press("k", "1")
        settled = pages(window, case)[1].findings[0]
        assert settled.settled_by == "王样本" and window.store.log(case.case_id)[-1].why == "原件就是这样"
        assert seat.sees("模糊, 经 王样本 核看保留") and screen.check_action("keep", ()) is None


async def test_f5_opens_the_viewer_and_the_menu_opens_the_pages(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.FORM)
        await seat.settle()
        assert seat.case.check_action("arrange_pages", ()) is None, "there the key is a letter"
        await seat.press("f12")
        choices = seat.on(ChoiceDialog).query_one(OptionList)
        assert seat.sees("整理页面")
        choices.highlighted = choices.get_option_index("pages")
        await seat.press("enter")
        seat.on(PageWorkScreen)
        await seat.press("f5")
        assert len(seat.outside.pages) == 1 and "看图程序" in seat.notice
        seat.outside.has_viewer = False
        await seat.press("f5")
        seat.on(PageScreen)


async def test_sealed_pages_are_looked_at_and_nothing_else(sit: OpenSeat, window: Window) -> None:
    sealed = window.received()
    async with sit() as seat:
        screen = await arrange(seat, sealed)
        for action in ("turn", "cut", "split", "join", "remove", "move", "fetch", "insert", "again", "undo"):
            assert screen.check_action(action, ()) is None, action
        await seat.press("u", "comma", "c", "delete", "s", "r", "i", "ctrl+z")
        seat.on(PageWorkScreen)
        assert window.store.case(sealed.case_id) == sealed
        assert screen.check_action("view_page", ()) is True and "▀" in seat.text


async def test_a_page_that_cannot_be_shown_says_why_in_its_place(
    sit: OpenSeat, window: Window, case: Case
) -> None:
    for file in (window.store.vault._root).rglob("*"):
        if file.is_file():
            file.write_bytes(b"broken")
    async with sit() as seat:
        await arrange(seat, case)
        assert seat.sees("✘ [")
        await seat.press("c")
        assert seat.sees("✘ [")


@dataclasses.dataclass
class ScriptedDarkroom:
    """Sees what the test says; renders nothing, so that the pictures are made here."""

    reports: list[PageReport]
    looked: list[Corners | None] = dataclasses.field(default_factory=list)

    def keep(self, raw: RawPage) -> bytes:
        return encode(raw)

    def inspect(self, file: bytes, dpi: int, corners: Corners | None = None) -> PictureReport:
        self.looked.append(corners)
        if corners is not None:
            return PictureReport(pages=(PageReport(corners=corners, size_px=(10, 10)),))
        return PictureReport(pages=tuple(self.reports))

    def render(
        self, file: bytes, corners: Corners, size_px: tuple[int, int], room_px: tuple[int, int] | None = None
    ) -> Rendered:
        raise ScannerError

    def same_sheet(self, one: bytes, one_cut: Cut, other: bytes, other_cut: Cut) -> bool:
        return False


LEFT: Corners = (10, 20, 180, 20, 180, 160, 10, 160)
RIGHT: Corners = (210, 20, 390, 20, 390, 160, 210, 160)


@pytest.fixture
def darkroom(window: Window) -> Iterator[ScriptedDarkroom]:
    scripted = ScriptedDarkroom([PageReport(corners=LEFT, size_px=(170, 140), faults=(PageFault.GLARE,))])
    object.__setattr__(window.desk.checking, "darkroom", scripted)
    object.__setattr__(window.desk.pictures, "darkroom", scripted)
    yield scripted


async def test_what_was_changed_is_checked_again_behind_the_work(
    sit: OpenSeat, window: Window, case: Case, darkroom: ScriptedDarkroom
) -> None:
    async with sit() as seat:
        await arrange(seat, case)
        await seat.press("u")
        await seat.until(lambda: pages(window, case)[0].checked, "checked")
        assert len(darkroom.looked) == 1 and darkroom.looked[0] is not None, "a person's cut is judged"
        await seat.press("a")
        await seat.until(lambda: pages(window, case)[0].checked, "checked anew")
        page = pages(window, case)[0]
        assert page.treatment is not None and page.treatment.corners == LEFT and not page.treatment.by
        await seat.settle()
        assert seat.sees("1 ! 43×36 有反光", "! 有反光: 换个角度")


async def test_what_is_not_looked_at_when_the_clerk_goes_back_is_looked_at_there(
    sit: OpenSeat, window: Window, case: Case, darkroom: ScriptedDarkroom
) -> None:
    async with sit() as seat:
        await arrange(seat, case)
        seat.app.simulate_key("u")
        seat.app.simulate_key("escape")
        await seat.until(lambda: isinstance(seat.app.screen, CaseScreen), "back")
        await seat.until(lambda: pages(window, case)[0].checked, "checked")


def test_a_glass_comes_apart_where_the_darkroom_sees_two_pages_within_the_page(
    window: Window, case: Case, darkroom: ScriptedDarkroom
) -> None:
    page = pages(window, case)[0]
    assert two_pages(window.desk.pictures, page) == halves(page), "it sees only one"
    darkroom.reports.append(PageReport(corners=RIGHT, size_px=(180, 140)))
    assert two_pages(window.desk.pictures, page) == (LEFT, RIGHT)
    piece = window.desk.page_work.cut(case.case_id, page.page_id, LEFT).slot(REGISTER).pages[0]
    assert two_pages(window.desk.pictures, piece) == halves(piece), "the other lies beside it"


def test_a_frame_never_leaves_the_picture_nor_folds(window: Window, case: Case) -> None:
    frame = CutFrame.of(pages(window, case)[0])
    for _ in range(20):
        frame = frame.moved(10, 10)
    assert frame.points[0][0] < frame.points[1][0] and frame.points[0][1] < frame.points[3][1]
    frame = frame.choose(-1).moved(-500, -500)
    assert min(min(place) for place in frame.points) == 0
    assert frame.choose(1).chosen == 0


async def test_the_field_under_the_cursor_is_zoomed_to_on_a_turned_page(
    sit: OpenSeat, window: Window, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pages(window, case, CARD)[0]
    window.desk.page_work.turn(case.case_id, page.page_id, 2)
    box = (300, 100, 40, 20)
    value = FieldValue(value="赵样本", origin=Origin.OCR, page_id=page.page_id, box=box, confidence=0.5)
    fact = FieldSet(field="id-card-front.name", value=value)
    with window.store.transaction() as tx:
        tx.record(case.case_id, fact, actor="ocr", at=window.clock())
    asked: list[object] = []
    picture = type(window.desk.pictures).picture

    def ask(
        self: object, page: Page, room_px: tuple[int, int], crop: object = None, *, mark: str = ""
    ) -> Rendered:
        asked.append((page.treatment, crop))
        return picture(window.desk.pictures, page, room_px, crop, mark=mark)  # type: ignore[arg-type]

    monkeypatch.setattr(type(window.desk.pictures), "picture", ask)
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.APPLICANT)
        await seat.settle()
        await seat.go_to_row("name")
        treatment = turned_treatment(whole(WIDTH, HEIGHT), 2, by="王样本")
        assert (treatment, box) in asked
        # Turned over, the light stripe of the right lies on the left, where the field is now.
        assert shade_at(seat, 0.3, 0.5) > 200


def test_a_picture_ends_with_a_cell_where_pixels_are_drawn() -> None:
    picture = Image.new("RGB", (33, 40), "white")
    assert in_cells(picture, Terminal()) is picture
    filled = in_cells(picture, Terminal(sixel=True, cell_px=(10, 20)))
    assert filled.size == (40, 40) and filled.getpixel((39, 0)) == (0x16, 0x21, 0x2C)


def test_every_key_of_the_two_bars_is_bound(window: Window) -> None:
    glyphs = {",": "comma", ".": "full_stop", "-": "minus", "+": "plus", "^Z": "ctrl+z", "^Y": "ctrl+y"}
    glyphs |= {"Del": "delete", "Esc": "escape"}
    bindings = [b for b in PageWorkScreen.BINDINGS if not isinstance(b, tuple)]
    bound = {(key, b.action.split("(")[0]) for b in bindings for key in b.key.split(",")}
    for key in (*PAGE_KEYS, *PLACE_KEYS):
        for name in key.key.split():
            assert (glyphs.get(name, name.lower()), key.action) in bound or key.action == "help", key
