"""What today's cases took and saved, each case reckoned once for as long as its log stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from workstation.domain.handling import handling
from workstation.store.database import CaseSummary, Store

_KEPT = 500
"""Cases remembered: more than a window takes in on a day."""


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """One received case."""

    worked_s: float | None
    """Seconds of work from call to receipt; None when its log does not say."""
    reused: int
    scanned: int
    """Slots filled by reuse and by scanning."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Several of them."""

    median_s: float | None
    """Median seconds of work on a case; None without any."""
    reused: int
    scanned: int


@dataclass
class DayFigures:
    """Reads the logs of cases, once each."""

    store: Store
    _known: dict[tuple[str, int], CaseFigures] = field(default_factory=dict)

    def of(self, received: Iterable[CaseSummary]) -> Figures:
        """Return the figures of these cases."""
        found = [self._case(summary) for summary in received]
        worked = [one.worked_s for one in found if one.worked_s is not None]
        return Figures(
            median_s=median(worked) if worked else None,
            reused=sum(one.reused for one in found),
            scanned=sum(one.scanned for one in found),
        )

    def _case(self, summary: CaseSummary) -> CaseFigures:
        key = summary.case_id, summary.tick
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = self._reckoned(summary.case_id)
        return self._known[key]

    def _reckoned(self, case_id: str) -> CaseFigures:
        spent = handling(self.store.log(case_id))
        slots = self.store.case(case_id).slots.values()
        return CaseFigures(
            worked_s=spent.worked_s if spent else None,
            reused=sum(slot.reuse is not None for slot in slots),
            scanned=sum(bool(slot.pages) for slot in slots),
        )
