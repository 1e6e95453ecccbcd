"""Bundles that come together: one transaction, and each the outcome it would have had alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.contract.models import BundleKind, Manifest
from sync.gateway import matters
from sync.gateway import tokens as desk
from sync.gateway.arrival import Arrival
from sync.gateway.database import Row, Rows
from sync.gateway.enrolment import Window, window_of
from sync.gateway.express import Call, Express
from sync.gateway.lots import MOST
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_office, page

WAIT_S = 90

pytestmark = pytest.mark.usefixtures("engine")
only_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def arrival(window: WindowSeat, manifest: Manifest) -> Arrival:
    office = window.hall.office
    seen = office.registry.window(window.window_id)
    assert seen is not None
    return office.intake.arrival(seen, manifest.bundle_id, window.sealed(manifest))


def together(pairs: Sequence[tuple[WindowSeat, Manifest]]) -> list[bool]:
    """Offer bundles as one lot, and return which of them it took."""
    intake = pairs[0][0].hall.office.intake
    return [
        deposit is not None
        for deposit in intake.settle_together([arrival(window, manifest) for window, manifest in pairs])
    ]


def put_at_once(pairs: Sequence[tuple[WindowSeat, Manifest]]) -> list[httpx.Response]:
    """Hand bundles over by calls that run at the same time in one process."""

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(pairs[0][0].hall.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            calls = (
                client.put(
                    f"/v1/bundles/{manifest.bundle_id}",
                    content=window.sealed(manifest).model_dump_json(),
                    headers={**window.headers(), "Content-Type": "application/json"},
                )
                for window, manifest in pairs
            )
            return list(await asyncio.gather(*calls))

    for window, _manifest in pairs:
        window.headers()
    return asyncio.run(all_of_them())


def numbered(window: WindowSeat, number: int, **changes: object) -> Manifest:
    return window.manifest(subject=f"{window.enrolment.number_prefix}-20261102-{number:04d}", **changes)


def test_a_crowd_is_taken_by_few_transactions_and_each_window_has_its_receipt(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = [hall.window() for _ in range(4)]
    pairs = [(window, numbered(window, number)) for number in range(MOST) for window in windows]
    for window in windows:
        window.headers()
    lots: list[int] = []
    settle = hall.office.intake.settle_together

    def counted(_intake: object, arrivals: Sequence[Arrival]) -> object:
        lots.append(len(arrivals))
        return settle(arrivals)

    monkeypatch.setattr(type(hall.office.intake), "settle_together", counted)
    answers = put_at_once(pairs)
    numbers = {
        window.proven(answer, manifest).receipt.number
        for answer, (window, manifest) in zip(answers, pairs, strict=True)
    }
    assert len(numbers) == len(pairs) == len(hall.office.cases())
    assert sum(lots) == len(pairs) and max(lots) == MOST and len(lots) < len(pairs) / 4


def test_what_does_not_stand_for_itself_is_left_to_go_alone(hall: Hall) -> None:
    window, neighbour = hall.window(), hall.window()
    known, awaited = numbered(window, 1), numbered(window, 2)
    window.delivered(known)
    window.delivered(window.next_version(awaited))
    lot = [
        (window, known),
        (window, awaited),
        (window, window.next_version(known)),
        (window, numbered(window, 1, version=1)),
        (neighbour, numbered(window, 1, window_id=neighbour.window_id)),
        (window, numbered(window, 3, body={"branches": [{"item_code": "a"}]})),
        (window, numbered(window, 4)),
        (window, numbered(window, 4)),
        (window, numbered(window, 1, kind=BundleKind.RATING)),
        (window, numbered(window, 5, kind=BundleKind.AUDIT)),
    ]
    taken = together(lot)
    assert [place for place, is_taken in enumerate(taken) if is_taken] == [6, 9]


def test_calls_at_once_have_the_outcomes_they_would_have_had_one_by_one(hall: Hall) -> None:
    window, neighbour = hall.window(), hall.window()
    first = numbered(window, 1)
    lot = [
        (window, first),
        (window, window.next_version(first)),
        (neighbour, numbered(window, 1, window_id=neighbour.window_id)),
        (window, numbered(window, 2, pages=(page(b"never sent"),))),
        (window, numbered(window, 3, home_street="nowhere")),
        (window, numbered(window, 4)),
    ]
    statuses = [answer.status_code for answer in put_at_once(lot)]
    assert statuses[0] + statuses[2] == 201 + 409
    assert [statuses[1], *statuses[3:]] == [201, 424, 201, 201]
    repeated = put_at_once(lot[:2])
    if statuses[0] == 201:
        assert [answer.status_code for answer in repeated] == [200, 200]
        assert next(case for case in hall.office.cases() if case.subject == first.subject).version == 2


def test_one_that_the_rows_refuse_keeps_no_other_out(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    window = hall.window()
    poisoned, sound = numbered(window, 1), numbered(window, 2)
    open_all = matters.open_all

    def guarded(rows: Rows, manifests: Sequence[Manifest], at: object) -> None:
        if poisoned in manifests:
            raise ValueError("poison")
        open_all(rows, manifests, at)  # type: ignore[arg-type]

    monkeypatch.setattr(matters, "open_all", guarded)
    answers = put_at_once([(window, poisoned), (window, sound)])
    check_problem(answers[0], 500, "internal")
    window.proven(answers[1], sound)
    assert hall.office.bundle_ids() == (sound.bundle_id,)


@only_postgresql
def test_a_window_somebody_holds_does_not_keep_the_others_of_its_lot(hall: Hall) -> None:
    busy, free = hall.window(), hall.window()
    pairs = [(busy, numbered(busy, 1)), (free, numbered(free, 1))]
    held, leave = threading.Event(), threading.Event()

    def hold(rows: Rows) -> None:
        rows.hold_window(busy.window_id)
        held.set()
        assert leave.wait(WAIT_S)

    with ThreadPoolExecutor(1) as threads:
        holder = threads.submit(hall.office.database.write, hold)
        assert held.wait(WAIT_S)
        assert together(pairs) == [False, True]
        leave.set()
        holder.result(WAIT_S)
    assert together(pairs) == [True, False]


def test_a_window_revoked_by_another_process_gets_no_bundle_in_with_a_token_already_seen(
    tmp_path: Path, hall: Hall
) -> None:
    window = hall.window()
    window.delivered(numbered(window, 1))
    beside = open_office(tmp_path / "office")
    beside.revoke(window.window_id)
    beside.close()
    check_problem(window.put(numbered(window, 2)), 401, "token-invalid")
    assert len(hall.office.bundle_ids()) == 1


def test_a_token_already_seen_is_worth_nothing_a_moment_after_another_process_revoked_it(
    tmp_path: Path, hall: Hall
) -> None:
    window = hall.window()
    token = window.headers()["Authorization"].removeprefix("Bearer ")
    assert window.news() == {"changes": [], "cursor": 0}
    tokens = hall.office.tokens
    assert tokens.seen(token) is not None
    beside = open_office(tmp_path / "office")
    beside.revoke(window.window_id)
    beside.close()
    tokens.look(0)
    assert tokens.seen(token) is None
    check_problem(window.call("GET", "/v1/changes"), 401, "token-invalid")


def test_a_token_is_not_believed_when_nobody_asked_for_a_while_who_was_revoked(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hall.window()
    token = window.headers()["Authorization"].removeprefix("Bearer ")
    window.news()
    monkeypatch.setattr("sync.gateway.tokens.LOOK_S", -1)
    assert hall.office.tokens.seen(token) is None


def test_a_revocation_between_reading_a_token_and_keeping_it_is_not_overlooked(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hall.window()
    token = window.headers()["Authorization"].removeprefix("Bearer ")
    hall.office.tokens.forget()
    read = window_of

    def overtaken(row: Row) -> Window:
        found = read(row)
        hall.office.revoke(found.window_id)
        return found

    monkeypatch.setattr(desk, "window_of", overtaken)
    hall.office.tokens.window(token)
    assert hall.office.tokens.seen(token) is None


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        ("/v1/blobs/missing", {"Content-Type": "application/json"}, b'{"sha256": []}', 200),
        ("/v1/blobs/missing", {"Content-Type": "application/json"}, b'{"sha256": ["x"]}', 422),
        ("/v1/blobs/missing", {"Content-Type": "application/json; charset=utf-8"}, b'{"sha256": []}', 200),
        ("/v1/blobs/missing", {"Content-Type": "text/plain"}, b'{"sha256": []}', 422),
        ("/v1/blobs/missing", {"Content-Type": "application/json"}, b"{", 422),
        ("/v1/blobs/missing?a=1", {"Content-Type": "application/json"}, b'{"sha256": []}', 200),
    ],
)
def test_the_short_way_and_the_frameworks_way_answer_alike(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    window = hall.window()
    window.news()
    short = window.call("POST", path, headers=headers, content=body)
    monkeypatch.setattr(Express, "_route", lambda *_: None)
    long = window.call("POST", path, headers=headers, content=body)
    assert (short.status_code, short.content) == (long.status_code, long.content)
    assert short.status_code == status and short.headers["Content-Type"] == long.headers["Content-Type"]


def test_a_crowds_calls_take_the_short_way(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    window = hall.window()
    window.headers()
    taken: list[str] = []
    answer = Express._answer

    async def watched(self: Express, call: Call, body: bytes) -> Any:
        taken.append(call.route)
        return await answer(self, call, body)

    monkeypatch.setattr(Express, "_answer", watched)
    window.call("POST", "/v1/blobs/missing", json={"sha256": []})
    window.put_page(b"a page")
    window.delivered(numbered(window, 1, pages=(page(b"a page"),)))
    assert taken == ["/v1/blobs/missing", "/v1/blobs/{sha256}", "/v1/bundles/{bundle_id}"]


def test_a_length_of_thousands_of_digits_is_the_frameworks_to_refuse(hall: Hall) -> None:
    window = hall.window()
    window.news()
    headers = {"Content-Type": "application/json", "Content-Length": "9" * 5000}
    answer = window.call("POST", "/v1/blobs/missing", headers=headers, content=b'{"sha256": []}')
    assert answer.headers["Content-Type"] in ("application/problem+json", "application/json")


def test_rows_that_fail_where_the_token_is_looked_up_are_a_problem_like_any(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hall.window()
    window.headers()

    def broken(*_: object) -> None:
        raise RuntimeError("the rows are odd")

    monkeypatch.setattr("sync.gateway.calls.LOOK_S", -1)
    monkeypatch.setattr(desk.TokenDesk, "look", broken)
    check_problem(window.call("POST", "/v1/blobs/missing", json={"sha256": []}), 500, "internal")


def test_a_cut_page_that_the_disk_refuses_harms_nobody(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    window = hall.window()
    window.news()

    def refuse(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("sync.gateway.pages.keep_cut", refuse)
    parts = iter(
        [{"type": "http.request", "body": b"x" * 70_000, "more_body": True}, {"type": "http.disconnect"}]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {**window.headers(), "Content-Length": "100000"}
    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/v1/blobs/{'a' * 64}",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(hall.app(scope, receive, send))
    assert not sent and "internal fault OSError" in caplog.text
