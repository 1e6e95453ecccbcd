"""What reading is to reach, and whether a run reached it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.ocr_scores import Page, Result

OURS, BASE, PEER = "ours+extra", "ours", "rapidocr"
_ENOUGH_MB = 400.0


@dataclass(frozen=True, slots=True)
class Target:
    """One figure and what it is to be."""

    name: str
    wanted: str
    got: float | None
    """None: the ways it needs were not run."""
    is_met: bool
    remark: str = ""

    @property
    def verdict(self) -> str:
        """Return what is printed of it."""
        if self.got is None:
            return "not run"
        return "met" if self.is_met else "MISSED"


def targets_of(results: Mapping[str, Result], pages: Mapping[str, Sequence[Page]]) -> list[Target]:
    """Return every target, judged on these results."""
    ours, base = results.get(OURS), results.get(BASE)
    ratio, shared = ratio_of(pages.get(OURS, ()), pages.get(PEER, ()))
    return [
        _least("fields right, %", 99.0, ours, lambda one: one.fields.percent),
        _least("identity numbers right, %", 99.8, ours, lambda one: one.identities.percent),
        _sure(ours),
        _most("CPU s a card, median", 0.3, ours, lambda one: one.card_cpu_s[0]),
        _most("CPU s a page, median", 1.0, ours, lambda one: one.page_cpu_s[0]),
        Target("times RapidOCR's CPU", ">= 4", ratio, (ratio or 0) >= 4, f"on the {shared} pages both read"),
        _most("peak memory, MB", _ENOUGH_MB, ours, lambda one: one.peak_mb),
        _least("fields right without the extra, %", 92.0, base, lambda one: one.fields.percent),
    ]


def ratio_of(ours: Sequence[Page], peers: Sequence[Page]) -> tuple[float | None, int]:
    """Return how many times our CPU seconds a peer takes for the pages both read, and their number."""
    own = {page.key: page.cpu_s for page in ours if page.was_read}
    both = [(own[page.key], page.cpu_s) for page in peers if page.key in own and page.was_read]
    spent = sum(mine for mine, _ in both)
    return (round(sum(theirs for _, theirs in both) / spent, 2), len(both)) if spent else (None, 0)


def _sure(ours: Result | None) -> Target:
    if ours is None:
        return Target("wrong and sure, per 1000 fields", "<= 1", None, is_met=False)
    bound = f"95 % certain: below {ours.wrong_and_sure_bound:.2f}"
    seen = f"{ours.wrong_and_sure} of {ours.fields.all}"
    rate = ours.wrong_and_sure_per_1000
    return Target("wrong and sure, per 1000 fields", "<= 1", rate, rate <= 1, f"{seen}; {bound}")


def _least(name: str, wanted: float, result: Result | None, figure: Callable[[Result], float]) -> Target:
    got = round(figure(result), 2) if result and result.fields.all else None
    return Target(name, f">= {wanted:g}", got, got is not None and got >= wanted)


def _most(name: str, wanted: float, result: Result | None, figure: Callable[[Result], float]) -> Target:
    got = round(figure(result), 3) if result and result.fields.all else None
    # A figure of nothing (no card among the kinds) was not measured.
    return Target(name, f"<= {wanted:g}", got or None, bool(got) and (got or 0) <= wanted)
