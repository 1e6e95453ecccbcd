"""The clock of a case in words; working days as the State Council's calendar has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sync.gateway.desk.words import N_, Translate, visible
from sync.gateway.due import CHINA, MOST_DAYS, today_of, workdays
from sync.gateway.matters import OVER, Matter, MatterState

SOON = 2
"""Working days left from which on a clock is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a list or a page says of a case's clock."""

    day: str
    left: str
    about: str
    tone: str
    """`calm`, `soon` or `late`."""


ABOUT = {
    MatterState.RECEIVED: N_("须在此日前一次告知补正, 逾期不告知即视为受理 (行政许可法第三十二条)"),
    MatterState.CORRECTION: N_("等申请人补正"),
    MatterState.ACCEPTED: N_("应在此日前作出决定"),
    MatterState.IN_REVIEW: N_("应在此日前作出决定"),
}


def clock_of(matter: Matter, now: datetime, say: Translate) -> Clock:
    """Return the clock of a case."""
    if matter.state in OVER or matter.state is MatterState.DECIDED:
        return Clock(day="", left="", about="", tone="calm")
    if matter.stopped:
        about = say("特别程序「{name}」进行中, 期限暂停").format(name=visible(matter.stopped))
        return Clock(day="", left=say("暂停"), about=about, tone="calm")
    if matter.due_on is None:
        return Clock(
            day="", left=say("未报期限"), about=say("窗口没有报来期限, 请按事项规定掌握"), tone="calm"
        )
    left = days_left(today_of(now), matter.due_on)
    return Clock(
        day=matter.due_on.isoformat(),
        left=_left_words(left, matter.due_on, today_of(now), say),
        about=say(ABOUT.get(matter.state, "")) if matter.state in ABOUT else "",
        tone=_tone(left, matter.due_on < today_of(now)),
    )


def days_left(today: date, due: date) -> int | None:
    """Return the working days after today up to the last day; None where the calendar ends."""
    if due < today or (due - today).days > MOST_DAYS:
        return None
    return workdays(today, due)


def _left_words(left: int | None, due: date, today: date, say: Translate) -> str:
    if due < today:
        return say("已过 {count} 天").format(count=(today - due).days)
    if due == today:
        return say("今天截止")
    if left is None:
        return say("还有 {count} 天").format(count=(due - today).days)
    return say("还剩 {count} 个工作日").format(count=left)


def _tone(left: int | None, is_past: bool) -> str:
    if is_past:
        return "late"
    return "soon" if left is not None and left <= SOON else "calm"


def time_words(at: datetime) -> str:
    """Return an instant by the clock of China."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
