"""The ways in to the store, by command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import PASSPHRASE, Seat
from workstation.cli.settings import load_settings
from workstation.cli.wiring import open_store, unlock_unattended
from workstation.store.errors import WrongPassphrase


@pytest.fixture(autouse=True)
def store(seat: Seat) -> None:
    """Make the store the commands work on."""
    open_store(seat.settings, PASSPHRASE).close()


def test_the_first_way_in_is_the_passphrase(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert seat.run("keys", "list") == 0
    assert capsys.readouterr().out == "✔ passphrase  口令\n"


def test_a_changed_passphrase_opens_the_same_data_and_the_old_one_nothing(seat: Seat) -> None:
    given = f"{PASSPHRASE}\n新口令-5678\n"
    assert seat.run("keys", "passphrase", "--passphrase-stdin", stdin=given) == 0
    open_store(seat.settings, "新口令-5678").close()
    with pytest.raises(WrongPassphrase):
        open_store(seat.settings, PASSPHRASE)


def test_a_short_or_missing_new_passphrase_changes_nothing(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, code in ((f"{PASSPHRASE}\nabc\n", "W103"), (f"{PASSPHRASE}\n", "W101")):
        assert seat.run("keys", "passphrase", "--passphrase-stdin", stdin=given) == 1
        assert code in capsys.readouterr().err
    open_store(seat.settings, PASSPHRASE).close()


def test_a_machine_key_file_opens_the_store_without_asking(
    seat: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "machine.key"
    assert seat.open("keys", "machine", str(file)) == 0
    assert f'machine_key = "{file}"' in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    settings = replace(load_settings(), machine_key=str(file))
    unlock_unattended(settings, lambda: pytest.fail("asked for a passphrase")).close()


def test_the_last_way_in_is_never_taken_away(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert seat.open("keys", "remove", "passphrase") == 1
    assert "T116" in capsys.readouterr().err
    open_store(seat.settings, PASSPHRASE).close()


def test_without_the_passphrase_nothing_changes(
    seat: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "machine.key"
    assert seat.run("keys", "machine", str(file), "--passphrase-stdin", stdin="falsch\n") == 1
    assert "T101" in capsys.readouterr().err
    assert not file.exists()


def test_without_a_keyring_the_command_says_so(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert seat.open("keys", "keyring") == 1
    assert "T102" in capsys.readouterr().err
