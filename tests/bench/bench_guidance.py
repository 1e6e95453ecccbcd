"""What it costs to say which questions are left and what another answer would do, against the plain walk.

The plain walk tries every completion of the answers, as the definition says; where a generated item has more
than it can try, no ratio is given. Nothing is kept between rounds: each guides a fresh item.

    python tests/bench/bench_guidance.py [--rounds 5] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from statistics import median

from tests.catalogue.packs import many_items
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.guidance import guide, what_if
from workstation.domain.items import Item, Material
from workstation.domain.situations import Clause, Option, Question, When

BUDGET_MS = 5.0
"""For the first look at an item; a screen asks a handful of times for each key."""
MOST_WALKED = 20_000
"""Completions the plain walk is still tried on."""


@dataclass(frozen=True)
class Figure:
    """One item."""

    item: str
    questions: int
    completions: int
    guide_ms: float
    what_if_ms: float
    """All options of all questions of the item, one after the other."""
    plain_ms: float | None
    ratio: float | None


def run(rounds: int) -> list[Figure]:
    """Return the figures: every item of the bundled pack with questions, then generated ones."""
    bundled = [item for item in load_pack(bundled_pack()).items if item.questions]
    worst = sorted(bundled, key=lambda item: prod(len(q.options) for q in item.questions))[-5:]
    return [_figure(item, rounds) for item in (*worst, *(large(n) for n in (6, 10, 16)))]


def large(questions: int) -> Item:
    """Return an item of many chained questions and materials that hang on several of them."""
    options = tuple(Option(f"o{n}", f"选项{n}") for n in range(4))
    base = many_items(1)[0]
    return replace(
        base,
        title=f"generated, {questions} questions",
        questions=tuple(
            Question(f"q{n}", f"问题{n}", options, _when((n - 1, n)) if n % 3 == 2 else When())
            for n in range(questions)
        ),
        materials=tuple(_material(base.materials[0], n, questions) for n in range(60)),
        fields=(),
    )


def _material(pattern: Material, number: int, questions: int) -> Material:
    first, second = number % questions, (number * 7 + 3) % questions
    return replace(pattern, id=f"m{number}", when=_when((first, number), (second, number + 1)))


def _when(*clauses: tuple[int, int]) -> When:
    return When(
        tuple((Clause(f"q{position}", frozenset({f"o{number % 4}", "o3"})),) for position, number in clauses)
    )


def _figure(item: Item, rounds: int) -> Figure:
    fresh = [replace(item) for _ in range(rounds)]
    guided = median(_timed(guide, one, {}) for one in fresh)
    tried = median(_timed(_try_all, one) for one in fresh)
    count = prod(len(question.options) for question in item.questions)
    plain = _timed(_plain, item) if count <= MOST_WALKED else None
    return Figure(
        item=item.title,
        questions=len(item.questions),
        completions=count,
        guide_ms=round(guided, 3),
        what_if_ms=round(tried, 3),
        plain_ms=None if plain is None else round(plain, 3),
        ratio=None if plain is None else round(guided / plain, 4),
    )


def _try_all(item: Item) -> None:
    for question in item.questions:
        for option in question.options:
            what_if(item, {}, question.id, option.id)


def _plain(item: Item) -> set[str]:
    """Return the questions whose options differ in some completion, by trying all of them."""
    outcomes = {tuple(answers.values()): _outcome(item, answers) for answers in _completions(item)}
    changing = set()
    for options, outcome in outcomes.items():
        for position, question in enumerate(item.questions):
            for option in question.options:
                if outcomes[(*options[:position], option.id, *options[position + 1 :])] != outcome:
                    changing.add(question.id)
    return changing


def _completions(item: Item) -> Iterator[dict[str, str]]:
    names = [question.id for question in item.questions]
    for options in product(*([option.id for option in q.options] for q in item.questions)):
        yield dict(zip(names, options, strict=True))


def _outcome(item: Item, answers: Mapping[str, str]) -> tuple[str, ...]:
    relevant: dict[str, str] = {}
    for question in item.questions:
        if question.when.holds(relevant):
            relevant[question.id] = answers[question.id]
    materials = (material.id for material in item.materials if material.when.holds(relevant))
    fields = (field.id for field in item.fields if field.when.holds(relevant))
    return (*materials, *fields)


def _timed(run: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    run(*arguments)
    return (time.perf_counter() - start) * 1000


def table(figures: list[Figure]) -> str:
    """Return the figures as a table."""
    lines = [
        f"{'guide ms':>9}{'what if':>9}{'plain ms':>10}{'ratio':>9}{'questions':>10}{'completions':>14}  item"
    ]
    for one in figures:
        plain = f"{'-':>10}{'-':>9}" if one.plain_ms is None else f"{one.plain_ms:>10.2f}{one.ratio:>9.4f}"
        times = f"{one.guide_ms:>9.3f}{one.what_if_ms:>9.3f}{plain}"
        lines.append(f"{times}{one.questions:>10}{one.completions:>14}  {one.item}")
    return "\n".join(lines)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    figures = run(given.rounds)
    slowest = max(figure.guide_ms for figure in figures)
    sys.stdout.write(table(figures) + "\n")
    sys.stdout.write(f"slowest {slowest:.2f} of {BUDGET_MS:.0f} ms\n")
    document = {
        "benchmark": "guidance",
        "slowest_ms": slowest,
        "budget_ms": BUDGET_MS,
        "figures": [asdict(figure) for figure in figures],
    }
    text = json.dumps(document, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
