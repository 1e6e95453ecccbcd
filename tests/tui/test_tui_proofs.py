"""F4 at the window: a code by hand scanner, a check with its ground, and what waits for the line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import OptionList

from scanners.fake import blank_page
from scanners.id_reader import ScriptedIdReader
from scanners.imaging.port import Barcode
from tests.services.conftest import ELDER_CARD, PROFILE, ZHAO, Clock, MakeWindow, Window
from tests.services.test_services_certificates import BOOK, REGISTER, Line
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, Seat
from workstation.domain.case import Case
from workstation.training import wallet
from workstation.tui.code_burst import CodeBurst
from workstation.tui.screens.dialogs import ChoiceDialog
from workstation.tui.screens.proof import ProofDialog
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio


@pytest.fixture
def line() -> Line:
    return Line(Clock())


@pytest.fixture
def practice(make_window: MakeWindow, line: Line) -> Window:
    return make_window(
        profile=replace(PROFILE, practice=True),
        clock=line.clock,
        libraries=line,
        issuers=wallet.practice_issuers(),
        id_reader=ScriptedIdReader(wallet.chip_card(ZHAO)),
    )


async def at_register(seat: Seat, case: Case) -> None:
    await seat.open(case.case_id)
    seat.case.go(StepName.MATERIALS)
    await seat.settle()
    listing = seat.case.materials.query_one("#lines", OptionList)
    ids = [listing.get_option_at_index(n).id for n in range(listing.option_count)]
    listing.highlighted = ids.index(REGISTER)
    await seat.settle()


async def test_f4_compares_the_person_takes_a_code_and_goes_on(sit: OpenSeat, practice: Window) -> None:
    case = practice.named(practice.open(ELDER_CARD))
    async with sit(window=practice, size=NARROW) as seat:
        await at_register(seat, case)
        assert seat.sees("F4 证照核验")
        await seat.press("f4")
        seat.on(ChoiceDialog)
        await seat.press("1")
        seat.on(ProofDialog)
        await seat.write(wallet.code_of(ZHAO.name, ZHAO.id_number, BOOK, practice.clock()))
        await seat.press("enter")
        assert "已核验" in seat.notice and wallet.ISSUER_NAME in seat.notice
        assert seat.sees("已核验, 免交纸质")
    now = practice.store.case(case.case_id)
    assert now.identity is not None and now.identity.alike and now.slot(REGISTER).is_proved


async def test_a_hand_scanner_types_into_the_list_and_no_key_of_the_workspace_is_pressed(
    sit: OpenSeat, practice: Window
) -> None:
    case = practice.named(practice.open(ELDER_CARD))
    practice.desk.identity.compare(case.case_id, alike=True)
    code = wallet.code_of(ZHAO.name, ZHAO.id_number, BOOK, practice.clock())
    async with sit(window=practice) as seat:
        await at_register(seat, case)
        seat.case.materials.query_one("#lines", OptionList).highlighted = 0
        for character in code:
            seat.app.post_message(events.Key(_character_to_key(character), character))
        seat.app.simulate_key("enter")
        await seat.settle()
        await seat.until(lambda: practice.store.case(case.case_id).slot(REGISTER).is_proved, "proved")
        assert seat.at(StepName.MATERIALS)


async def test_a_foreign_code_is_refused_in_words(sit: OpenSeat, practice: Window) -> None:
    case = practice.named(practice.open(ELDER_CARD))
    practice.desk.identity.compare(case.case_id, alike=True)
    async with sit(window=practice) as seat:
        await at_register(seat, case)
        await seat.press("f4")
        await seat.write("https://example.invalid/pay?1234")
        await seat.press("enter")
        assert "[E101]" in seat.notice


async def test_a_check_asks_for_its_ground_and_waits_while_the_line_is_down(
    sit: OpenSeat, practice: Window, line: Line
) -> None:
    case = practice.named(practice.open(ELDER_CARD))
    practice.desk.identity.compare(case.case_id, alike=True)
    line.up = False
    async with sit(window=practice) as seat:
        await at_register(seat, case)
        await seat.press("f4", "down", "enter")
        assert seat.sees("申请人同意: 核验申请人本人")
        await seat.press("1")
        assert seat.sees("待核验, 联网后自动完成") and "待核验" in seat.notice
        line.up = True
        practice.desk.proofs.settle(line)
        seat.link.tell()
        await seat.settle()
        assert seat.sees("已核验, 免交纸质")


class Screens:
    """Sees one text on every picture."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def screen_codes(self, file: bytes) -> tuple[Barcode, ...]:
        return tuple(Barcode(text=text, format="QRCode", corners=(0,) * 8) for text in self.texts)


async def test_f2_in_the_dialog_reads_the_code_off_a_picture_and_keeps_no_page(
    sit: OpenSeat, practice: Window
) -> None:
    case = practice.named(practice.open(ELDER_CARD))
    practice.desk.identity.compare(case.case_id, alike=True)
    code = wallet.code_of(ZHAO.name, ZHAO.id_number, BOOK, practice.clock())
    async with sit(window=practice) as seat:
        await at_register(seat, case)
        practice.scanner.script += [blank_page(), blank_page()]
        practice.desk.proofs.screens = Screens("https://example.invalid")
        await seat.press("f4", "f2")
        await seat.until(lambda: "[E119]" in seat.notice, "no code")
        practice.desk.proofs.screens = Screens("x", code)
        await seat.press("f4", "f2")
        await seat.until(lambda: "已核验" in seat.notice, "verified")
    now = practice.store.case(case.case_id)
    assert now.slot(REGISTER).is_proved and not now.slot(REGISTER).pages


async def test_f4_on_the_applicant_reads_the_chip(sit: OpenSeat, practice: Window) -> None:
    case = practice.open(ELDER_CARD)
    async with sit(window=practice) as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.APPLICANT)
        await seat.settle()
        await seat.press("f4")
        assert "已读芯片" in seat.notice and seat.sees(ZHAO.name)
        assert ZHAO.id_number not in seat.notice


def test_a_person_typing_slowly_is_no_hand_scanner() -> None:
    burst = CodeBurst()
    taken = [burst.takes(character, at) for at, character in enumerate("1mcp")]
    assert taken == [True, False, False, False] and burst.ends(9.0) == ""


def test_a_burst_is_one_code_and_a_pause_ends_it() -> None:
    burst, text = CodeBurst(), "1.2.156.3005.2.11100000000013127D002"
    assert all(burst.takes(character, n * 0.01) for n, character in enumerate(text))
    assert burst.ends(len(text) * 0.01) == text and burst.ends(1.0) == ""
    assert burst.takes("Z", 5.0) and not burst.takes("m", 6.0)
