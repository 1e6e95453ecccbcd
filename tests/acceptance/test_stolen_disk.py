"""Somebody takes the disk: without the secret of a slot it holds no name, no number, no image and no PIN."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sync.contract.suites import Suite
from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.case import Applicant, ApplicantSet, Opened, PageAdded
from workstation.domain.clock import CHINA
from workstation.domain.facts import Page
from workstation.domain.people import Role
from workstation.services.ids import new_id
from workstation.services.people import People
from workstation.store import migrate
from workstation.store import people as staff
from workstation.store.database import Store
from workstation.store.keys import KeySlots
from workstation.store.resealing import Resealed

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=CHINA)
PASSPHRASE, PIN = "kouling-Xq7-2026", "97531864"
NAME, NUMBER, ADDRESS = "欧阳样本", "440304195501019988", "福田区香蜜湖样本路八号"
PHONE, CLERK, REASON = "19900000777", "司徒样本", "核对户口簿样本页"
MARKS = (PASSPHRASE, PIN, NAME, NUMBER, ADDRESS, PHONE, CLERK, REASON)
IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"%PDF-", b"RIFF", b"SQLite format 3")
PICTURE = IMAGES[0] + bytes(range(256)) * 400
LEAST_ENTROPY = 7.9
"""Bits a byte of a page file; sealed bytes have nearly eight."""


@pytest.fixture(autouse=True)
def light_pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(staff, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
    yield


def fill(folder: Path, suite: Suite = Suite.INTERNATIONAL) -> Store:
    """Make a folder in which everything that is kept about people is kept."""
    slots = KeySlots(folder, suite)
    store = Store.create(folder, slots.create(PASSPHRASE), suite)
    people = People(store, lambda: NOW)
    chief = people.begin("李主管", PIN)
    people.add(CLERK, Role.CLERK, PIN, by=chief, admit=True)
    for number in range(6):
        draft(store, f"W03-20261120-{number:03d}")
    with store.transaction() as tx:
        deed = Deed(action=Action.LOOKED, person=NUMBER, reason=REASON, detail=detail_of(name=NAME))
        tx.note(deed, actor=CLERK, at=NOW)
        tx.put_setting("last.applicant", f"{NAME} {PHONE}")
    return store


def draft(store: Store, number: str) -> None:
    data = PICTURE + number.encode() + NAME.encode() * 40 + NUMBER.encode() * 3000
    page = Page(
        page_id=new_id(NOW),
        sha256=store.vault.put(data),
        size=len(data),
        media_type="image/png",
        width_px=300,
        height_px=200,
        resolution_dpi=200,
        source=f"scan of {NAME}",
        taken_at=NOW,
    )
    applicant = Applicant(name=NAME, id_number=NUMBER, ethnicity="汉", address=ADDRESS, phone=PHONE)
    opened = Opened(number=number, item_code="440", pack_version="1", window="W03", receiving_street="HF")
    facts = (opened, ApplicantSet(applicant=applicant), PageAdded(slot="id-card", page=page))
    with store.transaction() as tx:
        tx.record(new_id(NOW), *facts, actor=CLERK, at=NOW, why=REASON)


def _work_until_killed(folder: Path) -> None:
    store = fill(folder)
    migrate._put_aside(store._database, "0004")
    number = 100
    while True:
        draft(store, f"W03-20261120-{number:03d}")
        number += 1


def told(data: bytes) -> list[str]:
    """Return what a file gives away."""
    lower = data.lower()
    found = [
        f"{mark} in {encoding}"
        for mark in MARKS
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gbk")
        if mark.encode(encoding).lower() in lower
    ]
    return found + [f"an image: {magic!r}" for magic in IMAGES if data.startswith(magic)]


def entropy(data: bytes) -> float:
    """Return the bits of information a byte."""
    counts = Counter(data).values()
    return -sum(count / len(data) * math.log2(count / len(data)) for count in counts)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def check_nothing_is_told(folder: Path, *, least: int) -> None:
    files = files_of(folder)
    assert len(files) >= least
    for path in files:
        data = path.read_bytes()
        assert told(data) == [], path.name
        assert told(str(path.relative_to(folder)).encode()) == [], path.name
        is_sealed = path.suffix in (".page", ".db", ".db-wal") or path.name.endswith(".page.tmp")
        if is_sealed and len(data) > 30_000:
            assert entropy(data) > LEAST_ENTROPY, path.name
    assert not [path for path in files if path.stat().st_mode & 0o077]


def test_the_search_would_find_what_lies_open(tmp_path: Path) -> None:
    for place, text in enumerate((NAME.encode("gbk"), NUMBER.encode("utf-16-le"), PICTURE)):
        (tmp_path / f"{place}.bin").write_bytes(text)
        assert told(text)
    with pytest.raises(AssertionError):
        check_nothing_is_told(tmp_path, least=1)


@pytest.mark.parametrize("suite", Suite)
def test_a_folder_that_was_closed_tells_nothing(tmp_path: Path, suite: Suite) -> None:
    fill(tmp_path / "data", suite).close()
    check_nothing_is_told(tmp_path, least=6)


def test_a_folder_that_changed_over_to_the_national_algorithms_tells_nothing(tmp_path: Path) -> None:
    """Pages sealed anew leave nothing behind; what a stolen copy held before is not more open than it was."""
    folder = tmp_path / "data"
    fill(folder).close()
    before = {path.name: path.read_bytes() for path in files_of(folder / "pages")}
    key = KeySlots(folder).unlock_with_passphrase(PASSPHRASE)
    store = Store.open(folder, key, Suite.GUOMI)
    assert store.reseal() == Resealed(done=6, failed=())
    store.close()
    after = {path.name: path.read_bytes() for path in files_of(folder / "pages")}
    assert before.keys() == after.keys()
    assert all(before[name][:30] != after[name][:30] for name in after)
    check_nothing_is_told(tmp_path, least=6)


def test_a_folder_whose_program_was_killed_tells_nothing(tmp_path: Path) -> None:
    """With its write-ahead log, its half-written files and the copy put aside before an upgrade."""
    folder = tmp_path / "data"
    process = multiprocessing.get_context("spawn").Process(target=_work_until_killed, args=(folder,))
    process.start()
    while len(files_of(folder / "pages")) < 4 or not (folder / migrate.BACKUPS).exists():
        process.join(0.05)
        assert process.is_alive()
    process.join(0.3)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert (folder / "workstation.db-wal").exists()
    check_nothing_is_told(tmp_path, least=8)


def test_two_pages_alike_cannot_be_told_to_be_alike(tmp_path: Path) -> None:
    """Neither by name nor by content: a known page cannot be looked for in a stolen folder."""
    data = PICTURE
    pages = []
    for name in ("a", "b"):
        store = fill(tmp_path / name)
        sha256 = store.vault.put(data)
        store.close()
        names = {path.name for path in files_of(tmp_path / name / "pages")}
        assert not any(sha256[:8] in name for name in names)
        pages.append(names)
    assert not pages[0] & pages[1]
