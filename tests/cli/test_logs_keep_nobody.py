"""A whole case with marked values: captured, sealed, refused, corrected, sent; no log names anybody."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanners.fake import ScriptedScanner, blank_page
from sync.port import LineState
from tests.cli.conftest import PASSPHRASE, Seat
from tests.services.conftest import JOB, sample_value
from workstation.cli.logs import kept_log
from workstation.cli.settings import load_settings
from workstation.cli.wiring import build_desk_for, find_membership, open_store
from workstation.domain.case import Applicant, Custody
from workstation.domain.checklist import Todo
from workstation.domain.clock import now
from workstation.domain.kinds import OriginalRule
from workstation.services.desk import Desk

MARKS = ("赵样本记号", "440304195501019970", "19900007777", "样本路记号7号", "样本市记号区")
PERSON = Applicant(
    name=MARKS[0], id_number=MARKS[1], ethnicity="汉", address=f"{MARKS[4]}{MARKS[3]}", phone=MARKS[2]
)


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """What any logger of this process says, filled in, down to DEBUG."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    for name in ("workstation", "scanners", "ocr", "sync"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(before)


def ready_case(desk: Desk, scanner: ScriptedScanner, street: str) -> str:
    """Take a case up to the key press that seals it; return its id."""
    item = next(item for item in desk.catalogue.current.items if item.title == "敬老优待证")
    case = desk.intake.open_case(item)
    desk.intake.set_applicant(case.case_id, PERSON)
    while questions := desk.view(case.case_id).questions:
        desk.intake.answer(case.case_id, questions[0].id, questions[0].options[0].id)
    desk.intake.set_home_street(case.case_id, street)
    for line in desk.view(case.case_id).checklist.lines:
        material = line.material
        if line.todo is Todo.SCAN:
            pages = max(1, material.pages_min)
            scanner.script.extend(blank_page(9, 9 + n) for n in range(pages))
            list(desk.capture.scan(case.case_id, material.id, dataclasses.replace(JOB, max_pages=pages)))
            held = material.original is OriginalRule.KEPT
            desk.intake.mark_original(case.case_id, material.id, Custody.HELD if held else Custody.RETURNED)
    for problem in desk.view(case.case_id).readiness.fields:
        desk.intake.type_field(case.case_id, problem.field.id, sample_value(problem.field))
    return case.case_id


def test_no_log_and_no_output_names_anybody(
    enrolled: Seat, everything_logged: io.StringIO, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings, scanner = load_settings(), ScriptedScanner([])
    with kept_log(enrolled.folder, "tui"):
        store = open_store(settings, PASSPHRASE)
        desk = build_desk_for(
            settings, store, find_membership(store), scanner=scanner, clock=now, papers_folder=tmp_path / "p"
        )
        case_id = ready_case(desk, scanner, "XMH")
        first = desk.decisions.receive(case_id).bundles[0].bundle_id
        store.close()
    assert enrolled.open("sync", "--once") == 1
    with kept_log(enrolled.folder, "tui"):
        store = open_store(settings, PASSPHRASE)
        assert store.outbox.state(first) is LineState.FIX
        desk = build_desk_for(
            settings, store, find_membership(store), scanner=scanner, clock=now, papers_folder=tmp_path / "p"
        )
        desk.reopening.open(first)
        desk.intake.set_home_street(case_id, "HF")
        second = desk.decisions.receive(case_id).bundles[1].bundle_id
        store.close()
    assert enrolled.open("sync", "--once") == 0
    assert enrolled.open("queue", "list", "--all", "--json") == 0
    assert enrolled.open("queue", "show", second) == 0
    shown = capsys.readouterr()
    kept = "".join(path.read_text(encoding="utf-8") for path in (enrolled.folder / "logs").iterdir())
    assert "Y201" in kept and first in kept and "delivered" in kept
    journal = json.dumps(shown.out + shown.err, ensure_ascii=False) + everything_logged.getvalue()
    assert [mark for mark in MARKS if mark in kept or mark in journal] == []
    for file in enrolled.folder.rglob("*"):
        if file.is_file():
            assert [mark for mark in MARKS if mark.encode() in file.read_bytes()] == []
