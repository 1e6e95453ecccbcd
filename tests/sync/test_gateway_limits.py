"""How much one window may use, in calls, pages and bundles, and that others do not notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.contract.signing import manifest_sha256
from sync.gateway.errors import TooManyCalls
from sync.gateway.pace import LOT, Limits
from tests.sync.gateway_hall import Clock, Hall, check_problem, open_hall, open_office

pytestmark = pytest.mark.usefixtures("engine")

Opened = Callable[..., Hall]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Open offices of one folder, each as another process would."""
    halls: list[Hall] = []

    def opener(clock: Clock | None = None, **limits: int) -> Hall:
        clock = clock or Clock()
        office = open_office(tmp_path / "office", clock=clock, limits=Limits(**limits))
        halls.append(Hall(office, clock))
        return halls[-1]

    yield opener
    for hall in halls:
        hall.office.close()


def test_a_window_over_its_calls_waits_for_the_next_minute_and_others_do_not(opened: Opened) -> None:
    hall = opened(calls_a_minute=10)
    busy, calm = hall.window(), hall.window()
    hall.clock.forward(seconds=20)
    answers = [busy.call("GET", "/v1/changes") for _ in range(12)]
    assert [answer.status_code for answer in answers].count(200) == 9
    check_problem(answers[-1], 429, "too-many-calls")
    assert answers[-1].headers["Retry-After"] == "40"
    assert calm.call("GET", "/v1/changes").status_code == 200
    hall.clock.forward(seconds=40)
    assert busy.call("GET", "/v1/changes").status_code == 200


def test_calls_of_two_processes_are_counted_together(opened: Opened) -> None:
    hall = opened(calls_a_minute=5 * LOT)
    beside = opened(hall.clock, calls_a_minute=5 * LOT)
    window = hall.window()
    taken = 0
    for turn in range(8 * LOT):
        try:
            (hall, beside)[turn % 2].office.pace.count_call(window.window_id)
            taken += 1
        except TooManyCalls:
            continue
    assert 5 * LOT <= taken <= 7 * LOT


def test_no_limit_counts_nothing(opened: Opened) -> None:
    hall = opened(calls_a_minute=0)
    window = hall.window()
    for _ in range(3 * LOT):
        hall.office.pace.count_call(window.window_id)
    with hall.office.database.read() as rows:
        assert rows.execute("SELECT * FROM pace").fetchall() == []


def test_pages_without_a_bundle_have_an_end_and_a_bundle_forgets_them(opened: Opened) -> None:
    hall = opened(pages_without_bundle=3)
    window, neighbour = hall.window(), hall.window()
    pages = [f"page {number}".encode() for number in range(6)]
    assert [window.put_page(page).status_code for page in pages[:3]] == [201] * 3
    answer = window.put_page(pages[3])
    check_problem(answer, 429, "too-many-pages")
    assert answer.headers["Retry-After"] == "60"
    assert window.put_page(pages[0]).status_code == 204
    assert neighbour.put_page(pages[3]).status_code == 201
    window.delivered(window.manifest())
    assert [window.put_page(page).status_code for page in pages[4:]] == [201] * 2


def test_bundles_that_wait_for_their_version_before_have_an_end(opened: Opened) -> None:
    hall = opened(bundles_held=2)
    window = hall.window()
    lost = [window.manifest(subject=f"W-{number}") for number in range(3)]
    held = [window.next_version(before) for before in lost]
    window.delivered(held[0])
    window.delivered(held[1])
    check_problem(window.put(held[2]), 429, "too-many-held")
    assert held[2].supersedes == manifest_sha256(lost[2])
    window.delivered(lost[0])
    window.delivered(held[2])


def test_a_token_counts_as_a_call(opened: Opened) -> None:
    window = opened(calls_a_minute=2).window()
    assert [window.ask_token(window.assertion()).status_code for _ in range(2)] == [200, 200]
    document = check_problem(window.ask_token(window.assertion()), 429, "too-many-calls")
    assert document["error"] == "invalid_request"


def test_every_code_is_in_the_contracts_document(tmp_path: Path) -> None:
    from sync.gateway import errors
    from sync.gateway.problems import codes_of

    hall = open_hall(tmp_path / "office")
    document = hall.call("GET", "/v1/openapi.json").json()
    described = " ".join(
        answer["description"]
        for path in document["paths"].values()
        for call in path.values()
        for answer in call["responses"].values()
    )
    classes = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Refused)
    ]
    for refused in classes:
        assert refused is errors.Refused or refused.code in described, refused
    assert codes_of(503) == ["busy", "sm3-unavailable"] and codes_of(299) == []
    hall.office.close()
