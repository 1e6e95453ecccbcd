"""Retention: only when both clocks and the gateway say so, and with the cases of a real desk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from sync.errors import SyncError, Unreachable
from sync.port import LineState
from tests.services.conftest import ZHAO, Window
from tests.services.receipts import deliver
from workstation.domain.case import Case, Move, Moved
from workstation.services.retention import Housekeeper, Stop, whole
from workstation.store import vault as vault_module
from workstation.store.database import Store

DAYS = 31


@dataclass
class Office:
    """A gateway that holds everything, unless told otherwise."""

    clock_offset: timedelta = timedelta()
    lost: tuple[str, ...] = ()
    fault: SyncError | None = None
    asked: list[str] = field(default_factory=list)

    def missing_bundles(self, bundle_ids: Sequence[str]) -> tuple[str, ...]:
        self.asked += bundle_ids
        if self.fault is not None:
            raise self.fault
        return tuple(name for name in bundle_ids if name in self.lost)


@pytest.fixture(autouse=True)
def old_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page counts as put long ago."""
    monkeypatch.setattr(vault_module, "FRESH_S", -1.0)


@pytest.fixture
def decided(window: Window) -> Case:
    """A case that was received, delivered and decided today."""
    case = window.received()
    deliver(window, case.bundles[-1].bundle_id)
    with window.store.transaction() as tx:
        moves = [Moved(move=Move.ACCEPT), Moved(move=Move.DECIDE)]
        return tx.record(case.case_id, *moves, actor="office", at=window.clock())


def pages_left(store: Store, case: Case) -> int:
    """Count pages that are here for the case alone, not for the archive too."""
    archived = {page.sha256 for one in store.archived(ZHAO.id_number) for page in one.pages}
    pages = {page.sha256 for slot in case.slots.values() for page in slot.pages}
    return sum(store.vault.has(sha256) for sha256 in pages - archived)


def test_pages_go_after_their_time_and_the_trace_stays(window: Window, decided: Case) -> None:
    house, office = window.desk.housekeeper, Office()
    had = pages_left(window.store, decided)
    window.clock.forward(days=29)
    assert house.turn(office).stop is Stop.DONE
    assert not office.asked and pages_left(window.store, decided) == had
    window.clock.forward(days=2)
    done = whole(lambda: house.turn(office))
    bundle = decided.bundles[-1].bundle_id
    assert (done.bundles, done.pages, done.lost) == ((bundle,), had, ())
    assert done.size > 0 and pages_left(window.store, decided) == 0
    assert window.store.outbox.receipt(bundle) is not None
    assert window.store.outbox.load(bundle).manifest.pages
    assert window.desk.view(decided.case_id).case == window.store.case(decided.case_id)
    assert window.store.faults() == ()
    (kept,) = window.store.archived(ZHAO.id_number)[0].pages
    assert window.store.vault.get(kept.sha256)


@pytest.mark.parametrize("jump", [timedelta(days=3653), timedelta(days=400)])
def test_a_clock_that_jumps_ahead_removes_nothing(window: Window, decided: Case, jump: timedelta) -> None:
    window.clock.now += jump
    done = window.desk.housekeeper.turn(Office(clock_offset=-jump))
    assert done.bundles == () and pages_left(window.store, decided)


def test_a_gateway_whose_clock_jumps_ahead_removes_nothing(window: Window, decided: Case) -> None:
    window.clock.forward(days=20)
    done = window.desk.housekeeper.turn(Office(clock_offset=timedelta(days=3653)))
    assert done.bundles == () and pages_left(window.store, decided)


def test_a_clock_set_back_removes_nothing(window: Window, decided: Case) -> None:
    window.clock.now -= timedelta(days=3653)
    assert window.desk.housekeeper.turn(Office(clock_offset=timedelta(days=3700))).bundles == ()
    assert pages_left(window.store, decided)


def test_without_the_gateways_word_nothing_goes(window: Window, decided: Case) -> None:
    window.clock.forward(days=DAYS)
    done = window.desk.housekeeper.turn(Office(fault=Unreachable("down")))
    assert (done.stop, done.code, done.bundles) == (Stop.NO_ANSWER, "Y101", ())
    assert pages_left(window.store, decided)


def test_what_the_gateway_lost_is_queued_again_with_its_pages(window: Window, decided: Case) -> None:
    window.clock.forward(days=DAYS)
    bundle = decided.bundles[-1].bundle_id
    done = window.desk.housekeeper.turn(Office(lost=(bundle,)))
    assert done.lost == (bundle,) and not done.bundles
    assert window.store.outbox.state(bundle) is LineState.QUEUED
    assert pages_left(window.store, decided)


def test_an_open_case_keeps_its_pages_however_old(window: Window) -> None:
    case = window.received()
    deliver(window, case.bundles[-1].bundle_id)
    window.clock.forward(days=900)
    assert window.desk.housekeeper.turn(Office()).bundles == ()
    assert pages_left(window.store, case)


def test_nothing_shortens_the_time_that_the_gateway_may_ask_back(window: Window, decided: Case) -> None:
    window.clock.forward(days=29)
    house = Housekeeper(window.store, window.clock, keep=timedelta(days=1))
    assert house.turn(Office()).bundles == () and house.span == timedelta(days=30)


def test_the_background_looks_once_a_day_and_soon_again_after_trouble(
    window: Window, decided: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [time.monotonic()]
    monkeypatch.setattr("workstation.services.retention.time.monotonic", lambda: seconds[0])
    house, office = Housekeeper(window.store, window.clock), Office(fault=Unreachable("down"))
    window.clock.forward(days=DAYS)
    house.in_background(office)
    house.in_background(office)
    assert len(office.asked) == 1
    office.fault = None
    seconds[0] += 901
    house.in_background(office)
    assert len(office.asked) == 2 and not pages_left(window.store, decided)
