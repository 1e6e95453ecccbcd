"""How rows come into the database: replaced as a whole, in the order written, with few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from workstation.domain.case import PageAdded
from workstation.domain.lockout import NO_TRIES, Tries
from workstation.domain.people import Person, Role
from workstation.store.database import Store
from workstation.store.engine import Database
from workstation.store.errors import ConcurrentChange, StoreError
from workstation.store.keys import DataKey
from workstation.store.rows import AuditRow, SettingRow
from workstation.store.writing import add, put, remove, table_of


@pytest.fixture
def database(store: Store) -> Database:
    """The database below a new store."""
    return store._database


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(" ".join(statement.split()[:3]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _settings(database: Database) -> dict[str, str]:
    with database.read() as session:
        return dict(session.exec(select(SettingRow.name, SettingRow.value)).all())


def test_what_is_put_again_takes_the_place_of_what_was_there(database: Database) -> None:
    with database.write() as session:
        put(session, SettingRow, {"name": "a", "value": "1"}, {"name": "b", "value": "2"})
    with database.write() as session:
        put(session, SettingRow, {"name": "a", "value": "3"})

    assert _settings(database) == {"a": "3", "b": "2"}


def test_what_is_there_already_cannot_be_added_and_nothing_of_the_transaction_stays(
    database: Database,
) -> None:
    with database.write() as session:
        add(session, SettingRow, {"name": "a", "value": "1"})

    with pytest.raises(ConcurrentChange), database.write() as session:
        add(session, SettingRow, {"name": "b", "value": "2"})
        add(session, SettingRow, {"name": "a", "value": "3"})

    assert _settings(database) == {"a": "1"}


def test_whoever_passes_over_a_refused_statement_keeps_nothing_and_is_told(database: Database) -> None:
    with pytest.raises(StoreError), database.write() as session:
        add(session, SettingRow, {"name": "a", "value": "1"})
        with suppress(IntegrityError):
            add(session, SettingRow, {"name": "a", "value": "2"})

    assert _settings(database) == {}


def test_a_change_of_a_row_that_was_read_comes_before_the_next_statement(database: Database) -> None:
    with database.write() as session:
        add(session, SettingRow, {"name": "a", "value": "1"}, {"name": "b", "value": "1"})

    with database.write() as session:
        session.get_one(SettingRow, "a").value = "over"
        remove(session, SettingRow, table_of(SettingRow).c.value == "over")

    assert _settings(database) == {"b": "1"}


def test_a_value_that_is_left_out_is_never_made_up(database: Database) -> None:
    with pytest.raises(ConcurrentChange), database.write() as session:
        add(session, AuditRow, {"seq": 1, "hash": "h"})


def test_a_transaction_sees_what_it_has_put(store: Store, now: datetime) -> None:
    person = Person(person_id="p", name="王样本", role=Role.CLERK, enrolled_at=now, public_key="k")
    with store.transaction() as tx:
        tx.put_setting("place", "1")
        assert tx.setting("place") == "1"
        tx.put_setting("place", "2")
        assert tx.setting("place") == "2"
        tx.put_person(person, "sealed")
        tx.put_tries("p", Tries(wrong=2))
        assert tx.wrapped_key("p") == "sealed"
        tx.put_person(person, "sealed anew")
        assert (tx.wrapped_key("p"), tx.tries("p")) == ("sealed anew", NO_TRIES)


def test_a_case_read_in_a_transaction_grows_with_it_and_goes_with_it(
    store: Store, make: Any, now: datetime
) -> None:
    case_id = make.case()

    with pytest.raises(RuntimeError), store.transaction() as tx:
        assert tx.case(case_id).length == 1
        tx.record(case_id, PageAdded(slot="id", page=make.page(b"one")), actor="clerk", at=now)
        assert tx.case(case_id).length == 2
        raise RuntimeError

    assert store.case(case_id).length == 1
    with store.transaction() as tx:
        assert tx.case(case_id).length == 1


def test_a_transaction_sees_what_another_process_recorded_meanwhile(
    store: Store, make: Any, folder: Path, key: DataKey, now: datetime
) -> None:
    case_id = make.case()
    with store.transaction() as tx:
        assert tx.case(case_id).length == 1
    added = PageAdded(slot="id", page=make.page(b"one"))
    with closing(Store.open(folder, key)) as other, other.transaction() as tx:
        tx.record(case_id, added, actor="clerk", at=now)
    with store.transaction() as tx:
        assert tx.case(case_id).length == 2


def test_recording_a_page_takes_seven_statements_however_many_there_are(
    store: Store, make: Any, now: datetime
) -> None:
    case_id = make.case()
    counts = []
    for number in range(4):
        page = make.page(f"page {number}".encode(), f"p{number}")
        with counted() as said, store.transaction() as tx:
            tx.case(case_id)
            tx.record(case_id, PageAdded(slot="id", page=page), actor="clerk", at=now)
        counts.append(len(said))

    assert counts == [7, 7, 7, 7]


def test_queueing_a_bundle_takes_the_same_statements_for_one_page_and_for_many(
    store: Store, make: Any
) -> None:
    counts = []
    for number, pages in enumerate((1, 12)):
        data = tuple(f"{number}/{page}".encode() for page in range(pages))
        with counted() as said:
            make.bundle(pages=data, subject=f"W03-{number}")
        counts.append(said)

    assert counts[0] == counts[1]
    assert [name for name in counts[0] if name.startswith("INSERT")] == [
        "INSERT INTO bundles",
        "INSERT INTO bundle_documents",
        "INSERT INTO page_uses",
    ]
