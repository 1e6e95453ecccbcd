"""`workstation people` and `workstation audit`: who works here, and what became of the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import NUMBER, PASSPHRASE, Seat
from workstation.cli.audit_words import ACTION_WORDS, FAULT_WORDS
from workstation.domain.audit import Action, Deed
from workstation.domain.clock import now
from workstation.domain.people import Role
from workstation.services.audit_check import Fault
from workstation.store import people as staff

CHIEF, CLERK = "864200", "246810"


@pytest.fixture(autouse=True)
def light_pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(staff, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
    yield


def command(seat: Seat, *arguments: str, lines: tuple[str, ...] = ()) -> int:
    text = "".join(f"{line}\n" for line in (PASSPHRASE, *lines))
    return seat.run(*arguments, "--passphrase-stdin", stdin=text)


@pytest.fixture
def staffed(seat: Seat) -> Seat:
    assert command(seat, "people", "add", "李主管", "--role", "supervisor", lines=(CHIEF,)) == 0
    assert command(seat, "people", "add", "王样本", lines=(CHIEF, CLERK)) == 0
    return seat


def test_every_action_and_fault_has_words() -> None:
    assert set(ACTION_WORDS) == set(Action) and set(FAULT_WORDS) == set(Fault)


def test_people_are_added_listed_disabled_and_get_new_pins(
    staffed: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert command(staffed, "people", "list") == 0
    listed = capsys.readouterr().out
    assert "李主管  主管  在岗" in listed and "王样本  窗口人员  在岗" in listed
    assert command(staffed, "people", "reset-pin", "王样本", "--reason", "忘记", lines=(CHIEF, "999999")) == 0
    assert command(staffed, "people", "pin", "王样本", lines=("999999", CLERK)) == 0
    assert command(staffed, "people", "disable", "王样本", lines=(CHIEF,)) == 0
    assert "已停用" in capsys.readouterr().out
    assert command(staffed, "audit", "verify") == 0
    assert "审计记录完整" in capsys.readouterr().out


def test_only_a_manager_with_the_right_pin_changes_the_staff(
    staffed: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(staffed, "people", "add", "周样本", lines=("000000", CLERK)) == 1
    assert "V307" in capsys.readouterr().err
    assert command(staffed, "people", "add", "周样本", "--by", "王样本", lines=(CLERK, CLERK)) == 1
    assert "V301" in capsys.readouterr().err
    with staffed.store() as store:
        assert [person.role for person in store.people()] == [Role.SUPERVISOR, Role.CLERK]


def test_who_saw_a_persons_papers_is_told_to_a_supervisor_with_a_reason(
    staffed: Seat, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with staffed.store() as store, store.transaction() as tx:
        deed = Deed(action=Action.LOOKED, person=NUMBER, case="W03-9", item="440")
        tx.note(deed, actor="王样本", at=now())
        tx.note(Deed(action=Action.LOOKED, case="W03-8"), actor="王样本", at=now())
    capsys.readouterr()
    show = ("audit", "show", "--person", "--reason", "本人查询")
    assert command(staffed, *show, lines=(CHIEF, NUMBER)) == 0
    shown = capsys.readouterr().out
    assert "调阅" in shown and "W03-9" in shown and "W03-8" not in shown and NUMBER not in shown
    assert command(staffed, *show, lines=(CHIEF, NUMBER)) == 0
    assert capsys.readouterr().out.count("查阅审计") == 2, "reading is an entry as well"
    assert command(staffed, *show, "--by", "王样本", lines=(CLERK, NUMBER)) == 1
    file = tmp_path / "audit.jsonl"
    assert command(staffed, "audit", "export", str(file), "--reason", "检查", lines=(CHIEF,)) == 0
    assert file.stat().st_mode & 0o077 == 0 and NUMBER not in file.read_text()


def test_a_bent_record_is_told_line_by_line(staffed: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    with staffed.store() as store, store._database.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_entries_no_update")
        cursor.execute("UPDATE audit_entries SET reason = 'x' WHERE seq = 2")
    assert command(staffed, "audit", "verify") == 1
    answer = capsys.readouterr()
    assert "第 2 条  内容被改动" in answer.out and "不完整" in answer.err


def test_the_gateway_is_asked_what_it_has_seen(staffed: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert staffed.enrol() == 0
    assert staffed.open("sync", "--once") == 0
    capsys.readouterr()
    assert command(staffed, "audit", "verify", "--online") == 0
    assert "后台见过第" in capsys.readouterr().out
