"""Both suites side by side: what was written once is read for ever, and nobody falls back in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.contract import suites
from sync.contract.signing import new_key, private_bytes
from sync.contract.suites import CIPHER_NAMES, Suite, sm3_hex
from workstation.store import ciphers
from workstation.store import people as staff
from workstation.store import vault as vault_module
from workstation.store.ciphers import AES_256_GCM, SM4_GCM
from workstation.store.database import Store
from workstation.store.errors import PageAltered, SuiteUnavailable, UnknownAlgorithm, WrongPassphrase
from workstation.store.keys import DataKey, KeySlots
from workstation.store.vault import Vault

ALGORITHM_AT = 5
HEADER_BYTES = 18


def _file(vault: Vault, sha256: str) -> Path:
    return vault._path(sha256)


def _algorithm(vault: Vault, sha256: str) -> int:
    return _file(vault, sha256).read_bytes()[ALGORITHM_AT]


@settings(max_examples=10)
@given(st.lists(st.tuples(st.sampled_from(Suite), st.binary(max_size=400)), max_size=6))
def test_a_folder_written_in_turns_is_read_under_either_policy(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[Suite, bytes]]
) -> None:
    folder, key = tmp_path_factory.mktemp("mixed"), DataKey(bytes(32))
    names = {Vault(folder, key, suite).put(data): data for suite, data in written}
    for suite in Suite:
        vault = Vault(folder, key, suite)
        assert {name: vault.get(name) for name in names} == names


def test_the_policy_decides_what_is_written_and_nothing_is_written_anew(tmp_path: Path, key: DataKey) -> None:
    before, after = Vault(tmp_path, key), Vault(tmp_path, key, Suite.GUOMI)
    old = before.put(b"old")
    new = after.put(b"new")
    after.put(b"old")
    assert (_algorithm(after, old), _algorithm(after, new)) == (AES_256_GCM, SM4_GCM)
    assert after.census() == {AES_256_GCM: 1, SM4_GCM: 1}


@settings(max_examples=30)
@given(st.integers(min_value=0), st.sampled_from(Suite), st.binary(min_size=1, max_size=60))
def test_any_flipped_bit_of_a_page_file_is_found(
    tmp_path_factory: pytest.TempPathFactory, place: int, suite: Suite, data: bytes
) -> None:
    """Of the header, the nonce, the body and the tag; the algorithm byte, too, is bound."""
    vault = Vault(tmp_path_factory.mktemp("bent"), DataKey(bytes(32)), suite)
    sha256 = vault.put(data)
    sealed = bytearray(_file(vault, sha256).read_bytes())
    bit = place % (len(sealed) * 8)
    sealed[bit // 8] ^= 1 << (bit % 8)
    _file(vault, sha256).write_bytes(sealed)
    with pytest.raises((PageAltered, UnknownAlgorithm)):
        vault.get(sha256)


@pytest.mark.parametrize(("suite", "other"), [(Suite.GUOMI, AES_256_GCM), (Suite.INTERNATIONAL, SM4_GCM)])
def test_a_page_relabelled_as_the_other_suites_is_found(
    tmp_path: Path, key: DataKey, suite: Suite, other: int
) -> None:
    vault = Vault(tmp_path, key, suite)
    sha256 = vault.put(b"page")
    data = bytearray(_file(vault, sha256).read_bytes())
    data[ALGORITHM_AT] = other
    _file(vault, sha256).write_bytes(data)
    with pytest.raises(PageAltered):
        vault.get(sha256)
    vault.put(b"page")
    assert vault.get(sha256) == b"page"


@pytest.mark.parametrize("algorithm", [0, 3, 255])
def test_an_algorithm_of_a_later_version_is_named_and_not_taken_for_damage(
    tmp_path: Path, key: DataKey, algorithm: int
) -> None:
    vault = Vault(tmp_path, key)
    sha256 = vault.put(b"page")
    data = bytearray(_file(vault, sha256).read_bytes())
    data[ALGORITHM_AT] = algorithm
    _file(vault, sha256).write_bytes(data)
    with pytest.raises(UnknownAlgorithm) as caught:
        vault.get(sha256)
    assert caught.value.details["algorithm"] == algorithm
    assert vault.census() == {algorithm: 1}


def test_pages_are_sealed_anew_when_somebody_wants_that(tmp_path: Path, key: DataKey) -> None:
    old = Vault(tmp_path, key)
    names = [old.put(bytes([number]) * 100) for number in range(5)]
    damaged = names.pop()
    _file(old, damaged).write_bytes(_file(old, damaged).read_bytes()[:-1])
    vault = Vault(tmp_path, key, Suite.GUOMI)
    assert [vault.reseal(name) for name in names] == [True] * 4
    assert [vault.reseal(name) for name in (*names, "0" * 64)] == [False] * 5
    assert [old.get(name)[0] for name in names] == [0, 1, 2, 3]
    with pytest.raises(PageAltered):
        vault.reseal(damaged)
    assert vault.census() == {SM4_GCM: 4, AES_256_GCM: 1}


@pytest.fixture
def without_national(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of OpenSSL without SM4."""
    monkeypatch.setattr(ciphers, "has_national", lambda: False)


@pytest.mark.usefixtures("without_national")
def test_without_sm4_the_national_policy_opens_and_makes_nothing(folder: Path, key: DataKey) -> None:
    with pytest.raises(SuiteUnavailable):
        Store.create(folder, key, Suite.GUOMI)
    assert not folder.exists()
    Store.create(folder, key).close()
    with pytest.raises(SuiteUnavailable):
        Store.open(folder, key, Suite.GUOMI)
    with pytest.raises(SuiteUnavailable):
        Vault(folder, key, Suite.GUOMI)
    Store.open(folder, key).close()


def test_without_sm4_a_page_sealed_with_it_is_not_taken_for_damage(
    tmp_path: Path, key: DataKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = Vault(tmp_path, key, Suite.GUOMI).put(b"page")
    monkeypatch.setattr(ciphers, "has_national", lambda: False)
    vault = Vault(tmp_path, key)
    with pytest.raises(SuiteUnavailable):
        vault.get(sha256)
    vault.put(b"page")
    assert vault.get(sha256) == b"page"


@pytest.mark.usefixtures("quick_passphrase")
def test_the_wrapped_data_key_names_its_cipher_and_is_bound_to_it(tmp_path: Path) -> None:
    slots = KeySlots(tmp_path, Suite.GUOMI)
    key = slots.create("passphrase")
    recovery = slots.add_recovery(key)
    document = json.loads((tmp_path / "keys.json").read_text())
    assert {slot["wrap"] for slot in document["slots"].values()} == {"SM4-GCM"}
    for suite in Suite:
        assert KeySlots(tmp_path, suite).unlock_with_passphrase("passphrase") == key
        assert KeySlots(tmp_path, suite).unlock_with_recovery(recovery) == key
    document["slots"]["passphrase"]["wrap"] = "AES-256-GCM"
    (tmp_path / "keys.json").write_text(json.dumps(document))
    with pytest.raises(WrongPassphrase):
        slots.unlock_with_passphrase("passphrase")
    document["slots"]["passphrase"]["wrap"] = "ROT13"
    (tmp_path / "keys.json").write_text(json.dumps(document))
    with pytest.raises(UnknownAlgorithm):
        slots.unlock_with_passphrase("passphrase")


@pytest.mark.usefixtures("light_pins")
def test_a_persons_key_names_its_cipher_and_older_ones_open_as_they_did() -> None:
    key = new_key()
    for suite, name in CIPHER_NAMES.items():
        wrapped = staff.wrapped_key("p1", key, "246810", suite)
        assert json.loads(wrapped)["wrap"] == name
        opened = staff.opened_key("p1", wrapped, "246810")
        assert opened is not None and private_bytes(opened) == private_bytes(key)
        assert staff.opened_key("p1", wrapped, "246811") is None
    older = json.loads(staff.wrapped_key("p1", key, "246810", Suite.INTERNATIONAL))
    del older["wrap"]
    assert staff.opened_key("p1", json.dumps(older), "246810") is not None
    relabelled = json.dumps({**older, "wrap": "SM4-GCM"})
    assert staff.opened_key("p1", relabelled, "246810") is None


@pytest.mark.usefixtures("light_pins")
@pytest.mark.parametrize("wrap", ["ROT13", [], None, 4])
def test_a_persons_key_under_a_cipher_nobody_knows_is_not_a_wrong_pin(wrap: object) -> None:
    slot = json.loads(staff.wrapped_key("p1", new_key(), "246810", Suite.GUOMI))
    with pytest.raises(UnknownAlgorithm):
        staff.opened_key("p1", json.dumps({**slot, "wrap": wrap}), "246810")


@pytest.mark.usefixtures("light_pins", "quick_passphrase")
def test_without_sm4_neither_a_slot_nor_a_persons_key_is_taken_for_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = KeySlots(tmp_path, Suite.GUOMI)
    key = slots.create("passphrase")
    wrapped = staff.wrapped_key("p1", new_key(), "246810", Suite.GUOMI)
    before = (tmp_path / "keys.json").read_bytes()
    monkeypatch.setattr(suites, "has_national", lambda: False)
    for refused in (
        lambda: slots.unlock_with_passphrase("passphrase"),
        lambda: slots.add_passphrase(key, "another"),
        lambda: key.derive_sm4("anything"),
        lambda: staff.opened_key("p1", wrapped, "246810"),
        lambda: ciphers.sm3_of(b"page"),
    ):
        with pytest.raises(SuiteUnavailable):
            refused()
    assert (tmp_path / "keys.json").read_bytes() == before


def test_only_so_many_sm3_are_remembered(
    tmp_path: Path, key: DataKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "KNOWN_SM3", 3)
    vault = Vault(tmp_path, key)
    names = [vault.put(bytes([number])) for number in range(5)]
    assert [vault.sm3(name) for name in names] == [sm3_hex(bytes([number])) for number in range(5)]
    assert list(vault._sm3) == names[2:]
    assert vault.sm3(names[0]) == sm3_hex(b"\x00")
