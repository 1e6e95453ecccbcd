"""Damage, full disks, locks, and what the disk tells to somebody without the key."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import (
    Applicant,
    ApplicantSet,
    HomeStreetSet,
    TrustLevel,
)
from workstation.domain.courier import Bag, BagLine, BagState
from workstation.store.database import Store
from workstation.store.engine import FILE_NAME, Database, translated
from workstation.store.errors import (
    DiskFault,
    DiskFull,
    StoreDamaged,
    StoreError,
    StoreLocked,
    WrongKey,
)
from workstation.store.files import disk_faults
from workstation.store.keys import DataKey

NAME = "欧阳样本"
ID_NUMBER = "440304199001019984"


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """Let no file of this process grow beyond `most` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def filled(folder: Path, key: DataKey, maker: Any) -> str:
    """A closed store with one case; its id."""
    store = Store.create(folder, key)
    case_id: str = maker(store).case()
    store.close()
    return case_id


@pytest.mark.parametrize("part", [0.9, 0.5, 0.1])
def test_a_truncated_database_is_damage_not_a_wrong_key(
    folder: Path, key: DataKey, filled: str, part: float
) -> None:
    path = folder / FILE_NAME
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(StoreDamaged):
        Store.open(folder, key).case(filled)
    assert path.read_bytes() == data[: int(len(data) * part)]


def test_a_changed_database_page_is_damage(folder: Path, key: DataKey, filled: str) -> None:
    path = folder / FILE_NAME
    data = bytearray(path.read_bytes())
    for position in range(2000, len(data), 4096):
        data[position] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreDamaged):
        Store.open(folder, key)


@pytest.mark.parametrize("text", ["", "[]", "{}", None])
def test_a_folder_without_its_fingerprint_is_damage(
    folder: Path, key: DataKey, filled: str, text: str | None
) -> None:
    if text is None:
        (folder / "store.json").unlink()
    else:
        (folder / "store.json").write_text(text)
    with pytest.raises(StoreDamaged):
        Store.open(folder, key)


def test_a_wrong_key_neither_opens_nor_changes_anything(
    folder: Path, key: DataKey, filled: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = (folder / FILE_NAME).read_bytes()
    with pytest.raises(WrongKey):
        Store.open(folder, DataKey.new())
    database = Database(folder / FILE_NAME, bytes(32))
    with pytest.raises(StoreDamaged), database.write():
        pass
    database.close()
    assert (folder / FILE_NAME).read_bytes() == before
    assert capfd.readouterr().err == ""


def test_a_database_that_cannot_grow_keeps_all_that_was_kept(
    store: Store, folder: Path, make: Any, now: datetime
) -> None:
    case_id = make.case()
    grown = (folder / f"{FILE_NAME}-wal").stat().st_size
    with small_disk(grown + 5000), pytest.raises((DiskFull, DiskFault)), store.transaction() as tx:
        tx.record(case_id, HomeStreetSet(street="XMH"), actor="clerk", at=now)
        tx.put_setting("large", "x" * 100_000)
    assert store.case(case_id).length == 1
    assert store.setting("large") is None
    with store.transaction() as tx:
        tx.record(case_id, HomeStreetSet(street="XMH"), actor="clerk", at=now)
    assert store.case(case_id).home_street == "XMH"


@pytest.mark.rooted
def test_a_really_full_disk_keeps_all_that_was_kept(
    full_disk: Path, key: DataKey, now: datetime, maker: Any
) -> None:
    store = Store.create(full_disk / "data", key)
    case_id = maker(store).case()
    with pytest.raises(DiskFull):
        for number in range(1000):
            with store.transaction() as tx:
                tx.put_setting(f"large {number}", "x" * 100_000)
    assert store.case(case_id).length == 1
    store.close()
    store = Store.open(full_disk / "data", key)
    assert store.recover(now).open_drafts == 1
    store.close()


def test_every_connection_is_durable_encrypted_and_checks_references(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    with store._database.cursor() as one, store._database.cursor() as another:
        for cursor in (one, another):
            found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
            assert found == wanted
            assert cursor.execute("PRAGMA cipher_status").fetchone()[0] == "1"


def test_a_writer_that_does_not_finish_is_reported(tmp_path: Path) -> None:
    first, second = (Database(tmp_path / "x.db", bytes(32), busy_s=0.2) for _ in range(2))
    with first.write(), pytest.raises(StoreLocked), second.write():
        pass
    caught: list[StoreError] = []

    def wait() -> None:
        try:
            with first.write():
                pass
        except StoreError as error:
            caught.append(error)

    with first.write():
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert [type(error) for error in caught] == [StoreLocked]
    first.close()
    second.close()


def test_an_unheard_database_error_keeps_its_name() -> None:
    class OddError(Exception):
        sqlite_errorname = "SQLITE_INTERRUPT"

    with pytest.raises(StoreError) as caught, translated():
        raise DBAPIError("SELECT 1", None, OddError())
    assert (caught.value.code, caught.value.details["reason"]) == ("T100", "SQLITE_INTERRUPT")


def test_running_out_of_connections_is_a_lock() -> None:
    with pytest.raises(StoreLocked), translated():
        raise NoConnection


def test_a_disk_error_keeps_its_reason() -> None:
    with pytest.raises(DiskFault) as caught, disk_faults():
        raise PermissionError(13, "Permission denied")
    assert caught.value.details == {"reason": "Permission denied"}


def test_nothing_personal_is_in_the_clear_on_disk(
    store: Store, folder: Path, make: Any, now: datetime
) -> None:
    _write_personal_data(store, make, now)
    _assert_no_trace(folder)
    store.close()
    _assert_no_trace(folder)


def _write_personal_data(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()
    text = f"{NAME} {ID_NUMBER}"
    page = make.page(text.encode() * 50)
    with store.transaction() as tx:
        person = Applicant(name=NAME, id_number=ID_NUMBER)
        tx.record(case_id, ApplicantSet(applicant=person), actor="clerk", at=now, why=text)
        tx.put_setting("last", text)
        tx.archive(
            ArchivedMaterial(
                archive_id="a",
                id_number=ID_NUMBER,
                standard_id="id-card",
                title=text,
                source_case="W03-1",
                pages=(page,),
                level=TrustLevel.B,
                checked_by="clerk",
                checked_on=now.date(),
            )
        )
        line = BagLine(
            case_id=case_id,
            case_number="W03-1",
            item_title=text,
            applicant_masked=NAME,
            slot="s",
            material=text,
            sheets=1,
        )
        tx.put_bag(
            Bag(
                number="B",
                home_street="X",
                state=BagState.PACKED,
                opened_at=now,
                due_at=now,
                lines=(line,),
            )
        )
    make.bundle(pages=(text.encode(),))


def _assert_no_trace(folder: Path) -> None:
    traces = [
        trace.encode(encoding)
        for trace in (NAME, ID_NUMBER)
        for encoding in ("utf-8", "gb18030", "utf-16-le")
    ]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == FILE_NAME for path in files)
    for path in files:
        data = path.read_bytes()
        assert not any(trace in data for trace in traces), path.name
        assert path.stat().st_mode & 0o077 == 0, path.name
