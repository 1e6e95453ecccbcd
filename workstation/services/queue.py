"""The queue as a person reads it: every line says why it waits, when it tries next, what would move it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sync.contract.models import BundleKind
from sync.errors import FailureClass
from sync.port import SETTLED, Line, LineState
from workstation.domain.audit import MACHINE, Action, Deed, detail_of
from workstation.domain.case import Case, CaseState
from workstation.domain.clock import CHINA, Clock, local_date
from workstation.domain.deadlines import WorkCalendar, workdays_between
from workstation.domain.errors import UnknownYear
from workstation.i18n import N_, _
from workstation.services.catalogue import Catalogue
from workstation.services.lamps import EVERY, OPEN, Lamp, LampBoard, LampLine
from workstation.store.database import CaseSummary, Group, Store
from workstation.store.errors import StoreDamaged
from workstation.store.outbox import STUCK
from workstation.texts import words

log = logging.getLogger(__name__)

STATE_WORDS = {
    LineState.QUEUED: N_("排队待发"),
    LineState.SENDING: N_("正在发送"),
    LineState.WAITING: N_("等待网络"),
    LineState.FIX: N_("需要修改"),
    LineState.ASK: N_("需要处理"),
    LineState.QUARANTINED: N_("已隔离"),
    LineState.HELD: N_("人工暂停"),
    LineState.DELIVERED: N_("已送达"),
    LineState.REPLACED: N_("已由新版代替"),
}
MOVERS = {
    LineState.QUEUED: N_("轮到后自动发送"),
    LineState.SENDING: N_("正在等待回执"),
    LineState.WAITING: N_("网络恢复后自动发送"),
    LineState.HELD: N_("按 R 恢复发送"),
    LineState.DELIVERED: N_("后台已签收"),
    LineState.REPLACED: N_("不再发送; 这一版原样保留"),
}
PAGE = 100
"""Lines read at once."""
ASK_SOMEBODY = N_("请联系信息技术人员")
"""Where a line stopped without saying why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One line of the queue in words."""

    line: Line
    title: str
    """Number of the case or the bag."""
    item: str = ""
    """What it is about: the item's title; empty when its pack is not here."""
    applicant: str
    state: str
    why: str
    next_try: str
    mover: str
    age: str
    legal: str
    workdays_left: int | None
    lamps: tuple[Lamp, ...] = ()
    """Every clock that runs for the case, the most urgent first."""

    @property
    def sentence(self) -> str:
        """The whole line as one sentence."""
        return " · ".join(
            part for part in (self.state, self.next_try, self.age, self.legal, self.mover) if part
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """The queue as a whole."""

    waiting: int
    """Bundles not delivered yet."""
    stuck: int
    """Those of them that wait for a person."""
    delivered: int
    legal: str
    """Legal clock of the most urgent one; empty when none runs."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The line to the back office is down: no bundle is tried before it is back."""

    code: str
    since: datetime | None


@dataclass
class QueueDesk:
    """Reads and steers the outbox."""

    store: Store
    clock: Clock
    calendar: WorkCalendar
    catalogue: Catalogue | None = None
    """Gives titles and limits; where no pack can be read, lines go without title and lamp."""
    outage: Outage | None = None
    """Set by the line while nothing gets through; it explains lines that were not even tried."""

    def page(self, group: Group, start: int = 0, count: int = PAGE) -> tuple[QueueLine, ...]:
        """Return `count` lines of a group from the one at `start` on: by legal clock, then by age."""
        lines = self.store.outbox.page(group, start, count)
        known = self.store.summaries_of(line.subject for line in lines)
        return tuple(self._in_words(line, known.get(line.subject)) for line in lines)

    def every(self, group: Group) -> Iterator[QueueLine]:
        """Yield all lines of a group, however many."""
        start = 0
        while page := self.page(group, start):
            yield from page
            start += len(page)

    def words(self, line: Line) -> QueueLine:
        """Put one line into words."""
        return self._in_words(line, self.store.summaries_of([line.subject]).get(line.subject))

    def standing(self) -> QueueStanding:
        """Count the lines, and say what is the most urgent."""
        counts = self.store.outbox.counts()
        first = self.page(Group.WAITING, count=1)
        return QueueStanding(
            waiting=sum(n for state, n in counts.items() if state not in SETTLED),
            stuck=sum(counts[state] for state in STUCK),
            delivered=counts[LineState.DELIVERED],
            legal=first[0].legal if first else "",
        )

    def _in_words(self, line: Line, case: CaseSummary | None) -> QueueLine:
        now = self.clock()
        course = None if case is None else _course(case)
        by_hand = course is not None and is_counted_by_hand(course)
        left = None if by_hand else self._workdays_left(line)
        state, code = self._standing(line)
        failure = words(code) if code else None
        held_for = line.detail if state in (LineState.HELD, LineState.REPLACED) else ""
        return QueueLine(
            line=line,
            title=line.subject,
            item=self._item(line, case),
            applicant=case.applicant_name if case else "",
            state=_(STATE_WORDS[state]),
            why=failure.what if failure else held_for,
            next_try=_next_try(line),
            mover=_(MOVERS[state]) if state in MOVERS else failure.todo if failure else _(ASK_SOMEBODY),
            age=_age(line, now),
            legal=self._legal(line, left),
            workdays_left=left,
            lamps=self.board(now).of(course) if course is not None else (),
        )

    def board(self, now: datetime) -> LampBoard:
        """Return what counts the clocks of cases today."""
        return LampBoard(self.catalogue or Catalogue(()), self.calendar, local_date(now))

    def lamp_lines(self) -> tuple[LampLine, ...]:
        """Every open case with its clocks, the most urgent first, wherever its bundle is."""
        return self.board(self.clock()).lines(self.store.summaries(states=OPEN, limit=EVERY))

    def _item(self, line: Line, case: CaseSummary | None) -> str:
        if case is None:
            return _("邮袋") if line.kind == BundleKind.HANDOVER else ""
        return self.catalogue.title_of(case.item_code) if self.catalogue else ""

    def _standing(self, line: Line) -> tuple[LineState, str]:
        """Return the state and the code of the reason as a person should read them."""
        if line.state in SETTLED:
            return line.state, ""
        if self.outage is not None and line.state in (LineState.QUEUED, LineState.WAITING):
            return LineState.WAITING, line.code or self.outage.code
        return line.state, line.code

    @staticmethod
    def _legal(line: Line, left: int | None) -> str:
        if line.legal_due_at is None or line.state in SETTLED:
            return ""
        if left is None:
            return _("法定期限需人工核定")
        if left < 0:
            return _("法定期限已过 {n} 个工作日").format(n=-left)
        return _("法定还剩 {n} 个工作日").format(n=left)

    def _workdays_left(self, line: Line) -> int | None:
        if line.legal_due_at is None or line.state in SETTLED:
            return None
        try:
            return workdays_between(local_date(self.clock()), local_date(line.legal_due_at), self.calendar)
        except UnknownYear:
            return None

    def retry(self, bundle_id: str) -> None:
        """Try at once, whatever the next try was."""
        self.store.outbox.retry_now(bundle_id, self.clock())

    def hold(self, bundle_id: str, *, why: str, actor: str = MACHINE) -> None:
        """Stop sending this one on purpose."""
        self.store.outbox.hold(bundle_id, why, self.clock())
        self._steered(bundle_id, "hold", actor, why)

    def put_back(self, bundle_id: str, *, why: str, actor: str = MACHINE) -> None:
        """Queue a quarantined one again, once its manifest and every page can be read.

        Raises:
            UnreadableBundle: they cannot.
        """
        for page in self.store.outbox.load(bundle_id).manifest.pages:
            self.store.outbox.blob(page.sha256)
        now = self.clock()
        self.store.outbox.note(bundle_id, f"put back: {why}", now)
        self.store.outbox.retry_now(bundle_id, now)
        self._steered(bundle_id, "put-back", actor, why)

    def release(self, bundle_id: str, *, actor: str = MACHINE) -> None:
        """Let a held one go again."""
        self.store.outbox.release(bundle_id, self.clock())
        self._steered(bundle_id, "release", actor)

    def _steered(self, bundle_id: str, way: str, actor: str, why: str = "") -> None:
        deed = Deed(action=Action.RELEASED, reason=why, detail=detail_of(bundle=bundle_id, way=way))
        self.store.note(deed, actor=actor, at=self.clock())

    def waiting_count(self) -> int:
        """Number of bundles not delivered yet."""
        return self.standing().waiting


def _course(case: CaseSummary) -> Case | None:
    """Return what the clocks of a case need; one that cannot be read hides no line."""
    try:
        return case.course
    except StoreDamaged as error:
        log.error("no lamp case=%s code=%s", case.number, error.code)
        return None


def is_counted_by_hand(case: Case) -> bool:
    """True for a received case whose last day the calendar did not know: it has an order, but no due day."""
    return case.state is CaseState.RECEIVED and case.last_move is not None and case.last_move.due is None


def is_stuck(line: Line) -> bool:
    """True when a person must act."""
    return line.failure in (FailureClass.FIX, FailureClass.ASK, FailureClass.QUARANTINE)


def _next_try(line: Line) -> str:
    if line.next_try_at is None or line.state is not LineState.WAITING:
        return ""
    clock = line.next_try_at.astimezone(CHINA)
    return _("第 {n} 次 {time} 再试").format(n=line.attempts + 1, time=f"{clock:%H:%M:%S}")


def _age(line: Line, now: datetime) -> str:
    if line.delivered_at is not None:
        return _("{time} 送达").format(time=f"{line.delivered_at.astimezone(CHINA):%H:%M}")
    minutes = max(0, int((now - line.sealed_at).total_seconds() // 60))
    if minutes < 60:
        return _("已封装 {n} 分钟").format(n=minutes)
    if minutes < 24 * 60:
        return _("已封装 {n} 小时").format(n=minutes // 60)
    return _("已封装 {n} 天").format(n=minutes // (24 * 60))
