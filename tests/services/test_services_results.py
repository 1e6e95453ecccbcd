"""Result files are fetched by themselves, proved, tried again, kept while they may be wanted, and let go."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sync.contract.models import ChangeFile, ChangeKind
from sync.errors import SyncError, Unreachable
from tests.services.conftest import Window
from workstation.domain.case import Case
from workstation.services.results import AGAIN_S, KEEP, TURN, issued
from workstation.store.page_uses import used_pages

DATA = b"%PDF-1.7 specimen"


class Office:
    """What a back office hands out; counts what it was asked."""

    def __init__(self, *files: bytes) -> None:
        self.files = {hashlib.sha256(data).hexdigest(): data for data in files}
        self.asked = 0
        self.trouble: SyncError | None = None

    def result(self, file: ChangeFile) -> bytes:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        return self.files[file.sha256]


def told(window: Window, *files: bytes, name: str = "证.pdf") -> Case:
    case = window.approved()
    entries = tuple(
        ChangeFile(
            sha256=hashlib.sha256(data).hexdigest(), size=len(data), media_type="application/pdf", name=name
        )
        for data in files
    )
    window.tell(ChangeKind.RESULT, case.number, files=entries, at=window.clock())
    return case


def kept(window: Window) -> set[str]:
    """Return what the sweep of the vault keeps."""
    with window.store._database.read() as session:
        return used_pages(session)


def test_files_come_a_few_at_a_time_and_only_once(window: Window) -> None:
    files = [DATA + bytes([n]) for n in range(TURN + 1)]
    office, case = Office(*files), told(window, *files)
    window.desk.results.in_background(office)
    assert office.asked == TURN and len(window.desk.results.papers(case.case_id)) == TURN
    for _turn in range(2):
        window.desk.results.in_background(office)
    assert office.asked == TURN + 1 and len(window.desk.results.papers(case.case_id)) == TURN + 1
    assert window.store.faults() == ()


def test_a_file_that_did_not_come_is_tried_again_later(window: Window) -> None:
    office, case = Office(DATA), told(window, DATA)
    office.trouble = Unreachable("down")
    shelf = window.desk.results
    shelf.in_background(office)
    shelf.in_background(office)
    assert office.asked == 1 and shelf.papers(case.case_id) == ()
    office.trouble = None
    shelf._not_before = {sha256: at - AGAIN_S for sha256, at in shelf._not_before.items()}
    shelf.in_background(office)
    assert len(shelf.papers(case.case_id)) == 1


def test_a_file_survives_the_sweep_until_its_time_is_over(window: Window) -> None:
    office, case = Office(DATA), told(window, DATA)
    window.desk.results.in_background(office)
    sha256 = hashlib.sha256(DATA).hexdigest()
    window.desk.results.let_go()
    assert sha256 in kept(window)
    window.clock.forward(days=KEEP.days + 1)
    window.desk.results.let_go()
    assert sha256 not in kept(window)
    asked = office.asked
    window.desk.results.in_background(office)
    assert office.asked == asked, "what is too old is not fetched again"
    assert case.number in {one.change.subject for one in issued(window.store)}


def test_the_name_of_a_file_never_leaves_the_folder(window: Window) -> None:
    office, case = Office(DATA), told(window, DATA, name="../../../etc/证.pdf")
    window.desk.results.in_background(office)
    (paper,) = window.desk.results.papers(case.case_id)
    assert paper.path.resolve().parent == window.desk.results.folder.resolve()
    assert timedelta(days=30) < KEEP
