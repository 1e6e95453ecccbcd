"""The data key and its slots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.store.errors import (
    DiskFault,
    LastSlot,
    NoKeySlots,
    SlotUnavailable,
    StoreDamaged,
    StoreExists,
    WrongPassphrase,
)
from workstation.store.keys import DataKey, KeySlots

PASSPHRASE = "窗口03 correct horse"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, DataKey]:
    """A key file made once: stretching a passphrase is slow on purpose."""
    folder = tmp_path_factory.mktemp("made")
    key = KeySlots(folder).create(PASSPHRASE)
    return (folder / "keys.json").read_bytes(), key


@pytest.fixture
def slots(folder: Path, made: tuple[bytes, DataKey]) -> KeySlots:
    folder.mkdir()
    (folder / "keys.json").write_bytes(made[0])
    return KeySlots(folder)


def _edit(folder: Path, **changes: object) -> None:
    path = folder / "keys.json"
    document = json.loads(path.read_text())
    document["slots"]["passphrase"].update(changes)
    path.write_text(json.dumps(document))


def test_the_passphrase_gives_the_key_back(slots: KeySlots, made: tuple[bytes, DataKey]) -> None:
    assert slots.exists
    assert slots.slots() == ("passphrase",)
    assert slots.unlock_with_passphrase(PASSPHRASE) == made[1]


def test_full_width_letters_are_the_same_passphrase(slots: KeySlots, made: tuple[bytes, DataKey]) -> None:
    assert slots.unlock_with_passphrase("窗口０３ ｃｏｒｒｅｃｔ horse") == made[1]


def test_a_wrong_passphrase_is_refused(slots: KeySlots) -> None:
    with pytest.raises(WrongPassphrase):
        slots.unlock_with_passphrase("窗口03 correct horsf")


def test_a_new_passphrase_replaces_the_old_one(slots: KeySlots, made: tuple[bytes, DataKey]) -> None:
    slots.add_passphrase(made[1], "another one")
    assert slots.unlock_with_passphrase("another one") == made[1]
    with pytest.raises(WrongPassphrase):
        slots.unlock_with_passphrase(PASSPHRASE)


def test_an_empty_passphrase_is_no_passphrase(folder: Path) -> None:
    with pytest.raises(ValueError, match="protects nothing"):
        KeySlots(folder).create("")
    assert not KeySlots(folder).exists


def test_the_key_file_is_private_and_names_its_algorithms(slots: KeySlots, tmp_path: Path) -> None:
    key = KeySlots(tmp_path / "fresh").create("a passphrase")
    path = tmp_path / "fresh" / "keys.json"
    assert path.stat().st_mode & 0o777 == 0o600
    slot = json.loads(path.read_text())["slots"]["passphrase"]
    assert (slot["kind"], slot["wrap"], slot["memory_kib"]) == ("argon2id", "AES-256-GCM", 64 * 1024)
    assert key.derive("x") not in path.read_bytes()


def test_a_key_file_is_never_overwritten(slots: KeySlots, folder: Path) -> None:
    before = (folder / "keys.json").read_bytes()
    with pytest.raises(StoreExists):
        slots.create("other")
    assert (folder / "keys.json").read_bytes() == before


def test_a_folder_without_a_key_file_says_so(folder: Path) -> None:
    with pytest.raises(NoKeySlots):
        KeySlots(folder).unlock_with_passphrase(PASSPHRASE)


def test_a_machine_key_file_opens_the_store(
    slots: KeySlots, made: tuple[bytes, DataKey], tmp_path: Path
) -> None:
    path = tmp_path / "machine.key"
    slots.add_machine_key(made[1], path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert slots.unlock_with_machine_key(path) == made[1]
    assert slots.slots() == ("passphrase", "machine-key")


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o644])
def test_a_machine_key_that_others_may_read_is_refused(
    slots: KeySlots, made: tuple[bytes, DataKey], tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "machine.key"
    slots.add_machine_key(made[1], path)
    path.chmod(mode)
    with pytest.raises(SlotUnavailable):
        slots.unlock_with_machine_key(path)


def test_another_machines_key_file_is_refused(
    slots: KeySlots, made: tuple[bytes, DataKey], tmp_path: Path
) -> None:
    slots.add_machine_key(made[1], tmp_path / "machine.key")
    other = tmp_path / "other.key"
    other.write_bytes(b"o" * 32)
    other.chmod(0o600)
    for path in (other, tmp_path / "absent.key"):
        with pytest.raises(SlotUnavailable):
            slots.unlock_with_machine_key(path)


def test_a_short_machine_key_is_refused(slots: KeySlots, made: tuple[bytes, DataKey], tmp_path: Path) -> None:
    path = tmp_path / "machine.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(SlotUnavailable):
        slots.add_machine_key(made[1], path)


def test_a_slot_can_be_removed_but_not_the_last_one(
    slots: KeySlots, made: tuple[bytes, DataKey], tmp_path: Path
) -> None:
    slots.add_machine_key(made[1], tmp_path / "machine.key")
    slots.remove("passphrase")
    with pytest.raises(SlotUnavailable):
        slots.unlock_with_passphrase(PASSPHRASE)
    with pytest.raises(LastSlot):
        slots.remove("machine-key")


def test_a_slot_that_was_moved_under_another_name_does_not_open(
    slots: KeySlots, made: tuple[bytes, DataKey], folder: Path, tmp_path: Path
) -> None:
    path = folder / "keys.json"
    slots.add_machine_key(made[1], tmp_path / "machine.key")
    document = json.loads(path.read_text())
    document["slots"]["secret-service"] = document["slots"].pop("machine-key")
    path.write_text(json.dumps(document))
    with pytest.raises(StoreDamaged):
        slots.unlock_with_secret_service()


def test_without_a_session_bus_the_keyring_slot_is_unavailable(
    slots: KeySlots, made: tuple[bytes, DataKey], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/absent")
    with pytest.raises(SlotUnavailable):
        slots.add_secret_service(made[1])
    assert slots.slots() == ("passphrase",)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 9, "slots": {}}', '{"format": 1}'])
def test_a_damaged_key_file_is_reported(slots: KeySlots, folder: Path, text: str) -> None:
    (folder / "keys.json").write_text(text)
    with pytest.raises(StoreDamaged):
        slots.slots()


@pytest.mark.parametrize(
    "changes", [{"salt": "*"}, {"salt": 1}, {"lanes": "x"}, {"wrap": None}, {"wrapped": None}]
)
def test_a_damaged_slot_is_reported(slots: KeySlots, folder: Path, changes: dict[str, object]) -> None:
    _edit(folder, **changes)
    with pytest.raises(StoreDamaged):
        slots.unlock_with_passphrase(PASSPHRASE)


def test_an_unreadable_key_file_is_a_disk_fault(folder: Path) -> None:
    (folder / "keys.json").mkdir(parents=True)
    with pytest.raises(DiskFault):
        KeySlots(folder).slots()


def test_a_key_shows_nothing_and_derives_apart() -> None:
    key = DataKey(bytes(32))
    assert "00" not in repr(key)
    assert key.derive("a") != key.derive("b")
    assert key == DataKey(bytes(32))
    assert hash(key) == hash(DataKey(bytes(32)))
    assert key != DataKey.new()
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(b"short")
