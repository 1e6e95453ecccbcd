"""The second visit: a whole case by keys, without touching the scanner, and what that saves."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from scanners.fake import blank_page
from sync.contract.models import ChangeKind
from tests.acceptance.clerk import Clerk
from tests.services.conftest import PROFILE, ZHAO, MakeWindow
from tests.tui.conftest import OpenSeat
from tests.tui.seat import WIDE, Seat
from workstation.domain.case import Case, CaseState
from workstation.domain.kinds import OriginalRule, ReplacementKind
from workstation.training import wallet

pytestmark = pytest.mark.anyio
FIRST, SECOND, SEARCH = "高龄老人津贴", "长寿保健金", "csbjj"
KEYS_A_CHARACTER = 4
"""Keys of an input method for a Chinese character, as the keystroke model counts them."""


class Visitor(Clerk):
    """A clerk whose keys are counted, for a citizen who brings nothing but a telephone."""

    def __init__(self, seat: Seat) -> None:
        """Sit down."""
        super().__init__(seat.pilot, seat.app)
        self.seat, self.keys, self.person_keys, self.codes = seat, 0, 0, 0

    async def press(self, *keys: str) -> None:
        """Count, then press."""
        self.keys += len(keys)
        await super().press(*keys)

    async def enter_text(self, text: str) -> None:
        """Count text as it is typed."""
        self.keys += sum(1 if each.isascii() else KEYS_A_CHARACTER for each in text)
        await super().enter_text(text)

    async def scan(self) -> None:
        """The scanner stays cold: the citizen shows the certificate of the card on their telephone."""
        slot, proofs = self.case.current_slot, self.seat.window.desk.proofs
        assert slot == "id-card", f"{slot} would have to be scanned"
        code = wallet.code_of(ZHAO.name, ZHAO.id_number, self.certificate, self.seat.window.clock())

        def shown() -> Case:
            self.seat.window.desk.identity.compare(self.case.case_id, alike=True)
            return proofs.take_code(self.case.case_id, slot, code)

        await asyncio.to_thread(shown)
        self.codes += 1
        self.case.change(lambda: self.seat.window.store.case(self.case.case_id), self.case.go_on)
        await self.until(lambda: self.view.case.slot(slot).proof is not None, "certificate")
        await self.idle()

    @property
    def certificate(self) -> str:
        """Title of the certificate that stands for the card."""
        replaced = self.view.item.material("id-card").replaced_by
        return next(each.title for each in replaced if each.kind is ReplacementKind.E_CERTIFICATE)

    async def _applicant(self) -> None:
        case = self.view.case
        if case.applicant is None:
            before = self.keys
            await self.name_applicant(ZHAO)
            self.person_keys = self.keys - before
        elif not case.home_street:
            await self.until(lambda: getattr(self.app.focused, "id", "") == "streets", "streets")
            await self.press("enter")
            await self.until(lambda: bool(self.view.case.home_street), "home street")
        else:
            await self.press("pagedown")


class FirstVisitor(Visitor):
    """The same clerk with everything on paper: each sheet goes through the scanner."""

    async def scan(self) -> None:
        """Lay the sheet down."""
        await Clerk.scan(self)


async def test_a_reuse_only_case_is_finished_without_touching_the_scanner(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    window = make_window(
        profile=dataclasses.replace(PROFILE, practice=True), issuers=wallet.practice_issuers()
    )
    first = window.received(FIRST)
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
        window.tell(kind, first.number)
    window.scanner._devices = ()
    async with sit(window=window, size=WIDE) as seat:
        visitor = Visitor(seat)
        await visitor.open_item(SEARCH)
        case = await visitor.receive()
    assert case.state is CaseState.RECEIVED
    assert not any(slot.pages for slot in case.slots.values())
    reused = {name: slot.reuse for name, slot in case.slots.items() if slot.reuse is not None}
    asked = [
        material.id
        for material in window.item(SECOND).materials
        if material.original is not OriginalRule.FORM and material.id in case.slots
    ]
    assert {"id-card", *reused} == set(asked)
    sheets = sum(len(reuse.pages) for reuse in reused.values())
    assert (visitor.codes, sheets) == (1, 2)
    assert visitor.keys - visitor.person_keys == 14, "docs/reuse.md names the figure"


async def test_the_same_case_on_a_first_visit_costs_four_sheets_and_more_keys(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    window = make_window(profile=dataclasses.replace(PROFILE, practice=True))
    window.scanner.script += [blank_page(shade=shade) for shade in range(10, 18)]
    async with sit(window=window, size=WIDE) as seat:
        visitor = FirstVisitor(seat)
        await visitor.open_item(SEARCH)
        case = await visitor.receive()
    scanned = sum(len(slot.pages) for slot in case.slots.values())
    assert case.state is CaseState.RECEIVED and scanned == 4
    assert visitor.keys - visitor.person_keys == 19
