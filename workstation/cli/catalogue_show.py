"""`workstation catalogue show`: every element of an item, and what a situation asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.domain.items import Item, Limit, Matter, Pack

NAME_CELLS = 18
_MATERIALS = 16
"""Number of the element that is told at the end, by situation."""


def item_lines(item: Item, answers: dict[str, str]) -> Iterator[str]:
    """Yield the elements, the rules of the window and the situation with its materials."""
    from workstation.catalogue.elements import ELEMENTS

    yield f"{item.title}  {item.code}  {item.authority}"
    yield ""
    yield _("实施清单要素:")
    for element in ELEMENTS:
        words = _("见下方材料") if element.number == _MATERIALS else element.words(item)
        yield from _row(f"{element.number:>2} {_(element.title)}", words)
    yield ""
    yield _("窗口规则:")
    yield from _rules(item)
    yield ""
    yield from _situation(item, answers)


def _row(name: str, words: str) -> Iterator[str]:
    """Yield a name and its words; each of several stands on a line of its own."""
    from rich.cells import cell_len

    first, *others = words.split("; ")
    yield f"  {name}{' ' * max(1, NAME_CELLS - cell_len(name))}{first}"
    yield from (f"  {' ' * NAME_CELLS}{other}" for other in others)


def _rules(item: Item) -> Iterator[str]:
    from workstation.catalogue.comparison import rule_words

    for name, words in rule_words(item):
        yield from _row(name, words)


def _situation(item: Item, answers: dict[str, str]) -> Iterator[str]:
    from workstation.catalogue.words import limit_words, named
    from workstation.domain.checklist import derive, open_questions, situation_title

    yield _("情形: {situation}").format(situation=situation_title(item, answers) or _("未选择"))
    yield _("法定时限: {limit}").format(limit=limit_words(item.statutory))
    yield _("承诺时限: {limit}").format(limit=limit_words(item.promised))
    yield _("材料:")
    for material in derive(item, answers):
        yield f"  - {material.title} [{named(material.original)}] {material.standard}"
    for question in open_questions(item, answers):
        options = ", ".join(f"{option.id} {option.title}" for option in question.options)
        yield _("待答: {id} {title}: {options}").format(id=question.id, title=question.title, options=options)


def item_document(item: Item, answers: dict[str, str]) -> dict[str, Any]:
    """Return the same for machines."""
    from workstation.catalogue.elements import ELEMENTS
    from workstation.domain.checklist import derive, open_questions, situation_title

    return {
        "code": item.code,
        "title": item.title,
        "situation": situation_title(item, answers),
        "elements": [
            {"number": one.number, "title": one.title, "value": one.words(item)} for one in ELEMENTS
        ],
        "open_questions": [
            {"id": q.id, "title": q.title, "options": {o.id: o.title for o in q.options}}
            for q in open_questions(item, answers)
        ],
        "materials": [
            {"id": m.id, "title": m.title, "original": m.original, "need": m.need}
            for m in derive(item, answers)
        ],
        "promised": _limit(item.promised),
        "statutory": _limit(item.statutory),
    }


def _limit(limit: Limit | None) -> dict[str, object] | None:
    return {"number": limit.number, "unit": limit.unit} if limit else None


def matter_lines(matter: Matter, pack: Pack) -> Iterator[str]:
    """Yield a matter, its items and when each takes part."""
    from workstation.catalogue.words import condition_words, limit_words
    from workstation.domain.situations import ALWAYS

    yield f"{matter.title}  {matter.id}  {_('一件事')}"
    yield _("承诺时限: {limit}").format(limit=limit_words(matter.promised))
    yield matter.explanation
    yield _("成员事项:")
    for code in matter.items:
        condition = condition_words(matter.questions, matter.when.get(code, ALWAYS))
        yield f"  - {code} {pack.item(code).title}" + (f" ({condition})" if condition else "")


def matter_document(matter: Matter) -> dict[str, Any]:
    """Return the same for machines."""
    return {
        "code": matter.id,
        "kind": "matter",
        "title": matter.title,
        "items": list(matter.items),
        "promised": _limit(matter.promised),
    }
