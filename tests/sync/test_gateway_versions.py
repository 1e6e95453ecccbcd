"""The chain of versions: order, gaps, rivals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.contract.models import BundleKind, Manifest
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall

pytestmark = pytest.mark.usefixtures("engine")


def test_the_next_version_names_the_one_before(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    second = window.next_version(first)
    window.delivered(first)
    window.delivered(second)
    (matter,) = hall.office.cases()
    assert (matter.version, matter.bundle_id) == (2, second.bundle_id)


def test_versions_out_of_order_are_held_and_then_follow(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest(body={"state": "CORRECTION"})
    second = window.next_version(first)
    third = window.next_version(second, body={"item": {"code": "X-1"}, "state": "RECEIVED"})
    window.delivered(third)
    window.delivered(second)
    assert hall.office.cases() == ()
    assert [bundle.state for bundle in hall.office.unsettled()] == ["held", "held"]
    window.delivered(first)
    assert {hall.office.bundle(m.bundle_id).state for m in (first, second, third)} == {"accepted"}
    (matter,) = hall.office.cases()
    assert (matter.version, matter.state, matter.item) == (3, "RECEIVED", "X-1")


@pytest.mark.parametrize("changes", [{"version": 2}, {"supersedes": "a" * 64}])
def test_version_and_predecessor_must_agree(window: WindowSeat, changes: dict[str, Any]) -> None:
    check_problem(window.put(window.manifest(**changes)), 422, "chain-invalid")


def test_a_version_must_follow_its_own_case(window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    check_problem(window.put(window.next_version(first, version=3)), 422, "chain-invalid")
    check_problem(window.put(window.next_version(first, subject="other")), 422, "chain-invalid")


def test_a_held_version_that_turns_out_to_be_anothers_is_marked(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    lost = window.next_version(first, version=3)
    window.delivered(lost)
    window.delivered(first)
    assert hall.office.bundle(lost.bundle_id).state == "stray"
    assert hall.office.cases()[0].version == 1


def test_two_bundles_cannot_stand_in_one_place(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    window.delivered(window.next_version(first))
    check_problem(window.put(window.next_version(first)), 409, "version-conflict")
    check_problem(window.put(window.manifest(subject=first.subject)), 409, "version-conflict")
    assert [kept.code for kept in hall.office.conflicts()] == ["version-conflict"] * 2


def test_a_number_belongs_to_the_window_that_used_it_first(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    other = hall.window()
    check_problem(other.put(other.manifest(subject=first.subject)), 409, "subject-taken")
    other.delivered(
        other.manifest(kind=BundleKind.SUPPLEMENT, subject=first.subject, body={"state": "WITHDRAWN"})
    )
    assert hall.office.cases()[0].state == "RECEIVED"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(5)), repeats=st.lists(st.integers(0, 4), max_size=4))
def test_any_order_with_any_repeats_ends_the_same(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], repeats: list[int]
) -> None:
    hall = open_hall(tmp_path_factory.mktemp("office"))
    window = hall.window()
    chain: list[Manifest] = [window.manifest()]
    for _ in range(4):
        chain.append(window.next_version(chain[-1]))
    receipts: dict[int, bytes] = {}
    for index in [*order, *repeats]:
        answer = window.put(chain[index])
        assert answer.status_code == (200 if index in receipts else 201)
        assert receipts.setdefault(index, answer.content) == answer.content
    assert len(hall.office.bundle_ids()) == 5
    (matter,) = hall.office.cases()
    assert (matter.version, matter.bundle_id) == (5, chain[4].bundle_id)
    hall.office.close()
