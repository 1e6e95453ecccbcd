"""How often the reading of each field was taken as it was, and how often a person put it right.

Only counts leave a case: no value, no name, no number. What a clerk confirms without a look counts as right,
so the counts say where reading is weak, not how good it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from workstation.domain.entries import ApplicantSet, Entry, FieldSet
from workstation.domain.facts import Applicant, FieldValue, Origin

CONFIDENT = 0.9
"""Confidence from which a valid reading is not pointed out as doubtful."""
_CARD, _CARD_BACK = "id-card-front", "id-card-back"
_MOST_MISREAD = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the readings of one field."""

    read: int = 0
    """Pages of the kind that were read, whatever came out for the field."""
    empty: int = 0
    """Nothing could be read."""
    doubtful: int = 0
    """Something was read and pointed out as doubtful."""
    settled: int = 0
    """A person vouched for a value."""
    corrected: int = 0
    """Of these, the person's value is another than was read; one typed where nothing was read counts too."""
    corrected_confident: int = 0
    """Of these, what was read was valid and of high confidence: nobody was led to look."""

    def __add__(self, other: Tally) -> Tally:
        """Add up every count."""
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))


Tallies = Mapping[str, Tally]
"""By `kind.field`, e.g. `id-card-front.name`."""


@dataclass(slots=True)
class _Course:
    """The readings of one case, and what a person made of them, entry by entry."""

    readings: dict[str, FieldValue] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """Reading that a form's field was proposed from."""
    verdicts: dict[str, str] = field(default_factory=dict)
    """What a person says instead of, or with, each reading."""
    tallies: dict[str, Tally] = field(default_factory=dict)

    def take(self, set_to: FieldSet) -> None:
        """Follow one value."""
        value = set_to.value
        if value.confirmed_by is not None or value.origin in (Origin.TYPED, Origin.CARD):
            source = set_to.field if set_to.field in self.readings else self.sources.get(set_to.field)
            # What is carried over from the confirmed applicant was counted when that was confirmed.
            if source is not None and value.origin is not Origin.CARD:
                self.verdicts[source] = value.value
        elif value.origin is Origin.OCR and "." in set_to.field:
            self._add_reading(set_to.field, value)
        elif value.origin is Origin.OCR:
            self._propose(set_to.field, value)

    def name(self, applicant: Applicant) -> None:
        """Follow the confirmation of the applicant, unless the card that was read is somebody else's."""
        said = {
            f"{_CARD}.name": applicant.name,
            f"{_CARD}.id_number": applicant.id_number,
            f"{_CARD}.sex": applicant.sex,
            f"{_CARD}.birth_date": str(applicant.birth_date or ""),
            f"{_CARD}.ethnicity": applicant.ethnicity,
            f"{_CARD}.address": applicant.address,
            f"{_CARD_BACK}.valid_until": applicant.id_valid_until,
        }
        identifying = (f"{_CARD}.name", f"{_CARD}.id_number")
        if any(self._is_near(name, said[name]) for name in identifying):
            self.verdicts |= {name: text for name, text in said.items() if name in self.readings and text}

    def close(self) -> Tallies:
        """Count what is still open and return all."""
        for name in list(self.readings):
            self._count(name)
        return self.tallies

    def _add_reading(self, name: str, value: FieldValue) -> None:
        """A page read again, or another page of the kind: the reading before it is counted as it stands."""
        if name in self.readings:
            self._count(name)
        self.readings[name] = value

    def _propose(self, form_field: str, value: FieldValue) -> None:
        source = next((name for name, read in reversed(self.readings.items()) if read == value), None)
        if source is not None:
            self.sources[form_field] = source

    def _is_near(self, name: str, said: str) -> bool:
        read = self.readings.get(name)
        if read is None or not said or len(read.value) != len(said):
            return False
        return sum(was != now for was, now in zip(read.value, said, strict=True)) <= _MOST_MISREAD

    def _count(self, name: str) -> None:
        read, verdict = self.readings.pop(name), self.verdicts.pop(name, None)
        is_sure = read.valid and read.confidence >= CONFIDENT
        is_wrong = verdict is not None and verdict != read.value
        one = Tally(
            read=1,
            empty=int(not read.value),
            doubtful=int(bool(read.value) and not is_sure),
            settled=int(verdict is not None),
            corrected=int(is_wrong),
            corrected_confident=int(is_wrong and bool(read.value) and is_sure),
        )
        self.tallies[name] = self.tallies.get(name, Tally()) + one


def tally(log: Sequence[Entry]) -> Tallies:
    """Return what became of every reading of one case."""
    course = _Course()
    for entry in log:
        match entry.payload:
            case FieldSet() as set_to:
                course.take(set_to)
            case ApplicantSet(applicant=applicant):
                course.name(applicant)
            case _:
                pass
    return course.close()


def summed(tallies: Iterable[Tallies]) -> dict[str, Tally]:
    """Add up several cases, ordered by kind and field."""
    total: dict[str, Tally] = {}
    for one in tallies:
        for name, counts in one.items():
            total[name] = total.get(name, Tally()) + counts
    return dict(sorted(total.items()))
