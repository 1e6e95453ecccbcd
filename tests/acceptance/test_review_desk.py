"""From the window to the approver's browser and back to the window's home screen, over a real line."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("playwright")
from playwright.async_api import Page, async_playwright  # noqa: E402 - a developer's package

from sync.gateway.desk.accounts import Accounts  # noqa: E402
from tests.acceptance.seat import delivered, played, receive, seated  # noqa: E402
from tests.sync.desk.chromium import options  # noqa: E402
from workstation.cli.practice import Practice, RefillingScanner, specimen_papers  # noqa: E402
from workstation.cli.rehearsal import paper_order  # noqa: E402
from workstation.cli.wiring import load_catalogue  # noqa: E402
from workstation.tui.screens.home import HomeScreen  # noqa: E402

pytestmark = pytest.mark.usefixtures("unread")
PASSWORD = "correct horse battery"
LOG = logging.getLogger(__name__)
CROWDED_S = 120.0
"""What a machine that others use too may take; alone it takes less than two seconds, which is logged."""
PICTURES = os.environ.get("REVIEW_DESK_PICTURES", "")
"""Folder for pictures of the pages, for the documentation."""


async def photograph(tab: Page, name: str) -> None:
    """Take a picture in few colours, as small as the guides want them."""
    if PICTURES:
        with Image.open(BytesIO(await tab.screenshot())) as picture:
            small = picture.convert("RGB").quantize(96, dither=Image.Dither.NONE)
            small.save(Path(PICTURES) / f"{name}.png", optimize=True)


def lay_papers(practice: Practice) -> None:
    """Lay the specimen's own papers on the scanner where pictures are taken."""
    papers = specimen_papers(practice.settings.data_folder)
    item = load_catalogue(practice.settings).search("jlyd")[0].item
    practice.scanner = RefillingScanner(paper_order(papers, item))


async def log_in(tab: Page, url: str) -> None:
    await tab.goto(f"{url}/desk/")
    await tab.keyboard.type("li")
    await tab.keyboard.press("Tab")
    await tab.keyboard.type(PASSWORD)
    await tab.keyboard.press("Enter")
    await tab.wait_for_selector("[data-row]")


def make_account(practice: Practice) -> None:
    office = practice.network.office
    accounts = Accounts(office.database, office.clock)
    code = accounts.add("li", sorted({matter.home_street for matter in office.cases()}), title="街道 李样本")
    assert accounts.set_password("li", code, PASSWORD) is not None


@played
async def test_a_correction_asked_in_the_browser_stands_on_the_home_screen(practice: Practice) -> None:
    if PICTURES:
        lay_papers(practice)
    async with seated(practice) as clerk, async_playwright() as play:
        case = await receive(clerk)
        clerk.app.station.link.kick()
        await delivered(clerk)
        await asyncio.to_thread(make_account, practice)
        browser = await play.chromium.launch(**options())
        tab = await browser.new_page(locale="zh-CN", viewport={"width": 1366, "height": 768})
        await log_in(tab, practice.network.url)
        await photograph(tab, "review-list")
        await tab.keyboard.press("Enter")
        await tab.wait_for_selector("[data-stage]")
        assert case.number in await tab.inner_text("main")
        await tab.wait_for_function(
            "() => document.images.length && [...document.images][0].naturalWidth > 300"
        )
        await tab.keyboard.press("c")
        await tab.wait_for_selector("[data-act]")
        await tab.keyboard.press("ArrowDown")
        await tab.keyboard.press("Tab")
        await tab.keyboard.type("页面不清晰, 关键内容无法辨认")
        await tab.keyboard.press("Tab")
        await tab.keyboard.press("Tab")
        await tab.keyboard.type("请提供清晰完整的原件重新扫描")
        await tab.keyboard.press("Shift+Tab")
        await photograph(tab, "review-correction")
        assert isinstance(clerk.app.screen, HomeScreen)
        began = time.monotonic()
        await tab.keyboard.press("Control+Enter")
        home = clerk.app.screen
        unread = "未读 1"
        while unread not in str(home.query_one("#messages").border_title):
            assert time.monotonic() - began < CROWDED_S, "nothing came back"
            await asyncio.sleep(0.01)
        LOG.info("a correction stood on the home screen after %.2f s", time.monotonic() - began)
        await tab.wait_for_selector("[data-done]")
        await browser.close()
