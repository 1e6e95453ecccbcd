"""`workstation people` and `workstation audit`: who works here, and what became of the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.contract.models import ChangeKind
from tests.cli.conftest import NAME, NUMBER, PASSPHRASE, Seat
from workstation.cli.audit_words import ACTION_WORDS, FAULT_WORDS
from workstation.domain.audit import Action, Deed
from workstation.domain.clock import now
from workstation.domain.people import Role
from workstation.services.audit_check import Fault

CHIEF, CLERK = "864200", "246810"


pytestmark = pytest.mark.usefixtures("light_pins")


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


def test_names_are_shown_to_a_supervisor_with_a_reason_and_every_case_is_an_entry(
    staffed: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staffed.enrol() == 0
    bundles = [staffed.seal(), staffed.seal()]
    capsys.readouterr()
    shows = (("queue", "list"), ("queue", "lamps", "--all"), ("queue", "show", bundles[0]))
    for show in shows:
        assert command(staffed, *show, "--names", lines=(CHIEF,)) == 1
        assert command(staffed, *show, "--names", "--reason", "核查", lines=("000000",)) == 1
        asked = (*show, "--names", "--reason", "好奇", "--by", "王样本")
        assert command(staffed, *asked, lines=(CLERK,)) == 1
        answer = capsys.readouterr()
        assert NAME not in answer.out + answer.err
        assert all(code in answer.err for code in ("V305", "V307", "V301"))
        assert command(staffed, *show, lines=()) == 0
        assert NAME not in capsys.readouterr().out
        assert command(staffed, *show, "--names", "--reason", "核查", lines=(CHIEF,)) == 0
        assert NAME in capsys.readouterr().out
    with staffed.store() as store:
        entries = [one for one in store.audit.entries() if one.action == Action.OPENED_FOREIGN]
        assert len(entries) == 2 + 2 + 1 and {one.reason for one in entries} == {"核查"}
        assert {one.subject for one in entries} == {store.person_hash(NUMBER)}
        chief = next(person for person in store.people() if person.role is Role.SUPERVISOR)
        assert {one.actor for one in entries} == {chief.person_id}


def test_an_export_names_who_carried_it_off_or_the_account_it_was_done_under(
    staffed: Seat, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert staffed.enrol() == 0
    staffed.seal()
    sticks = [tmp_path / "a", tmp_path / "b"]
    for stick in sticks:
        stick.mkdir()
    assert command(staffed, "queue", "export", str(sticks[0])) == 0
    export = ("queue", "export", str(sticks[1]), "--by", "王样本", "--reason", "断网")
    assert command(staffed, *export, lines=("000000",)) == 1
    assert command(staffed, *export, lines=(CLERK,)) == 0
    with staffed.store() as store:
        names = {person.person_id: person.name for person in store.people()}
        told = [(names.get(e.actor), e.reason) for e in store.audit.entries() if e.action == Action.EXPORTED]
        assert told == [(None, ""), ("王样本", "断网")]
        assert '"account"' in store.audit.entries()[-1].detail


def test_a_result_file_is_not_fetched_without_a_pin(staffed: Seat, tmp_path: Path) -> None:
    assert staffed.enrol() == 0
    staffed.seal()
    assert staffed.open("sync", "--once") == 0
    (matter,) = staffed.office.cases()
    staffed.office.decide(matter.subject, ChangeKind.ACCEPTED, actor="李样本")
    staffed.office.decide(matter.subject, ChangeKind.DECIDED, actor="李样本")
    staffed.office.results.issue(
        matter.subject, b"%PDF-1.7 decision", name=f"{NAME}决定书.pdf", actor="李样本"
    )
    assert staffed.open("sync", "--once") == 0
    out, fetch = tmp_path / "out", ("queue", "results", "--to", str(tmp_path / "out"), "--by", "王样本")
    assert command(staffed, *fetch, lines=(CLERK,)) == 1
    assert command(staffed, *fetch, "--reason", "本人领取", lines=("000000",)) == 1
    assert not out.exists()
    assert command(staffed, *fetch, "--reason", "本人领取", lines=(CLERK,)) == 0
    (saved,) = out.iterdir()
    assert NAME not in saved.name and saved.suffix == ".pdf"
    with staffed.store() as store:
        last = store.audit.entries()[-1]
        assert (last.action, last.case, last.reason) == (Action.EXPORTED, matter.subject, "本人领取")


def recovery_key_of(seat: Seat, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert command(seat, "keys", "recovery", lines=(CHIEF,)) == 0
    return capsys.readouterr().out.splitlines()[0]


def test_a_lone_supervisor_comes_back_by_the_recovery_key_and_the_list_tells_of_it(
    staffed: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    text = recovery_key_of(staffed, capsys)
    recover = ("people", "recover", "李主管", "--reason", "忘记口令", "--recovery-stdin")
    wrong = text[:-4] + ("0000" if text[-4:] != "0000" else "1111")
    for given in (wrong, PASSPHRASE, ""):
        assert staffed.run(*recover, stdin=f"{given}\n975310\n") == 1
    assert staffed.run("people", "recover", "王样本", *recover[3:], stdin=f"{text}\n975310\n") == 1
    assert command(staffed, "audit", "show", "--reason", "核查", lines=(CHIEF,)) == 0
    capsys.readouterr()
    assert staffed.run(*recover, stdin=f"{text.lower()}\n975310\n") == 0
    assert "有人凭恢复密钥重设了 李主管 的口令" in capsys.readouterr().out
    assert command(staffed, "audit", "show", "--reason", "核查", lines=(CHIEF,)) == 1
    assert command(staffed, "audit", "show", "--reason", "核查", lines=("975310",)) == 0
    assert "恢复密钥  凭恢复密钥重设口令  忘记口令" in capsys.readouterr().out
    assert command(staffed, "people", "list") == 0
    assert "有人凭恢复密钥" in capsys.readouterr().out
    assert command(staffed, "audit", "verify") == 0


def test_who_knows_the_passphrase_alone_changes_no_way_in(
    staffed: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clerk who opens the window each morning makes no recovery key, and takes none away."""
    recovery_key_of(staffed, capsys)
    before = (staffed.folder / "keys.json").read_bytes()
    changes = (("recovery",), ("remove", "recovery"), ("machine", str(tmp_path / "k")), ("passphrase",))
    for change in changes:
        for pin, by in (("000000", ()), (CLERK, ("--by", "王样本"))):
            assert command(staffed, "keys", *change, *by, lines=(pin, "neu-1234")) == 1
    assert (staffed.folder / "keys.json").read_bytes() == before and not (tmp_path / "k").exists()
    assert command(staffed, "keys", "passphrase", lines=(CHIEF, PASSPHRASE)) == 0
    with staffed.store() as store:
        last = store.audit.entries()[-1]
        assert last.action == Action.SETTING and "keys.passphrase" in last.detail
