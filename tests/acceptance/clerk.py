"""A clerk at the keyboard: does what the case in front still needs, key by key, over the real screens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events
from textual.widgets import Input

from tests.acceptance.keys import Keys, NotShown
from workstation.cli.practice import PASSPHRASE
from workstation.cli.rehearsal import SAMPLE_VALUES
from workstation.domain.case import Case, CaseState
from workstation.domain.checklist import Todo
from workstation.domain.forms import FormField
from workstation.domain.kinds import FieldKind
from workstation.services.view import CaseView
from workstation.training.specimens.people import CAST, SpecimenPerson
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.correction import CorrectionDialog
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.dialogs import ConfirmDialog, TextDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.reuse import ReuseDialog
from workstation.tui.screens.unlock import UnlockScreen
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.widgets.steps import StepName

SIZE = (140, 44)
TRIES = 5
FORM_VALUES = {"phone": "19900000001"}


def person_of(case: Case) -> SpecimenPerson:
    """Return who stands at the window for a case: always the same for the same number."""
    if case.applicant is not None:
        return next((p for p in CAST if p.id_number == case.applicant.id_number), CAST[0])
    return CAST[int(case.number.rsplit("-", 1)[1]) % 2]


def view_is_complete(view: CaseView) -> bool:
    """Return whether a notice would have nothing to ask for."""
    return not view.readiness.lines and not view.readiness.fields


class Clerk(Keys):
    """Presses keys; `said` is told of each moment worth naming, before the key of that moment is pressed."""

    said: Callable[..., None] = staticmethod(lambda *words: None)

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Give the passphrase and wait for home."""
        await self.on_screen(UnlockScreen)
        await self.enter_text(passphrase)
        self.said("unlocking")
        await self.press("enter")
        await self.on_screen(HomeScreen)

    async def open_new(self, words: str = "jlyd") -> None:
        """Open a case of the one item these words find."""
        self.said("opening")
        await self.open_item(words)

    async def open_listed(self, case_id: str) -> None:
        """Put the cursor of home on a case and open it."""
        home = self.app.screen
        assert isinstance(home, HomeScreen)
        await self.until(lambda: case_id in _ids(home), "case listed")
        home.cases.highlighted = _ids(home).index(case_id)
        await self.press("f4")
        await self.case_shown()

    async def open_taken(self, case: Case) -> None:
        """Open a case that was taken through the services behind the screens' back."""
        self.app.station.link.kick()
        await self.open_listed(case.case_id)

    async def to_home(self) -> None:
        """Leave what is in front."""
        await self.press("escape")
        await self.on_screen(HomeScreen)

    # --- one case -------------------------------------------------------------------------------------

    async def receive(self) -> Case:
        """Do everything the case needs up to and with F10; return it once its papers are made."""
        await self.prepare(lambda view: view.readiness.ready)
        self.said("receiving")
        await self.press("f10")
        await self.until(lambda: self.view.case.is_sealed, "sealed")
        await self.until(lambda: bool(self.view.case.papers), "papers")
        await self.idle()
        return self.view.case

    async def correct(self) -> Case:
        """Name the applicant, then tell in one notice what is missing."""
        await self.prepare(lambda view: bool(view.case.home_street) and not view.questions)
        if view_is_complete(self.view):
            return await self.receive()
        await self.press("f7")
        await self.on_screen(CorrectionDialog)
        self.said("correcting")
        await self.press("f10")
        await self.on_screen(CaseScreen)
        await self.until(lambda: self.view.case.state is CaseState.CORRECTION, "correction")
        await self.until(lambda: bool(self.view.case.papers), "papers")
        await self.idle()
        return self.view.case

    async def prepare(self, enough: Callable[[CaseView], bool]) -> None:
        """Press the key that the case wants next until it is far enough."""
        await self.idle()
        while not enough(self.view):
            steps: dict[StepName, Callable[[], Awaitable[None]]] = {
                StepName.SITUATION: self._situation,
                StepName.APPLICANT: self._applicant,
                StepName.MATERIALS: self._material,
                StepName.FORM: self._form,
                StepName.DECISION: lambda: self.press("pageup"),
            }
            await steps[self.case.step]()
            await self.idle()

    async def _situation(self) -> None:
        answered = len(self.view.case.answers)
        if self.view.questions_now:
            await self.press("1")
            await self.until(lambda: len(self.view.case.answers) > answered, "answer")
        else:
            await self.press("enter")
            await self.until(lambda: self.case.step is not StepName.SITUATION, "situation left")

    async def _applicant(self) -> None:
        case = self.view.case
        if len(case.slot("id-card").pages) < 2:
            await self.scan()
        elif case.applicant is None:
            await self.name_applicant(person_of(case))
        elif not case.home_street:
            await self.until(lambda: getattr(self.app.focused, "id", "") == "streets", "streets")
            await self.press("enter")
            await self.until(lambda: bool(self.view.case.home_street), "home street")
        else:
            await self.press("pagedown")

    async def scan(self) -> None:
        """Scan one sheet into the slot under the cursor and wait until it is shown."""
        slot = self.case.current_slot
        before = len(self.view.case.slot(slot).pages)
        self.said("scanning")
        await self.press("f2")
        await self.until(lambda: len(self.view.case.slot(slot).pages) > before, f"page of {slot}")
        await self.idle()

    async def name_applicant(self, person: SpecimenPerson, **other: str) -> None:
        """Fill the applicant's rows and confirm them; what is refused (D108) is looked at and typed anew."""
        for _ in range(TRIES):
            await self.fill_applicant(person, **other)
            await self.press("enter")
            await self.until(lambda: self.view.case.applicant is not None or self.shows("D108"), "applicant")
            if self.view.case.applicant is not None:
                return
        raise NotShown(f"applicant\n{self.text}")

    async def fill_applicant(self, person: SpecimenPerson, **other: str) -> None:
        """Type what differs from the person's card; the cursor ends in the last row."""
        for row in self.case.applicant.query(FieldRow):
            wanted = other.get(row.field, str(getattr(person, row.field, "") or ""))
            await self.retype(row, wanted)

    async def retype(self, row: FieldRow, text: str) -> None:
        """Put other text into a row."""
        box = row.query_one(Input)
        for _ in range(TRIES):
            box.focus()
            await self.until(lambda: self.app.focused is box, f"cursor in {row.field}")
            if not text or text in (row.text, box.value):
                return
            await self.press("end", "ctrl+u")
            self.app.post_message(events.Paste(text))
            # A step that is drawn anew takes the cursor along, and a reading may come in between the keys:
            # a person sees that and types anew.
            await self.until(lambda: bool(box.value) or self.app.focused is not box, f"text of {len(text)}")
        raise NotShown(f"{row.field}\n{self.text}")

    async def _material(self) -> None:
        slot = self.case.current_slot
        line = self.view.line(slot)
        assert line is not None, slot
        if line.todo in (Todo.SCAN, Todo.SCAN_MORE):
            await (self.reuse() if slot in self.view.offers else self.scan())
            return
        await self.press("enter")
        if line.todo is Todo.MARK_ORIGINAL:
            marked = self.view.case.length
            await self.until(lambda: self.view.case.length > marked or self._moved_on(slot), "marked")
        else:
            await self.until(lambda: self._moved_on(slot), "next line")

    def _moved_on(self, slot: str) -> bool:
        return self.case.step is not StepName.MATERIALS or self.case.current_slot != slot

    async def reuse(self) -> None:
        """Take the archived copies with the citizen's yes: one question, however many there are."""
        slot = self.case.current_slot
        asked = ReuseDialog if len(self.case.open_offers) > 1 else ConfirmDialog
        await self.press("f3")
        await self.on_screen(asked)
        await self.press("y")
        await self.on_screen(CaseScreen)
        await self.until(lambda: self.view.case.slot(slot).reuse is not None, "reused")

    async def _form(self) -> None:
        problems = self.view.readiness.fields
        if not problems:
            await self.press("pagedown")
            return
        field = problems[0].field
        row = next((r for r in self.case.form.query(FieldRow) if r.field == field.id), None)
        if row is None:
            await self.pilot.pause(0.02)
            return
        await self.retype(row, _value(field))
        length = self.view.case.length
        await self.press("enter")
        await self.until(lambda: self.view.case.length > length, f"field {field.id}")

    # --- bags -----------------------------------------------------------------------------------------

    async def send_bag(self) -> None:
        """Pack every held original and close the bag, from home and back to it."""
        desk = self.app.station.desk
        await self.press("f6")
        await self.on_screen(CourierScreen)
        await self.until(lambda: self._allows("pack_all") or not desk.courier.waiting(), "originals")
        if desk.courier.waiting():
            self.said("packing")
            await self.press("f2")
            await self.until(lambda: not desk.courier.waiting(), "packed")
            await self.until(lambda: self._allows("close_bag"), "bag shown")
            await self.on_screen(CourierScreen)
            await self.press("f7")
            await self.on_screen(TextDialog)
            await self.enter_text("FQ0001")
            self.said("closing-bag")
            await self.press("enter")
            await self.on_screen(CourierScreen)
            await self.until(lambda: not self._allows("close_bag"), "listed")
        await self.to_home()

    def _allows(self, action: str) -> bool:
        return self.app.screen.check_action(action, ()) is True


def _value(field: FormField) -> str:
    """Return something a field takes."""
    if field.kind is FieldKind.CHOICE:
        return field.choices[0]
    text = FORM_VALUES.get(field.id) or SAMPLE_VALUES.get(field.kind, "SZ2026110199")
    return text[: field.max_length]


def _ids(home: HomeScreen) -> list[str]:
    return [home.cases.get_option_at_index(n).id or "" for n in range(home.cases.option_count)]
