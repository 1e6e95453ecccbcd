"""Ways out of every failure, by keyboard: correct, choose between two copies, put back, and why."""

from __future__ import annotations

import pytest

from sync.errors import FailureClass
from sync.port import LineState
from tests.services.conftest import NOW, Window
from tests.tui.conftest import OpenSeat
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import ChoiceDialog, TextDialog
from workstation.tui.screens.queue import QueueScreen

pytestmark = pytest.mark.anyio


def fail(window: Window, bundle: str, state: LineState, failure: FailureClass, code: str) -> None:
    outbox = window.store.outbox
    outbox.mark_sending(bundle, NOW)
    outbox.mark_failed(
        bundle, state=state, failure=failure, code=code, detail="409 theirs", next_try_at=None, now=NOW
    )


async def test_one_key_opens_the_refused_case_and_the_next_seal_replaces_it(
    sit: OpenSeat, window: Window
) -> None:
    case = window.received()
    bundle = case.bundles[0].bundle_id
    fail(window, bundle, LineState.FIX, FailureClass.FIX, "Y201")
    async with sit() as seat:
        await seat.press("f5")
        assert seat.sees("需要修改", "后台认为内容不合要求", "改正后重新封装为新版本", "更正")
        await seat.press("c")
        seat.on(CaseScreen)
        assert not window.store.case(case.case_id).is_sealed
        window.desk.intake.set_home_street(case.case_id, "HF")
        await seat.press("f10")
        sealed = window.store.case(case.case_id)
        assert len(sealed.bundles) == 2 and sealed.is_sealed
        assert window.store.outbox.state(bundle) is LineState.REPLACED
        assert window.manifest(sealed).home_street == "HF"


async def test_a_conflict_shows_both_copies_and_asks_in_words(sit: OpenSeat, window: Window) -> None:
    bundle = window.received().bundles[0].bundle_id
    fail(window, bundle, LineState.ASK, FailureClass.ASK, "Y302")
    mine = window.store.outbox.line(bundle).manifest_sha256
    async with sit() as seat:
        await seat.press("f5", "enter")
        seat.on(ChoiceDialog)
        assert seat.sees("409 theirs", mine[:16], "以本机为准", "以后台为准", "再发一次")
        await seat.press("3")
        seat.on(TextDialog)
        await seat.write("李主管核对")
        await seat.press("enter")
        line = window.store.outbox.line(bundle)
        assert (line.state, line.detail) == (LineState.HELD, "以后台那一份为准: 李主管核对")
        assert window.store.outbox.history(bundle)[-1].detail == line.detail
        assert seat.sees("人工暂停", "以后台那一份为准")


async def test_a_quarantined_line_goes_back_only_when_it_can_be_read(sit: OpenSeat, window: Window) -> None:
    bundle = window.received().bundles[0].bundle_id
    page = window.store.outbox.load(bundle).manifest.pages[0].sha256
    path = window.store.vault._path(page)
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    fail(window, bundle, LineState.QUARANTINED, FailureClass.QUARANTINE, "Y401")
    async with sit() as seat:
        for expected in (LineState.QUARANTINED, LineState.QUEUED):
            await seat.press("f5", "enter", "1")
            await seat.write("文件已恢复")
            await seat.press("enter")
            assert window.store.outbox.state(bundle) is expected
            await seat.press("escape")
            path.write_bytes(data)
        await seat.press("f5")
        seat.on(QueueScreen)
        assert seat.sees("人工放回队列: 文件已恢复")
