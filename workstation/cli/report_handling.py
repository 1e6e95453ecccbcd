"""The second half of `workstation report day`: handling time, waits, and what was filled in by itself."""

from __future__ import annotations

from typing import Any

from workstation.i18n import _
from workstation.services.handling import STAGE_WORDS, DayReport, clock_words


def plain_handling(report: DayReport) -> dict[str, Any]:
    """Return the figures for machines, times in seconds; the keys are stable."""
    saved = report.savings
    return {
        "handled": report.handled,
        "median_s": report.median_s,
        "median_s_by_step": {stage.value: seconds for stage, seconds in report.stages.items()},
        "idle_s": report.idle_s,
        "numbers_called": report.waits,
        "mean_wait_s": report.mean_wait_s,
        "longest_wait_s": report.longest_wait_s,
        "fields_prefilled": saved.prefilled,
        "fields_typed": saved.typed,
        "sheets_reused": saved.reused_sheets,
        "sheets_scanned": saved.scanned_sheets,
    }


def handling_in_words(report: DayReport) -> str:
    """Return the figures for people; what was not measured is left out."""
    saved = report.savings
    lines = [_("表单值 自动填写 {n} · 手工录入 {m}").format(n=saved.prefilled, m=saved.typed)]
    lines.append(_("材料 复用 {n} 张 · 扫描 {m} 张").format(n=saved.reused_sheets, m=saved.scanned_sheets))
    if report.mean_wait_s is not None and report.longest_wait_s is not None:
        words = _("等候 {n} 人 · 平均 {mean} · 最长 {most}")
        times = clock_words(report.mean_wait_s), clock_words(report.longest_wait_s)
        lines.insert(0, words.format(n=report.waits, mean=times[0], most=times[1]))
    if report.median_s is not None:
        lines.insert(0, _times(report))
    return "\n".join(lines)


def _times(report: DayReport) -> str:
    steps = " · ".join(f"{_(STAGE_WORDS[stage])} {clock_words(s)}" for stage, s in report.stages.items())
    words = _("每件用时 (中位) {time} · {n} 件").format(
        time=clock_words(report.median_s or 0), n=report.handled
    )
    parts = [words, steps]
    if report.idle_s:
        parts.append(_("挂起共 {time}").format(time=clock_words(report.idle_s)))
    return " · ".join(part for part in parts if part)
