"""Several transactions at the same time: nobody is passed by, numbers stay unique, one rival wins."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest

from sync.contract.models import ChangeKind
from sync.gateway.database import Rows
from sync.gateway.errors import DatabaseUnusable
from sync.gateway.feed import append
from sync.gateway.office import Office
from sync.gateway.postgresql import where
from tests.sync.gateway_hall import START, Hall, WindowSeat, open_hall
from tests.sync.postgres import Server

WAIT_S = 90
SHORT_S = 0.3

pytestmark = pytest.mark.usefixtures("engine")
only_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def tell(rows: Rows, window: WindowSeat, subject: str) -> int:
    return append(rows, window.window_id, ChangeKind.WAYBILL, subject, at=START).cursor


@only_postgresql
def test_a_line_committed_late_is_not_passed_by(hall: Hall) -> None:
    """Two transactions overlap: the second may not be read before the first, whoever commits first."""
    window = hall.window()
    appended, leave = threading.Event(), threading.Event()

    def slow(rows: Rows) -> int:
        position = tell(rows, window, "slow")
        appended.set()
        assert leave.wait(WAIT_S)
        return position

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(hall.office.database.write, slow)
        assert appended.wait(WAIT_S)
        second = threads.submit(hall.office.database.write, lambda rows: tell(rows, window, "quick"))
        with pytest.raises(TimeoutError):
            second.result(SHORT_S)
        assert window.news() == {"changes": [], "cursor": 0}
        leave.set()
        assert first.result(WAIT_S) < second.result(WAIT_S)
    assert [change["subject"] for change in window.news()["changes"]] == ["slow", "quick"]


@only_postgresql
def test_the_feed_of_another_window_does_not_wait(hall: Hall) -> None:
    window, neighbour = hall.window(), hall.window()

    def slow(rows: Rows) -> int:
        tell(rows, window, "slow")
        return hall.office.database.write(lambda beside: tell(beside, neighbour, "quick"))

    hall.office.database.write(slow)
    assert [change["subject"] for change in neighbour.news()["changes"]] == ["quick"]


def test_a_reader_beside_many_writers_misses_nothing(hall: Hall) -> None:
    window = hall.window()
    writers, lines = 4, 15
    done = threading.Event()
    read: list[str] = []

    def follow() -> None:
        cursor, last_look = 0, False
        while True:
            found = hall.office.feed.since(window.window_id, cursor)
            read.extend(change.subject for change in found.changes)
            cursor = found.cursor
            if last_look and not found.changes:
                return
            last_look = done.is_set()

    def write(writer: int) -> None:
        for line in range(lines):
            hall.office.database.write(partial(tell, window=window, subject=f"{writer}-{line}"))

    with ThreadPoolExecutor(writers + 1) as threads:
        reader = threads.submit(follow)
        list(threads.map(write, range(writers)))
        done.set()
        reader.result(WAIT_S)
    assert len(read) == writers * lines and len(set(read)) == len(read)


def test_one_code_enrols_one_of_two_windows_and_prefixes_never_meet(hall: Hall) -> None:
    from sync.contract.signing import new_key

    requests = [hall.enrolment(new_key()) for _ in range(4)]
    requests += [{**hall.enrolment(new_key()), "code": requests[0]["code"]}]

    def ask(body: dict[str, object]) -> httpx.Response:
        return hall.call("POST", "/v1/enrolments", json=body)

    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(ask, requests))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 201, 403]
    prefixes = [answer.json()["number_prefix"] for answer in answers if answer.status_code == 201]
    assert sorted(prefixes) == ["W001", "W002", "W003", "W004"]


def test_one_decision_of_two_at_once_is_told(hall: Hall) -> None:
    window = hall.window()
    manifest = window.manifest()
    window.delivered(manifest)

    def decide(_turn: int) -> str:
        return hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="").change_id

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(decide, range(4)))) == 1
    assert len(window.news()["changes"]) == 1


def test_two_windows_that_use_one_number_leave_one_case_and_one_set_aside(hall: Hall) -> None:
    windows = [hall.window() for _ in range(4)]
    for window in windows:
        window.headers()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda window: window.put(window.manifest(subject="one")), windows))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "subject-taken"}
    assert len(hall.office.cases()) == 1 and len(hall.office.conflicts()) == 3


@only_postgresql
def test_two_offices_start_at_once_on_one_empty_database(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        halls = list(threads.map(lambda _: open_hall(tmp_path / "office"), range(2)))
    assert halls[0].office.gateway_id == halls[1].office.gateway_id
    for hall in halls:
        hall.office.close()


@only_postgresql
def test_connections_that_were_cut_cost_busy_answers_and_no_more(hall: Hall, postgresql: Server) -> None:
    window = hall.window()
    window.headers()
    with psycopg.connect(postgresql.place(), autocommit=True) as beside:
        beside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    manifest = window.manifest()
    answers = [window.put(manifest).status_code for _ in range(8)]
    assert set(answers) - {503} == {201, 200} and answers == sorted(answers, reverse=True)


def test_a_server_that_cannot_be_reached_is_named_without_its_secrets(tmp_path: Path) -> None:
    place = "postgresql://clerk:secret@127.0.0.1:1/office?sslmode=disable"
    with pytest.raises(DatabaseUnusable) as refused:
        Office.open(tmp_path, database=place)
    assert refused.value.details["place"] == "postgresql://127.0.0.1:1/office"
    assert "secret" not in str(refused.value)
    assert where("postgres:///office?host=/run/postgresql") == "postgres:///office"
