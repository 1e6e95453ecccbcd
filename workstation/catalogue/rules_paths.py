"""Rules proved by walking every situation of an item: nothing contradicts, nothing is without consequence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from workstation.catalogue.findings import Finding
from workstation.catalogue.schema import Conditions
from workstation.catalogue.schema_form import when_of
from workstation.catalogue.schema_item import ItemEntry
from workstation.catalogue.situations import situations
from workstation.catalogue.source import Document, Path
from workstation.catalogue.words import named, pages_words
from workstation.domain.items import Item, Material
from workstation.domain.kinds import KnownFrom
from workstation.domain.situations import Answers, Question

Answered = tuple[tuple[str, str], ...]
Result = tuple[tuple[str, ...], tuple[str, ...], bool]
"""Ids of materials and fields, and whether a second street verifies."""


@dataclass(frozen=True)
class Walk:
    """Every situation of an item with what it leads to."""

    item: Item
    limit: int

    @cached_property
    def situations(self) -> list[dict[str, str]]:
        """All complete sets of answers; one more than `limit` when there are too many to prove."""
        return list(islice(situations(self.item), self.limit + 1))

    @cached_property
    def results(self) -> list[tuple[Answered, Result]]:
        """Each situation with its result."""
        return [(tuple(answers.items()), _result(self.item, answers)) for answers in self.situations]

    def materials(self, answers: Answers) -> list[Material]:
        """Return the materials of a situation."""
        return [material for material in self.item.materials if material.when.holds(answers)]


def words(answers: Answers) -> str:
    """Return a situation as `case=lost, who=self`."""
    return ", ".join(f"{question}={option}" for question, option in answers.items()) or "-"


def _result(item: Item, answers: Answers) -> Result:
    return (
        tuple(material.id for material in item.materials if material.when.holds(answers)),
        tuple(field.id for field in item.fields if field.when.holds(answers)),
        item.second_street is not None and item.second_street.holds(answers),
    )


def empty(walk: Walk, document: Document) -> Iterator[Finding]:
    """Every situation ends in a checklist."""
    for answers in walk.situations:
        if not walk.materials(answers):
            yield document.finding(("materials",), "C148", situation=words(answers))


def twice(walk: Walk, document: Document) -> Iterator[Finding]:
    """No situation asks for a document twice (国务院关于在线政务服务的若干规定 art. 7: once is enough)."""
    places = {material.id: place for place, material in enumerate(walk.item.materials)}
    found: dict[str, str] = {}
    for answers in walk.situations:
        materials = walk.materials(answers)
        counts = Counter(material.standard_id for material in materials)
        for material in materials:
            if counts[material.standard_id] > 1:
                found.setdefault(material.id, words(answers))
    for name, situation in found.items():
        title = walk.item.material(name).title
        yield document.finding(("materials", places[name]), "C149", material=title, situation=situation)


def contradictions(walk: Walk, document: Document) -> Iterator[Finding]:
    """No situation asks for the same document in two ways, e.g. shown and handed in."""
    places = {material.id: place for place, material in enumerate(walk.item.materials)}
    found: dict[str, tuple[str, str]] = {}
    for answers in walk.situations:
        ways: dict[str, list[Material]] = defaultdict(list)
        for material in walk.materials(answers):
            ways[material.standard_id].append(material)
        for same in ways.values():
            told = {_way(material) for material in same}
            if len(told) > 1:
                found.setdefault(same[-1].id, (" / ".join(sorted(told)), words(answers)))
    for name, (told_ways, situation) in found.items():
        path: Path = ("materials", places[name])
        title = walk.item.material(name).title
        yield document.finding(path, "C175", material=title, ways=told_ways, situation=situation)


def _way(material: Material) -> str:
    return f"{named(material.original)} {named(material.need)} {pages_words(material)}"


def titles(walk: Walk, document: Document) -> Iterator[Finding]:
    """No situation shows two lines of the same words that are different documents."""
    found: set[int] = set()
    for answers in walk.situations:
        seen: set[str] = set()
        for place, material in enumerate(walk.item.materials):
            if material.when.holds(answers):
                if material.title in seen:
                    found.add(place)
                seen.add(material.title)
    for place in sorted(found):
        yield document.finding(("materials", place), "C197", title=walk.item.materials[place].title)


def field_titles(walk: Walk, document: Document) -> Iterator[Finding]:
    """No situation shows two fields of the same words in one section."""
    found: set[int] = set()
    for answers in walk.situations:
        seen: set[tuple[str, str]] = set()
        for place, field in enumerate(walk.item.fields):
            if field.when.holds(answers):
                if (field.section, field.title) in seen:
                    found.add(place)
                seen.add((field.section, field.title))
    for place in sorted(found):
        yield document.finding(("fields", place), "C199", title=walk.item.fields[place].title)


def never(walk: Walk, document: Document) -> Iterator[Finding]:
    """Every question, material and field comes up in some situation."""
    asked = {name for answers in walk.situations for name in answers}
    materials = {name for _answers, result in walk.results for name in result[0]}
    fields = {name for _answers, result in walk.results for name in result[1]}
    for n, question in enumerate(walk.item.questions):
        if question.id not in asked:
            yield document.finding(("questions", n), "C145", question=question.title)
    for n, material in enumerate(walk.item.materials):
        if material.id not in materials:
            yield document.finding(("materials", n), "C146", what=material.title)
    for n, field in enumerate(walk.item.fields):
        if field.id not in fields:
            yield document.finding(("fields", n), "C146", what=field.title)


def dead_groups(walk: Walk, entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Every alternative of a condition holds in some situation."""
    for path, when in _conditions(entry):
        if not isinstance(when, list) or len(when) < 2:
            continue
        for number, group in enumerate(when):
            condition = when_of(group)
            if not any(condition.holds(answers) for answers in walk.situations):
                yield document.finding((*path, "when", number), "C180", number=number + 1)


def _conditions(entry: ItemEntry) -> Iterator[tuple[Path, Conditions]]:
    yield from ((("questions", n), one.when) for n, one in enumerate(entry.questions))
    yield from ((("materials", n), one.when) for n, one in enumerate(entry.materials))
    yield from ((("fields", n), one.when) for n, one in enumerate(entry.fields))


def without_consequence(walk: Walk, document: Document) -> Iterator[Finding]:
    """Some answer to each question leads elsewhere than its siblings: else nobody need ask it."""
    for place, question in enumerate(walk.item.questions):
        if len(question.options) > 1 and _is_idle(walk, question):
            yield document.finding(("questions", place), "C179", question=question.title)


def _is_idle(walk: Walk, question: Question) -> bool:
    """True when, whatever was answered before, all options go on in the same way to the same results."""
    ways: dict[Answered, dict[str, set[tuple[Answered, Result]]]] = {}
    for answers, result in walk.results:
        place = next((n for n, (name, _option) in enumerate(answers) if name == question.id), None)
        if place is not None:
            by_option = ways.setdefault(answers[:place], defaultdict(set))
            by_option[answers[place][1]].add((answers[place + 1 :], result))
    return bool(ways) and all(_are_equal(by_option) for by_option in ways.values())


def _are_equal(by_option: Mapping[str, set[tuple[Answered, Result]]]) -> bool:
    first, *others = by_option.values()
    return all(other == first for other in others)


WALKED = (empty, twice, contradictions, titles, field_titles, never, without_consequence)


def known_answers(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """What facts answer is an option of the question, and each of them can come up."""
    for place, question in enumerate(entry.questions):
        if question.known is None:
            continue
        options = {option.id for option in question.options}
        seen: set[str] = set()
        is_rest_taken = False
        for number, known in enumerate(question.known.options):
            path: Path = ("questions", place, "known", "options", number)
            if known.option not in options:
                listed = ", ".join(sorted(options))
                yield document.finding(
                    path, "C176", option=known.option, question=question.title, known=listed
                )
            is_repeated = known.option in seen and question.known.source is KnownFrom.AGE
            if is_rest_taken or is_repeated or known.years[0] > known.years[1]:
                yield document.finding(path, "C177", option=known.option, question=question.title)
            seen.add(known.option)
            is_rest_taken = is_rest_taken or (question.known.source is not KnownFrom.AGE and not known.words)


def age_bands(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Bands of age do not overlap, and leave no year out between the first and the last."""
    for place, question in enumerate(entry.questions):
        if question.known is None or question.known.source is not KnownFrom.AGE:
            continue
        numbered = sorted(enumerate(question.known.options), key=lambda one: one[1].years)
        for (_before, low), (number, high) in zip(numbered, numbered[1:], strict=False):
            path: Path = ("questions", place, "known", "options", number)
            if high.years[0] <= low.years[1]:
                yield document.finding(path, "C177", option=high.option, question=question.title)
            elif high.years[0] > low.years[1] + 1:
                gap = f"{low.years[1] + 1}-{high.years[0] - 1}"
                yield document.finding(path, "C178", years=gap, question=question.title)


RULES = (known_answers, age_bands)
