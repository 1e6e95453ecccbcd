"""Step two: who it is for. The card is scanned once; what was read is compared and confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.case import Applicant, FieldValue, Origin
from workstation.domain.checklist import Todo
from workstation.domain.errors import BadIdNumber
from workstation.domain.identity import check_id_number
from workstation.i18n import N_, _
from workstation.services.view import CaseView
from workstation.tui.theme import QUIET
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.words import SURE, value_lamp

ALIKE = 0.85
"""Likeness (Ratcliff/Obershelp, 0 to 1) from which a doubtful reading is taken for a known address."""
ROWS = (
    ("id_number", N_("身份号码")),
    ("name", N_("姓名")),
    ("ethnicity", N_("民族")),
    ("address", N_("住址")),
    ("valid_until", N_("有效期至")),
    ("phone", N_("联系电话")),
)
SOURCES = {name: f"id-card-front.{name}" for name in ("id_number", "name", "ethnicity", "address")}
SOURCES["valid_until"] = "id-card-back.valid_until"


class ApplicantStep(VerticalScroll):
    """Rows for the card's values and the phone, then the home street."""

    DEFAULT_CSS = """
    ApplicantStep {
        #derived { height: 1; color: $quiet; margin-bottom: 1; }
        #street-title { height: auto; color: $accent; text-style: bold; }
        #streets { height: auto; max-height: 12; }
    }
    """

    @dataclass
    class Confirmed(Message):
        """The clerk vouches for the applicant."""

        applicant: Applicant

    @dataclass
    class StreetChosen(Message):
        """A street was chosen."""

        code: str
        is_second: bool = False
        """The other household's, where two verify."""

    @dataclass
    class Doubted(Message):
        """Something bars confirming."""

        error: Exception

    def __init__(self, *, id: str) -> None:
        """Start empty."""
        super().__init__(id=id, classes="panel", can_focus=False)
        self.border_title = _("申请人")
        self.border_subtitle = _("回车 到下一项")
        self._applicant: Applicant | None = None
        self._asks_second = False

    def compose(self) -> ComposeResult:
        """Rows, then the street list."""
        for name, title in ROWS:
            yield FieldRow(name, _(title))
        yield Static("", id="derived", markup=False)
        yield Static(_("属地街道 (由哪个街道办理)"), id="street-title", markup=False)
        yield OptionList(id="streets", markup=False)

    def on_mount(self) -> None:
        """Number rows from the top."""
        self.query_one("#streets", OptionList).disabled = True

    def show(self, view: CaseView, streets: dict[str, str], guess: str) -> None:
        """Show readings until the applicant is confirmed, then the confirmed data.

        Args:
            view: the case.
            streets: names by code.
            guess: the street to put the cursor on, the second household's once the first is chosen.
        """
        self._applicant = view.case.applicant
        for row in self.query(FieldRow):
            row.show(self._value(view, row.field), locked=view.case.is_sealed)
        applicant = view.case.applicant
        derived = f"{applicant.sex}  {applicant.birth_date}" if applicant else ""
        self.query_one("#derived", Static).update(derived)
        self._show_streets(view, streets, guess)

    def _value(self, view: CaseView, name: str) -> FieldValue | None:
        applicant = view.case.applicant
        if applicant is not None:
            kept = str(applicant.id_valid_until if name == "valid_until" else getattr(applicant, name))
            read = view.case.fields.get(SOURCES.get(name, ""))
            is_read = read is not None and read.value == kept
            origin = Origin.CARD if is_read else Origin.TYPED
            return FieldValue(value=kept, origin=origin, confirmed_by="-") if kept else None
        read = view.fields_shown.get(SOURCES.get(name, ""))
        if read is not None and SOURCES[name] in view.known_before:
            return replace(read, confidence=1.0, checks=(*read.checks, "known-before"))
        return _remembered(view.remembered, name, read) or read

    def _show_streets(self, view: CaseView, streets: dict[str, str], guess: str) -> None:
        case = view.case
        self._asks_second = asks_second_street(view)
        listing = self.query_one("#streets", OptionList)
        if listing.option_count == 0:
            listing.add_options(Option(f"{code:<4} {name}", id=code) for code, name in streets.items())
        listing.display = view.needs_home_street
        listing.disabled = case.applicant is None or case.is_sealed
        wanted = guess if self._asks_second else case.home_street or guess
        if wanted in streets:
            listing.highlighted = list(streets).index(wanted)
        self.query_one("#street-title", Static).update(_street_title(view, guess in streets))
        self._show_next_key(view)

    def _show_next_key(self, view: CaseView) -> None:
        case = view.case
        if case.is_sealed:
            self.border_subtitle = ""
        elif case.applicant is not None:
            self.border_subtitle = (
                _("↑↓ 选街道, 回车确认") if view.needs_home_street else _("PageDown 下一步")
            )
        else:
            line = view.line(view.card_slot)
            self.border_subtitle = {
                Todo.SCAN: _("F2 扫描身份证, 或直接录入后回车"),
                Todo.SCAN_MORE: _("翻到背面再按 F2, 或回车到下一项"),
            }.get(line.todo if line else Todo.NOTHING, _("回车 到下一项, 末项回车确认申请人"))

    @on(FieldRow.Left)
    def _go_on(self, event: FieldRow.Left) -> None:
        event.stop()
        rows = list(self.query(FieldRow))
        position = rows.index(event.row)
        if event.row.field == "id_number" and event.text:
            self._judge(event.row)
        following = next((row for row in rows[position + 1 :] if self._wants_eyes(row)), None)
        if following is not None:
            following.query_one("Input").focus()
        else:
            self._confirm()

    def _wants_eyes(self, row: FieldRow) -> bool:
        """Skip rows that were read surely; the phone is always asked for."""
        if not row.text:
            return row.field in ("id_number", "name", "phone")
        value = row.value
        return (
            row.field == "phone"
            or row.is_typed
            or value is None
            or value.confidence < SURE
            or not value.valid
        )

    def _judge(self, row: FieldRow) -> None:
        try:
            check_id_number(row.text)
        except BadIdNumber:
            bad = FieldValue(value=row.text, origin=Origin.TYPED, checks=("!check-digit",), valid=False)
            row.mark(value_lamp(bad))
            return
        if row.is_typed:
            row.mark(value_lamp(FieldValue(value=row.text, origin=Origin.TYPED, confirmed_by="-")))

    def _confirm(self) -> None:
        texts = {row.field: row.text.strip() for row in self.query(FieldRow)}
        try:
            number = check_id_number(texts["id_number"])
        except BadIdNumber as error:
            self.post_message(self.Doubted(error))
            return
        base = self._applicant or Applicant(name="", id_number=number)
        self.post_message(
            self.Confirmed(
                replace(
                    base,
                    name=texts["name"],
                    id_number=number,
                    ethnicity=texts["ethnicity"],
                    address=texts["address"],
                    phone=texts["phone"],
                    id_valid_until=texts["valid_until"],
                )
            )
        )

    @on(OptionList.OptionSelected, "#streets")
    def _choose_street(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.StreetChosen(event.option_id, self._asks_second))

    def settle(self) -> None:
        """Take the rows' texts as stored."""
        for row in self.query(FieldRow):
            row.settle()

    def say(self, text: str) -> None:
        """Show a quiet line under the rows."""
        self.query_one("#derived", Static).update(Text(text, style=QUIET))


def _remembered(person: Applicant | None, name: str, read: FieldValue | None) -> FieldValue | None:
    """Propose what an earlier case confirmed: the phone, and an address that was unsurely read almost so."""
    if person is None:
        return None
    if name == "phone" and person.phone:
        return FieldValue(value=person.phone, origin=Origin.REUSED)
    if name == "address" and read is not None and read.confidence < SURE and person.address:
        alike = SequenceMatcher(None, read.value, person.address, autojunk=False).ratio()
        return replace(read, value=person.address, origin=Origin.REUSED) if alike >= ALIKE else None
    return None


def asks_second_street(view: CaseView) -> bool:
    """Return whether the list of streets now asks for the other household's."""
    return view.needs_second_street and bool(view.case.home_street) and not view.case.second_street


def _street_title(view: CaseView, is_guessed: bool) -> str:
    if not view.needs_home_street:
        return _("本事项由收件街道办理, 不用选街道")
    if asks_second_street(view):
        known = _("推测为光标所在街道, 请核对") if is_guessed else _("请选择")
        return f"{_('配偶户籍街道 (双方都要核验)')} · {known}"
    if view.case.home_street:
        second = f" + {view.second_street_name}" if view.second_street_name else ""
        return f"{_('属地街道')}: {view.home_street_name}{second}"
    if view.case.applicant is not None:
        known = _("由住址推出, 回车确认") if is_guessed else _("住址中没有认出, 请选择")
        return f"{_('属地街道')} · {known}"
    return _("属地街道 (由哪个街道办理)")
