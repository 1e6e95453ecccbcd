"""Sealing under the national policy: every file and the manifest carry their SM3, and the office agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.signing import manifest_sm3
from sync.contract.suites import Suite, sm3_hex
from tests.services.conftest import Window
from workstation.store import vault as vault_module
from workstation.store.database import Store
from workstation.store.errors import PageAltered
from workstation.store.keys import DataKey


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The window's store, under the national policy."""
    opened = Store.create(tmp_path / "data", DataKey.new(), Suite.GUOMI)
    yield opened
    opened.close()


def test_a_bundle_names_the_sm3_of_each_file_and_of_itself(window: Window) -> None:
    case = window.received()
    signed = window.store.outbox.load(case.bundles[0].bundle_id)
    assert signed.sm3 == manifest_sm3(signed.manifest)
    assert signed.manifest.pages
    for entry in signed.manifest.pages:
        assert entry.sm3 == sm3_hex(window.store.vault.get(entry.sha256))


def test_the_pages_are_read_before_the_transaction_and_not_in_it(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, read = window.ready(), list[str]()
    get, transaction = vault_module.Vault.get, Store.transaction
    counts: list[int] = []

    def noted(vault: vault_module.Vault, sha256: str) -> bytes:
        read.append(sha256)
        return get(vault, sha256)

    def counted(store: Store) -> object:
        counts.append(len(read))
        return transaction(store)

    monkeypatch.setattr(vault_module.Vault, "get", noted)
    monkeypatch.setattr(Store, "transaction", counted)
    window.desk.decisions.receive(case.case_id)
    assert read
    assert counts[-1] == len(read), "no page was read once the sealing transaction had begun"


def test_a_damaged_page_is_found_when_it_would_be_sealed(window: Window) -> None:
    case = window.ready()
    page = case.slot("id-card").pages[0]
    path = window.store.vault._path(page.sha256)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PageAltered):
        window.desk.decisions.receive(case.case_id)
    assert not window.store.outbox.lines()
