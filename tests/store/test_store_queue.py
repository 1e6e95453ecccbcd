"""The outbox and the inbox in the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.contract.ids import uuid7
from sync.contract.models import Change, ChangeKind, SignedManifest
from sync.contract.signing import manifest_sha256
from sync.errors import BadReceipt, FailureClass, UnreadableBundle
from sync.port import Inbox, LineState, Outbox
from workstation.domain.case import HomeStreetSet
from workstation.store.database import Store, Tx
from workstation.store.errors import ConflictingBundle, PageMissing, UnknownRecord

MINUTE = timedelta(minutes=1)


def _fail(store: Store, bundle_id: str, now: datetime, **changes: Any) -> None:
    given: dict[str, Any] = {
        "state": LineState.WAITING,
        "failure": FailureClass.WAIT,
        "code": "Y101",
        "detail": "no route",
        "next_try_at": now + MINUTE,
        "now": now,
    }
    store.outbox.mark_failed(bundle_id, **{**given, **changes})


def _due(store: Store, now: datetime) -> list[str]:
    return [line.bundle_id for line in store.outbox.due(now)]


def test_the_tables_are_what_the_sender_needs(store: Store) -> None:
    outbox: Outbox = store.outbox
    inbox: Inbox = store.inbox
    assert (outbox.due(datetime.now().astimezone()), inbox.cursor()) == ((), 0)


def test_a_queued_bundle_comes_back_as_sealed(store: Store, make: Any, now: datetime) -> None:
    due = now + timedelta(days=5)
    signed: SignedManifest = make.bundle(pages=(b"one", b"three"), due=due)
    bundle_id = signed.manifest.bundle_id
    line = store.outbox.line(bundle_id)
    assert (line.state, line.size, line.kind, line.subject) == (LineState.QUEUED, 8, "case", "W03-0001")
    assert (line.sealed_at, line.legal_due_at) == (now, due)
    assert line.manifest_sha256 == manifest_sha256(signed.manifest)
    assert store.outbox.load(bundle_id) == signed
    assert store.outbox.blob(signed.manifest.pages[1].sha256) == b"three"


def test_the_queue_is_ordered_by_legal_clock_then_age(store: Store, make: Any, now: datetime) -> None:
    unhurried = make.bundle(at=now - timedelta(days=9)).manifest.bundle_id
    later = make.bundle(due=now + 3 * MINUTE).manifest.bundle_id
    younger = make.bundle(due=now + MINUTE).manifest.bundle_id
    older = make.bundle(due=now + MINUTE, at=now - MINUTE).manifest.bundle_id
    assert _due(store, now) == [older, younger, later, unhurried]
    assert [line.bundle_id for line in store.outbox.lines()] == [older, younger, later, unhurried]
    assert len(store.outbox.due(now, limit=2)) == 2


def test_queueing_the_same_bundle_again_changes_nothing(store: Store, make: Any, now: datetime) -> None:
    signed = make.bundle()
    store.outbox.mark_sending(signed.manifest.bundle_id, now)
    with store.transaction() as tx:
        tx.queue(signed, legal_due_at=None)
    assert store.outbox.line(signed.manifest.bundle_id).attempts == 1


def test_other_content_under_the_same_id_is_refused(store: Store, make: Any) -> None:
    signed = make.bundle()
    other = signed.model_copy(
        update={"manifest": signed.manifest.model_copy(update={"body": {"number": "other"}})}
    )
    with pytest.raises(ConflictingBundle), store.transaction() as tx:
        tx.queue(other, legal_due_at=None)
    assert store.outbox.load(signed.manifest.bundle_id) == signed


def test_a_bundle_whose_page_is_not_in_the_vault_is_not_queued(
    store: Store, make: Any, now: datetime
) -> None:
    signed = make.bundle(pages=(b"page",))
    page = signed.manifest.pages[0].model_copy(update={"sha256": "0" * 64})
    manifest = signed.manifest.model_copy(update={"bundle_id": uuid7(now), "pages": (page,)})
    with pytest.raises(PageMissing), store.transaction() as tx:
        tx.queue(signed.model_copy(update={"manifest": manifest}), legal_due_at=None)
    assert len(store.outbox.lines()) == 1


def test_a_failed_line_waits_for_its_time(store: Store, make: Any, now: datetime) -> None:
    bundle_id = make.bundle().manifest.bundle_id
    store.outbox.mark_sending(bundle_id, now)
    assert _due(store, now) == []
    _fail(store, bundle_id, now)
    line = store.outbox.line(bundle_id)
    assert (line.state, line.attempts, line.code) == (LineState.WAITING, 1, "Y101")
    assert (line.failure, line.next_try_at) == (FailureClass.WAIT, now + MINUTE)
    assert _due(store, now + MINUTE / 2) == []
    assert _due(store, now + MINUTE) == [bundle_id]
    assert _due(store, (now + MINUTE).astimezone()) == [bundle_id]


def test_a_line_without_a_next_try_waits_for_a_person(store: Store, make: Any, now: datetime) -> None:
    bundle_id = make.bundle().manifest.bundle_id
    for state in (LineState.WAITING, LineState.FIX, LineState.ASK, LineState.QUARANTINED):
        _fail(store, bundle_id, now, state=state, next_try_at=None)
        assert _due(store, now + timedelta(days=30)) == []
    store.outbox.retry_now(bundle_id, now)
    assert _due(store, now) == [bundle_id]
    assert store.outbox.line(bundle_id).failure is None


def test_a_clock_set_back_does_not_stop_the_queue(store: Store, make: Any, now: datetime) -> None:
    waiting, claimed = (make.bundle().manifest.bundle_id for _ in range(2))
    store.outbox.mark_sending(waiting, now)
    _fail(store, waiting, now)
    store.outbox.mark_sending(claimed, now)
    assert set(_due(store, now - timedelta(days=1))) == {waiting, claimed}


def test_a_claim_of_a_dead_sender_is_taken_over(store: Store, make: Any, now: datetime) -> None:
    bundle_id = make.bundle().manifest.bundle_id
    store.outbox.mark_sending(bundle_id, now)
    assert _due(store, now + timedelta(minutes=14)) == []
    assert _due(store, now + timedelta(minutes=16)) == [bundle_id]


def test_recovery_queues_interrupted_sends_again(store: Store, make: Any, now: datetime) -> None:
    bundle_id = make.bundle().manifest.bundle_id
    store.outbox.mark_sending(bundle_id, now)
    found = store.recover(now)
    assert (found.interrupted_sends, found.queued) == (1, 1)
    assert _due(store, now) == [bundle_id]
    assert store.outbox.history(bundle_id)[-1].detail == "interrupted"


def test_only_a_receipt_that_names_the_manifest_delivers(
    store: Store, make: Any, now: datetime, receipt: Callable[..., Any]
) -> None:
    signed = make.bundle()
    bundle_id = signed.manifest.bundle_id
    with pytest.raises(BadReceipt):
        store.outbox.mark_delivered(bundle_id, receipt(signed, sha256="0" * 64), now)
    assert store.outbox.receipt(bundle_id) is None
    good = receipt(signed)
    for _ in range(2):
        store.outbox.mark_delivered(bundle_id, good, now)
    line = store.outbox.line(bundle_id)
    assert (line.state, line.delivered_at) == (LineState.DELIVERED, now)
    assert store.outbox.receipt(bundle_id) == good
    assert [attempt.state for attempt in store.outbox.history(bundle_id)] == [LineState.DELIVERED]


def test_a_delivered_line_never_leaves_that_state(
    store: Store, make: Any, now: datetime, receipt: Callable[..., Any]
) -> None:
    signed = make.bundle()
    bundle_id = signed.manifest.bundle_id
    store.outbox.mark_delivered(bundle_id, receipt(signed), now)
    store.outbox.mark_sending(bundle_id, now)
    _fail(store, bundle_id, now)
    store.outbox.hold(bundle_id, "why", now)
    store.outbox.retry_now(bundle_id, now)
    store.outbox.release(bundle_id, now)
    assert store.outbox.line(bundle_id).state is LineState.DELIVERED
    assert _due(store, now + timedelta(days=1)) == []


def test_a_line_on_hold_is_not_sent_until_released(
    store: Store, make: Any, now: datetime, receipt: Callable[..., Any]
) -> None:
    signed = make.bundle()
    bundle_id = signed.manifest.bundle_id
    store.outbox.hold(bundle_id, "申请人要求暂缓", now)
    assert store.outbox.line(bundle_id).detail == "申请人要求暂缓"
    assert _due(store, now) == []
    store.outbox.release(bundle_id, now)
    assert _due(store, now) == [bundle_id]
    store.outbox.mark_sending(bundle_id, now)
    store.outbox.release(bundle_id, now)
    assert store.outbox.line(bundle_id).state is LineState.SENDING


def test_a_hold_during_sending_outlives_the_attempt(
    store: Store, make: Any, now: datetime, receipt: Callable[..., Any]
) -> None:
    signed = make.bundle()
    bundle_id = signed.manifest.bundle_id
    store.outbox.mark_sending(bundle_id, now)
    store.outbox.hold(bundle_id, "why", now)
    _fail(store, bundle_id, now)
    assert store.outbox.line(bundle_id).state is LineState.HELD
    store.outbox.mark_delivered(bundle_id, receipt(signed), now)
    assert store.outbox.line(bundle_id).state is LineState.DELIVERED


def test_the_history_says_what_happened(store: Store, make: Any, now: datetime) -> None:
    bundle_id = make.bundle().manifest.bundle_id
    _fail(store, bundle_id, now)
    store.outbox.hold(bundle_id, "lunch", now + MINUTE)
    store.outbox.release(bundle_id, now + 2 * MINUTE)
    told = [(one.at, one.state, one.code, one.detail) for one in store.outbox.history(bundle_id)]
    assert told == [
        (now, LineState.WAITING, "Y101", "no route"),
        (now + MINUTE, LineState.HELD, "", "lunch"),
        (now + 2 * MINUTE, LineState.QUEUED, "", "release"),
    ]


def test_every_state_is_counted(store: Store, make: Any, now: datetime, receipt: Callable[..., Any]) -> None:
    done = make.bundle()
    make.bundle()
    store.outbox.mark_delivered(done.manifest.bundle_id, receipt(done), now)
    counts = store.outbox.counts()
    assert set(counts) == set(LineState)
    assert (counts[LineState.QUEUED], counts[LineState.DELIVERED], counts[LineState.FIX]) == (1, 1, 0)
    assert [line.state for line in store.outbox.lines()] == [LineState.QUEUED, LineState.DELIVERED]
    assert len(store.outbox.lines(delivered=0)) == 1


def test_an_unknown_bundle_says_so(store: Store) -> None:
    with pytest.raises(UnknownRecord):
        store.outbox.line("none")
    assert store.outbox.receipt("none") is None
    assert store.outbox.history("none") == ()


@pytest.mark.parametrize("document", ["{", None])
def test_a_manifest_that_cannot_be_read_is_unreadable(store: Store, make: Any, document: str | None) -> None:
    signed = make.bundle()
    changed = signed.model_copy(update={"manifest": signed.manifest.model_copy(update={"version": 2})})
    with store._database.cursor() as cursor:
        text = document or changed.model_dump_json()
        cursor.execute("UPDATE bundle_documents SET manifest = ?", (text,))
    with pytest.raises(UnreadableBundle):
        store.outbox.load(signed.manifest.bundle_id)


def test_a_page_that_is_gone_or_altered_is_unreadable(store: Store, make: Any) -> None:
    page = make.page(b"page")
    with pytest.raises(UnreadableBundle):
        store.outbox.blob("0" * 64)
    store.vault._path(page.sha256).write_bytes(b"altered")
    with pytest.raises(UnreadableBundle) as caught:
        store.outbox.blob(page.sha256)
    assert caught.value.detail.startswith("T105")


def _change(now: datetime, cursor: int) -> Change:
    return Change(cursor=cursor, change_id=uuid7(now), at=now, kind=ChangeKind.ACCEPTED, subject="W03-0001")


def test_a_change_is_applied_once_with_its_effect(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()

    def effect(tx: Tx, change: Change) -> None:
        tx.record(case_id, HomeStreetSet(street=change.subject), actor="back office", at=change.at)

    store.inbox.on_change = effect
    change = _change(now, 7)
    assert store.inbox.apply(change)
    assert not store.inbox.apply(change)
    assert store.inbox.cursor() == 7
    assert store.case(case_id).length == 2


def test_a_change_whose_effect_fails_is_not_applied(store: Store, now: datetime) -> None:
    def effect(_tx: Tx, _change: Change) -> None:
        raise ZeroDivisionError

    change = _change(now, 7)
    store.inbox.on_change = effect
    with pytest.raises(ZeroDivisionError):
        store.inbox.apply(change)
    assert store.inbox.cursor() == 0
    store.inbox.on_change = None
    assert store.inbox.apply(change)


def test_changes_are_shown_last_first_until_read(store: Store, now: datetime) -> None:
    first, second = _change(now, 1), _change(now, 2)
    for change in (first, second):
        store.inbox.apply(change)
    assert [one.change for one in store.inbox.recent()] == [second, first]
    assert store.inbox.unread() == 2
    store.inbox.mark_read(first.change_id, "unknown")
    assert [one.is_read for one in store.inbox.recent(limit=5)] == [False, True]
    assert (store.inbox.unread(), len(store.inbox.recent(limit=1))) == (1, 1)


def test_a_bundle_the_gateway_lost_is_queued_again_and_keeps_its_receipt(
    store: Store, make: Any, now: datetime, receipt: Callable[..., Any]
) -> None:
    signed = make.bundle(pages=(b"page",))
    bundle_id = signed.manifest.bundle_id
    store.outbox.put_back(bundle_id, now)
    assert store.outbox.history(bundle_id) == (), "what was not delivered cannot be lost"
    store.outbox.mark_delivered(bundle_id, receipt(signed), now)
    assert store.outbox.delivered(now, "", 10) == (bundle_id,)
    assert store.outbox.delivered(now, bundle_id, 10) == ()
    assert store.outbox.delivered(now + timedelta(days=1), "", 10) == ()
    store.outbox.put_back(bundle_id, now)
    assert store.outbox.line(bundle_id).state is LineState.QUEUED
    assert store.outbox.receipt(bundle_id) == receipt(signed)
    assert store.outbox.delivered(now, "", 10) == ()
