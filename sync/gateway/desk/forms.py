"""The form of a decision: what was typed, what is wrong with it, and what it says to the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sync.contract.models import ChangeDefect, ChangeKind, Outcome
from sync.gateway.course import MOST_WORKDAYS
from sync.gateway.desk import words
from sync.gateway.desk.casefile import CaseFile
from sync.gateway.desk.views import CaseView
from sync.gateway.due import last_day, today_of

FIRST_ROWS, MOST_ROWS = 2, 20
LONGEST = 2000
LONGEST_NAME = 200
COURSE = frozenset({"special_started", "special_ended", "extended"})
"""Acts that move the clock of a case, and not its state."""
OUTCOMES = frozenset({Outcome.GRANTED, Outcome.DENIED})
"""What one approver may decide."""


@dataclass(frozen=True, slots=True)
class DefectRow:
    """One line of a correction as typed."""

    where: str = ""
    """`slot:ID`, `field:NAME` or `other`."""
    problem: str = ""
    needed: str = ""
    basis: str = ""

    @property
    def is_empty(self) -> bool:
        """True when nothing was typed."""
        return not (self.problem.strip() or self.needed.strip() or self.basis.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as typed; nothing of it is proven."""

    act: str
    seen: str = ""
    branch: str = ""
    reason: str = ""
    due: str = ""
    outcome: str = "granted"
    defects: tuple[DefectRow, ...] = ()
    procedure: str = ""
    workdays: str = ""
    approver: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> Filled | None:
        """Read a form; None when it is of no decision."""
        act = form.get("do", "")
        if act not in words.ACTS:
            return None
        return cls(
            act=act,
            seen=form.get("seen", "")[:LONGEST_NAME],
            branch=_clean(form.get("branch", ""))[:LONGEST_NAME],
            reason=_clean(form.get("reason", ""))[:LONGEST],
            due=form.get("due", "")[:10],
            outcome=form.get("outcome", "granted"),
            defects=_rows(form),
            procedure=_clean(form.get("procedure", ""))[:LONGEST_NAME],
            workdays=form.get("workdays", "")[:3],
            approver=_clean(form.get("approver", ""))[:LONGEST_NAME],
        )

    def with_another_row(self) -> Filled:
        """Return the form with room for one defect more."""
        return replace(self, defects=(*self.defects, DefectRow())[:MOST_ROWS])

    def problem(self) -> str:
        """Return what is missing, as the name of a message; nothing when it may be sent."""
        if self.due and self.day() is None:
            return "due"
        if self.act in COURSE:
            return self._course_problem()
        if self.act == "correction":
            return _defects_problem(self.defects)
        if self.act == "refused" and not self.reason.strip():
            return "reason"
        if self.act == "decided" and self.outcome not in OUTCOMES:
            return "outcome"
        if self.act == "decided" and self.outcome == "denied" and not self.reason.strip():
            return "reason"
        return ""

    def _course_problem(self) -> str:
        if self.act == "special_started":
            return "" if self.procedure.strip() else "procedure"
        if self.act == "extended" and not (self.approver.strip() and self.reason.strip()):
            return "approval"
        return "days" if self.act == "extended" and not self.days() else ""

    def days(self) -> int:
        """Return the working days that were typed; 0 when they are none."""
        return int(self.workdays) if self.workdays.isascii() and self.workdays.isdecimal() else 0

    def day(self) -> date | None:
        """Return the last day that was typed."""
        try:
            return date.fromisoformat(self.due)
        except ValueError:
            return None

    def kind(self) -> ChangeKind:
        """Return the decision."""
        return ChangeKind(self.act)

    def how(self) -> Outcome | None:
        """Return how a decision decides; None for everything else."""
        return Outcome(self.outcome) if self.act == "decided" else None

    def defects_of(self, file: CaseFile) -> tuple[ChangeDefect, ...]:
        """Return every defect at once, each tied to a line of the checklist or a field of the form."""
        return tuple(_defect(row, file) for row in self.defects if not row.is_empty)


def blank(found: CaseView, act: str, now: datetime) -> Filled:
    """Return an empty form of a decision, with what can be said already."""
    due = None
    if act == "accepted":
        due = last_day(today_of(now), found.file.promised)
    rows = (DefectRow(),) * FIRST_ROWS if act == "correction" else ()
    workdays = str(MOST_WORKDAYS) if act == "extended" else ""
    return Filled(
        act=act, seen=found.seen, due=due.isoformat() if due else "", defects=rows, workdays=workdays
    )


def _rows(form: Mapping[str, str]) -> tuple[DefectRow, ...]:
    found = []
    for number in range(MOST_ROWS):
        if f"problem-{number}" not in form:
            break
        found.append(
            DefectRow(
                where=_clean(form.get(f"where-{number}", "")),
                problem=_clean(form.get(f"problem-{number}", ""))[:LONGEST],
                needed=_clean(form.get(f"needed-{number}", ""))[:LONGEST],
                basis=_clean(form.get(f"basis-{number}", ""))[:LONGEST],
            )
        )
    return tuple(found)


def _defects_problem(rows: tuple[DefectRow, ...]) -> str:
    said = [row for row in rows if not row.is_empty]
    if not said:
        return "defects"
    if any(not row.problem.strip() or not row.needed.strip() for row in said):
        return "halves"
    return "" if all(row.where for row in said) else "where"


def _defect(row: DefectRow, file: CaseFile) -> ChangeDefect:
    kind, _separator, name = row.where.partition(":")
    material_id, material = words.OTHER, "其他"
    if kind == "slot":
        title = next((line.title for line in file.materials if line.slot == name), name)
        material_id, material = name, title
    elif kind == "field":
        label = next((line.label for line in file.fields if line.name == name), name)
        material_id, material = words.FORM, f"申请表 · {label}"
    return ChangeDefect(
        material_id=_name(material_id) or words.OTHER,
        material=_name(material) or "其他",
        problem=row.problem.strip(),
        needed=row.needed.strip(),
        basis=row.basis.strip(),
    )


def _name(text: str) -> str:
    return _clean(text)[:LONGEST_NAME]


def _clean(text: str) -> str:
    """Return text without what PostgreSQL and the contract do not hold."""
    return text.replace("\0", "").replace("\r\n", "\n").encode("utf-8", "replace").decode()
