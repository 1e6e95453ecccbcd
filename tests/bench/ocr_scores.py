"""What the readings of many pages come to: right, wrong and how sure, by way, kind and field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
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
BINS = 10


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


@dataclass
class Result:
    """One way over all pages."""

    fields: Tally = field(default_factory=Tally)
    identities: Tally = field(default_factory=Tally)
    pages: Tally = field(default_factory=Tally)
    empty: int = 0
    doubtful_but_right: int = 0
    wrong_and_sure_per_1000: float = 0.0
    card_cpu_s: tuple[float, float] = (0.0, 0.0)
    """Median and 95th percentile."""
    page_cpu_s: tuple[float, float] = (0.0, 0.0)
    peak_mb: float = 0.0
    unread_kinds: tuple[str, ...] = ()
    reliability: list[tuple[float, int, int]] = field(default_factory=list)
    """For each tenth of confidence: the mean confidence, fields, right ones."""
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
    wrong = sum(one.is_wrong_and_sure for page in pages for one in page.fields)
    result.wrong_and_sure_per_1000 = round(1000 * wrong / max(1, result.fields.all), 2)
    result.card_cpu_s = _spread(page.cpu_s for page in pages if page.was_read and page.kind in CARDS)
    result.page_cpu_s = _spread(page.cpu_s for page in pages if page.was_read and page.kind not in CARDS)
    result.unread_kinds = tuple(sorted({page.kind for page in pages if not page.was_read}))
    result.reliability = _reliability([one for page in pages for one in page.fields if one.value])
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


def _reliability(fields: Sequence[Field]) -> list[tuple[float, int, int]]:
    bins: Mapping[int, list[Field]] = defaultdict(list)
    for one in fields:
        bins[min(BINS - 1, int(one.confidence * BINS))].append(one)
    return [
        (
            round(sum(one.confidence for one in bins[index]) / len(bins[index]), 3),
            len(bins[index]),
            sum(one.is_right for one in bins[index]),
        )
        if bins[index]
        else (0.0, 0, 0)
        for index in range(BINS)
    ]
