"""Rules about the values of an item beside each other: elements, limits, flags, channels, powers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from workstation.catalogue.elements import FREE, element_at
from workstation.catalogue.findings import Finding
from workstation.catalogue.schema_item import ItemEntry, MaterialEntry
from workstation.catalogue.source import Document
from workstation.domain.kinds import Channel, ItemFlag, LimitUnit, Need, OriginalRule, Routing
from workstation.i18n import _

_STREET = 5
"""行使层级 of a street or town."""
_ENTRUSTED = frozenset({"5", "6"})
"""权力来源: entrusted by a higher or an equal organ."""
_IDENTITY_KINDS = frozenset({"id-card-front", "passport"})
_IDENTITY = frozenset({"id-card", "passport", "hmt-residence-permit", "agent-id", "guardian-id", "proxy"})
"""Standard materials that only say who somebody is."""
_AGENT_PAPERS = frozenset({"agent-id", "proxy"})
_IN_PERSON = re.compile(r"本人(亲自)?(到场|到窗口|前往)|不得(委托|代办)|不可代办")

FLAG_RULES: dict[ItemFlag, tuple[str, Callable[[ItemEntry], bool]]] = {
    ItemFlag.AT_ONCE: ("instant: false", lambda entry: entry.instant),
    ItemFlag.ONE_VISIT: ("visits > 1", lambda entry: entry.visits <= 1),
    ItemFlag.ONLINE: (
        "channels",
        lambda entry: not {Channel.ONLINE, Channel.MOBILE}.isdisjoint(entry.elements.channels),
    ),
    ItemFlag.ZERO_TIME: ("instant: false", lambda entry: entry.instant),
    ItemFlag.ZERO_FEE: ("fee", lambda entry: entry.fee == FREE),
    ItemFlag.ZERO_MATERIAL: (
        "materials",
        lambda entry: all(_is_identity_or_made(one) for one in entry.materials if one.when is None),
    ),
}
"""What each published mark (四张清单, 四零) promises; a mark not named promises nothing a pack holds."""


def elements(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Elements that other elements make necessary are filled (the 36 of the implementation list)."""
    parts = entry.elements
    if not entry.conditions:
        yield _element(document, ("conditions",), "C171")
    if (parts.power_source in _ENTRUSTED or parts.body_kind == "3") and not parts.entrusted_by:
        yield _element(document, ("elements", "entrusted_by"), "C172")
    if entry.fee != FREE and not parts.fee_basis:
        yield _element(document, ("elements", "fee_basis"), "C172")


def _element(document: Document, path: tuple[str, ...], code: str) -> Finding:
    element = element_at(path)
    return document.finding(
        path, code, number=element.number if element else 0, element=_(element.title) if element else path[-1]
    )


def code_pairs(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Digits 3 and 4 of a 基本编码 are the item type; practice deviates, so this only warns."""
    if len(entry.code) == 12 and entry.code[2:4] != entry.item_type:
        yield document.finding(("code",), "C173", pair=entry.code[2:4], kind=entry.item_type)


def limits(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """Working days and calendar days cannot be compared (行政许可法 art. 82): one unit for both."""
    statutory, promised = entry.limits.statutory, entry.limits.promised
    if statutory and promised and statutory.unit != promised.unit:
        shortest = statutory.number if statutory.unit is LimitUnit.WORKDAY else 0
        if promised.unit is not LimitUnit.CALENDAR_DAY or promised.number > shortest:
            yield document.finding(("limits", "promised"), "C174")


def flags(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A published mark keeps what it promises."""
    for place, flag in enumerate(entry.flags):
        fact, holds = FLAG_RULES.get(flag, ("", None))
        if holds is not None and not holds(entry):
            yield document.finding(("flags", place), "C184", flag=flag.value, fact=fact)


def online(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """An item the window takes no case of says where to go."""
    if entry.online_only and not entry.online_at.strip():
        yield document.finding(("online_only",), "C185")


def review_free(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """秒批 is made from data: it is instant, and nothing beside who one is may be asked for."""
    if not entry.review_free:
        return
    if not entry.instant:
        yield document.finding(("review_free",), "C186", material="instant: false")
    for place, material in enumerate(entry.materials):
        if material.need is Need.REQUIRED and not _is_identity_or_made(material):
            yield document.finding(("materials", place), "C186", material=material.title)


def _is_identity_or_made(material: MaterialEntry) -> bool:
    known = material.standard_id in _IDENTITY or material.document_kind in _IDENTITY_KINDS
    return known or material.original is OriginalRule.FORM


def agents(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """An agent's papers belong to items he may handle, conditions of presence to those he may not."""
    for place, material in enumerate(entry.materials):
        if not entry.agents.kinds and material.standard_id in _AGENT_PAPERS:
            yield document.finding(("materials", place), "C187", what=material.title)
    for place, condition in enumerate(entry.conditions):
        if entry.agents.kinds and _IN_PERSON.search(condition):
            yield document.finding(("conditions", place), "C187", what=condition)


def second_street(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A second street verifies exactly where both households do (routing BOTH_HOUSEHOLDS)."""
    has_second = entry.second_street is not None and entry.second_street is not False
    if has_second != (entry.routing is Routing.BOTH_HOUSEHOLDS):
        path = ("second_street",) if has_second else ("routing",)
        yield document.finding(path, "C188", routing=entry.routing.value)


def delegation(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A street window accepts for another level only on a stated ground (行政许可法 art. 24: entrusting)."""
    if entry.acceptance_delegated and entry.level != _STREET and not entry.acceptance_basis.strip():
        yield document.finding(("acceptance_delegated",), "C189", level=entry.level)


def commitment(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """告知承诺 has a text and a material it stands for, or neither."""
    committable = [place for place, one in enumerate(entry.materials) if one.committable]
    if entry.commitment and not committable:
        yield document.finding(("commitment",), "C190", lacking="committable: true")
    if committable and not entry.commitment:
        yield document.finding(("materials", committable[0], "committable"), "C190", lacking="commitment")


def materials(entry: ItemEntry, document: Document) -> Iterator[Finding]:
    """A form made at the window cannot follow later; a back has a front and two pages."""
    for place, material in enumerate(entry.materials):
        if material.original is OriginalRule.FORM and material.need is Need.TOLERABLE:
            yield document.finding(("materials", place, "need"), "C135", material=material.title)
        if material.back_kind and (material.document_kind is None or material.pages[1] < 2):
            yield document.finding(("materials", place, "back_kind"), "C147", material=material.title)


RULES = (
    elements,
    code_pairs,
    limits,
    flags,
    online,
    review_free,
    agents,
    second_street,
    delegation,
    commitment,
    materials,
)
