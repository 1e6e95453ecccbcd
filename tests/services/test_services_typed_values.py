"""Whatever comes in whatever order: what a person typed or confirmed stays until a person changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.port import Reading
from scanners.fake import ScriptedScanner
from sync.contract.signing import new_key
from tests.services.conftest import CREDIT, PROFILE, QIAN, ZHAO, Clock, Readings, Window, applicant_of
from workstation.catalogue.loader import load_pack
from workstation.domain.case import FieldValue, Origin
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Pack
from workstation.printing.rendering import render_form
from workstation.services.carrying import PHONE
from workstation.services.catalogue import Catalogue
from workstation.services.desk import Parts, build_desk
from workstation.store.database import Store
from workstation.store.keys import DataKey

NAMES = ("name", "address", "ethnicity", "birth_date")
SLOTS = {"id-card": "id-card-front", "household-register": "household-register-page"}
TEXTS = ("赵样本", "钱样木", "", "1964-03-08", "广东省深圳市福田区香蜜湖街道样本路7号")


@dataclass
class Interrupted(Readings):
    """Something happens while the engine works."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self, image: Image.Image, kind: str) -> Reading:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().__call__(image, kind)


class Counter:
    """A case at a window that may be started anew at any moment."""

    def __init__(self, folder: Path, key: DataKey, pack: Pack, calendar: WorkCalendar) -> None:
        self._folder, self._key, self._pack, self._calendar = folder, key, pack, calendar
        self._clock, self.readings, self._shade = Clock(), Interrupted(), 0
        self.window = self._start()
        self.case_id = self.window.open().case_id

    def _start(self) -> Window:
        store, scanner, key = Store.open(self._folder / "data", self._key), ScriptedScanner([]), new_key()
        parts = Parts(
            store=store, profile=PROFILE, catalogue=Catalogue((self._pack,)), clock=self._clock,
            calendar=self._calendar, scanner=scanner, read=self.readings, key=key,
            papers_folder=self._folder, render=render_form, credit=CREDIT, packs_folder=self._folder,
            load_pack=load_pack,
        )  # fmt: skip
        return Window(build_desk(parts), store, self._clock, scanner, self.readings, key, self._shade)

    def close(self) -> None:
        self.window.store.close()

    @property
    def settled(self) -> dict[str, FieldValue]:
        """What a person vouched for."""
        fields = self.window.store.case(self.case_id).fields
        return {
            name: value
            for name, value in fields.items()
            if value.confirmed_by is not None or value.origin is Origin.TYPED
        }

    def type_in(self, name: str, text: str) -> set[str]:
        self.window.desk.intake.type_field(self.case_id, name, text)
        return {name}

    def confirm(self, name: str, _text: str) -> set[str]:
        if name not in self.window.store.case(self.case_id).fields:
            return set()
        self.window.desk.intake.confirm_field(self.case_id, name)
        return {name}

    def name_applicant(self, _name: str, text: str) -> set[str]:
        before, phone = self.window.store.case(self.case_id).applicant, self.settled.get(PHONE)
        self.window.desk.intake.set_applicant(self.case_id, applicant_of(ZHAO if text else QIAN))
        # What the card said of the applicant named before, and a number that came with their name, go with
        # that applicant; the rest stays.
        came_along = before is not None and phone is not None and phone.value == before.phone
        gone = {name for name, value in self.settled.items() if value.origin is Origin.CARD}
        return gone | {PHONE} if came_along else gone

    def scan(self, name: str, text: str) -> set[str]:
        case = self.window.store.case(self.case_id)
        self.window.scan(case, list(SLOTS)[len(name) % 2])
        self._shade = self.window._shade
        return self.read(name, text)

    def read(self, name: str, text: str) -> set[str]:
        """Read every page there is, each as what it may be by now."""
        self.readings.by_kind = {kind: {name: text} for kind in SLOTS.values()}
        case = self.window.store.case(self.case_id)
        for slot in SLOTS:
            for page in case.slot(slot).pages:
                self.window.desk.prefill.read_page(self.case_id, slot, page)
        return set()

    def read_while_typing(self, name: str, text: str) -> set[str]:
        """The clerk types the very field that the engine is at work on."""
        self.readings.meanwhile.append(lambda: self.type_in(name, f"手录{text}"))
        self.read(name, text)
        was_typed = not self.readings.meanwhile
        self.readings.meanwhile.clear()
        assert not was_typed or self.settled[name].value == f"手录{text}"
        return {name} if was_typed else set()

    def remove(self, name: str, _text: str) -> set[str]:
        slot = list(SLOTS)[len(name) % 2]
        pages = self.window.store.case(self.case_id).slot(slot).pages
        if pages:
            self.window.desk.page_work.remove(self.case_id, pages[0].page_id, why="重扫")
        return set()

    def restart(self, _name: str, _text: str) -> set[str]:
        self.close()
        self.window = self._start()
        return set()


DEEDS = (
    Counter.type_in, Counter.confirm, Counter.name_applicant, Counter.scan, Counter.read,
    Counter.read_while_typing, Counter.remove, Counter.restart,
)  # fmt: skip
COURSE = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.sampled_from(NAMES), st.sampled_from(TEXTS)), max_size=14
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(course=COURSE)
def test_nothing_that_is_read_replaces_what_a_person_said(
    course: list[tuple[Callable[[Counter, str, str], set[str]], str, str]],
    empty_store: tuple[Path, DataKey],
    pack: Pack,
    calendar: WorkCalendar,
) -> None:
    made, key = empty_store
    with TemporaryDirectory() as temporary:
        shutil.copytree(made, Path(temporary) / "data")
        counter = Counter(Path(temporary), key, pack, calendar)
        try:
            for deed, name, text in course:
                before = counter.settled
                touched = deed(counter, name, text)
                after = counter.settled
                assert {n: v for n, v in before.items() if n not in touched and after.get(n) != v} == {}
        finally:
            counter.close()
