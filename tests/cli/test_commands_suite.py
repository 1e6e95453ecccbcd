"""The policy `crypto_suite`: every way in obeys it, and what the computer cannot do is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanners.fake import ScriptedScanner
from sync.contract.suites import Suite
from sync.gateway.carried import accept
from tests.cli.conftest import PASSPHRASE, Seat
from tests.cli.test_logs_keep_nobody import ready_case
from workstation.cli.settings import SettingsError, load_settings
from workstation.cli.staff import open_alone
from workstation.cli.wiring import build_desk_for, find_membership, open_store, unlock_unattended
from workstation.domain.clock import now
from workstation.services.audit import check
from workstation.services.doctor import Level, suite
from workstation.store import ciphers
from workstation.store.ciphers import AES_256_GCM, SM4_GCM
from workstation.store.errors import SuiteUnavailable


@pytest.fixture
def national(seat: Seat) -> Seat:
    """A new window whose administrator asks for the national algorithms."""
    _policy(seat, 'crypto_suite = "guomi"\n')
    return seat


def _policy(seat: Seat, text: str) -> None:
    (seat.folder.parent / "workstation.toml").write_text(text, encoding="utf-8")


def test_a_new_window_is_national_from_its_first_key(
    national: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert national.enrol() == 0
    national.seal()
    slots = json.loads((national.folder / "keys.json").read_bytes())["slots"]
    assert [slot["wrap"] for slot in slots.values()] == ["SM4-GCM"]
    capsys.readouterr()
    national.open("doctor", "--offline", "--json")
    (found,) = [one for one in json.loads(capsys.readouterr().out) if one["topic"] == "suite"]
    assert found["level"] == "GOOD"
    assert "SM4 1" in found["what"] and "AES 0" in found["what"]


def test_every_way_in_obeys_the_policy(national: Seat, tmp_path: Path) -> None:
    store = open_store(national.settings, PASSPHRASE)
    assert (store.suite, store.vault.census()) == (Suite.GUOMI, {})
    store.close()
    assert national.open("keys", "machine", str(tmp_path / "machine.key")) == 0
    policy = f'crypto_suite = "guomi"\nmachine_key = "{tmp_path}/machine.key"\n'
    _policy(national, policy)
    alone = open_alone(national.settings)
    assert alone is not None
    for opened in (
        alone,
        unlock_unattended(national.settings, lambda: ""),
        open_store(national.settings, PASSPHRASE),
    ):
        assert opened.suite is Suite.GUOMI
        opened.close()
    wraps = json.loads((national.folder / "keys.json").read_bytes())["slots"]
    assert {slot["wrap"] for slot in wraps.values()} == {"SM4-GCM"}


def test_a_window_in_use_changes_over_and_back_and_reads_all_its_pages(enrolled: Seat) -> None:
    pages = {}
    for policy, data in (("guomi", b"second"), ("international", b"third")):
        _policy(enrolled, f'crypto_suite = "{policy}"\n')
        with enrolled.store() as store:
            pages[store.vault.put(data)] = data
            assert {name: store.vault.get(name) for name in pages} == pages
    with enrolled.store() as store:
        assert store.vault.census() == {SM4_GCM: 1, AES_256_GCM: 1}


@pytest.mark.parametrize("value", ['"sm4"', '"GUOMI"', "1", '""'])
def test_a_policy_nobody_knows_stops_the_program(seat: Seat, value: str) -> None:
    _policy(seat, f"crypto_suite = {value}\n")
    with pytest.raises(SettingsError, match="crypto_suite"):
        load_settings()


def test_without_sm4_nothing_is_made_and_the_remedy_is_told(
    national: Seat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ciphers, "has_national", lambda: False)
    assert national.enrol() == 1
    said = capsys.readouterr().err
    assert "T119" in said and "crypto_suite" in said
    assert not national.folder.exists()
    with pytest.raises(SuiteUnavailable):
        open_store(national.settings, PASSPHRASE)


def test_the_doctor_counts_pages_of_algorithms_nobody_knows() -> None:
    finding = suite(Suite.INTERNATIONAL, {AES_256_GCM: 3, SM4_GCM: 2, 7: 1, 0: 1})
    assert finding.level is Level.BAD
    assert "AES 3" in finding.what and "SM4 2" in finding.what and "2 页" in finding.what


def test_the_pages_of_a_window_in_use_are_sealed_anew_on_request(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    assert enrolled.open("keys", "reseal") == 0
    assert "0 页" in capsys.readouterr().out
    _policy(enrolled, 'crypto_suite = "guomi"\n')
    with enrolled.store() as store:
        orphan = store.vault.put(b"not recorded yet")
    assert enrolled.open("keys", "reseal") == 0
    assert "✔ 1 页" in capsys.readouterr().out
    with enrolled.store() as store:
        assert store.vault.census() == {SM4_GCM: 2}
        assert store.faults() == ()
        (page,) = {page for page in store.vault._root.rglob("*.page")} - {store.vault._path(orphan)}
        page.write_bytes(page.read_bytes()[:-1])
    _policy(enrolled, "")
    assert enrolled.open("keys", "reseal") == 1
    assert "✘ 1 页" in capsys.readouterr().out


def test_a_national_case_goes_from_the_first_page_to_a_receipt_that_swears_to_its_sm3(
    national: Seat, tmp_path: Path
) -> None:
    """Through the desk, the sender, the gateway on the loopback, and a bag that was carried beside it."""
    assert national.enrol() == 0
    settings, scanner, stick = national.settings, ScriptedScanner([]), tmp_path / "stick"
    stick.mkdir()
    store = open_store(settings, PASSPHRASE)
    member = find_membership(store)
    papers = tmp_path / "papers"
    desk = build_desk_for(settings, store, member, scanner=scanner, clock=now, papers_folder=papers)
    bundle = desk.decisions.receive(ready_case(desk, scanner, "HF")).bundles[0].bundle_id
    store.close()
    assert national.open("queue", "export", str(stick)) == 0
    assert national.open("sync", "--once") == 0
    (bag,) = stick.glob("carry-*")
    assert [one.is_new for one in accept(national.office, bag)] == [False]
    store = open_store(settings, PASSPHRASE)
    signed, receipt = store.outbox.load(bundle), store.outbox.receipt(bundle)
    assert signed.sm3 and receipt is not None and receipt.receipt.manifest_sm3 == signed.sm3
    assert signed.manifest.pages and all(page.sm3 for page in signed.manifest.pages)
    assert check(store) == () and {entry.hashing for entry in store.audit.entries()} == {"sm3"}
    assert set(store.vault.census()) == {SM4_GCM}
    store.close()
    for name in ("receipt.json", "receipt.pdf"):
        assert national.open("queue", "receipt", bundle, "--out", str(tmp_path / name)) == 0
    assert national.open("queue", "verify-receipt", str(tmp_path / "receipt.json")) == 0
