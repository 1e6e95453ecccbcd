"""`workstation enrol`: joining a back office, and what stands in the way."""

from __future__ import annotations

import getpass
import io
import sys

import pytest

from sync.gateway.office import Office
from sync.gateway.serve import GatewayServer
from tests.cli.conftest import PASSPHRASE, Seat
from workstation.cli import main
from workstation.services.enrolment import membership


class Terminal(io.StringIO):
    """Standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_new_window_gets_its_store_and_its_number_block(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seat.enrol("--window-name", "综合窗口 03") == 0
    assert "华富街道 (HF), 办件编号段 W001" in capsys.readouterr().out
    with seat.store() as store:
        member = membership(store)
    assert (member.url, member.enrolment.street) == (seat.url, "HF")


def test_the_passphrase_of_a_new_store_is_asked_twice(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [PASSPHRASE, PASSPHRASE]
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: answers.pop(0))
    assert main(["enrol", seat.url, "--code", seat.office.new_code("HF"), "--street", "HF"]) == 0
    assert not answers


@pytest.mark.parametrize(
    ("typed", "code"), [(["abcd", "abce"], "W102"), (["abc"], "W103")], ids=["differs", "short"]
)
def test_a_slip_in_a_new_passphrase_makes_no_store(
    seat: Seat,
    typed: list[str],
    code: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: typed.pop(0))
    assert main(["enrol", seat.url, "--code", seat.office.new_code("HF")]) == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert not seat.folder.exists()


def test_without_a_terminal_the_way_to_give_the_passphrase_is_said(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seat.run("enrol", seat.url, "--code", "x") == 1
    assert "--passphrase-stdin" in capsys.readouterr().err


def test_a_wrong_code_is_refused_and_a_right_one_still_works_after(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seat.open("enrol", seat.url, "--code", "AAAA-BBBB-CCCC") == 1
    assert "[W111]" in capsys.readouterr().err
    assert seat.enrol() == 0


def test_a_code_for_another_street_is_refused(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert seat.enrol("--street", "XMH") == 1
    assert "[W111]" in capsys.readouterr().err


def test_a_back_office_that_does_not_answer_is_named(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    seat.server.stop()
    assert seat.enrol() == 1
    assert f"[W112] 连不上后台 {seat.url}" in capsys.readouterr().err


def test_an_unsafe_address_is_refused_before_anything_is_made(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seat.open("enrol", "http://gateway.example", "--code", "x") == 1
    assert "[Y306]" in capsys.readouterr().err
    assert not seat.folder.exists()


def test_a_practice_office_takes_no_real_window(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    office = Office.open(seat.folder.parent / "practice-office", practice=True)
    server = GatewayServer(office)
    try:
        code = office.new_code("HF")
        assert seat.open("enrol", server.start(), "--code", code) == 1
    finally:
        server.stop()
        office.close()
    assert "[W111]" in capsys.readouterr().err


def test_a_second_enrolment_must_be_meant_and_waits_for_the_queue(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrolled.enrol() == 1
    assert "[W109]" in capsys.readouterr().err
    enrolled.seal()
    assert enrolled.enrol("--again") == 1
    assert "[W110] 还有 1 件没有送达" in capsys.readouterr().err
    assert enrolled.open("sync", "--once") == 0
    assert enrolled.enrol("--again") == 0
    assert "W002" in capsys.readouterr().out
