"""Handling time in words for the clerk at the end of a case, and in figures for the day's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median

from workstation.domain.clock import local_date
from workstation.domain.handling import Handling, Savings, Stage, handling, savings
from workstation.i18n import N_, _
from workstation.services.balance import EVERY_CASE
from workstation.services.tickets import waits_s
from workstation.store.database import Store

STAGE_WORDS = {
    Stage.GREETING: N_("叫号到开件"),
    Stage.SITUATION: N_("情形"),
    Stage.APPLICANT: N_("申请人"),
    Stage.MATERIALS: N_("材料"),
    Stage.FORM: N_("表单"),
    Stage.DECISION: N_("收件"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """One day of a window in figures."""

    day: date
    handled: int
    """Cases received for the first time whose log says how long they took."""
    median_s: float | None
    """Median seconds of work on a case, from call (or opening) to receipt."""
    stages: Mapping[Stage, float]
    """Median seconds of each stage over the cases that had it."""
    idle_s: float
    """Seconds put aside, over all cases."""
    waits: int
    """Numbers that were called."""
    mean_wait_s: float | None
    longest_wait_s: float | None
    savings: Savings


def day_report(store: Store, day: date) -> DayReport:
    """Measure the cases received first on a day, and the numbers called on it."""
    received = [
        summary.case_id
        for summary in store.summaries(limit=EVERY_CASE)
        if summary.received_at is not None and local_date(summary.received_at) == day
    ]
    spent = [found for case_id in received if (found := handling(store.log(case_id))) is not None]
    waits = waits_s(store, day)
    return DayReport(
        day=day,
        handled=len(spent),
        median_s=median(one.worked_s for one in spent) if spent else None,
        stages=_medians(spent),
        idle_s=sum(one.idle_s for one in spent),
        waits=len(waits),
        mean_wait_s=mean(waits) if waits else None,
        longest_wait_s=max(waits, default=None),
        savings=savings(store.case(case_id) for case_id in received),
    )


def spent_words(spent: Handling | None) -> str:
    """Say how long a case took, e.g. `02:41 · 材料 01:10 · 表单 00:40`; empty when the log does not say."""
    if spent is None:
        return ""
    parts = [
        clock_words(spent.worked_s),
        *(f"{_(STAGE_WORDS[stage])} {clock_words(s)}" for stage, s in spent.stages.items()),
    ]
    if spent.idle_s:
        parts.append(_("另挂起 {time}").format(time=clock_words(spent.idle_s)))
    return " · ".join(parts)


def clock_words(seconds: float) -> str:
    """Return minutes and seconds, e.g. `02:41`; an hour and more as `1:02:41`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _medians(spent: Sequence[Handling]) -> dict[Stage, float]:
    return {
        stage: median(one.stages[stage] for one in spent if stage in one.stages)
        for stage in Stage
        if any(stage in one.stages for one in spent)
    }
