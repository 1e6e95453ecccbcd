"""The lamps of cases in words: which clock is the most urgent, and what the clerk reads of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workstation.catalogue.errors import CatalogueError
from workstation.domain import lamps
from workstation.domain.case import MOVES, Case, CaseState
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Item
from workstation.domain.kinds import LimitUnit
from workstation.domain.lamps import Clock, LampColour, Step
from workstation.i18n import N_, _
from workstation.services.catalogue import Catalogue
from workstation.services.errors import PackMissing
from workstation.store.database import CaseSummary
from workstation.store.errors import StoreDamaged

log = logging.getLogger(__name__)

LAMP_WORDS = {
    LampColour.RED: N_("红灯"),
    LampColour.YELLOW: N_("黄灯"),
    LampColour.GREY: N_("待核"),
    LampColour.GREEN: N_("绿灯"),
    LampColour.STOPPED: N_("停计"),
}
LAMP_GLYPHS = {
    LampColour.RED: "■",
    LampColour.YELLOW: "▲",
    LampColour.GREY: "○",
    LampColour.GREEN: "●",
    LampColour.STOPPED: "‖",
}
STEP_WORDS = {
    Step.TELL: N_("受理时限"),
    Step.CORRECTION: N_("补正期限"),
    Step.PROMISED: N_("承诺时限"),
    Step.STATUTORY: N_("法定时限"),
    Step.DELIVERY: N_("送达时限"),
    Step.SUPPLEMENT: N_("容缺补交"),
    Step.COURIER: N_("原件流转"),
}
STEP_GROUNDS = {
    Step.TELL: N_("自收件之日起 5 个工作日内一次告知, 逾期不告知即为受理 (行政许可法第三十二条)"),
    Step.CORRECTION: N_("补正通知书写明的最后一天"),
    Step.PROMISED: N_("自受理之日起的承诺办结时限"),
    Step.STATUTORY: N_("自受理之日起的法定办结时限 (行政许可法第四十二条)"),
    Step.DELIVERY: N_("自决定之日起 10 个工作日内送达 (行政许可法第四十四条)"),
    Step.SUPPLEMENT: N_("容缺受理时承诺补交的最后一天"),
    Step.COURIER: N_("原件须在 1 个工作日内送到属地街道"),
}
OPEN = frozenset(state for state, moves in MOVES.items() if moves)
"""States that lead somewhere still."""
EVERY = 1_000_000
"""A board that leaves cases out could leave the red one out."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """One clock of a case as a person reads it."""

    clock: Clock
    step: str
    left: str
    """What is left, e.g. `还剩 1 个工作日`."""

    @property
    def colour(self) -> LampColour:
        """How urgent it is."""
        return self.clock.lamp

    @property
    def glyph(self) -> str:
        """The lamp's own sign, so that colour never carries it alone."""
        return LAMP_GLYPHS[self.clock.lamp]

    @property
    def word(self) -> str:
        """The lamp's name, e.g. `黄灯`."""
        return _(LAMP_WORDS[self.clock.lamp])

    @property
    def ground(self) -> str:
        """Why the clock runs."""
        return _(STEP_GROUNDS[self.clock.step])

    @property
    def sentence(self) -> str:
        """The whole lamp, e.g. `黄灯 · 受理时限还剩 1 个工作日`."""
        return f"{self.word} · {self.timing}"

    @property
    def timing(self) -> str:
        """What is left of which clock, e.g. `受理时限还剩 1 个工作日`."""
        words = _("{step}{left}").format(step=self.step, left=self.left)
        return " ".join(words.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLine:
    """A case with all its lamps."""

    number: str
    title: str
    applicant: str
    state: CaseState
    lamps: tuple[Lamp, ...]
    """The most urgent first."""


@dataclass(frozen=True)
class LampBoard:
    """Counts the clocks of cases against one day."""

    catalogue: Catalogue
    calendar: WorkCalendar
    today: date

    def of(self, course: Case) -> tuple[Lamp, ...]:
        """Return the lamps of a case, the most urgent first.

        Args:
            course: the case, or only what its clocks need (`CaseSummary.course`).
        """
        item = self._item(course)
        running = lamps.clocks(course, item, self.calendar, self.today)
        return tuple(lamp_of(clock, item) for clock in running)

    def of_line(self, summary: CaseSummary) -> tuple[Lamp, ...]:
        """Return the lamps of a case's line; one that cannot be read has none and hides no other."""
        try:
            return self.of(summary.course)
        except StoreDamaged as error:
            log.error("no lamp case=%s code=%s", summary.number, error.code)
            return ()

    def _item(self, course: Case) -> Item | None:
        """Return the case's item; without its pack the lawful limits still run."""
        try:
            return self.catalogue.item_of(course)
        except (PackMissing, CatalogueError):
            return None

    def lines(self, summaries: Iterable[CaseSummary]) -> tuple[LampLine, ...]:
        """Return the cases that have a lamp, the most urgent first."""
        found = [
            LampLine(
                number=summary.number,
                title=self.catalogue.title_of(summary.item_code),
                applicant=summary.applicant_name,
                state=summary.state,
                lamps=shining,
            )
            for summary in summaries
            if (shining := self.of_line(summary))
        ]
        return tuple(sorted(found, key=lambda line: lamps.urgency(line.lamps[0].clock)))


def lamp_of(clock: Clock, item: Item | None) -> Lamp:
    """Put a clock into words."""
    step = _(STEP_WORDS[clock.step])
    if clock.step is Step.SUPPLEMENT:
        step = f"{step} {_material(item, clock.slot)} "
    return Lamp(clock, step, _left(clock))


def totals_words(seen: Mapping[LampColour, int]) -> str:
    """Say how many lamps want a person, e.g. `红 1 · 黄 2`; empty when none does."""
    counts = (
        (_("红 {n}"), seen.get(LampColour.RED, 0)),
        (_("黄 {n}"), seen.get(LampColour.YELLOW, 0)),
        (_("待核 {n}"), seen.get(LampColour.GREY, 0)),
    )
    return " · ".join(words.format(n=n) for words, n in counts if n)


def _material(item: Item | None, slot: str) -> str:
    try:
        return slot if item is None else item.material(slot).title
    except KeyError:
        return slot


def _left(clock: Clock) -> str:
    if clock.lamp is LampColour.STOPPED:
        return _stopped(clock)
    if clock.days_left is None:
        return _("需人工核定")
    if clock.days_left == 0:
        return _("今天到期") if clock.limit else _("须当场告知")
    is_workdays = clock.unit is LimitUnit.WORKDAY
    if clock.days_left < 0:
        words = _("已超 {n} 个工作日") if is_workdays else _("已超 {n} 天")
    else:
        words = _("还剩 {n} 个工作日") if is_workdays else _("还剩 {n} 天")
    return words.format(n=abs(clock.days_left))


def _stopped(clock: Clock) -> str:
    """A special procedure runs; what was left when it began is what is left after it."""
    until = clock.until
    words = [_("停至 {day}").format(day=f"{until:%m-%d}") if until else _("停止计算")]
    if clock.days_left is not None:
        unit = _("之后还剩 {n} 个工作日") if clock.unit is LimitUnit.WORKDAY else _("之后还剩 {n} 天")
        words.append(unit.format(n=clock.days_left))
    return ", ".join(words)
