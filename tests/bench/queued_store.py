"""A store with as many queued cases as wanted: a few are really sealed, the rest are copies of their rows.

What is measured on it is reading; sealing ten thousand cases one by one would say nothing more and take long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from scanners.fake import ScriptedScanner
from sync.contract.ids import uuid7
from sync.contract.signing import new_key
from tests.services.conftest import CREDIT, NOW, PROFILE, Clock, Readings, Window
from workstation.catalogue.calendar import load_calendar
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.case import Case
from workstation.printing.rendering import render_form
from workstation.services.catalogue import Catalogue
from workstation.services.desk import Parts, build_desk
from workstation.store.database import Store
from workstation.store.engine import FILE_NAME, Database
from workstation.store.keys import DataKey
from workstation.store.rows import BundleDocumentRow, BundleRow, CaseRow, EntryRow, Row

TODAY = 40
"""Cases received today, however long the queue: what a busy window takes in."""
OLDER_DAYS = 12
"""The others were received on so many days before."""
BATCH = 500
_ENTRIES = Row.metadata.tables[str(EntryRow.__tablename__)]


@contextmanager
def window_with(folder: Path, queued: int, *, now: datetime = NOW) -> Iterator[Window]:
    """Make a window whose queue holds so many bundles, none of them sent; it was just opened."""
    key = DataKey.new()
    store = Store.create(folder / "data", key)
    try:
        window = window_over(folder, store, Clock(now))
        _fill(folder / "data", key, window, queued, now)
        window.desk.board.totals()
    finally:
        store.close()
    store = Store.open(folder / "data", key)
    try:
        yield window_over(folder, store, Clock(now))
    finally:
        store.close()


@contextmanager
def empty_window(folder: Path, *, now: datetime = NOW) -> Iterator[Window]:
    """Make a window over a new store."""
    store = Store.create(folder / "data", DataKey.new())
    try:
        yield window_over(folder, store, Clock(now))
    finally:
        store.close()


def window_over(folder: Path, store: Store, clock: Clock) -> Window:
    """Return a window over a store, with the bundled pack and doubles of devices."""
    scanner, readings, signing = ScriptedScanner([]), Readings(), new_key()
    (folder / "papers").mkdir(exist_ok=True)
    parts = Parts(
        store=store,
        profile=PROFILE,
        catalogue=Catalogue((load_pack(bundled_pack()),)),
        clock=clock,
        calendar=load_calendar(),
        scanner=scanner,
        read=readings,
        key=signing,
        papers_folder=folder / "papers",
        render=render_form,
        credit=CREDIT,
        packs_folder=folder / "packs",
        load_pack=load_pack,
    )
    return Window(build_desk(parts), store, clock, scanner, readings, signing)


def _fill(folder: Path, key: DataKey, window: Window, queued: int, now: datetime) -> None:
    originals = []
    for days in range(OLDER_DAYS, -1, -1):
        window.clock.now = now - timedelta(days=days, hours=1)
        originals.append(window.received())
    window.clock.now = now
    database = Database(folder / FILE_NAME, key.derive("database"))
    try:
        with database.connection() as rows:
            _copy_all(rows, originals, queued)
    finally:
        database.close()


def _copy_all(rows: Connection, originals: Sequence[Case], queued: int) -> None:
    older, today = originals[:-1], originals[-1]
    wanted = [today] * (TODAY - 1) + [older[n % len(older)] for n in range(queued - TODAY - len(older) + 1)]
    tick = int(rows.execute(select(func.max(EntryRow.tick))).scalar_one())
    kept = {case.case_id: _rows_of(rows, case) for case in originals}
    waiting: dict[Table, list[dict[str, Any]]] = {}
    for number, case in enumerate(wanted):
        tick = _copy(kept[case.case_id], case, number, tick, waiting)
        if number % BATCH == BATCH - 1 or number == len(wanted) - 1:
            for table, values in waiting.items():
                rows.execute(insert(table), values)
            waiting.clear()


def _rows_of(rows: Connection, case: Case) -> dict[Table, list[dict[str, Any]]]:
    """Return what the store keeps of a case, in the order it must be put back."""
    cases, entries, bundles, documents = (
        Row.metadata.tables[str(row.__tablename__)]
        for row in (CaseRow, EntryRow, BundleRow, BundleDocumentRow)
    )
    bundle_id = case.bundles[-1].bundle_id
    found = {
        cases: select(cases).where(cases.c.case_id == case.case_id),
        entries: select(entries).where(entries.c.case_id == case.case_id).order_by(entries.c.seq),
        bundles: select(bundles).where(bundles.c.bundle_id == bundle_id),
        documents: select(documents).where(documents.c.bundle_id == bundle_id),
    }
    return {table: [dict(row._mapping) for row in rows.execute(query)] for table, query in found.items()}


def _copy(
    kept: dict[Table, list[dict[str, Any]]],
    case: Case,
    number: int,
    tick: int,
    into: dict[Table, list[dict[str, Any]]],
) -> int:
    """Add a copy under names of its own; return the last tick used."""
    named = {
        case.case_id: uuid7(case.opened_at),
        case.number: f"{case.number}-{number:05d}",
        case.bundles[-1].bundle_id: uuid7(case.opened_at),
    }
    for table, originals in kept.items():
        for original in originals:
            values = {name: _renamed(value, named) for name, value in original.items()}
            if "tick" in values:
                tick += 1
                values["tick"] = tick
            if "last_tick" in values:
                values["last_tick"] = tick + len(kept[_ENTRIES])
            into.setdefault(table, []).append(values)
    return tick


def _renamed(value: Any, named: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    for old, new in named.items():
        value = value.replace(old, new)
    return value
