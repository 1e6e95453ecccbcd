"""The review page in a real browser, by keyboard only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 - a developer's package

from sync.contract.models import ChangeKind, Manifest  # noqa: E402
from sync.gateway.desk.accounts import Accounts  # noqa: E402
from sync.gateway.serve import GatewayServer  # noqa: E402
from tests.sync.desk.chromium import options  # noqa: E402
from tests.sync.desk.review_desk import PASSWORD, case_of, open_desk  # noqa: E402
from tests.sync.gateway_hall import STREET, Hall, WindowSeat, page  # noqa: E402

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u202etxt"
WAIT_MS = 40_000
"""Of a machine that others use too."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(**options())
        yield browser
        browser.close()


@dataclass
class LiveHall(Hall):
    """A hall whose calls go over a real socket."""

    url: str = ""

    def call(self, method: str, path: str, **arguments: object) -> httpx.Response:
        return httpx.request(method, self.url + path, timeout=120, trust_env=False, **arguments)  # type: ignore[arg-type]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[LiveHall]:
    opened = open_desk(tmp_path)
    server = GatewayServer(opened.office)
    yield LiveHall(opened.office, opened.clock, server.start())
    server.stop()
    opened.office.close()


@pytest.fixture
def tab(chromium: Browser, hall: LiveHall) -> Iterator[Page]:
    """A browser that has logged in, by keyboard; whatever the page complains of fails the test."""
    accounts = Accounts(hall.office.database, hall.clock)
    accounts.set_password("li", accounts.add("li", [STREET], title="华富街道 李样本"), PASSWORD)
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(WAIT_MS)
    complaints: list[str] = []
    tab = context.new_page()
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    tab.goto(f"{hall.url}/desk/")
    log_in(tab)
    yield tab
    context.close()
    assert complaints == []


def log_in(tab: Page) -> None:
    if not tab.locator("[name=name]").input_value():
        tab.keyboard.type("li")
        tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-help]")


def picture(width: int = 600, height: int = 900) -> bytes:
    from io import BytesIO

    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(sheet).text((40, 40), "SPECIMEN 样本".encode().decode(), fill="black")
    file = BytesIO()
    sheet.save(file, "JPEG")
    return file.getvalue()


def arrived(window: WindowSeat, count: int = 1) -> list[Manifest]:
    """Let cases of two pages each arrive."""
    sheets = [picture(600 + number) for number in range(2)]
    for sheet in sheets:
        window.put_page(sheet)
    entries = tuple(page(sheet) for sheet in sheets)
    body = {
        "fields": {
            "name": {
                "value": "赵样本",
                "label": "姓名",
                "origin": "OCR",
                "page_id": entries[1].page_id,
                "box": [60, 90, 300, 60],
            }
        }
    }
    cases = [case_of(window, number + 1, pages=entries, body=body) for number in range(count)]
    for manifest in cases:
        window.delivered(manifest)
    return cases


def focused(tab: Page) -> str:
    return str(tab.evaluate("document.activeElement.textContent"))


def test_the_whole_way_is_keys(hall: Hall, window: WindowSeat, tab: Page) -> None:
    first, second = arrived(window, 2)
    tab.reload()
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-stage]")
    assert second.subject in tab.inner_text("main")
    tab.wait_for_function("() => [...document.images].every(image => image.complete && image.naturalWidth)")
    assert tab.inner_text("[data-place]") == "1 / 2"
    tab.keyboard.press("n")
    assert tab.inner_text("[data-place]") == "2 / 2"
    tab.keyboard.press("p")
    wide = tab.evaluate("document.images[0].clientWidth")
    tab.keyboard.press("+")
    assert tab.evaluate("document.images[0].clientWidth") > wide
    tab.keyboard.press("0")
    tab.keyboard.press("j")
    tab.wait_for_selector("figure:nth-of-type(2) .box:visible")
    assert tab.inner_text("[data-place]") == "2 / 2"
    tab.keyboard.press("c")
    tab.wait_for_selector("[data-act]")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    tab.keyboard.type("页面不清晰")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    tab.keyboard.type("请重新扫描, j n p 只是字母")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("[data-done]")
    assert [matter.state for matter in hall.office.cases()] == ["RECEIVED", "CORRECTION"]
    (change,) = window.news()["changes"]
    (defect,) = change["defects"]
    assert (defect["material"], defect["problem"]) == ("居民身份证", "页面不清晰")
    assert defect["needed"] == "请重新扫描, j n p 只是字母"
    tab.keyboard.press("Escape")
    tab.wait_for_selector("[data-row]")
    assert second.subject not in tab.inner_text("#rows")
    tab.keyboard.press("3")
    tab.wait_for_selector("[data-tab]:nth-child(3)[aria-current]")
    assert second.subject in tab.inner_text("#rows") and first.subject not in tab.inner_text("#rows")


def test_a_refresh_leaves_focus_and_typed_text_alone(window: WindowSeat, tab: Page) -> None:
    first, second = arrived(window, 2)
    tab.reload()
    tab.keyboard.press("j")
    before = focused(tab)
    tab.keyboard.press("/")
    tab.keyboard.type("W001-2026")
    with tab.expect_response(
        lambda answer: "HX-Request" in answer.request.headers or "group=todo" in answer.url
    ):
        tab.evaluate("htmx.trigger('#rows', 'htmx:abort'); htmx.ajax('GET', location.pathname, '#rows')")
    assert tab.input_value("[data-search]") == "W001-2026"
    assert tab.evaluate("document.activeElement.name") == "search"
    tab.keyboard.press("Escape")
    tab.keyboard.press("k")
    tab.keyboard.press("j")
    with tab.expect_response(lambda answer: "/desk/" in answer.url):
        tab.evaluate("htmx.ajax('GET', location.pathname, '#rows')")
    tab.wait_for_function("() => document.querySelectorAll('[data-row]').length === 2")
    assert before == "敬老优待证" and focused(tab) == before


def test_what_strangers_wrote_runs_nothing(window: WindowSeat, tab: Page) -> None:
    body = {
        "item": {"title": HOSTILE},
        "fields": {HOSTILE: {"value": HOSTILE + "长" * 10_000, "label": HOSTILE, "origin": "OCR"}},
        "slots": {HOSTILE: {"title": HOSTILE}},
    }
    manifest = case_of(window, body=body)
    window.delivered(manifest)
    tab.reload()
    assert "onerror" in tab.inner_text("#rows")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-stage]")
    tab.keyboard.press("c")
    tab.wait_for_selector("[data-act]")
    assert "owned" not in tab.title() and "onerror" in tab.inner_text(".paper")
    assert tab.locator("main img, main script").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "⟦U+202E⟧" in tab.inner_text("h1")


def test_a_pdf_with_a_script_is_saved_and_not_shown(window: WindowSeat, tab: Page) -> None:
    data = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
    window.put_page(data)
    entry = page(data).model_copy(update={"media_type": "application/pdf"})
    window.delivered(case_of(window, pages=(entry,)))
    tab.reload()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("a.file")
    tab.focus("a.file")
    with tab.expect_download() as saved:
        tab.keyboard.press("Enter")
    assert saved.value.suggested_filename == f"{entry.sha256[:12]}.pdf"
    assert "/desk/case" in tab.url


def test_words_outlive_a_reload_and_the_end_of_the_log_in(hall: Hall, window: WindowSeat, tab: Page) -> None:
    arrived(window)
    tab.reload()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-stage]")
    tab.keyboard.press("c")
    tab.wait_for_selector("[data-act]")
    tab.keyboard.press("Tab")
    tab.keyboard.type("写了一半")
    tab.reload()
    tab.wait_for_function("() => document.querySelector('[name=problem-0]').value === '写了一半'")
    tab.focus("[name=where-0]")
    tab.keyboard.press("ArrowDown")
    tab.focus("[name=needed-0]")
    tab.keyboard.type("请补交")
    hall.clock.forward(hours=1)
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("[name=password]")
    log_in(tab)
    assert tab.input_value("[name=problem-0]") == "写了一半" and hall.office.cases()[0].state == "RECEIVED"
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("[data-done]")
    assert hall.office.cases()[0].state == "CORRECTION"
    tab.keyboard.press("Escape")
    tab.wait_for_selector("[data-search]")
    assert tab.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft'))") == []


def test_the_second_approver_keeps_the_words_and_is_told(hall: Hall, window: WindowSeat, tab: Page) -> None:
    (manifest,) = arrived(window)
    tab.reload()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-stage]")
    tab.keyboard.press("r")
    tab.wait_for_selector("[data-act]")
    tab.keyboard.type("不属于本机关职权")
    hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="华富街道 周样本")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("[role=alert]")
    assert "华富街道 周样本" in tab.inner_text("[role=alert]")
    assert tab.input_value("[name=reason]") == "不属于本机关职权"


def test_help_is_one_key_away_and_so_is_english(tab: Page) -> None:
    tab.keyboard.press("?")
    assert tab.locator("#help").is_visible()
    tab.keyboard.press("Escape")
    assert tab.locator("#help").is_hidden()
    tab.focus("text=English")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("html[lang=en]")


def test_every_key_of_the_help_is_in_the_script() -> None:
    root = Path(__file__).parents[3] / "sync" / "gateway" / "desk"
    script = (root / "static" / "desk.js").read_text("utf-8")
    case = (root / "templates" / "case.html").read_text("utf-8")
    base = (root / "templates" / "base.html").read_text("utf-8")
    for key in re.findall(r"<kbd>([a-z])</kbd>", base):
        assert f'"{key}"' in script + case or f" {key}:" in script, key
    assert os.fspath(root)
