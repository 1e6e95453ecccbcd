"""What differs between two versions of a pack, item by item and matter by matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.catalogue.comparison import Difference, DifferenceKind, differences
from workstation.catalogue.contents import Contents
from workstation.catalogue.words import condition_words, limit_words, listed, question_words
from workstation.domain.items import Item, Matter
from workstation.i18n import N_, _


class Fate(StrEnum):
    """What became of an item or a matter."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


FATE_WORDS = {Fate.ADDED: N_("新增"), Fate.REMOVED: N_("取消"), Fate.CHANGED: N_("变更")}


@dataclass(frozen=True, slots=True)
class Change:
    """One item or matter that is not as it was."""

    fate: Fate
    code: str
    """Basic code, or id of a matter."""
    title: str
    differences: tuple[Difference, ...] = ()


def pack_changes(old: Contents, new: Contents) -> tuple[Change, ...]:
    """Return what was added, removed and changed, in the order of codes, items before matters."""
    return (*_items(old, new), *_matters(old, new))


def _items(old: Contents, new: Contents) -> Iterator[Change]:
    before, after = {i.code: i for i in old.items}, {i.code: i for i in new.items}
    yield from _gone_and_new(before, after)
    for code in sorted(before.keys() & after.keys()):
        if found := differences(before[code], after[code]):
            yield Change(Fate.CHANGED, code, after[code].title, found)


def _matters(old: Contents, new: Contents) -> Iterator[Change]:
    before, after = {m.id: m for m in old.matters}, {m.id: m for m in new.matters}
    yield from _gone_and_new(before, after)
    for name in sorted(before.keys() & after.keys()):
        pairs = zip(_matter_words(before[name]), _matter_words(after[name]), strict=True)
        found = tuple(
            Difference(DifferenceKind.RULE_CHANGED, what, was, now)
            for (what, was), (_what, now) in pairs
            if was != now
        )
        if found:
            yield Change(Fate.CHANGED, name, after[name].title, found)


def _gone_and_new(
    before: Mapping[str, Item] | Mapping[str, Matter], after: Mapping[str, Item] | Mapping[str, Matter]
) -> Iterator[Change]:
    for code in sorted(after.keys() - before.keys()):
        yield Change(Fate.ADDED, code, after[code].title)
    for code in sorted(before.keys() - after.keys()):
        yield Change(Fate.REMOVED, code, before[code].title)


def _matter_words(matter: Matter) -> list[tuple[str, str]]:
    taking_part = (f"{code} {condition_words(matter.questions, when)}" for code, when in matter.when.items())
    questions = (f"{one.id} {one.title}: {question_words(one)}" for one in matter.questions)
    same = (f"{name} = {', '.join(parts)}" for name, parts in matter.same.items())
    return [
        (_("名称"), matter.title),
        (_("检索别名"), listed(matter.aliases)),
        (_("成员事项"), listed(matter.items)),
        (_("何时参与"), listed(taking_part)),
        (_("自有问题"), listed(questions)),
        (_("合并"), listed(same)),
        (_("承诺办结时限"), limit_words(matter.promised)),
        (_("说明"), matter.explanation),
        (_("资料来源"), listed(matter.sources)),
    ]
