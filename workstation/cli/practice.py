"""Practice mode: own data folder and key, an embedded back office, specimen citizens and scanner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.port import Device, RawPage, ScanJob
from workstation.cli.settings import Settings
from workstation.cli.wiring import LOCK_NAME, PAPERS, StationGate, build_desk_for, find_membership, open_store
from workstation.domain.clock import now
from workstation.i18n import LOCALES, _

if TYPE_CHECKING:
    from scanners.specimen import SpecimenScanner
    from sync.gateway.office import Office
    from sync.gateway.serve import GatewayServer
    from workstation.domain.people import Person
    from workstation.services.capture import ScannerHub
    from workstation.services.credit import CreditLibrary
    from workstation.services.desk import Desk
    from workstation.store.database import Store

PASSPHRASE = "lianxi"
"""Opens the practice store, and is the PIN of both who work in it."""
CLERK, SUPERVISOR = "王样本", "陈样本"
MARK = "PRACTICE"
"""File that marks a practice folder; only a marked folder is ever removed."""
STREET, HOME_STREET = "HF", "XMH"
CITIZEN = "赵样本"
DISHONEST_CITIZEN, SILENT_CITIZEN = "吴样本", "郑样本"
"""Whom the credit library of practice finds on a list, and whom it does not know."""
EARLIER_DAYS = 120
"""How long ago the citizen's earlier case was taken."""
EARLIER_ITEM = "临时救助"
HOME_OFFICE = "香蜜湖街道"


def practice_staff(store: Store, secret: str) -> Person:
    """Enrol a supervisor and a clerk with the practice PIN; the clerk has signed in."""
    from workstation.domain.people import Role
    from workstation.services.people import People

    people = People(store, now)
    chief = people.begin(SUPERVISOR, secret)
    return people.add(CLERK, Role.CLERK, secret, by=chief, admit=True)


def _months_ago() -> datetime:
    return now() - timedelta(days=EARLIER_DAYS)


class PracticeError(Exception):
    """The practice folder cannot be used."""


@dataclass
class PracticeNetwork:
    """The line to the embedded back office; cutting it closes the real socket."""

    office: Office
    port: int = 0
    url: str = ""
    _server: GatewayServer | None = field(default=None, init=False)

    @property
    def is_up(self) -> bool:
        """True while the back office answers."""
        return self._server is not None

    def restore(self) -> None:
        """Let the back office answer, always on the same port."""
        from sync.gateway.serve import GatewayServer

        if self._server is None:
            self._server = GatewayServer(self.office, port=self.port, locales=LOCALES)
            self.url = self._server.start()
            self.port = int(self.url.rsplit(":", 1)[1])

    def cut(self) -> None:
        """Take the line away."""
        if self._server is not None:
            self._server.stop()
            self._server = None


class RefillingScanner:
    """The practice scanner with a citizen's folder on its glass; when the stack runs out it begins again."""

    def __init__(self, papers: tuple[Path, ...]) -> None:
        """Lay the papers in the order they are handed over."""
        from scanners.specimen import SpecimenScanner

        self._scanner: SpecimenScanner = SpecimenScanner(papers)
        self._papers = papers
        self._left = len(papers)

    @property
    def through_sane(self) -> bool:
        """Whether pages really pass through libsane."""
        return self._scanner.through_sane

    def load(self, papers: tuple[Path, ...]) -> None:
        """Lay other papers."""
        self._scanner.load(papers)
        self._papers, self._left = papers, len(papers)

    def devices(self) -> tuple[Device, ...]:
        """The practice scanner alone."""
        return self._scanner.devices()

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Feed from the stack."""
        if self._left <= 0:
            self.load(self._papers)
        for page in self._scanner.scan(job, cancelled):
            self._left -= 1
            yield page


@dataclass
class Practice:
    """Everything practice needs, made anew or taken up again."""

    settings: Settings
    network: PracticeNetwork
    scanner: RefillingScanner

    @property
    def gate(self) -> StationGate:
        """The gate of the practice store."""
        return StationGate(
            self.settings,
            scanner=self.devices,
            credit=specimen_credit,
            on_open=self.prepare,
            staff=practice_staff,
            practice=True,
            hint=_("练习模式 · 口令 {passphrase}").format(passphrase=PASSPHRASE),
        )

    def devices(self) -> ScannerHub:
        """Return the practice scanner, and a camera under which the same papers are laid in turn."""
        from scanners.camera import CameraScanner
        from workstation.services.capture import ScannerHub

        papers = os.pathsep.join(map(_without_glass, first_papers(self.settings.data_folder)))
        camera = CameraScanner(staged=[(f"papers:{papers}", _("练习高拍仪"))], real=False)
        return ScannerHub((self.scanner, camera))

    def prepare(self, store: Store) -> None:
        """Enrol at the first start and give the citizen an earlier case to reuse from."""
        from workstation.services.enrolment import join

        self.network.restore()
        if find_membership(store) is None:
            code = self.network.office.new_code(STREET)
            join(
                store,
                self.network.url,
                code=code,
                window_name=self.settings.window_name,
                street=STREET,
                practice=True,
            )
        with store.transaction() as tx:
            tx.put_setting("gateway.url", self.network.url)
        if store.setting("practice.seeded") is None:
            self._earlier_case(store)
            with store.transaction() as tx:
                tx.put_setting("practice.seeded", "1")

    def _earlier_case(self, store: Store) -> None:
        """Take the citizen's earlier case through the same services, some months ago."""
        from workstation.cli.rehearsal import paper_order, take_case
        from workstation.training.specimens.people import by_name

        papers = specimen_papers(self.settings.data_folder)
        scanner = RefillingScanner(tuple(papers.values()))
        desk = build_desk_for(
            self.settings,
            store,
            find_membership(store),
            scanner=scanner,
            clock=_months_ago,
            papers_folder=self.settings.data_folder / PAPERS,
        )
        item = next(i for i in desk.catalogue.current.items if i.title == EARLIER_ITEM)
        scanner.load(paper_order(papers, item))
        case = take_case(desk, item, by_name(CITIZEN), device_id=scanner.devices()[0].id)
        desk.decisions.receive(case.case_id)
        self._settle(replace(desk, clock=now), store, case.number)

    def _settle(self, desk: Desk, store: Store, number: str) -> None:
        """Send the earlier case and let the office finish it: practice begins with nothing overdue."""
        from sync.contract.models import ChangeKind
        from workstation.domain.case import CaseState
        from workstation.services.link import Link

        link = Link(desk, find_membership(store), self.settings.data_folder / LOCK_NAME)
        link.start()
        try:
            wait_until(lambda: not desk.queue.waiting_count())
            for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED, ChangeKind.DELIVERED):
                self.network.office.decide(number, kind, actor=HOME_OFFICE)
            ended = (CaseState.DELIVERED,)
            wait_until(lambda: any(case.number == number for case in store.summaries(states=ended)))
            store.inbox.mark_read(*(applied.change.change_id for applied in store.inbox.recent()))
        finally:
            link.stop()

    def close(self) -> None:
        """Stop the back office."""
        self.network.cut()
        self.network.office.close()


def open_practice(settings: Settings, *, fresh: bool, subfolder: str) -> Practice:
    """Open (or, with `fresh`, make anew) a practice folder beside the real data folder.

    Raises:
        PracticeError: a folder of that name exists and is not a practice folder.
    """
    from sync.gateway.office import Office
    from workstation.cli.wiring import load_catalogue

    root = settings.data_folder.parent / f"{settings.data_folder.name}-practice" / subfolder
    if root.exists() and not (root / MARK).exists():
        raise PracticeError(f"{root} is not a practice folder")
    if fresh and root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    (root / MARK).write_text("practice data only\n", encoding="utf-8")
    practice = replace(
        settings,
        data_folder=root / "data",
        window_name="综合窗口 03",
        hall="华富街道政务服务大厅 (练习)",
        clerk=CLERK,
        phone="0755-00000000",
        machine_key="",
    )
    open_store(practice, PASSPHRASE).close()
    streets = dict(load_catalogue(practice).current.streets)
    office = Office.open(root / "office", streets=streets, practice=True)
    stack = first_papers(practice.data_folder)
    return Practice(practice, PracticeNetwork(office), RefillingScanner(stack))


def first_papers(data_folder: Path) -> tuple[Path, ...]:
    """Return the papers the citizen hands over first, in that order."""
    papers = specimen_papers(data_folder)
    return papers["id-card-front"], papers["id-card-back"], papers["photo-receipt"]


def _without_glass(paper: Path) -> str:
    """Return the picture of a card by itself where there is one, else of the paper as it was scanned."""
    itself = paper.with_name(f"{paper.stem}-itself.png")
    return str(itself if itself.exists() else paper)


def specimen_credit() -> CreditLibrary:
    """Return what practice knows of the cast: one stands on a list, one nobody answers for."""
    from workstation.domain.case import CreditChecked, CreditOutcome
    from workstation.services.credit import KnownPeople
    from workstation.training.specimens.people import CAST

    good = CreditChecked(outcome=CreditOutcome.GOOD)
    known = {person.id_number: good for person in CAST if person.name != SILENT_CITIZEN}
    bad = next(person for person in CAST if person.name == DISHONEST_CITIZEN)
    lists = (_("失信被执行人名单 (样本)"),)
    return KnownPeople({**known, bad.id_number: CreditChecked(outcome=CreditOutcome.BAD, lists=lists)})


def specimen_papers(data_folder: Path) -> dict[str, Path]:
    """Return the citizen's papers by kind, drawn at the first use, with a blot on the address."""
    folder, finished = data_folder.parent / "papers-of-the-citizen", ".complete"
    if not (folder / finished).exists():
        _draw(folder)
        (folder / finished).touch()
    return {path.stem: path for path in folder.iterdir() if path.name != finished}


def _draw(folder: Path) -> None:
    """Draw in a child process: fonts and pictures would stay in this one's memory; else draw here."""
    quiet, blot = subprocess.DEVNULL, "address"
    command = [sys.executable, "-P", "-m", "workstation.training.specimens", CITIZEN, str(folder), blot]
    drawn = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, check=False)
    if drawn.returncode != 0:
        from workstation.training.specimens.folder import write_case
        from workstation.training.specimens.people import by_name

        write_case(by_name(CITIZEN), folder, blot=blot)


def wait_until(true: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    """Wait for something outside; False when it did not happen in time."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
