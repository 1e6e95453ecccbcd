"""The page vault."""

from __future__ import annotations

import hashlib
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.suites import Suite
from workstation.store import vault as vault_module
from workstation.store.database import Store
from workstation.store.errors import DiskFault, DiskFull, PageAltered, PageMissing
from workstation.store.keys import DataKey
from workstation.store.vault import FOLDER, Vault


@pytest.fixture(params=list(Suite))
def vault(tmp_path: Path, key: DataKey, request: pytest.FixtureRequest) -> Vault:
    return Vault(tmp_path, key, request.param)


def _files(vault: Vault) -> list[Path]:
    return [path for path in vault._root.rglob("*") if path.is_file()]


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """Let no file of this process grow beyond `most` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_page_comes_back_by_its_hash(vault: Vault) -> None:
    sha256 = vault.put(b"page")
    assert sha256 == hashlib.sha256(b"page").hexdigest()
    assert vault.has(sha256)
    assert vault.get(sha256) == b"page"


@given(st.binary(max_size=3000), st.sampled_from(Suite))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, data: bytes, suite: Suite) -> None:
    vault = Vault(tmp_path_factory.getbasetemp() / f"any-{suite}", DataKey(bytes(32)), suite)
    assert vault.get(vault.put(data)) == data


def test_a_page_is_on_the_disk_before_it_is_acknowledged(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def noted_sync(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        steps.append(f"sync {kind}")
        sync(handle)

    def noted_rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_rename)
    vault.put(b"page")
    # The first sync makes the new sub-folder itself durable.
    assert steps == ["sync folder", "sync file", "rename", "sync folder"]
    steps.clear()
    vault.put(b"page")
    assert steps == ["sync folder"]


def test_the_same_page_twice_is_one_file(vault: Vault) -> None:
    assert vault.put(b"page") == vault.put(b"page")
    assert len(_files(vault)) == 1


def test_neither_name_nor_content_tells_the_page(vault: Vault) -> None:
    sha256 = vault.put(b"page of a person")
    (path,) = _files(vault)
    assert sha256 not in str(path)
    assert b"person" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_missing_page_says_so(vault: Vault) -> None:
    assert not vault.has("0" * 64)
    with pytest.raises(PageMissing):
        vault.get("0" * 64)


@pytest.mark.parametrize("position", [0, 4, 8, 20, -1])
def test_a_changed_byte_is_noticed(vault: Vault, position: int) -> None:
    sha256 = vault.put(b"page" * 10)
    (path,) = _files(vault)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    with pytest.raises(PageAltered):
        vault.get(sha256)


@pytest.mark.parametrize("length", [0, 3, 17, 30])
def test_a_cut_file_is_noticed(vault: Vault, length: int) -> None:
    sha256 = vault.put(b"page" * 10)
    (path,) = _files(vault)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(PageAltered):
        vault.get(sha256)


def test_a_page_under_another_pages_name_is_noticed(vault: Vault) -> None:
    first = vault.put(b"first")
    (path,) = _files(vault)
    second = vault.put(b"second")
    (other,) = [found for found in _files(vault) if found != path]
    path.write_bytes(other.read_bytes())
    assert vault.get(second) == b"second"
    with pytest.raises(PageAltered):
        vault.get(first)


def test_putting_a_damaged_page_again_makes_it_whole(vault: Vault) -> None:
    sha256 = vault.put(b"page")
    (path,) = _files(vault)
    path.write_bytes(b"damaged")
    vault.put(b"page")
    assert vault.get(sha256) == b"page"


def test_another_key_does_not_even_find_the_page(vault: Vault, tmp_path: Path) -> None:
    sha256 = vault.put(b"page")
    assert not Vault(tmp_path, DataKey.new()).has(sha256)


def test_the_sweep_removes_orphans_and_half_files_only(vault: Vault) -> None:
    kept, orphan = vault.put(b"kept"), vault.put(b"orphan")
    (half,) = [path.with_name(f"{path.name}.0.tmp") for path in _files(vault)[:1]]
    half.write_bytes(b"half")
    foreign = half.parent / "notes.txt"
    foreign.write_text("not ours")
    assert vault.sweep({kept}) == 2
    assert vault.has(kept)
    assert not vault.has(orphan)
    assert not half.exists()
    assert foreign.exists()


def test_a_full_disk_leaves_nothing_half_written(vault: Vault) -> None:
    kept = vault.put(b"kept")
    with small_disk(4096), pytest.raises(DiskFull):
        vault.put(b"x" * 100_000)
    assert len(_files(vault)) == 1
    assert vault.get(kept) == b"kept"
    assert vault.has(vault.put(b"x" * 100_000))


def test_a_disk_that_refuses_is_a_fault(vault: Vault) -> None:
    sha256 = vault.put(b"page")
    (path,) = _files(vault)
    path.unlink()
    path.mkdir()
    with pytest.raises(DiskFault):
        vault.get(sha256)


def test_free_space_is_told(vault: Vault) -> None:
    assert vault.free_bytes() > 0


@pytest.mark.rooted
def test_a_really_full_disk_leaves_nothing_half_written(full_disk: Path, key: DataKey) -> None:
    vault = Vault(full_disk, key)
    with pytest.raises(DiskFull):
        for number in range(100):
            vault.put(bytes([number]) * 100_000)
    assert not list(full_disk.rglob("*.tmp"))


def test_an_opened_vault_makes_durable_a_folder_that_a_death_left_unsynced(
    folder: Path, key: DataKey, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(vault_module, "sync_folder", synced.append)
    Vault(folder, key)
    assert folder / FOLDER in synced
