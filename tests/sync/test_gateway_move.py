"""An office that outgrew its file: every row arrives on the server, or none does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.contract.models import ChangeKind
from sync.gateway import move as mover
from sync.gateway.blobs import BlobStore
from sync.gateway.database import Rows, insert_all
from sync.gateway.move import Moved, move
from sync.gateway.moved import MoveDiffers, OfficeMoved, TargetNotEmpty
from sync.gateway.office import Office
from tests.sync.gateway_hall import Hall, WindowSeat, open_hall, page
from tests.sync.postgres import Server
from workstation.cli import main

SCAN = b"a page " * 300


@pytest.fixture
def place(postgresql: Server, tmp_path: Path) -> Iterator[str]:
    yield postgresql.place_of(tmp_path / "server", test="move")
    postgresql.release("move")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "office"


@pytest.fixture
def seat(folder: Path) -> WindowSeat:
    """A window of an office that has lived a little."""
    hall = open_hall(folder, streets={"huafu": "华富街道"})
    seat = hall.window()
    seat.put_page(SCAN)
    manifest = seat.manifest(pages=(page(SCAN),))
    seat.delivered(manifest)
    seat.delivered(seat.next_version(manifest))
    hall.window()
    hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="样本")
    return seat


def moved(folder: Path, place: str, target: BlobStore | None = None) -> Moved:
    return move(folder / "office.db", place, BlobStore(folder / "blobs"), target)


def test_an_office_goes_on_at_the_server_as_if_nothing_had_happened(
    seat: WindowSeat, folder: Path, place: str
) -> None:
    before = seat.hall.office
    cases, ids, news = before.cases(), before.bundle_ids(), seat.news()
    told = moved(folder, place)
    assert (told.tables["bundle"], told.tables["window"], told.tables["token"]) == (2, 2, 1)
    office = Office.open(folder, database=place, create=False, clock=seat.hall.clock)
    seat.hall = Hall(office, seat.hall.clock)
    assert (office.cases(), office.bundle_ids(), seat.news()) == (cases, ids, news)
    assert office.gateway_id == before.gateway_id
    receipt = seat.delivered(seat.manifest(subject=f"{seat.enrolment.number_prefix}-20261102-0002"))
    assert receipt.receipt.number.startswith("R00000003-")
    assert seat.hall.window().enrolment.number_prefix not in {"W001", "W002"}
    office.close()
    before.close()


def test_the_old_rows_take_nothing_more_from_whoever_still_has_them_open(
    seat: WindowSeat, folder: Path, place: str
) -> None:
    moved(folder, place)
    answer = seat.put(seat.manifest(subject=f"{seat.enrolment.number_prefix}-20261102-0002"))
    assert answer.status_code == 500
    seat.hall.office.close()
    with pytest.raises(OfficeMoved) as refused:
        Office.open(folder, create=False)
    assert str(refused.value.details["place"]).startswith("postgresql://")
    with pytest.raises(OfficeMoved):
        moved(folder, place)


def test_a_server_with_an_office_is_refused_and_nothing_changes(
    seat: WindowSeat, folder: Path, place: str
) -> None:
    other = Office.open(folder.with_name("other"), database=place)
    other.close()
    with pytest.raises(TargetNotEmpty):
        moved(folder, place)
    seat.delivered(seat.manifest(subject=f"{seat.enrolment.number_prefix}-20261102-0002"))
    seat.hall.office.close()


def test_a_move_that_died_before_the_seal_is_ended_by_the_same_command(
    seat: WindowSeat, folder: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mover, "seal", die)
        with pytest.raises(KeyboardInterrupt):
            moved(folder, place)
    assert moved(folder, place).tables["bundle"] == 2
    with pytest.raises(OfficeMoved):
        Office.open(folder, create=False)
    seat.hall.office.close()


def test_an_office_that_worked_on_after_a_dead_move_is_not_mixed_with_what_was_moved(
    seat: WindowSeat, folder: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mover, "seal", die)
        with pytest.raises(KeyboardInterrupt):
            moved(folder, place)
    seat.delivered(seat.manifest(subject=f"{seat.enrolment.number_prefix}-20261102-0002"))
    with pytest.raises(TargetNotEmpty):
        moved(folder, place)
    seat.hall.office.close()


def test_a_row_that_changed_on_its_way_takes_the_whole_move_back(
    seat: WindowSeat, folder: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write: Callable[..., None] = insert_all

    def altered(rows: Rows, table: str, columns: list[str], lot: list[list[object]]) -> None:
        changed = [["0" * 64 if value == "accepted" else value for value in row] for row in lot]
        write(rows, table, columns, changed)

    with monkeypatch.context() as patch:
        patch.setattr(mover, "insert_all", altered)
        with pytest.raises(MoveDiffers):
            moved(folder, place)
    assert moved(folder, place).tables["bundle"] == 2
    seat.hall.office.close()


def test_pages_are_brought_along_and_not_twice(
    seat: WindowSeat, folder: Path, place: str, tmp_path: Path
) -> None:
    target = BlobStore(tmp_path / "elsewhere")
    assert moved(folder, place, target).pages == 1
    assert target.read(page(SCAN).sha256) == SCAN
    assert mover._copy_pages(BlobStore(folder / "blobs"), target) == 0
    seat.hall.office.close()


def test_the_command_moves_and_says_what_it_did(
    seat: WindowSeat, folder: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seat.hall.office.close()
    arguments = ["gateway", "move", "--folder", str(folder), "--from", f"sqlite:{folder / 'office.db'}"]
    assert main([*arguments, "--to", place]) == 0
    assert "bundle               2" in capsys.readouterr().out
    assert main([*arguments, "--to", place]) != 0
    with sqlite3.connect(folder / "office.db") as old, pytest.raises(sqlite3.IntegrityError):
        old.execute("DELETE FROM bundle")
    old.close()
