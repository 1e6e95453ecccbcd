"""A whole desk over a real store: only the devices, the clock and the readings of OCR are scripted."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from ocr.errors import OcrError, UnknownDocument
from ocr.fake import scripted_reading
from ocr.port import Reading
from scanners.fake import DEVICE, ScriptedScanner, blank_page
from scanners.id_reader import IdReader
from scanners.port import ScanJob
from sync.contract.models import Change, ChangeDefect, ChangeKind, Manifest, Outcome
from sync.contract.signing import new_key
from workstation.catalogue.calendar import load_calendar
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.case import Applicant, Case, CreditChecked, CreditOutcome, Custody
from workstation.domain.checklist import Todo
from workstation.domain.clock import CHINA
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.forms import FormField
from workstation.domain.issuers import TrustedIssuer
from workstation.domain.items import Item, Pack
from workstation.domain.kinds import FieldKind, OriginalRule
from workstation.printing.rendering import render_form
from workstation.services.catalogue import Catalogue
from workstation.services.credit import CreditLibrary, KnownPeople
from workstation.services.darkroom import Darkroom
from workstation.services.desk import Desk, Parts, build_desk
from workstation.services.filing import Packer
from workstation.services.libraries import Libraries, NoLibraries
from workstation.services.paper_desk import Render
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.keys import DataKey
from workstation.training.specimens.people import SpecimenPerson, by_name

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=CHINA)
"""A Friday."""
JOB = ScanJob(device_id=DEVICE.id, max_pages=1)

ELDER_CARD = "敬老优待证"
"""Routed to the household's street; the photo receipt is kept; acceptance is not delegated."""
SOCIAL_CARD = "社会保障卡申领"
"""Handled here; acceptance is delegated."""
RELIEF = "临时救助"
"""Some materials are tolerable."""

ZHAO, QIAN = by_name("赵样本"), by_name("钱样本")

HONEST = CreditChecked(outcome=CreditOutcome.GOOD)
CREDIT = KnownPeople({person.id_number: HONEST for person in (ZHAO, QIAN)})
"""Everybody at the counter has a good name, unless a test says otherwise."""

NOBODY = NoLibraries()

PROFILE = WindowProfile(
    window_id="w-03",
    window_name="综合窗口 03",
    hall="华富街道政务服务大厅",
    street="HF",
    street_name="华富街道",
    clerk="王样本",
    number_prefix="W03",
    phone="0755-00000000",
    complaint_phone="12345",
)


@dataclass
class Clock:
    """A clock the test turns."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass
class Readings:
    """OCR as a script: what a kind of document says, or the fault of the engine."""

    by_kind: dict[str, Mapping[str, str] | OcrError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    confidence: float = 0.97
    misread: frozenset[str] = frozenset()
    """Fields that a check speaks against."""
    reason: str = ""
    """Why the page could not be read."""

    def __call__(self, image: Image.Image, kind: str) -> Reading:
        self.asked.append(kind)
        said = self.by_kind.get(kind)
        if said is None:
            raise UnknownDocument(kind)
        if isinstance(said, OcrError):
            raise said
        read = scripted_reading(kind, said, confidence=self.confidence, misread=self.misread & said.keys())
        return dataclasses.replace(read, reason=self.reason)


@dataclass
class Window:
    """One window with everything behind it."""

    desk: Desk
    store: Store
    clock: Clock
    scanner: ScriptedScanner
    readings: Readings
    key: Ed25519PrivateKey
    _shade: int = 0

    def item(self, title: str) -> Item:
        return next(item for item in self.desk.catalogue.current.items if item.title == title)

    def open(self, title: str = ELDER_CARD, **answers: str) -> Case:
        """Open an item and answer its questions, with the first option where none is named."""
        case = self.desk.intake.open_case(self.item(title))
        while questions := self.desk.view_of(case).questions:
            question = questions[0]
            option = answers.get(question.id, question.options[0].id)
            case = self.desk.intake.answer(case.case_id, question.id, option)
        return case

    def scan(self, case: Case, slot: str, pages: int = 1) -> Case:
        """Scan pages that differ from all others into a slot."""
        for _ in range(pages):
            self._shade += 1
            self.scanner.script.append(blank_page(8, 8 + self._shade // 250, shade=self._shade % 250))
        list(self.desk.capture.scan(case.case_id, slot, dataclasses.replace(JOB, max_pages=pages)))
        return self.store.case(case.case_id)

    def named(self, case: Case, person: SpecimenPerson = ZHAO, *, street: str = "XMH") -> Case:
        """Name the applicant and the street that decides."""
        self.desk.intake.set_applicant(case.case_id, applicant_of(person))
        return self.desk.intake.set_home_street(case.case_id, street)

    def with_materials(self, case: Case, *, except_for: tuple[str, ...] = ()) -> Case:
        """Scan what the checklist asks for and say where each original is."""
        for line in self.desk.view(case.case_id).checklist.lines:
            material = line.material
            if line.todo is Todo.SCAN and material.id not in except_for:
                self.scan(case, material.id, max(1, material.pages_min))
                held = material.original is OriginalRule.KEPT
                self.desk.intake.mark_original(
                    case.case_id, material.id, Custody.HELD if held else Custody.RETURNED
                )
        return self.store.case(case.case_id)

    def filled(self, case: Case) -> Case:
        """Type what the form still lacks."""
        for problem in self.desk.view_of(self.store.case(case.case_id)).readiness.fields:
            self.desk.intake.type_field(case.case_id, problem.field.id, sample_value(problem.field))
        return self.store.case(case.case_id)

    def ready(
        self, title: str = ELDER_CARD, person: SpecimenPerson = ZHAO, *, street: str = "XMH", **answers: str
    ) -> Case:
        """A case that may be received."""
        case = self.named(self.open(title, **answers), person, street=street)
        return self.filled(self.with_materials(case))

    def received(
        self, title: str = ELDER_CARD, person: SpecimenPerson = ZHAO, *, street: str = "XMH", **answers: str
    ) -> Case:
        return self.desk.decisions.receive(self.ready(title, person, street=street, **answers).case_id)

    def approved(
        self, title: str = ELDER_CARD, person: SpecimenPerson = ZHAO, *, street: str = "XMH", **answers: str
    ) -> Case:
        """A case that the back office finished: what it left in the archive may be reused."""
        case = self.received(title, person, street=street, **answers)
        self.tell(ChangeKind.ACCEPTED, case.number)
        self.tell(ChangeKind.DECIDED, case.number)
        return self.store.case(case.case_id)

    def manifest(self, case: Case) -> Manifest:
        """What was sealed last."""
        return self.store.outbox.load(case.bundles[-1].bundle_id).manifest

    def defer(self, case: Case, slot: str, days: int = 5) -> Case:
        """Ask the credit library, then let a material follow."""
        self.desk.tolerance.ask_credit(case.case_id)
        due = self.clock.now.date() + timedelta(days=days)
        return self.desk.tolerance.defer(case.case_id, slot, due, why="申请人书面承诺")

    def tell_correction(self, case: Case) -> Case:
        """Let the back office ask for a correction."""
        self.tell(ChangeKind.CORRECTION, case.number, defects=(DEFECT,), reason="缺页")
        return self.store.case(case.case_id)

    def tell(self, kind: ChangeKind, subject: str, **words: object) -> bool:
        """Let a change of the back office arrive; a decision grants unless it says otherwise."""
        if kind is ChangeKind.DECIDED:
            words = {"outcome": Outcome.GRANTED, **words}
        return self.store.inbox.apply(change_of(kind, subject, self.store.inbox.cursor() + 1, **words))


def change_of(kind: ChangeKind, subject: str, cursor: int, **words: object) -> Change:
    values: dict[str, object] = {
        "cursor": cursor,
        "change_id": f"01990000-0000-7000-8000-{cursor:012d}",
        "at": NOW + timedelta(hours=1),
        "kind": kind,
        "subject": subject,
        "actor": "香蜜湖街道",
    }
    return Change.model_validate({**values, **words})


DEFECT = ChangeDefect(
    material_id="household-register",
    material="户口簿",
    problem="缺本人页",
    needed="补交本人页",
    basis="办事指南",
)


def applicant_of(person: SpecimenPerson) -> Applicant:
    return Applicant(
        name=person.name,
        id_number=person.id_number,
        ethnicity=person.ethnicity,
        address=person.address,
        phone=person.phone,
    )


def sample_value(form_field: FormField) -> str:
    values = {
        FieldKind.DATE: "2026-01-15",
        FieldKind.PHONE: "19900000009",
        FieldKind.MONEY: "1000.00",
        FieldKind.ID_NUMBER: ZHAO.id_number,
    }
    if form_field.kind is FieldKind.CHOICE:
        return form_field.choices[0]
    return values.get(form_field.kind, "样本")


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(bundled_pack())


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return load_calendar()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DataKey]:
    """A store without a case, made once: running the migrations takes longer than most tests."""
    folder, key = tmp_path_factory.mktemp("empty-store") / "data", DataKey.new()
    Store.create(folder, key).close()
    return folder, key


@pytest.fixture
def store(tmp_path: Path, empty_store: tuple[Path, DataKey]) -> Iterator[Store]:
    """A copy of it, under this test's own folder."""
    folder, key = empty_store
    shutil.copytree(folder, tmp_path / "data")
    opened = Store.open(tmp_path / "data", key)
    yield opened
    opened.close()


MakeWindow = Callable[..., Window]


@pytest.fixture
def make_window(tmp_path: Path, store: Store, pack: Pack, calendar: WorkCalendar) -> MakeWindow:
    """Build a window over the test's store; any part can be given."""

    def make(
        *,
        profile: WindowProfile = PROFILE,
        packs: tuple[Pack, ...] = (pack,),
        calendar: WorkCalendar = calendar,
        key: Ed25519PrivateKey | None = None,
        clock: Clock | None = None,
        credit: CreditLibrary = CREDIT,
        libraries: Libraries = NOBODY,
        issuers: tuple[TrustedIssuer, ...] = (),
        id_reader: IdReader | None = None,
        packer: Packer | None = None,
        darkroom: Darkroom | None = None,
        render: Render = render_form,
        other_store: Store | None = None,
    ) -> Window:
        own = other_store or store
        clock, scanner, readings = clock or Clock(), ScriptedScanner([]), Readings()
        key = key or new_key()
        papers = tmp_path / "papers"
        papers.mkdir(exist_ok=True)
        parts = Parts(
            store=own,
            profile=profile,
            catalogue=Catalogue(packs),
            clock=clock,
            calendar=calendar,
            scanner=scanner,
            read=readings,
            key=key,
            papers_folder=papers,
            render=render,
            credit=credit,
            libraries=libraries,
            issuers=issuers,
            id_reader=id_reader,
            packer=packer,
            darkroom=darkroom,
            packs_folder=tmp_path / "packs",
            load_pack=load_pack,
        )
        return Window(build_desk(parts), own, clock, scanner, readings, key)

    return make


@pytest.fixture
def window(make_window: MakeWindow) -> Window:
    return make_window()
