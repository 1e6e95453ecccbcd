"""Versions that the office refused: the one that takes their place, and what does not pass for one."""

from __future__ import annotations

from typing import Any

import pytest

from sync.contract.models import BundleKind, Manifest
from sync.contract.signing import manifest_sha256
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem

pytestmark = pytest.mark.usefixtures("engine")


def refused(*versions: Manifest) -> dict[str, Any]:
    """Return a body that names versions the window will never send."""
    named = [{"version": one.version, "manifest_sha256": manifest_sha256(one)} for one in versions]
    return {"state": "RECEIVED", "refused": named}


def correction(window: WindowSeat, *before: Manifest) -> Manifest:
    return window.next_version(before[-1], kind=BundleKind.CASE, body=refused(*before))


def test_the_correction_of_a_refused_case_opens_it(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    second = correction(window, first)
    third = correction(window, first, second)
    window.delivered(third)
    (matter,) = hall.office.cases()
    assert (matter.version, matter.bundle_id, matter.state) == (3, third.bundle_id, "RECEIVED")
    window.delivered(window.next_version(third))
    assert hall.office.cases()[0].version == 4


def test_the_refused_version_cannot_come_behind_its_correction(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    second = correction(window, first)
    window.delivered(second)
    check_problem(window.put(first), 409, "version-conflict")
    assert hall.office.cases()[0].bundle_id == second.bundle_id


def test_a_correction_does_not_open_a_case_a_second_time(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    stranger = window.manifest(subject=first.subject)
    check_problem(window.put(correction(window, stranger)), 409, "version-conflict")
    other = hall.window()
    theirs = other.manifest(subject=first.subject)
    check_problem(other.put(correction(other, theirs)), 409, "subject-taken")
    assert hall.office.cases()[0].bundle_id == first.bundle_id


def test_a_refused_later_version_is_passed_over(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    second = window.next_version(first)
    third = window.next_version(second, body=refused(second))
    window.delivered(third)
    (matter,) = hall.office.cases()
    assert (matter.version, matter.bundle_id) == (3, third.bundle_id)


@pytest.mark.parametrize(
    "body",
    [
        {"refused": []},
        {"refused": "all"},
        {"refused": [{"version": 1, "manifest_sha256": "a" * 64}]},
        {"refused": [{"version": 7}]},
        {"refused": [None, 3]},
    ],
)
def test_what_does_not_name_the_version_before_waits_for_it(
    hall: Hall, window: WindowSeat, body: dict[str, Any]
) -> None:
    window.delivered(window.next_version(window.manifest(), body=body))
    assert hall.office.cases() == ()
    assert [bundle.state for bundle in hall.office.unsettled()] == ["held"]
