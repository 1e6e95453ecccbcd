"""Letting pages go: never what is unsent or needed, whatever the order, and never the trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from sync.contract.models import SignedReceipt
from sync.errors import FailureClass
from sync.port import SETTLED, LineState
from tests.store.conftest import NOW, Maker, receipt_for
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Move, Moved, PageAdded, TrustLevel
from workstation.store import vault as vault_module
from workstation.store.database import Store
from workstation.store.errors import PageLetGo, PageMissing
from workstation.store.keys import DataKey

DAY = timedelta(days=1)
LATER = NOW + 40 * DAY
BEFORE = LATER - 30 * DAY

STUCK = {
    LineState.FIX: FailureClass.FIX,
    LineState.ASK: FailureClass.ASK,
    LineState.QUARANTINED: FailureClass.QUARANTINE,
    LineState.WAITING: FailureClass.WAIT,
}
TO_THE_END = (Move.RECEIVE, Move.ACCEPT, Move.DECIDE)


@pytest.fixture(autouse=True)
def old_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page counts as put long ago."""
    monkeypatch.setattr(vault_module, "FRESH_S", -1.0)


@dataclass(frozen=True)
class Plan:
    """One case: how far it went, and how its bundles stand."""

    moves: int
    lines: tuple[LineState, ...]
    days_ago: int
    is_archived: bool


PLANS = st.builds(
    Plan,
    moves=st.sampled_from((*range(len(TO_THE_END) + 1), len(TO_THE_END), len(TO_THE_END))),
    lines=st.lists(st.sampled_from((*LineState, LineState.DELIVERED)), max_size=3).map(tuple),
    days_ago=st.sampled_from((0, 29, 31, 60)),
    is_archived=st.booleans(),
)


def put_in(store: Store, plan: Plan, number: int) -> tuple[str, dict[str, bytes], bool]:
    """Make the case; return its id, its pages, and whether nobody needs them any more."""
    make, at = Maker(store), LATER - plan.days_ago * DAY
    subject = f"W03-9{number:03}"
    case_id = make.case(number=subject, at=at)
    pages = {}
    raw = f"raw {number}".encode()
    page = make.page(raw, f"raw{number}")
    pages[page.sha256] = raw
    with store.transaction() as tx:
        moved = [Moved(move=move) for move in TO_THE_END[: plan.moves]]
        tx.record(case_id, PageAdded(slot="id", page=page), *moved, actor="clerk", at=at)
    for version, state in enumerate(plan.lines, 1):
        data = f"file {number}.{version}".encode()
        signed = make.bundle(pages=(data, raw), at=at, version=version, subject=subject)
        pages[signed.manifest.pages[0].sha256] = data
        stand(store, signed.manifest.bundle_id, state, receipt_for(signed), at)
    if plan.is_archived:
        with store.transaction() as tx:
            tx.archive(material(f"a{number}", page))
    is_over = plan.moves == len(TO_THE_END) and plan.days_ago > 30
    is_sent = LineState.DELIVERED in plan.lines and set(plan.lines) <= SETTLED
    return case_id, pages, is_over and is_sent


def material(archive_id: str, page: Any) -> ArchivedMaterial:
    return ArchivedMaterial(
        archive_id=archive_id,
        id_number="440304199901019996",
        standard_id="id-card-front",
        title="身份证",
        source_case="W03-0001",
        pages=(page,),
        level=TrustLevel.B,
        checked_by="clerk",
        checked_on=NOW.date(),
    )


def stand(store: Store, name: str, state: LineState, receipt: SignedReceipt, at: datetime) -> None:
    """Bring a line into a state the way the program does."""
    match state:
        case LineState.DELIVERED:
            store.outbox.mark_delivered(name, receipt, at)
        case LineState.HELD:
            store.outbox.hold(name, "because", at)
        case LineState.SENDING:
            store.outbox.mark_sending(name, at)
        case LineState.QUEUED:
            pass
        case LineState.REPLACED:
            with store.transaction() as tx:
                tx.set_aside(name, state, at, "by a later version")
        case _:
            failure = STUCK[state]
            store.outbox.mark_failed(
                name, state=state, failure=failure, code="Y", detail="", next_try_at=None, now=at
            )


def clean(store: Store, *, before: datetime = BEFORE) -> list[str]:
    """Let everything go that may; return the ids."""
    with store.retention.alone() as is_alone:
        assert is_alone
        names = [spent.bundle_id for spent in store.retention.spent(before, 1000)]
        return [name for name in names if store.retention.let_go(name, before, LATER) is not None]


D, OVER = LineState.DELIVERED, len(TO_THE_END)


@example(plans=[Plan(OVER, (D, LineState.QUEUED), 60, is_archived=False)])
@example(plans=[Plan(OVER - 1, (D,), 60, is_archived=False)])
@example(plans=[Plan(OVER, (LineState.REPLACED, D), 60, is_archived=False)])
@example(plans=[Plan(OVER, (D, D), 60, is_archived=True)])
@given(plans=st.lists(PLANS, min_size=1, max_size=4))
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_only_pages_that_nobody_needs_go_and_every_trace_stays(
    plans: list[Plan], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    store = Store.create(folder / "data", DataKey.new())
    try:
        made = [(plan, *put_in(store, plan, number)) for number, plan in enumerate(plans)]
        lines = store.outbox.lines()
        clean(store)
        assert store.outbox.lines() == lines
        store.recover(LATER)
        for plan, case_id, pages, is_free in made:
            raw, *files = pages
            for sha256 in files:
                assert store.vault.has(sha256) is not is_free
            assert store.vault.has(raw) is (not is_free or plan.is_archived)
            assert store.case(case_id).slot("id").pages
        assert store.faults() == ()
        for line in lines:
            assert store.outbox.load(line.bundle_id)
            if line.state is LineState.DELIVERED:
                assert store.outbox.receipt(line.bundle_id) is not None
            else:
                for page in store.outbox.load(line.bundle_id).manifest.pages:
                    assert store.outbox.blob(page.sha256) == dict(made_pages(made))[page.sha256]
    finally:
        store.close()


def made_pages(made: list[Any]) -> list[tuple[str, bytes]]:
    return [pair for _plan, _case_id, pages, _free in made for pair in pages.items()]


@pytest.fixture
def spent(store: Store) -> str:
    """A bundle whose pages may go; its id."""
    put_in(store, Plan(len(TO_THE_END), (LineState.DELIVERED,), 40, is_archived=False), 1)
    return store.outbox.lines()[0].bundle_id


def test_a_cleaned_bundle_says_so_and_is_never_asked_about_or_sent_again(store: Store, spent: str) -> None:
    assert store.outbox.delivered(NOW - 90 * DAY, "", 10) == (spent,)
    assert clean(store) == [spent]
    assert store.outbox.history(spent)[-1].detail == "pages removed: 2"
    assert store.outbox.delivered(NOW - 90 * DAY, "", 10) == ()
    assert clean(store) == []


def test_a_page_put_a_moment_ago_stays_until_it_is_recorded(
    store: Store, spent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "FRESH_S", 3600.0)
    again = store.vault.put(b"raw 1")
    assert clean(store) == [spent]
    assert store.vault.get(again) == b"raw 1"


def test_a_page_recorded_between_the_commit_and_the_removal_stays(
    store: Store, spent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    discard = store.vault.discard

    def late(sha256: str, is_used: Callable[[str], bool]) -> int:
        other = Maker(store).case(number=f"late {sha256}")
        with store.transaction() as tx:
            added = PageAdded(slot="id", page=Maker(store).page(b"raw 1", "late"))
            tx.record(other, added, actor="clerk", at=NOW)
        return discard(sha256, is_used)

    monkeypatch.setattr(store.vault, "discard", late)
    clean(store)
    (kept,) = store.cases_named("late", limit=1)
    assert store.vault.get(kept.slot("id").pages[0].sha256) == b"raw 1"


def test_nobody_is_alone_beside_another_process(store: Store, folder: Path, key: DataKey) -> None:
    other = Store.open(folder, key)
    with store.retention.alone() as is_alone:
        assert not is_alone
    other.close()
    with store.retention.alone() as is_alone:
        assert is_alone


def test_a_crash_behind_the_commit_leaves_files_that_the_next_start_sweeps(
    store: Store, spent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_sha256: str, _is_used: Callable[[str], bool]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(store.vault, "discard", dies)
    pages = [page.sha256 for page in store.outbox.load(spent).manifest.pages]
    with pytest.raises(KeyboardInterrupt):
        clean(store)
    assert all(store.vault.has(sha256) for sha256 in pages)
    assert store.recover(LATER).orphan_pages == 2
    with pytest.raises(PageMissing):
        store.vault.get(pages[0])
    assert store.faults() == ()


def test_a_page_that_went_with_its_time_is_told_apart_from_one_that_is_lost(
    store: Store, make: Maker, spent: str
) -> None:
    gone = store.outbox.load(spent).manifest.pages[0].sha256
    assert store.page(gone)
    clean(store)
    with pytest.raises(PageLetGo) as told:
        store.page(gone)
    assert told.value.code == "T120"

    lost = make.bundle(pages=(b"still to be sent",), subject="W03-77").manifest.pages[0].sha256
    store.vault._path(lost).unlink()
    with pytest.raises(PageMissing) as missed:
        store.page(lost)
    assert missed.value.code == "T106"
