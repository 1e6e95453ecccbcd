"""What is left after the process dies in the middle of its work."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from workstation.domain.case import FieldSet, FieldValue, Origin, PageAdded
from workstation.store.database import Store
from workstation.store.keys import DataKey

ROUNDS = 15
PAGE_BYTES = 40_000


@pytest.fixture
def folder(disk_path: Path) -> Path:
    return disk_path / "data"


def _in_child(work: Callable[[Any], None]) -> tuple[int, Any]:
    """Run `work` in a forked process; return its id and what it writes, line by line."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            with os.fdopen(writing, "w", buffering=1) as out:
                work(out)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    return child, os.fdopen(reading)


def _scan_for_ever(
    folder: Path, key: DataKey, case_id: str, now: datetime, added: Callable[..., PageAdded]
) -> Callable[[Any], None]:
    """Put pages and record them, saying what was acknowledged: `page SHA` then `entry SHA`."""

    def work(out: Any) -> None:
        store = Store.open(folder, key)
        while True:
            sha256 = store.vault.put(os.urandom(PAGE_BYTES))
            out.write(f"page {sha256}\n")
            with store.transaction() as tx:
                tx.record(case_id, added(sha256, PAGE_BYTES), actor="clerk", at=now)
            out.write(f"entry {sha256}\n")

    return work


def _killed_after(child: int, said: Any, words: int, seconds: float) -> tuple[set[str], set[str]]:
    """Kill -9 the child so long after so many words; return acknowledged pages and entries."""
    lines = [said.readline() for _ in range(words)]
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    lines += said.readlines()
    said.close()
    told = [line.split() for line in lines if line.endswith("\n")]
    return (
        {sha256 for word, sha256 in told if word == "page"},
        {sha256 for word, sha256 in told if word == "entry"},
    )


def test_kill_at_random_moments_loses_nothing_acknowledged(
    folder: Path, key: DataKey, now: datetime, added: Callable[..., PageAdded], maker: Any
) -> None:
    store = Store.create(folder, key)
    case_id = maker(store).case()
    store.close()
    moments = random.Random(4)
    all_entries: set[str] = set()
    for _ in range(ROUNDS):
        child, said = _in_child(_scan_for_ever(folder, key, case_id, now, added))
        words, seconds = moments.randint(1, 8), moments.uniform(0.0, 0.02)
        pages, entries = _killed_after(child, said, words, seconds)
        all_entries |= entries
        _check_after_the_crash(folder, key, case_id, now, pages, all_entries)
    assert all_entries


def _check_after_the_crash(
    folder: Path, key: DataKey, case_id: str, now: datetime, pages: set[str], entries: set[str]
) -> None:
    store = Store.open(folder, key)
    try:
        recorded = {page.sha256 for page in store.case(case_id).slot("id").pages}
        assert entries <= recorded
        assert all(len(store.vault.get(sha256)) == PAGE_BYTES for sha256 in pages)
        files = [path for path in (folder / "pages").rglob("*") if path.is_file()]
        found = store.recover(now)
        assert found.was_alone
        assert found.orphan_pages == len(files) - len(recorded)
        assert found.orphan_pages <= 1
        assert all(len(store.vault.get(sha256)) == PAGE_BYTES for sha256 in recorded)
    finally:
        store.close()


def test_a_sender_that_is_killed_leaves_its_line_to_be_sent_again(
    folder: Path, key: DataKey, now: datetime, maker: Any
) -> None:
    store = Store.create(folder, key)
    bundle_id = maker(store).bundle(pages=(b"page",)).manifest.bundle_id
    store.close()

    def send(out: Any) -> None:
        sender = Store.open(folder, key)
        sender.outbox.mark_sending(bundle_id, now)
        out.write("entry sending\n")
        time.sleep(60)

    _killed_after(*_in_child(send), words=1, seconds=0.0)
    store = Store.open(folder, key)
    try:
        assert store.recover(now).interrupted_sends == 1
        assert [line.bundle_id for line in store.outbox.due(now)] == [bundle_id]
        assert store.outbox.load(bundle_id).manifest.bundle_id == bundle_id
    finally:
        store.close()


def test_two_processes_write_side_by_side(folder: Path, key: DataKey, now: datetime, maker: Any) -> None:
    store = Store.create(folder, key)
    case_id = maker(store).case()
    store.close()

    def write(name: str) -> Callable[[Any], None]:
        def work(out: Any) -> None:
            own = Store.open(folder, key)
            for number in range(25):
                value = FieldValue(value=name, origin=Origin.TYPED)
                with own.transaction() as tx:
                    out.write(f"serial {tx.next_serial('receipt')}\n")
                    payload = FieldSet(field=f"{name}{number}", value=value)
                    tx.record(case_id, payload, actor=name, at=now)
            own.close()

        return work

    children = [_in_child(write(name)) for name in ("screen", "sender")]
    serials = [int(line.split()[1]) for _, said in children for line in said]
    for child, said in children:
        said.close()
        assert os.waitpid(child, 0)[1] == 0
    assert sorted(serials) == list(range(1, 51))
    store = Store.open(folder, key)
    log = store.log(case_id)
    assert [entry.tick for entry in log] == sorted({entry.tick for entry in log})
    assert len(log) == 51
    store.close()
