"""The queue by stick, and a dead computer's queue, by the commands people type."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.port import LineState
from tests.cli.conftest import PAGE, PASSPHRASE, Seat
from workstation.cli.wiring import open_store
from workstation.store.database import Group
from workstation.store.errors import WrongRecoveryKey
from workstation.store.keys import KeySlots


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "stick").mkdir()
    yield tmp_path / "stick"


def states(seat: Seat) -> set[LineState]:
    with seat.store() as store:
        return {line.state for line in store.outbox.page(Group.EVERY, 0, 100)}


def test_the_queue_goes_out_by_stick_and_its_receipts_come_back(
    enrolled: Seat, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    assert enrolled.open("queue", "export", str(stick)) == 0
    assert "已导出 1 件" in capsys.readouterr().out
    assert states(enrolled) == {LineState.QUEUED}, "only a receipt takes it out"
    (bag,) = stick.iterdir()
    folder = enrolled.folder.parent / "office"
    assert enrolled.run("gateway", "import", str(bag), "--folder", str(folder)) == 0
    assert "新收 1 件, 早已收到 0 件, 不收 0 件" in capsys.readouterr().out
    assert enrolled.office.bundle_ids() == (bundle,)
    assert enrolled.open("queue", "receipts", str(stick)) == 0
    assert "凭回执送达 1 件" in capsys.readouterr().out
    assert states(enrolled) == {LineState.DELIVERED}
    assert enrolled.open("sync", "--once") == 0
    assert enrolled.office.bundle_ids() == (bundle,)
    assert enrolled.open("queue", "show", bundle) == 0
    assert f"已拷到 U 盘: {bag.name}" in capsys.readouterr().out


def test_an_empty_queue_and_a_vanished_stick_are_said(
    enrolled: Seat, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrolled.open("queue", "export", str(stick)) == 1
    assert "H106" in capsys.readouterr().err
    enrolled.seal()
    assert enrolled.open("queue", "export", str(stick / "gone")) == 1
    assert "H102" in capsys.readouterr().err


def test_a_dead_computers_queue_is_sent_from_another_with_its_recovery_key(
    enrolled: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = enrolled.seal()
    assert enrolled.open("keys", "recovery") == 0
    written = capsys.readouterr().out.splitlines()[0]
    assert len(written) == 39
    disk = tmp_path / "disk-of-the-dead-one"
    shutil.copytree(enrolled.folder, disk)
    before = {path.name: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
    other = tmp_path / "another" / "data"
    monkeypatch.setenv("WORKSTATION_DATA", str(other))
    typed = written.lower().replace("-", " ").replace("0", "o")
    assert enrolled.run("rescue", str(disk), "--recovery-stdin", stdin=f"{typed}\n") == 0
    out = capsys.readouterr().out
    assert "送达 1 件" in out and enrolled.office.bundle_ids() == (bundle,)
    assert {path.name: path.read_bytes() for path in disk.rglob("*") if path.is_file()} == before
    assert enrolled.run("rescue", str(disk), "--recovery-stdin", stdin=f"{typed}\n") == 0, "again is harmless"
    (copy,) = other.parent.iterdir()
    assert copy.stat().st_mode & 0o077 == 0 and not (copy / "keys.json").read_text().count(PASSPHRASE)


def test_a_rescue_goes_by_stick_too_and_a_wrong_key_opens_nothing(
    enrolled: Seat,
    stick: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enrolled.seal()
    with pytest.raises(WrongRecoveryKey):
        slots = KeySlots(enrolled.folder)
        slots.add_recovery(slots.unlock_with_passphrase(PASSPHRASE))
        slots.unlock_with_recovery("0000-" * 7 + "0000")
    assert enrolled.open("keys", "recovery") == 0
    written = capsys.readouterr().out.splitlines()[0]
    monkeypatch.setenv("WORKSTATION_DATA", str(tmp_path / "another" / "data"))
    assert enrolled.run("rescue", str(enrolled.folder), "--recovery-stdin", stdin="hello\n") == 1
    assert "T117" in capsys.readouterr().err
    assert enrolled.run("rescue", str(tmp_path), "--recovery-stdin", stdin=f"{written}\n") == 1
    rescue = ("rescue", str(enrolled.folder), "--recovery-stdin", "--carry", str(stick))
    assert enrolled.run(*rescue, stdin=f"{written}\n") == 0
    (bag,) = stick.iterdir()
    assert bag.name.startswith("carry-")
    open_store(enrolled.settings, PASSPHRASE).close()
    assert PAGE not in b"".join(path.read_bytes() for path in bag.rglob("*") if path.is_file())


def test_one_bundle_is_exported_alone_even_on_hold(
    enrolled: Seat, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held, _other = enrolled.seal(), enrolled.seal()
    assert enrolled.open("queue", "hold", held, "--why", "求助") == 0
    assert enrolled.open("queue", "export", str(stick), "--only", held) == 0
    assert "已导出 1 件" in capsys.readouterr().out
    with enrolled.store() as store:
        assert store.outbox.history(held)[-1].detail.startswith("carried ")
        assert store.outbox.state(held) is LineState.HELD


def test_of_a_damaged_bundle_the_rest_goes_out_and_what_is_missing_is_said(
    enrolled: Seat, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    with enrolled.store() as store:
        for page in store.outbox.load(bundle).manifest.pages[:1]:
            store.vault._path(page.sha256).unlink()
    assert enrolled.open("queue", "export", str(stick)) == 1
    said = capsys.readouterr().out
    assert "已导出 1 件" in said and f"{bundle} 共 " in said and "有 1 页在本机读不出" in said
    assert enrolled.open("queue", "show", bundle) == 0
    assert "缺读不出的页 (缺/共: 导出名) 1/" in capsys.readouterr().out
