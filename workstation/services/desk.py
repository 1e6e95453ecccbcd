"""The desk: every use case over one store, as the screens and commands take it."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanners.id_reader import IdReader
from scanners.port import Scanner
from sync.contract.suites import Suite
from workstation.domain.case import Case
from workstation.domain.clock import Clock, local_date
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.handling import handling
from workstation.domain.issuers import TrustedIssuer
from workstation.domain.people import Person
from workstation.domain.tolerance import overdue
from workstation.services.agents import AgentsDesk
from workstation.services.anchoring import Anchoring
from workstation.services.archive_fetch import ArchiveFetch, ArchiveLine
from workstation.services.archiving import ArchiveKeeping
from workstation.services.audit import AuditDesk
from workstation.services.balance import Balance, day_balance
from workstation.services.branches import branch_body, branch_lines
from workstation.services.capture import Capture
from workstation.services.case_board import CaseBoard
from workstation.services.catalogue import Catalogue
from workstation.services.checking import Checking
from workstation.services.courier import Courier
from workstation.services.credit import CreditLibrary, NoLibrary
from workstation.services.darkroom import Darkroom
from workstation.services.day_figures import DayFigures
from workstation.services.decisions import Decisions
from workstation.services.delivery_receipts import DeliveryReceipts
from workstation.services.disk import STOP_BELOW, WARN_BELOW, DiskWatch
from workstation.services.filing import AsTheyCame, Filing, FilingRoom, Packer
from workstation.services.finding import Finder
from workstation.services.handling import spent_words
from workstation.services.identity import IdentityDesk
from workstation.services.intake import Intake
from workstation.services.item_changes import ItemChanges
from workstation.services.libraries import Libraries, NoLibraries
from workstation.services.pack_updates import LoadPack, PackUpdates
from workstation.services.page_faults import Alike, Recogniser
from workstation.services.page_pictures import PagePictures
from workstation.services.page_work import PageWorkDesk
from workstation.services.papers import Papers, Render
from workstation.services.people import People
from workstation.services.prefill import Prefill, Reader
from workstation.services.privacy import Privacy
from workstation.services.profile import WindowProfile, staffed
from workstation.services.proof_pictures import ScreenReader
from workstation.services.proofs import ProofDesk
from workstation.services.queue import QueueDesk
from workstation.services.reopening import Reopening
from workstation.services.results import ResultShelf
from workstation.services.retention import KEEP, Housekeeper
from workstation.services.reuse import NOTHING, ReuseDesk
from workstation.services.scene import Scene
from workstation.services.sealing import Sealer
from workstation.services.silence import Silence
from workstation.services.sorting import CodeReader, Sorting
from workstation.services.staff_recovery import Recovered, StaffRecovery
from workstation.services.supplements import Supplements
from workstation.services.tickets import TicketDesk
from workstation.services.tolerance import Tolerance
from workstation.services.updates import apply_change
from workstation.services.view import CaseView, build_view
from workstation.store.database import Store


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All services of one window; every method blocks, so screens call them in workers."""

    store: Store
    profile: WindowProfile
    catalogue: Catalogue
    clock: Clock
    calendar: WorkCalendar
    intake: Intake
    agents: AgentsDesk
    capture: Capture
    prefill: Prefill
    pictures: PagePictures
    checking: Checking
    page_work: PageWorkDesk
    sorting: Sorting
    reuse: ReuseDesk
    scene: Scene
    proofs: ProofDesk
    archive: ArchiveKeeping
    archive_fetch: ArchiveFetch
    audit: AuditDesk
    anchoring: Anchoring
    people: People
    privacy: Privacy
    identity: IdentityDesk
    decisions: Decisions
    tolerance: Tolerance
    supplements: Supplements
    board: CaseBoard
    figures: DayFigures
    silence: Silence
    finder: Finder
    courier: Courier
    papers: Papers
    filing: Filing
    queue: QueueDesk
    tickets: TicketDesk
    packs: PackUpdates
    changes: ItemChanges
    disk: DiskWatch
    housekeeper: Housekeeper
    results: ResultShelf
    reopening: Reopening
    delivery_receipts: DeliveryReceipts
    parts: Parts

    def for_person(self, person: Person) -> Desk:
        """Return the desk with another person at it, over the same store, devices and line.

        What the line works on stays one: the queue with its outage, the packs, the silence, the housekeeper.
        """
        fresh = build_desk(replace(self.parts, profile=staffed(self.profile, person)))
        return replace(
            fresh, queue=self.queue, packs=self.packs, silence=self.silence, housekeeper=self.housekeeper
        )

    def view(self, case_id: str) -> CaseView:
        """Everything a screen shows of a case; raises as `Privacy.check` for somebody else's."""
        case = self.store.case(case_id)
        self.privacy.check(case)
        return self.view_of(case)

    def opened(self, case_id: str) -> CaseView:
        """The same for a case that is being opened: one the office has is written into the audit first."""
        case = self.store.case(case_id)
        self.privacy.check(case)
        self.privacy.looked(case)
        return self.view_of(case)

    def view_of(self, case: Case) -> CaseView:
        """The same for a case just returned by a service."""
        item = self.catalogue.item_of(case)
        found = NOTHING if case.is_sealed else self.reuse.look(case)
        view = build_view(
            case,
            item,
            offers=found.offers,
            refusals=found.refusals,
            street_name=self.catalogue.street_name,
            known=self.intake.known(case, item) if case.derived else {},
            remembered=self.intake.remembered(case),
        )
        late = overdue(case, local_date(self.clock()))
        branches = branch_lines(self.catalogue, case)
        view = replace(view, change=self.changes.of(case), overdue=late, branches=branches)
        return self._timed(view) if case.is_sealed else view

    def _timed(self, view: CaseView) -> CaseView:
        """Add the clocks of a case that the office has, and how long it took here."""
        shining = self.queue.board(self.clock()).of(view.case)
        return replace(view, lamps=shining, spent=spent_words(handling(self.store.log(view.case.case_id))))

    def recovered(self) -> Recovered | None:
        """What everybody is to be told of a PIN set by the recovery key."""
        return StaffRecovery(self.store, self.clock).last()

    def balance(self) -> Balance:
        """Today's balance."""
        return day_balance(self.store, local_date(self.clock()))


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What wiring brings: the outside world behind its ports."""

    store: Store
    profile: WindowProfile
    catalogue: Catalogue
    clock: Clock
    calendar: WorkCalendar
    scanner: Scanner
    read: Reader
    key: Ed25519PrivateKey
    papers_folder: Path
    render: Render
    credit: CreditLibrary = NoLibrary()
    """Answers the credit check; a window without a counterpart knows nothing of anybody."""
    archive_line: ArchiveLine | None = None
    """Asks the back office for what it keeps of a person; None: nobody is asked."""
    libraries: Libraries = NoLibraries()
    """Answer for certificates and data checks; without a back office a slot stays pending."""
    issuers: tuple[TrustedIssuer, ...] = ()
    """Trusted beside the pack's own; practice has one."""
    packs_folder: Path
    load_pack: LoadPack
    id_reader: IdReader | None = None
    """Reads the chips of identity cards; most windows have none."""
    darkroom: Darkroom | None = None
    """Touches pixels in a process of its own; without one pages are kept and shown, but not checked."""
    codes: CodeReader | None = None
    """Reads the codes of cover sheets; without one a whole stack goes to the tray."""
    screens: ScreenReader | None = None
    """Reads codes off photographed phones; without one only a hand scanner does."""
    packer: Packer | None = None
    """Makes the files that are delivered; without one pages are delivered as they came."""
    recogniser: Recogniser | None = None
    """Tells documents apart; without one the gate says nothing of a wrong side or kind."""
    alike: Alike = operator.eq
    """Whether two fingerprints may be of one sheet."""
    keep_delivered: timedelta = KEEP
    """How long pages stay after the back office has signed for them."""
    warn_below: int = WARN_BELOW
    """Free bytes below which people are told."""
    stop_below: int = STOP_BELOW
    """Free bytes below which nothing new is taken in."""


def build_desk(parts: Parts) -> Desk:
    """Put the services together over their parts."""
    store, profile, catalogue, clock = parts.store, parts.profile, parts.catalogue, parts.clock
    filing: Filing = (
        FilingRoom(store, parts.packer, parts.render, parts.papers_folder) if parts.packer else AsTheyCame()
    )
    disk = DiskWatch(store.vault.free_bytes, parts.warn_below, parts.stop_below)
    sm3_of = store.vault.sm3 if store.suite is Suite.GUOMI else None
    sealer = Sealer(profile, parts.key, partial(branch_body, catalogue), filing, disk, sm3_of)
    intake = Intake(store, catalogue, profile, clock)
    scene = Scene(store, catalogue, profile, clock)
    reuse = ReuseDesk(store, catalogue, profile, clock, scene)
    pictures = PagePictures(store, parts.darkroom)
    capture = Capture(store, parts.scanner, profile, clock, disk, darkroom=parts.darkroom)
    board = CaseBoard(store, catalogue, parts.calendar, clock)
    privacy = Privacy(store, profile, clock)
    store.inbox.on_change = apply_change
    store.inbox.catch_up()
    return Desk(
        store=store,
        profile=profile,
        catalogue=catalogue,
        clock=clock,
        calendar=parts.calendar,
        intake=intake,
        agents=AgentsDesk(store, catalogue, profile, clock, parts.read),
        capture=capture,
        prefill=Prefill(store, catalogue, profile, clock, parts.read, pictures),
        pictures=pictures,
        checking=Checking(
            store,
            catalogue,
            profile,
            clock,
            pictures,
            darkroom=parts.darkroom,
            recogniser=parts.recogniser,
            alike=parts.alike,
        ),
        page_work=PageWorkDesk(store, catalogue, profile, clock, pictures),
        sorting=Sorting(capture, catalogue, parts.codes, parts.darkroom),
        scene=scene,
        proofs=ProofDesk(store, catalogue, profile, clock, parts.libraries, parts.issuers, parts.screens),
        identity=IdentityDesk(store, profile, clock, parts.id_reader),
        reuse=reuse,
        archive=ArchiveKeeping(store, clock),
        archive_fetch=ArchiveFetch(store, catalogue, profile, clock, parts.archive_line),
        decisions=Decisions(store, catalogue, profile, clock, parts.calendar, sealer, reuse),
        audit=AuditDesk(store, profile, clock),
        anchoring=Anchoring(store),
        people=People(store, clock),
        privacy=privacy,
        tolerance=Tolerance(store, catalogue, profile, clock, parts.calendar, parts.credit),
        supplements=Supplements(store, catalogue, profile, clock, sealer),
        board=board,
        figures=DayFigures(store),
        silence=Silence(store, clock, board),
        finder=Finder(store, catalogue, profile, privacy),
        courier=Courier(store, catalogue, profile, clock, parts.calendar, sealer),
        papers=Papers(store, catalogue, profile, clock, parts.calendar, parts.papers_folder, parts.render),
        tickets=TicketDesk(store, catalogue, profile, clock, intake),
        filing=filing,
        queue=QueueDesk(store, clock, parts.calendar, catalogue=catalogue),
        changes=ItemChanges(store, catalogue, profile, clock, sealer),
        packs=PackUpdates(store, catalogue, clock, parts.packs_folder, parts.load_pack),
        disk=disk,
        delivery_receipts=DeliveryReceipts(
            store, profile.hall, profile.window_name, parts.papers_folder, parts.render
        ),
        reopening=Reopening(store, profile, clock),
        results=ResultShelf(store, profile, clock, disk, parts.papers_folder),
        housekeeper=Housekeeper(store, clock, parts.keep_delivered),
        parts=parts,
    )
