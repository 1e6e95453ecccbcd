"""What the readings of many pages come to: right, wrong and how sure, by way, kind and field."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean, median
from unicodedata import normalize

SHOWN_AS_SURE = 0.9
"""A valid field at least this sure is not shown to the clerk as doubtful."""
IDENTITIES = {
    "id_number", "uscc", "husband_id_number", "wife_id_number", "mother_id_number", "father_id_number",
}  # fmt: skip
CARDS = {
    "id-card-front", "id-card-back", "social-security-card", "residence-permit-front",
    "residence-permit-back",
}  # fmt: skip
"""Papers of the size of a card; the rest counts as large pages."""
EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
"""Where the rows of the reliability table begin; the last one ends at 1."""
_DOUBT = 0.05
"""Chance that the true rate lies above a bound."""


def same(value: str, wanted: str) -> bool:
    """Compare; full and half width are the same in print."""
    return normalize("NFKC", value) == normalize("NFKC", wanted)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one page as it was read."""

    kind: str
    name: str
    wanted: str
    value: str
    confidence: float
    valid: bool
    evidence: float = 0.0
    """What the confidence was told from, where the way says so."""
    checks: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """True for exactly the wanted value."""
        return same(self.value, self.wanted)

    @property
    def is_wrong_and_sure(self) -> bool:
        """True for a wrong value that nobody would look at again."""
        return bool(self.value) and not self.is_right and self.valid and self.confidence >= SHOWN_AS_SURE

    @property
    def is_identity(self) -> bool:
        """True for identity numbers, those on a disability certificate and credit codes."""
        return self.name in IDENTITIES or (self.kind, self.name) == (
            "disability-certificate",
            "certificate_number",
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page as one way read it."""

    kind: str
    way_it_came: str
    seed: int
    fields: tuple[Field, ...]
    cpu_s: float
    was_read: bool
    """False: this way has no reader for the kind."""
    drawn_by: str = "ours"
    """Which generator drew it."""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Tell it from all other pages."""
        return self.drawn_by, self.kind, self.way_it_came, self.seed


@dataclass
class Tally:
    """How many of how many were right."""

    right: int = 0
    all: int = 0

    def add(self, is_right: bool) -> None:
        """Count one."""
        self.right += is_right
        self.all += 1

    @property
    def percent(self) -> float:
        """Return the share that is right in percent, 0 when there is nothing."""
        return 100 * self.right / self.all if self.all else 0.0


@dataclass(frozen=True, slots=True)
class Reliability:
    """Fields said to be about this sure."""

    least: float
    count: int
    right: int
    said: float
    """Their mean confidence, 0 when there are none."""

    @property
    def share(self) -> float:
        """Return the share that is right, 0 when there are none."""
        return self.right / self.count if self.count else 0.0


@dataclass
class Result:
    """One way over all pages."""

    fields: Tally = field(default_factory=Tally)
    identities: Tally = field(default_factory=Tally)
    pages: Tally = field(default_factory=Tally)
    empty: int = 0
    doubtful_but_right: int = 0
    wrong_and_sure: int = 0
    wrong_and_sure_per_1000: float = 0.0
    wrong_and_sure_bound: float = 0.0
    """Per 1000: with 95 % certainty the true rate is not above it (rule of three where none was wrong)."""
    card_cpu_s: tuple[float, float] = (0.0, 0.0)
    """Median and 95th percentile."""
    page_cpu_s: tuple[float, float] = (0.0, 0.0)
    peak_mb: float = 0.0
    unread_kinds: tuple[str, ...] = ()
    reliability: list[Reliability] = field(default_factory=list)
    calibration_error: float = 0.0
    """Expected calibration error: mean distance of said and right over the rows, by their counts."""
    by_kind: dict[str, Tally] = field(default_factory=dict)
    by_field: dict[str, Tally] = field(default_factory=dict)
    by_way: dict[str, Tally] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return everything for machines."""
        return asdict(self)


def result_of(pages: Sequence[Page], peak_mb: float) -> Result:
    """Add up the pages of one way."""
    result = Result(peak_mb=round(peak_mb, 1))
    for page in pages:
        result.pages.add(all(one.is_right for one in page.fields))
        for one in page.fields:
            _count(result, page, one)
    result.wrong_and_sure = sum(one.is_wrong_and_sure for page in pages for one in page.fields)
    thousands = max(1, result.fields.all) / 1000
    result.wrong_and_sure_per_1000 = round(result.wrong_and_sure / thousands, 2)
    result.wrong_and_sure_bound = round(most_expected(result.wrong_and_sure) / thousands, 2)
    result.card_cpu_s = _spread(page.cpu_s for page in pages if page.was_read and page.kind in CARDS)
    result.page_cpu_s = _spread(page.cpu_s for page in pages if page.was_read and page.kind not in CARDS)
    result.unread_kinds = tuple(sorted({page.kind for page in pages if not page.was_read}))
    result.reliability = reliability_of([one for page in pages for one in page.fields if one.value])
    result.calibration_error = calibration_error(result.reliability)
    return result


def _count(result: Result, page: Page, one: Field) -> None:
    result.fields.add(one.is_right)
    if one.is_identity:
        result.identities.add(one.is_right)
    result.empty += not one.value
    result.doubtful_but_right += one.is_right and not (one.valid and one.confidence >= SHOWN_AS_SURE)
    for table, key in (
        (result.by_kind, page.kind),
        (result.by_field, f"{page.kind}.{one.name}"),
        (result.by_way, page.way_it_came),
    ):
        table.setdefault(key, Tally()).add(one.is_right)


def _spread(seconds: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    if not ordered:
        return (0.0, 0.0)
    return round(median(ordered), 3), round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3)


def reliability_of(fields: Sequence[Field]) -> list[Reliability]:
    """Return how often fields are right that are said to be so sure, row by row of `EDGES`."""
    rows: Mapping[float, list[Field]] = defaultdict(list)
    for one in fields:
        rows[EDGES[bisect_right(EDGES, one.confidence) - 1]].append(one)
    return [
        Reliability(
            least,
            len(rows[least]),
            sum(one.is_right for one in rows[least]),
            round(fmean(one.confidence for one in rows[least]), 3) if rows[least] else 0.0,
        )
        for least in EDGES
    ]


def calibration_error(rows: Sequence[Reliability]) -> float:
    """Return the expected calibration error of a table."""
    fields = sum(row.count for row in rows)
    return round(sum(row.count * abs(row.said - row.share) for row in rows) / max(1, fields), 4)


def most_expected(seen: int) -> float:
    """Return how many are to be expected at most where `seen` were counted (Poisson, 95 %): 3.0 for none."""
    low, high = float(seen), seen + 4 * math.sqrt(seen + 1) + 4
    while high - low > 1e-6:
        middle = (low + high) / 2
        chance = sum(math.exp(-middle + k * math.log(middle) - math.lgamma(k + 1)) for k in range(seen + 1))
        low, high = (middle, high) if chance > _DOUBT else (low, middle)
    return high
