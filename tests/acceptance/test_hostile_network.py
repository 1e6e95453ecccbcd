"""What answers is not the back office, or not ours: nothing counts as delivered, and the reason is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sync.gateway.office import Office
from sync.port import LineState
from tests.acceptance.clerk import Clerk
from tests.acceptance.seat import delivered, offline, online, played, receive, seated
from workstation.cli.practice import Practice, PracticeNetwork
from workstation.tui.screens.queue import QueueScreen

pytestmark = pytest.mark.usefixtures("unread")
LOGIN_PAGE = "<html><title>上网认证</title><form>手机号</form></html>".encode()


class LoginPage(BaseHTTPRequestHandler):
    """Answers everything with 200 and a page to log in, as the portal of a hotspot does."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(LOGIN_PAGE)))
        self.end_headers()
        self.wfile.write(LOGIN_PAGE)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def login_page(port: int) -> Iterator[None]:
    """Let the portal stand at a port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), LoginPage)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def states(clerk: Clerk) -> list[LineState]:
    """Return the states of all bundles, the undelivered first."""
    return [line.state for line in clerk.app.station.desk.store.outbox.lines()]


@played
async def test_login_page_of_a_hotspot_is_no_receipt(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await clerk.until(lambda: clerk.app.is_online, "online")
        practice.network.cut()
        case = await receive(clerk)
        with login_page(practice.network.port):
            clerk.app.station.link.kick(eager=True)
            await clerk.until(lambda: clerk.app.light == "NOT_THE_GATEWAY", "lamp")
            await clerk.until(lambda: clerk.shows("▲应答的不是后台", "队列1"), "lamp in the bar")
            await clerk.until(lambda: clerk.shows("可能是上网登录页或代理"), "the line on home says why")
            await clerk.press("f5")
            await clerk.on_screen(QueueScreen)
            await clerk.until(lambda: clerk.shows("可能是上网登录页或代理"), "the queue says why")
            assert LineState.DELIVERED not in states(clerk)[:1]
            assert clerk.app.station.desk.store.outbox.receipt(case.bundles[0].bundle_id) is None
        await online(clerk)
        await delivered(clerk)
        assert practice.network.office.bundle(case.bundles[0].bundle_id).state == "accepted"


@played
async def test_another_back_office_at_the_same_address_gets_nothing(
    practice: Practice, tmp_path: Path
) -> None:
    async with seated(practice) as clerk:
        await offline(clerk)
        case = await receive(clerk)
        stranger = Office.open(tmp_path / "stranger", practice=True)
        line = PracticeNetwork(stranger, port=practice.network.port)
        line.restore()
        try:
            clerk.app.station.link.kick(eager=True)
            bundle = case.bundles[0].bundle_id
            await clerk.until(lambda: clerk.app.station.desk.queue.outage is not None, "noticed")
            await clerk.until(lambda: clerk.app.light != "OFFLINE", f"lamp {clerk.app.light}")
            assert clerk.app.light == "NOT_THE_GATEWAY"
            await clerk.until(lambda: clerk.shows("应答的不是"), "said")
            assert clerk.app.station.desk.store.outbox.receipt(bundle) is None
            assert not stranger.cases()
        finally:
            line.cut()
            stranger.close()
        await online(clerk)
        await delivered(clerk)
