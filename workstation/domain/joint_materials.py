"""The joined checklist of a matter: every paper once, as strictly as the approvers who need it ask.

Approvers may ask for the same paper in different ways: one keeps the original, another only looks at it. Each
way of asking that a combination of answers can lead to is a line of its own, and no two of those lines ever
hold together; so nobody is asked for more than the approvers who take part need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from workstation.domain.conditions import and_also, is_never, negated, or_else, without
from workstation.domain.items import Item, Material, Replacement
from workstation.domain.joint_questions import Member, makers_of
from workstation.domain.kinds import Need, OriginalRule
from workstation.domain.situations import Question, When

WAYS_MOST = 4
"""Ways of asking for one paper that are told apart; where there are more the strictest always counts."""

_STRICTEST = (OriginalRule.KEPT, OriginalRule.SIGHTED, OriginalRule.FORM)


@dataclass(frozen=True, slots=True)
class _Asking:
    """A paper as one member asks for it."""

    item: Item
    material: Material
    when: When


_Way = tuple[_Asking, ...]
"""Members that ask for a paper in the same way."""


def materials_of(
    title: str, members: Sequence[Member], questions: Mapping[str, Question]
) -> tuple[Material, ...]:
    """Return the lines of the joined checklist.

    Args:
        title: of the matter; the application forms of several members become its one form.
        members: in their order.
        questions: of the joined item, by id.
    """
    askings: dict[str, list[_Asking]] = {}
    for member in members:
        for asking in _askings(member, members, questions):
            askings.setdefault(asking.material.standard_id, []).append(asking)
    lines: dict[str, Material] = {}
    for same in askings.values():
        for material in _lines(title, _ways(same), questions):
            free = _free_id(material.id, same[0].item.code, lines)
            lines[free] = replace(material, id=free)
    return tuple(lines.values())


def _free_id(wanted: str, code: str, taken: Iterable[str]) -> str:
    """Return the id, made unique: other papers, or other ways of asking, may have the same."""
    names = (wanted, f"{code}-{wanted}", *(f"{code}-{wanted}-{number}" for number in range(2, 100)))
    return next(name for name in names if name not in taken)


def _askings(
    member: Member, members: Sequence[Member], questions: Mapping[str, Question]
) -> Iterable[_Asking]:
    """Return what a member asks for, but for what another one that takes part will issue."""
    for material in member.item.materials:
        makers = makers_of(material.standard_id, members)
        when = member.without_makers(member.condition(material.when), makers, questions)
        if not is_never(when):
            yield _Asking(member.item, material, when)


def _ways(askings: Sequence[_Asking]) -> list[_Way]:
    ways: dict[Material, list[_Asking]] = {}
    for asking in askings:
        ways.setdefault(_demand(asking.material), []).append(asking)
    return [tuple(same) for same in ways.values()]


def _demand(material: Material) -> Material:
    """Return the material without the words and names that make no difference to the applicant."""
    return replace(
        material,
        id="",
        title="",
        basis="",
        standard="",
        issuer="",
        document_kind=None,
        back_kind=None,
        when=When(),
    )


def _lines(title: str, ways: Sequence[_Way], questions: Mapping[str, Question]) -> Iterable[Material]:
    if len(ways) > WAYS_MOST:
        ways = [tuple(asking for way in ways for asking in way)]
    conditions = [or_else(*(asking.when for asking in way)) for way in ways]
    refusals = [negated(condition, questions) for condition in conditions]
    # The line of all ways together comes first: it keeps the paper's plain id.
    for size in range(len(ways), 0, -1):
        for chosen in combinations(range(len(ways)), size):
            parts = (conditions[n] if n in chosen else refusals[n] for n in range(len(ways)))
            when = without(and_also(*parts), questions)
            if not is_never(when):
                yield _strictest(title, [asking for n in chosen for asking in ways[n]], when)


def _strictest(title: str, askings: Sequence[_Asking], when: When) -> Material:
    materials = [asking.material for asking in askings]
    first = materials[0]
    days = [m.validity_days for m in materials if m.validity_days is not None]
    original = next(rule for rule in _STRICTEST if any(m.original is rule for m in materials))
    read = next((m for m in materials if m.document_kind is not None), first)
    is_joint_form = original is OriginalRule.FORM and len({m.title for m in materials}) > 1
    return replace(
        first,
        title=f"{title}申请表" if is_joint_form else first.title,
        original=original,
        need=Need.REQUIRED if any(m.need is Need.REQUIRED for m in materials) else Need.TOLERABLE,
        basis="; ".join(dict.fromkeys(m.basis for m in materials if m.basis)),
        standard="; ".join(dict.fromkeys(m.standard for m in materials)),
        pages_min=max(m.pages_min for m in materials),
        pages_max=max(m.pages_max for m in materials),
        scan_dpi=max(m.scan_dpi for m in materials),
        document_kind=read.document_kind,
        back_kind=read.back_kind,
        replaced_by=_accepted_by_all(materials),
        committable=all(m.committable for m in materials),
        validity_days=min(days) if days else None,
        reusable=all(m.reusable for m in materials),
        when=when,
    )


def _accepted_by_all(materials: Sequence[Material]) -> tuple[Replacement, ...]:
    """Return what makes the paper unnecessary for every approver."""
    first, *others = materials
    return tuple(r for r in first.replaced_by if all(r in other.replaced_by for other in others))
