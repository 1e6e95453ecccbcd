"""What is wrong, false or altered: the clerk is told what happened and what to do, and nothing is lost."""

from __future__ import annotations

import pytest

from sync.port import LineState
from tests.acceptance.clerk import Clerk
from tests.acceptance.seat import delivered, offline, online, played, receive, seated, started
from workstation.cli.practice import Practice
from workstation.domain.case import CaseState
from workstation.tui.screens.queue import QueueScreen
from workstation.tui.screens.unlock import UnlockScreen

pytestmark = pytest.mark.usefixtures("unread")


def spoil(clerk: Clerk, sha256: str) -> bytes:
    """Change one byte of a page's file, as a bad disk or a curious hand does; return the file as it was."""
    path = clerk.app.station.desk.store.vault._path(sha256)
    before = path.read_bytes()
    path.write_bytes(before[:-20] + bytes([before[-20] ^ 1]) + before[-19:])
    return before


@played
async def test_wrong_passphrase_leaves_the_store_closed_and_the_right_one_opens_it(
    practice: Practice,
) -> None:
    async with started(practice) as clerk:
        await clerk.on_screen(UnlockScreen)
        await clerk.enter_text("bushi")
        await clerk.press("enter")
        await clerk.until(lambda: clerk.shows("T101", "口令不正确", "请检查大写锁定"), "refusal")
        assert isinstance(clerk.app.screen, UnlockScreen)
        await clerk.unlock()
        assert clerk.app.station.desk.store.summaries(states=[CaseState.ACCEPTED, CaseState.RECEIVED])


@played
async def test_altered_page_is_named_when_it_is_looked_at(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: len(view.case.slot("id-card").pages) == 1)
        case = clerk.view.case
        await clerk.to_home()
        spoil(clerk, case.slot("id-card").pages[0].sha256)
        await clerk.open_listed(case.case_id)
        await clerk.until(lambda: clerk.shows("T105", "请重新扫描这一页"), "the pane says so")
        await clerk.press("f5")
        await clerk.until(lambda: "T105" in clerk.notice, "F5 says so")
        await clerk.scan()
        assert len(clerk.view.case.slot("id-card").pages) == 2


@played
async def test_bundle_with_an_altered_page_is_set_aside_and_the_others_go(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await offline(clerk)
        bad, good = await receive(clerk), await receive(clerk)
        page = bad.slot("photo-receipt").pages[0].sha256
        whole = spoil(clerk, page)
        await online(clerk)
        await delivered(clerk, but=1)
        outbox = clerk.app.station.desk.store.outbox
        assert outbox.line(good.bundles[0].bundle_id).state is LineState.DELIVERED
        assert outbox.line(bad.bundles[0].bundle_id).state is LineState.QUARANTINED
        await clerk.press("f5")
        await clerk.on_screen(QueueScreen)
        await clerk.until(lambda: clerk.shows("已隔离", "其他件照常发送", "已单独隔离"), "the queue says why")
        clerk.app.station.desk.store.vault._path(page).write_bytes(whole)
        await clerk.press("r")
        await delivered(clerk)
