"""Kept copies beside the checklist: seen before the yes, refused with a reason, checked, taken back."""

from __future__ import annotations

import dataclasses

import pytest

from tests.services.conftest import QIAN, ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, Seat
from workstation.domain.archive import Approval, ArchivedMaterial
from workstation.domain.audit import Action
from workstation.domain.case import Box, Case, Custody, Page, TrustLevel
from workstation.services.page_pictures import PagePictures
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog

pytestmark = pytest.mark.anyio
SLOT = "household-register"


def kept(window: Window, **changes: object) -> ArchivedMaterial:
    """What an approved case left, changed."""
    window.approved()
    (copy,) = window.store.archived(ZHAO.id_number)
    # Of a case this window does not know, so that the copy itself says how that case ended.
    values = {"source_case": "W09-20260302-007", "approval": Approval.APPROVED, **changes}
    copy = dataclasses.replace(copy, **values)  # type: ignore[arg-type]
    with window.store.transaction() as tx:
        tx.archive(copy)
    return copy


async def at_the_line(seat: Seat, case: Case) -> None:
    await seat.open(case.case_id)
    await seat.press("down")
    assert seat.case.current_slot == SLOT


async def test_the_copy_is_seen_before_the_yes_and_the_look_is_written_down(
    sit: OpenSeat, window: Window
) -> None:
    kept(window)
    case = window.named(window.open())
    async with sit() as seat:
        await at_the_line(seat, case)
        await seat.until(lambda: seat.sees("存档 2026-11-20 · B 级 · 第 1/1 页"), "the copy beside the list")
        looks = [e for e in window.store.audit.entries() if e.action == Action.LOOKED]
        assert [look.case for look in looks] == [case.number]
        await seat.press("up")
        await seat.press("down")
        assert len([e for e in window.store.audit.entries() if e.action == Action.LOOKED]) == 1


@pytest.mark.parametrize("size", [NARROW, None], ids=["80 x 24", "usual"])
async def test_a_copy_that_does_not_fit_is_shown_with_its_reason_and_its_cure(
    sit: OpenSeat, window: Window, size: tuple[int, int] | None
) -> None:
    kept(window, holder_address="广东省深圳市罗湖区样本路 9 号")
    case = window.named(window.open())
    async with sit(size=size) if size else sit() as seat:
        await at_the_line(seat, case)
        assert seat.sees("存档时住址是", "与今天的身份证不同")
        await seat.press("f3")
        assert "[R322]" in seat.notice and "请核对住址, 扫描新的原件" in seat.notice
    assert window.store.case(case.case_id).slot(SLOT).reuse is None


async def test_the_original_shown_today_lifts_an_uploaded_copy(sit: OpenSeat, window: Window) -> None:
    kept(window, level=TrustLevel.C, checked_by="本人上传")
    case = window.named(window.open())
    async with sit() as seat:
        await at_the_line(seat, case)
        assert seat.sees("还没有人核对过原件", "F3 核对原件")
        await seat.press("f3")
        seat.on(ConfirmDialog)
        assert seat.sees("请把原件与副本逐页核对", "已核对原件, 申请人同意")
        await seat.press("y")
        slot = window.store.case(case.case_id).slot(SLOT)
        assert slot.reuse is not None and slot.reuse.level is TrustLevel.B
        assert slot.custody is Custody.RETURNED


async def test_the_same_key_takes_the_yes_back(sit: OpenSeat, window: Window) -> None:
    kept(window)
    case = window.named(window.open())
    async with sit() as seat:
        await at_the_line(seat, case)
        await seat.press("f3")
        await seat.press("y")
        assert window.store.case(case.case_id).slot(SLOT).reuse is not None
        while seat.case.current_slot != SLOT:
            await seat.press("up" if seat.case.current_slot else "pageup")
        assert seat.sees("F3 撤回复用")
        await seat.press("f3")
        seat.on(ConfirmDialog)
        await seat.press("y")
        assert window.store.case(case.case_id).slot(SLOT).reuse is None
        assert seat.sees("可复用, 按 F3")


async def test_a_spouses_papers_serve_once_they_are_registered(sit: OpenSeat, window: Window) -> None:
    kept(window, id_number=QIAN.id_number, holder_name=QIAN.name)
    case = window.named(window.open())
    async with sit() as seat:
        await at_the_line(seat, case)
        assert seat.misses("可复用, 按 F3")
        await seat.press("f12")
        dialog = seat.on(ChoiceDialog)
        place = next(n for n, (key, _text) in enumerate(dialog._choices, 1) if key == "share")
        await seat.press(str(place))
        seat.on(TextDialog)
        for words in (QIAN.id_number, QIAN.name, "配偶", "结婚证", "本人到场同意"):
            await seat.write(words)
            await seat.press("enter")
        assert window.store.case(case.case_id).shares[QIAN.id_number].relation == "配偶"
        assert seat.sees("可复用, 按 F3")


async def test_a_reused_page_is_shown_and_leaves_the_store_only_with_its_watermark(
    sit: OpenSeat, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = kept(window)
    case = window.named(window.open())
    window.desk.reuse.take(case.case_id, SLOT, consent_way="签字")
    shown: list[str] = []
    plain = PagePictures.picture

    def seen(
        self: PagePictures, page: Page, room: tuple[int, int], *rest: Box | None, mark: str = ""
    ) -> object:
        shown.append(mark)
        return plain(self, page, room, *rest, mark=mark)

    monkeypatch.setattr(PagePictures, "picture", seen)
    async with sit() as seat:
        await at_the_line(seat, case)
        await seat.until(lambda: bool(shown), "the page")
        assert set(shown) == {f"仅用于 2026-11-20 敬老优待证 {case.number}"}
        await seat.press("f5")
        (page,) = seat.outside.pages
    assert page.suffix == ".jpg"
    assert window.store.vault.get(copy.pages[0].kept_sha256)
