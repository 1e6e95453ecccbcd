"""`workstation archive` and `gateway archive-mark`: a copy goes out of reuse by hand, with who and why."""

from __future__ import annotations

from datetime import date

import pytest

from sync.contract.models import ChangeKind
from tests.cli.conftest import NAME, NUMBER, PASSPHRASE, Seat
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.audit import Action
from workstation.domain.case import TrustLevel

CHIEF, CLERK = "864200", "246810"


pytestmark = pytest.mark.usefixtures("light_pins")


def command(seat: Seat, *arguments: str, lines: tuple[str, ...] = ()) -> int:
    text = "".join(f"{line}\n" for line in (PASSPHRASE, *lines))
    return seat.run(*arguments, "--passphrase-stdin", stdin=text)


def test_a_supervisor_lists_and_marks_and_a_clerk_does_neither(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(seat, "people", "add", "李主管", "--role", "supervisor", lines=(CHIEF,)) == 0
    assert command(seat, "people", "add", "王样本", lines=(CHIEF, CLERK)) == 0
    copy = ArchivedMaterial(
        archive_id="0199-one",
        id_number=NUMBER,
        standard_id="household-register",
        title="户口簿",
        source_case="W001-20261120-0001",
        pages=(),
        level=TrustLevel.B,
        checked_by="王样本",
        checked_on=date(2026, 11, 20),
        holder_name=NAME,
    )
    with seat.store() as store, store.transaction() as tx:
        tx.archive(copy)
    capsys.readouterr()
    why = ("--reason", "本人撤回")
    assert command(seat, "archive", "list", *why, "--by", "王样本", lines=(CLERK, NUMBER)) == 1
    mark = ("archive", "mark", "0199", "--state", "withdrawn", *why)
    assert command(seat, *mark, "--by", "王样本", lines=(CLERK, NUMBER)) == 1
    assert "V301" in capsys.readouterr().err
    assert command(seat, "archive", "list", *why, lines=(CHIEF, NUMBER)) == 0
    assert command(seat, "archive", "show", "0199", *why, lines=(CHIEF, NUMBER)) == 0
    shown = capsys.readouterr().out
    assert shown.count("户口簿") == 2 and "由 王样本 核对" in shown
    assert NUMBER not in shown and NAME not in shown
    assert command(seat, *mark, lines=(CHIEF, NUMBER)) == 0
    assert "本人撤回同意" in capsys.readouterr().out
    assert command(seat, *mark, lines=(CHIEF, NUMBER)) == 1
    assert "R339" in capsys.readouterr().err
    with seat.store() as store:
        assert store.audit.entries()[-2].action == Action.ARCHIVE_MARKED


def test_the_office_tells_every_window(enrolled: Seat) -> None:
    enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    (matter,) = enrolled.office.cases()
    enrolled.office.archive.mark(matter.subject, "", "withdrawn", actor="李样本", reason="本人撤回")
    assert enrolled.open("sync", "--once") == 0
    with enrolled.store() as store:
        assert store.inbox.recent(1)[0].change.kind is ChangeKind.ARCHIVED
