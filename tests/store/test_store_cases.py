"""Cases, settings, archive and bags in the store."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.contract.ids import uuid7
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import (
    Applicant,
    ApplicantSet,
    CaseState,
    FieldSet,
    FieldValue,
    Flag,
    Flagged,
    HomeStreetSet,
    Move,
    Moved,
    Origin,
    PageAdded,
    PageFile,
    PageRemoved,
    Sealed,
    TrustLevel,
)
from workstation.domain.courier import Bag, BagLine, BagState
from workstation.domain.errors import IllegalMove
from workstation.domain.folding import fold
from workstation.store.database import Store
from workstation.store.errors import (
    ConcurrentChange,
    StoreDamaged,
    StoreExists,
    UnknownRecord,
    WrongKey,
)
from workstation.store.keys import DataKey
from workstation.store.snapshots import Snapshots

ID_NUMBER = "440304199001019976"
PERSON = Applicant(name="赵样本", id_number=ID_NUMBER, address="福田区香蜜湖样本路1号")


def _typed(value: str) -> FieldValue:
    return FieldValue(value=value, origin=Origin.TYPED)


def test_a_recorded_case_reads_back_folded(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case(number="W03-1")
    with store.transaction() as tx:
        written = tx.record(
            case_id,
            ApplicantSet(applicant=PERSON),
            HomeStreetSet(street="XMH"),
            actor="clerk",
            at=now,
            why="card read",
        )
        assert tx.case(case_id) == written
        assert tx.case_by_number("W03-1") == written
        assert len(tx.log(case_id)) == 3
    assert store.case(case_id) == written
    assert store.case_by_number("W03-1") == written
    assert store.case_by_number("W03-2") is None
    log = store.log(case_id)
    assert [entry.seq for entry in log] == [1, 2, 3]
    assert [entry.tick for entry in log] == [1, 2, 3]
    assert log[1].why == "card read"
    assert log[1].at.utcoffset() == timedelta(hours=8)


def test_ticks_grow_over_cases_even_when_the_clock_goes_back(store: Store, make: Any, now: datetime) -> None:
    first, second = make.case(), make.case(at=now - timedelta(days=1))
    with store.transaction() as tx:
        tx.record(first, HomeStreetSet(street="XMH"), actor="clerk", at=now - timedelta(days=2))
    assert [entry.tick for entry in (*store.log(first), *store.log(second))] == [1, 3, 2]


def test_a_summary_line_follows_the_case(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case(number="W03-1")
    with store.transaction() as tx:
        tx.record(
            case_id,
            ApplicantSet(applicant=PERSON),
            HomeStreetSet(street="XMH"),
            Flagged(flag=Flag.TOLERATED, on=True),
            Moved(move=Move.RECEIVE),
            actor="clerk",
            at=now + timedelta(minutes=5),
        )
    (line,) = store.summaries()
    assert line.applicant_name == "赵样本"
    assert (line.number, line.state, line.home_street) == ("W03-1", CaseState.RECEIVED, "XMH")
    assert line.flags == {Flag.TOLERATED}
    assert (line.opened_at, line.changed_at) == (now, now + timedelta(minutes=5))
    assert line.received_at == now + timedelta(minutes=5)


def test_summaries_are_chosen_by_state_and_day_and_come_last_changed_first(
    store: Store, make: Any, now: datetime
) -> None:
    yesterday, today = make.case(at=now - timedelta(days=1)), make.case()
    late_evening = make.case(at=now.replace(hour=0, minute=10))
    with store.transaction() as tx:
        tx.record(yesterday, Moved(move=Move.WITHDRAW), actor="clerk", at=now)
    found = store.summaries(opened_on=date(2026, 11, 21))
    assert [line.case_id for line in found] == [late_evening, today]
    assert [line.case_id for line in store.summaries(states=[CaseState.WITHDRAWN])] == [yesterday]
    assert [line.case_id for line in store.summaries()] == [yesterday, late_evening, today]
    assert len(store.summaries(limit=2)) == 2


def test_a_transaction_is_all_or_nothing(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.record(case_id, HomeStreetSet(street="XMH"), actor="clerk", at=now)
        tx.put_setting("theme", "dark")
        tx.next_serial("receipt")
        raise ZeroDivisionError
    assert store.case(case_id).length == 1
    assert store.setting("theme") is None
    with store.transaction() as tx:
        assert tx.next_serial("receipt") == 1


def test_a_forbidden_move_changes_nothing(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()
    with pytest.raises(IllegalMove), store.transaction() as tx:
        tx.record(case_id, HomeStreetSet(street="X"), Moved(move=Move.DELIVER), actor="c", at=now)
    assert store.case(case_id).length == 1


def test_a_forbidden_move_that_the_caller_survives_leaves_no_line(
    store: Store, make: Any, now: datetime
) -> None:
    case_id = make.case()
    with store.transaction() as tx:
        with pytest.raises(IllegalMove):
            tx.record(case_id, HomeStreetSet(street="X"), Moved(move=Move.DELIVER), actor="c", at=now)
        tx.record(case_id, HomeStreetSet(street="Y"), actor="c", at=now)
    assert [entry.seq for entry in store.log(case_id)] == [1, 2]
    assert store.case(case_id).home_street == "Y"


def test_what_was_undone_is_not_remembered(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.record(case_id, HomeStreetSet(street="undone"), actor="c", at=now)
        assert tx.case(case_id).home_street == "undone"
        raise ZeroDivisionError
    assert store.case(case_id).home_street == ""
    with store.transaction() as tx:
        tx.record(case_id, HomeStreetSet(street="kept"), actor="c", at=now)
    assert store.case(case_id) == fold(store.log(case_id))


def test_what_another_program_records_is_seen(
    store: Store, folder: Path, key: DataKey, make: Any, now: datetime
) -> None:
    case_id = make.case()
    with closing(Store.open(folder, key)) as other:
        for number in range(3):
            for writer, reader in ((store, other), (other, store)):
                with writer.transaction() as tx:
                    street = HomeStreetSet(street=f"{number}")
                    written = tx.record(case_id, street, actor="c", at=now)
                assert reader.case(case_id) == written
    assert store.case(case_id) == fold(store.log(case_id))


def test_only_so_many_folds_are_remembered_and_never_an_older_one(
    store: Store, make: Any, now: datetime
) -> None:
    first, second, third = (store.case(make.case()) for _ in range(3))
    snapshots = Snapshots(kept=2)
    for case in (first, second):
        snapshots.keep(case)
    assert snapshots.get(first.case_id) == first
    snapshots.keep(third)
    assert snapshots.get(second.case_id) is None
    longer = replace(first, length=9)
    snapshots.keep(longer)
    snapshots.keep(first)
    assert snapshots.get(first.case_id) is longer


def test_a_change_upon_something_already_changed_is_refused(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()
    seen = store.case(case_id).length
    for street, refused in (("A", False), ("B", True)):
        if refused:
            with pytest.raises(ConcurrentChange), store.transaction() as tx:
                tx.record(case_id, HomeStreetSet(street=street), actor="c", at=now, expected_length=seen)
        else:
            with store.transaction() as tx:
                tx.record(case_id, HomeStreetSet(street=street), actor="c", at=now, expected_length=seen)
    assert store.case(case_id).home_street == "A"


def test_a_case_number_is_given_once(store: Store, make: Any, now: datetime) -> None:
    make.case(number="W03-1")
    with pytest.raises(ConcurrentChange):
        make.case(number="W03-1")
    assert len(store.summaries()) == 1


def test_an_unknown_case_says_so(store: Store, now: datetime) -> None:
    with pytest.raises(UnknownRecord):
        store.case("no such case")
    with pytest.raises(UnknownRecord), store.transaction() as tx:
        tx.record("no such case", HomeStreetSet(street="X"), actor="c", at=now)
    with pytest.raises(ValueError, match="nothing"), store.transaction() as tx:
        tx.record("no such case", actor="c", at=now)


def test_a_log_that_cannot_be_folded_is_damage(store: Store, make: Any) -> None:
    case_id = make.case()
    with store._database.cursor() as cursor:
        cursor.execute("UPDATE entries SET seq = 2")
    with pytest.raises(StoreDamaged):
        store.case(case_id)


def test_a_transaction_inside_another_one_is_a_mistake_not_a_wait(store: Store) -> None:
    with (
        store.transaction(),
        pytest.raises(RuntimeError, match="inside another"),
        store.transaction(),
    ):
        pass
    with store.transaction() as tx:
        assert tx.next_serial("x") == 1


def test_reading_inside_a_transaction_sees_the_state_before_it(store: Store) -> None:
    with store.transaction() as tx:
        tx.put_setting("theme", "dark")
        assert tx.setting("theme") == "dark"
        assert store.setting("theme") is None
    assert store.setting("theme") == "dark"


def test_many_threads_write_without_losing_anything(store: Store, make: Any, now: datetime) -> None:
    case_id = make.case()
    faults: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(10):
                with store.transaction() as tx:
                    name = f"f{worker}-{number}"
                    tx.record(case_id, FieldSet(field=name, value=_typed(name)), actor="c", at=now)
                store.case(case_id)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    case = store.case(case_id)
    assert case.length == 41
    assert len(case.fields) == 40


def test_serials_are_counted_per_name(store: Store) -> None:
    with store.transaction() as tx:
        assert [tx.next_serial("case"), tx.next_serial("case"), tx.next_serial("bag")] == [1, 2, 1]


def test_settings_are_kept_and_replaced(store: Store) -> None:
    assert store.setting("theme") is None
    for value in ("dark", "light"):
        with store.transaction() as tx:
            tx.put_setting("theme", value)
    assert store.setting("theme") == "light"


def _material(make: Any, now: datetime, data: bytes = b"page") -> ArchivedMaterial:
    return ArchivedMaterial(
        archive_id=uuid7(now),
        id_number=ID_NUMBER,
        standard_id="id-card",
        title="居民身份证",
        source_case="W03-1",
        pages=(make.page(data),),
        level=TrustLevel.C,
        checked_by="clerk",
        checked_on=now.date(),
    )


def test_archived_material_is_found_by_the_person_only(store: Store, make: Any, now: datetime) -> None:
    material = _material(make, now)
    with store.transaction() as tx:
        tx.archive(material)
        assert tx.archived(ID_NUMBER) == (material,)
    assert store.archived(ID_NUMBER.lower()) == (material,)
    assert store.archived("440304199001019968") == ()


def test_a_check_lifts_archived_material(store: Store, make: Any, now: datetime) -> None:
    material = _material(make, now)
    lifted = replace(material, level=TrustLevel.B, checked_on=now.date() + timedelta(days=1))
    newer = replace(_material(make, now, b"other"), checked_on=now.date() + timedelta(days=2))
    for one in (material, lifted, newer):
        with store.transaction() as tx:
            tx.archive(one)
    assert store.archived(ID_NUMBER) == (newer, lifted)


def test_bags_are_kept_and_chosen_by_state(store: Store, now: datetime) -> None:
    line = BagLine(
        case_id="c",
        case_number="W03-1",
        item_title="敬老优待证",
        applicant_masked="赵**",
        slot="photo",
        material="数码照相回执",
        sheets=2,
    )
    open_bag = Bag(
        number="B2", home_street="XMH", state=BagState.PACKED, opened_at=now, due_at=now, lines=(line,)
    )
    listed = Bag(
        number="B1",
        home_street="XMH",
        state=BagState.LISTED,
        opened_at=now - timedelta(hours=1),
        due_at=now,
    )
    with store.transaction() as tx:
        tx.put_bag(open_bag)
        tx.put_bag(listed)
        assert tx.bag("B2") == open_bag
        assert tx.bags(BagState.LISTED) == (listed,)
    assert store.bags() == (listed, open_bag)
    assert store.bags(BagState.PACKED) == (open_bag,)
    assert store.bag("B1") == listed
    assert store.bag("B3") is None


def test_pages_survive_recovery_until_the_seal_that_leaves_them_out(
    store: Store, folder: Path, make: Any, now: datetime
) -> None:
    case_id = make.case()
    kept, removed, archived = make.page(b"kept", "p1"), make.page(b"removed", "p2"), _material(make, now)
    with store.transaction() as tx:
        tx.record(
            case_id,
            PageAdded(slot="id", page=kept),
            PageAdded(slot="id", page=removed),
            actor="c",
            at=now,
        )
        tx.archive(archived)
    make.bundle(pages=(b"sealed",))
    with store.transaction() as tx:
        tx.record(case_id, PageRemoved(slot="id", page_id="p2"), actor="c", at=now)
    store.vault.put(b"never recorded")
    half = folder / "keys.json.0.tmp"
    half.touch()
    found = store.recover(now)
    assert (found.orphan_pages, found.open_drafts, found.queued) == (1, 1, 1)
    assert found.was_alone
    assert not half.exists()
    for page in (kept, removed, archived.pages[0]):
        assert store.vault.has(page.sha256)
    small = store.vault.put(b"kept, cut and packed")
    file = PageFile(
        page_id="p1",
        sha256=small,
        size=20,
        media_type="image/webp",
        width_px=1,
        height_px=1,
        resolution_dpi=200,
    )
    with store.transaction() as tx:
        tx.record(
            case_id,
            Sealed(bundle_id="b", version=1, manifest_sha256="0" * 64, files=(file,)),
            actor="c",
            at=now,
        )
    assert store.recover(now).orphan_pages == 2
    assert [store.vault.has(page.sha256) for page in (kept, removed)] == [False, False]
    assert store.vault.has(small)
    assert store.recover(now).orphan_pages == 0


def test_recovery_touches_nothing_while_somebody_else_has_the_folder_open(
    store: Store, folder: Path, key: DataKey, now: datetime
) -> None:
    orphan = store.vault.put(b"put by the other one, recorded in a moment")
    other = Store.open(folder, key)
    try:
        found = other.recover(now)
        assert (found.was_alone, found.orphan_pages) == (False, 0)
        assert store.vault.has(orphan)
    finally:
        other.close()
    assert store.recover(now).orphan_pages == 1


def test_a_folder_is_created_once_and_opened_with_its_own_key(
    store: Store, folder: Path, key: DataKey, tmp_path: Path
) -> None:
    with pytest.raises(StoreExists):
        Store.create(folder, key)
    with pytest.raises(WrongKey):
        Store.open(folder, DataKey.new())
    with pytest.raises(UnknownRecord):
        Store.open(tmp_path / "nothing", key)


def test_closing_twice_is_harmless(store: Store) -> None:
    store.close()
    store.close()
