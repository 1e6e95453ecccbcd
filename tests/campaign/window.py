"""The campaign's window program: a clerk over a real store, and the product's own sender.

It is forked from the driver, so that a run costs no imports. What it says down the pipe is what a clerk was
shown: from then on it must not be lost.
"""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from scanners.fake import DEVICE, ScriptedScanner
from scanners.port import Mode, RawPage, ScanJob
from sync.port import LineState
from tests.campaign.events import Say
from tests.campaign.plan import CaseSpec
from workstation.cli.rehearsal import applicant_of
from workstation.cli.settings import Settings
from workstation.cli.wiring import LOCK_NAME, build_desk_for, find_membership
from workstation.domain.case import Case, CaseState, Custody, Defect
from workstation.domain.clock import now
from workstation.domain.items import Item
from workstation.services.decision_errors import CannotReopen, ReplacedAlready
from workstation.services.desk import Desk
from workstation.services.link import Link
from workstation.services.reopening import REOPENABLE
from workstation.store.database import Group, Store
from workstation.store.errors import StoreError
from workstation.store.keys import DataKey
from workstation.training.specimens.people import CAST

ITEM = "个人完税证明"
"""One material and no question: a case in few steps, so that many fit into a run."""
STATUS_NOT_OPENED = 3
"""Exit status: the store could not be opened, and said why."""
IDLE_S = 0.02
SIDE_AGAIN_PX = 16
FULL = 2
"""Pages that the item wants."""


def sheet(seed: int, window: int, case: int | str, page: int, side: int) -> RawPage:
    """Return what the scanner gives for a sheet; no two sheets of a run are alike."""
    return RawPage(
        number=1,
        width_px=side,
        height_px=side,
        mode=Mode.GREY,
        resolution_dpi=200,
        pixels=Random(f"{seed}/{window}/{case}/{page}").randbytes(side * side),
        source_name="campaign",
    )


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose window this is, and what waits there."""

    seed: int
    window: int
    folder: Path
    key: DataKey
    cases: tuple[CaseSpec, ...]
    first: int
    """Index of the first case nobody has begun yet."""
    comes_back: bool = False
    """Whoever was told what lacks brings it."""

    @property
    def settings(self) -> Settings:
        """Settings of the window."""
        return Settings(
            data_folder=self.folder, config_file=self.folder / "none.toml", clerk="王样本", sane=False
        )


class Clerk:
    """Takes cases in, one step at a time, so that orders are heard in between."""

    def __init__(self, seat: Seat, desk: Desk, scanner: ScriptedScanner, say: Say) -> None:
        """Sit down."""
        self._seat = seat
        self._desk = desk
        self._scanner = scanner
        self._say = say
        items: tuple[Item, ...] = tuple(desk.catalogue.current.items)
        self._item = next(item for item in items if item.title == ITEM)

    def work(self) -> Iterator[None]:
        """Take what waits; a case that the disk refuses stays a draft."""
        for index in range(self._seat.first, len(self._seat.cases)):
            self._say("begun", case=index)
            try:
                yield from self._take(index, self._seat.cases[index])
            except StoreError as error:
                self._say("refused", case=index, code=error.code)
            yield
        if self._seat.comes_back:
            yield from self._take_what_lacked()

    def finish(self) -> None:
        """Seal the drafts that were left behind, with the pages they have."""
        for summary in self._desk.store.summaries(states=(CaseState.DRAFT,)):
            case = self._desk.store.case(summary.case_id)
            if case.applicant is not None:
                self._told(self._desk.decisions.correct(case.case_id, (_defect(),)))
        self.correct_refused(frozenset({LineState.HELD}))

    def correct_refused(self, states: frozenset[LineState] = REOPENABLE) -> None:
        """Seal the next version of each case whose last one was not taken, with one sheet more."""
        store = self._desk.store
        for line in store.outbox.lines(delivered=0):
            if line.state in states:
                try:
                    case = self._desk.reopening.open(line.bundle_id)
                except (CannotReopen, ReplacedAlready):
                    continue
                self._again(case)

    def _take_what_lacked(self) -> Iterator[None]:
        for summary in self._desk.store.summaries(states=(CaseState.CORRECTION,)):
            try:
                self._again(self._desk.store.case(summary.case_id))
            except StoreError as error:
                self._say("refused", case=summary.number, code=error.code)
            yield

    def _again(self, case: Case) -> None:
        """Seal the next version: one page that was there, if any, and one that was handed in now."""
        pages = case.slot(self._item.materials[0].id).pages
        if len(pages) > 1:
            self._desk.page_work.remove(case.case_id, *(page.page_id for page in pages[1:]))
        self._scan(case, f"{case.number}/{len(case.bundles)}", len(pages), SIDE_AGAIN_PX)
        while len(self._desk.store.case(case.case_id).slot(self._item.materials[0].id).pages) < FULL:
            self._scan(case, f"{case.number}/{len(case.bundles)}", -1, SIDE_AGAIN_PX)
        self._told(self._ended(self._desk.store.case(case.case_id), "receive"))

    def _take(self, index: int, spec: CaseSpec) -> Iterator[None]:
        desk = self._desk
        case = desk.intake.open_case(self._item)
        self._say("opened", case=index, number=case.number)
        case = desk.intake.set_applicant(case.case_id, applicant_of(CAST[index % len(CAST)]))
        case = desk.intake.set_home_street(case.case_id, next(iter(desk.catalogue.current.streets)))
        yield
        for page in range(spec.pages):
            self._scan(case, index, page, spec.sizes[page])
            yield
        case = self._ended(desk.store.case(case.case_id), spec.ending)
        self._told(case)

    def _scan(self, case: Case, index: int | str, number: int, side: int) -> None:
        raw = sheet(self._seat.seed, self._seat.window, index, number, side)
        self._scanner.script.append(raw)
        slot = self._item.materials[0].id
        for page in self._desk.capture.scan(case.case_id, slot, ScanJob(device_id=DEVICE.id, max_pages=1)):
            self._say("page", case=index, page=number, side=side, sha256=page.sha256, size=page.size)

    def _ended(self, case: Case, ending: str) -> Case:
        decisions, slot = self._desk.decisions, self._item.materials[0].id
        if ending == "refuse":
            return decisions.refuse(case.case_id, reason="样本: 不属于本部门", body="")
        if ending == "correct":
            return decisions.correct(case.case_id, (_defect(),))
        self._desk.intake.mark_original(case.case_id, slot, Custody.RETURNED)
        for problem in self._desk.view_of(self._desk.store.case(case.case_id)).readiness.fields:
            self._desk.intake.type_field(case.case_id, problem.field.id, "样本")
        return decisions.receive(case.case_id)

    def _told(self, case: Case) -> None:
        bundle = case.bundles[-1]
        facts = {"bundle": bundle.bundle_id, "sha256": bundle.manifest_sha256}
        self._say("sealed", number=case.number, **facts)


def _defect() -> Defect:
    return Defect(material_id="", material="样本", problem="缺页", needed="补交", basis="办事指南")


def lines_of(desk: Desk) -> list[dict[str, Any]]:
    """Return the queue as a person sees it."""
    return [
        {
            "bundle": shown.line.bundle_id,
            "state": shown.line.state.value,
            "code": shown.line.code,
            "detail": shown.line.detail,
            "why": shown.why,
            "mover": shown.mover,
            "attempts": shown.line.attempts,
            "next_try": shown.line.next_try_at is not None,
        }
        for shown in desk.queue.every(Group.EVERY)
    ]


def rehearse(seat: Seat) -> None:
    """Take the cases of a seat without a line to anywhere."""
    store = Store.open(seat.folder, seat.key)
    store.recover(now())
    scanner = ScriptedScanner([])
    papers = seat.folder.parent / "papers"
    desk = build_desk_for(
        seat.settings, store, find_membership(store), scanner=scanner, clock=now, papers_folder=papers
    )
    for _step in Clerk(seat, desk, scanner, lambda word, **facts: None).work():
        lines_of(desk)
    store.close()


class Program:
    """One start of the program, from unlocking to leaving."""

    def __init__(self, seat: Seat, say: Say, orders: int) -> None:
        """Keep the pipe of orders."""
        self._seat = seat
        self._say = say
        self._orders = os.fdopen(orders, "rb", buffering=0)
        self._waiting = b""

    def run(self) -> int:
        """Work until told to stop."""
        seat = self._seat
        scanner = ScriptedScanner([])
        papers = seat.folder.parent / "papers"
        try:
            store = Store.open(seat.folder, seat.key)
            store.recover(now())
            member = find_membership(store)
            desk = build_desk_for(
                seat.settings, store, member, scanner=scanner, clock=now, papers_folder=papers
            )
        except StoreError as error:
            # Nothing is closed: the process ends, as the power might.
            self._say("unopened", code=error.code)
            return STATUS_NOT_OPENED
        link = Link(desk, member, seat.folder / LOCK_NAME)
        link.start()
        self._say("started")
        self._serve(Clerk(seat, desk, scanner, self._say), desk, link)
        link.stop()
        store.close()
        self._say("ended")
        return 0

    def _serve(self, clerk: Clerk, desk: Desk, link: Link) -> None:
        work: Iterator[None] | None = clerk.work()
        obey: dict[str, Callable[[], None]] = {
            "status": lambda: self._status(desk),
            "retry": lambda: self._retry(desk, link),
            "finish": lambda: self._finish(clerk, link),
            "correct": lambda: self._correct(clerk, link),
        }
        while True:
            for order in self._heard(0 if work else IDLE_S):
                if order == "stop":
                    return
                obey[order]()
            if work is not None and next(work, self) is self:
                work = None
                link.kick()
                self._say("idle")

    def _heard(self, wait_s: float) -> list[str]:
        """Return whole orders; the end of the pipe means that the driver is gone."""
        if not select.select([self._orders], [], [], wait_s)[0]:
            return []
        data = self._orders.read(4096)
        if not data:
            os._exit(1)
        *whole, self._waiting = (self._waiting + data).split(b"\n")
        return [order.decode() for order in whole]

    def _status(self, desk: Desk) -> None:
        try:
            changes = [kept.change.change_id for kept in desk.store.inbox.recent(1000)]
            self._say("status", lines=lines_of(desk), changes=changes)
        except StoreError as error:
            self._say("unread", code=error.code)

    def _retry(self, desk: Desk, link: Link) -> None:
        """Do what a person does with lines that wait for one: try again."""
        for line in desk.store.outbox.lines(delivered=0):
            if line.state in (LineState.FIX, LineState.ASK):
                desk.queue.retry(line.bundle_id)
        link.kick(eager=True)

    def _correct(self, clerk: Clerk, link: Link) -> None:
        try:
            clerk.correct_refused()
        except StoreError as error:
            self._say("refused", case=-1, code=error.code)
        link.kick()
        self._say("corrected")

    def _finish(self, clerk: Clerk, link: Link) -> None:
        clerk.finish()
        link.kick()
        self._say("finished")


def command(seat: Seat, config: Path, words: Sequence[str]) -> int:
    """Run a command of the product over the seat's store, e.g. `sync --watch`."""
    from workstation.cli import main

    config.write_text(f"machine_key = {json.dumps(str(machine_key(seat.folder)))}\nclerk = '王样本'\n")
    os.environ.update(WORKSTATION_CONFIG=str(config), WORKSTATION_DATA=str(seat.folder))
    return main(words)


def machine_key(folder: Path) -> Path:
    """Return where the key file of a data folder lies."""
    return folder.parent / "machine.key"
