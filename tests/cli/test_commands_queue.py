"""`workstation queue`: what waits, why, and what would move it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sync.errors import FailureClass
from sync.lock import SenderLock
from sync.port import LineState
from tests.cli.conftest import NAME, PAGE, Seat
from workstation.cli.wiring import LOCK_NAME
from workstation.domain.clock import now

WHAT = {"bundle_id", "kind", "case_number", "item", "applicant", "bytes", "manifest_sha256"}
WHY = {"state", "state_words", "code", "failure", "why", "attempts", "mover"}
WHEN = {"sealed_at", "next_try_at", "legal_due_at", "workdays_left", "delivered_at"}
LAMPS = {"lamp", "lamp_words", "clocks"}
KEYS = WHAT | WHY | WHEN | LAMPS | {"link"}


def refuse(seat: Seat, bundle: str) -> None:
    """Let a line fail as the sender would record a refused content."""
    with seat.store() as store:
        store.outbox.mark_sending(bundle, now())
        store.outbox.mark_failed(
            bundle,
            state=LineState.FIX,
            failure=FailureClass.FIX,
            code="Y201",
            detail="body.item is missing",
            next_try_at=None,
            now=now(),
        )


def test_an_empty_queue_says_so(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrolled.open("queue", "list") == 0
    assert capsys.readouterr().out == "没有待发送的件\n"


def test_every_line_reads_like_a_sentence_and_masks_the_applicant(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    refuse(enrolled, enrolled.seal())
    assert enrolled.open("queue", "list") == 0
    shown = capsys.readouterr().out
    assert NAME not in shown and shown.count("赵**") == 2
    assert f"● W001-{now():%Y%m%d}-0001  440  赵**  {bundle}" in shown
    assert "排队待发 · 已封装 0 分钟 · 法定" in shown and "轮到后自动发送" in shown
    assert "▲" in shown and "[Y201] 后台认为内容不合要求" in shown
    assert enrolled.open("queue", "list", "--names") == 0
    assert NAME in capsys.readouterr().out


def test_a_broken_item_pack_does_not_hide_the_queue(
    enrolled: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    pack = tmp_path / "packs" / "broken"
    pack.mkdir(parents=True)
    (pack / "manifest.yaml").write_text("{", "utf-8")
    (tmp_path / "workstation.toml").write_text(f'packs_folder = "{tmp_path}/packs"\n', "utf-8")
    assert enrolled.open("queue", "list") == 0
    assert bundle in capsys.readouterr().out


def test_machines_get_stable_keys_and_delivered_lines_only_when_asked(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    waiting = enrolled.seal()
    refuse(enrolled, waiting)
    capsys.readouterr()
    assert enrolled.open("queue", "list", "--json") == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert set(line) == KEYS
    assert (line["bundle_id"], line["state"], line["failure"], line["code"]) == (
        waiting,
        "FIX",
        "FIX",
        "Y201",
    )
    assert (line["applicant"], line["bytes"], line["attempts"]) == ("赵**", len(PAGE), 1)
    assert enrolled.open("queue", "list", "--json", "--all") == 0
    assert [one["bundle_id"] for one in json.loads(capsys.readouterr().out)] == [waiting, sent]


def test_a_waiting_bundle_shows_its_pages_its_history_and_that_it_has_no_receipt(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    refuse(enrolled, bundle)
    assert enrolled.open("queue", "show", bundle) == 0
    shown = capsys.readouterr().out
    assert "id-card  image/jpeg" in shown and "Y201  body.item is missing" in shown
    assert "回执  还没有, 未送达" in shown
    assert enrolled.open("queue", "show", bundle[:34], "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert set(one) > KEYS and one["receipt"] is None
    assert [page["bytes"] for page in one["pages"]] == [len(PAGE)]
    assert [attempt["code"] for attempt in one["history"]] == ["Y201"]


def test_a_delivered_case_shows_a_receipt_that_still_proves_it(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    capsys.readouterr()
    number = f"W001-{now():%Y%m%d}-0001"
    assert enrolled.open("queue", "show", number, "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["receipt"]["valid"] and one["receipt"]["manifest_sha256"] == one["manifest_sha256"]
    assert enrolled.open("queue", "show", number) == 0
    assert "✔ 后台签名有效" in capsys.readouterr().out


def test_a_bundle_whose_pages_cannot_be_listed_is_shown_with_the_reason(
    enrolled: Seat, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workstation.store import codec
    from workstation.store.errors import StoreDamaged

    def damaged(text: str) -> object:
        raise StoreDamaged(what="manifest", reason="damaged")

    bundle = enrolled.seal()
    monkeypatch.setattr(codec, "manifest_from", damaged)
    assert enrolled.open("queue", "show", bundle) == 0
    assert "清单已读不出 [Y401]" in capsys.readouterr().out


def test_retry_moves_what_a_person_was_asked_about(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    refuse(enrolled, bundle)
    assert enrolled.open("queue", "retry", bundle) == 0
    assert bundle in capsys.readouterr().out
    with enrolled.store() as store:
        assert store.outbox.line(bundle).state is LineState.QUEUED


def test_what_is_delivered_is_not_sent_again(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    assert enrolled.open("queue", "retry", bundle) == 1
    assert "[W107]" in capsys.readouterr().err


def test_a_line_that_another_process_is_sending_is_left_to_it(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    with enrolled.store() as store:
        store.outbox.mark_sending(bundle, now())
    with SenderLock(enrolled.folder / LOCK_NAME):
        assert enrolled.open("queue", "retry", bundle) == 1
    assert "[W104]" in capsys.readouterr().err
    assert enrolled.open("queue", "retry", bundle) == 0


@pytest.mark.parametrize("name", ["W001-19990101-0001", "0", "' OR 1=1"])
def test_an_unknown_name_is_answered_with_the_way_to_find_it(
    enrolled: Seat, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrolled.open("queue", "show", name) == 1
    assert f"[W105] 队列里没有 {name}" in capsys.readouterr().err


def test_a_beginning_that_fits_two_bundles_is_not_guessed(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = enrolled.seal(), enrolled.seal()
    common = first[:8]
    assert second.startswith(common)
    assert enrolled.open("queue", "retry", common) == 1
    assert "[W106]" in capsys.readouterr().err


def test_a_machine_without_a_store_says_what_is_missing(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seat.open("queue", "list") == 1
    assert "[T103]" in capsys.readouterr().err
    assert not seat.folder.exists()


@pytest.mark.parametrize(("stdin", "code"), [("wrong\n", "T101"), ("", "W101")], ids=["wrong", "none"])
def test_a_store_that_stays_shut_says_why(
    enrolled: Seat, stdin: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrolled.run("queue", "list", "--passphrase-stdin", stdin=stdin) == 1
    assert f"[{code}]" in capsys.readouterr().err


def test_a_machine_key_opens_without_a_question(
    enrolled: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.cli.conftest import PASSPHRASE
    from workstation.store.keys import KeySlots

    slots, key_file = KeySlots(enrolled.folder), tmp_path / "machine.key"
    slots.add_machine_key(slots.unlock_with_passphrase(PASSPHRASE), key_file)
    (tmp_path / "workstation.toml").write_text(f'machine_key = "{key_file}"\n', "utf-8")
    assert enrolled.run("queue", "list", stdin="") == 0


def test_practice_before_any_practice_is_refused(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrolled.run("queue", "list", "--practice") == 1
    assert "[W108]" in capsys.readouterr().err


def test_practice_data_opens_without_a_question(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    from workstation.cli.practice import PASSPHRASE
    from workstation.cli.wiring import open_store

    for name in ("lesson", "screens"):
        folder = enrolled.folder.with_name(f"{enrolled.folder.name}-practice") / name / "data"
        open_store(replace(enrolled.settings, data_folder=folder), PASSPHRASE).close()
    assert enrolled.run("queue", "list", "--practice") == 0
    assert enrolled.run("report", "day", "--practice") == 0


def test_holding_releasing_and_putting_back_are_kept_in_the_history(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    assert enrolled.open("queue", "hold", bundle, "--why", "等主管核对") == 0
    assert enrolled.open("queue", "hold", bundle, "--why", "again") == 1
    assert "W142" in capsys.readouterr().err
    assert enrolled.open("queue", "release", bundle) == 0
    with enrolled.store() as store:
        assert store.outbox.state(bundle) is LineState.QUEUED
        store.outbox.mark_failed(
            bundle,
            state=LineState.QUARANTINED,
            failure=FailureClass.QUARANTINE,
            code="Y401",
            detail="",
            next_try_at=None,
            now=now(),
        )
        page = store.outbox.load(bundle).manifest.pages[0].sha256
        path = store.vault._path(page)
        data = path.read_bytes()
        path.unlink()
    assert enrolled.open("queue", "put-back", bundle, "--why", "备份已恢复") == 1
    assert "Y401" in capsys.readouterr().err
    path.write_bytes(data)
    assert enrolled.open("queue", "put-back", bundle, "--why", "备份已恢复") == 0
    assert enrolled.open("queue", "show", bundle) == 0
    shown = capsys.readouterr().out
    assert "等主管核对" in shown and "人工恢复发送" in shown and "人工放回队列: 备份已恢复" in shown
