from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.errors import AnotherSender
from sync.lock import SenderLock

HOLDER = """
import sys, time
from pathlib import Path
from sync.lock import SenderLock
lock = SenderLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
if sys.argv[2:] == ["fork"]:
    import os
    if os.fork() == 0:
        print(os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue" / "sender.lock"


class Holder:
    """Another process that holds the lock."""

    def __init__(self, path: Path, *extra: str) -> None:
        command = [sys.executable, "-c", HOLDER, str(path), *extra]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.read() == "True"

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def holder(path: Path) -> Iterator[Holder]:
    started = Holder(path)
    yield started
    started.kill()


def test_a_second_process_does_not_get_the_lock_until_the_first_is_killed(path: Path, holder: Holder) -> None:
    lock = SenderLock(path)
    assert not lock.acquire()
    owner = lock.owner()
    assert owner is not None
    assert owner.pid == holder.process.pid
    assert owner.host
    assert owner.beat_age_s < 60
    with pytest.raises(AnotherSender, match=str(owner.pid)), lock:
        pass
    holder.kill()
    assert lock.owner() is None
    assert lock.acquire()
    lock.release()


def test_a_forked_child_that_outlives_its_parent_does_not_keep_the_lock(path: Path) -> None:
    holder = Holder(path, "fork")
    child = int(holder.read())
    try:
        holder.process.kill()
        holder.process.wait()
        os.kill(child, 0)
        with SenderLock(path) as lock:
            assert lock.held
    finally:
        os.kill(child, signal.SIGKILL)
        holder.kill()


def test_two_objects_of_one_process_exclude_each_other(path: Path) -> None:
    first, second = SenderLock(path), SenderLock(path)
    with first:
        assert first.acquire()
        assert not second.acquire()
        assert second.owner() == first.owner() or second.owner() is not None
    assert not first.held
    with second:
        pass


def test_the_record_names_the_start_and_the_last_sign_of_life(path: Path) -> None:
    started = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    lock = SenderLock(path, clock=lambda: started)
    with lock:
        time.sleep(0.05)
        before = lock.owner()
        lock.beat()
        after = lock.owner()
        assert before is not None
        assert after is not None
        assert before.started_at == started
        assert before.beat_age_s >= 0.05
        assert after.beat_age_s < before.beat_age_s
    lock.beat()
    assert lock.owner() is None


def test_an_unreadable_record_does_not_hinder_the_lock(path: Path) -> None:
    lock = SenderLock(path)
    assert lock.owner() is None
    with lock:
        path.write_text("not a record")
        assert lock.owner() is None
        other = SenderLock(path)
        with pytest.raises(AnotherSender), other:
            pass


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        SenderLock(tmp_path).acquire()
