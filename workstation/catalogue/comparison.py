"""What differs between two versions of an item, in words a supervisor understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from workstation.catalogue.elements import ELEMENTS
from workstation.catalogue.words import (
    agent_words,
    condition_words,
    known_words,
    listed,
    named,
    overlay_words,
    pages_words,
    second_street_words,
    yes_no,
)
from workstation.domain.forms import FormField
from workstation.domain.items import Item, Material
from workstation.domain.situations import Question
from workstation.i18n import N_, _


class DifferenceKind(StrEnum):
    """What kind of part differs, and how."""

    ELEMENT_CHANGED = "ELEMENT_CHANGED"
    """One of the 36 elements of the implementation list."""
    RULE_CHANGED = "RULE_CHANGED"
    """Something rules read that is no element: routing, correction rule, agents ..."""
    LIMIT_CHANGED = "LIMIT_CHANGED"
    MATERIAL_ADDED = "MATERIAL_ADDED"
    MATERIAL_REMOVED = "MATERIAL_REMOVED"
    MATERIAL_CHANGED = "MATERIAL_CHANGED"
    QUESTION_ADDED = "QUESTION_ADDED"
    QUESTION_REMOVED = "QUESTION_REMOVED"
    QUESTION_CHANGED = "QUESTION_CHANGED"
    FIELD_ADDED = "FIELD_ADDED"
    FIELD_REMOVED = "FIELD_REMOVED"
    FIELD_CHANGED = "FIELD_CHANGED"


KIND_WORDS = {
    DifferenceKind.ELEMENT_CHANGED: N_("要素变更"),
    DifferenceKind.RULE_CHANGED: N_("规则变更"),
    DifferenceKind.LIMIT_CHANGED: N_("时限变更"),
    DifferenceKind.MATERIAL_ADDED: N_("新增材料"),
    DifferenceKind.MATERIAL_REMOVED: N_("减少材料"),
    DifferenceKind.MATERIAL_CHANGED: N_("材料变更"),
    DifferenceKind.QUESTION_ADDED: N_("新增问题"),
    DifferenceKind.QUESTION_REMOVED: N_("减少问题"),
    DifferenceKind.QUESTION_CHANGED: N_("问题变更"),
    DifferenceKind.FIELD_ADDED: N_("新增表单字段"),
    DifferenceKind.FIELD_REMOVED: N_("减少表单字段"),
    DifferenceKind.FIELD_CHANGED: N_("表单字段变更"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was; `before` or `after` is empty for what was added or removed."""

    kind: DifferenceKind
    what: str
    """In words, e.g. `居民身份证 · 收取方式`."""
    before: str
    after: str
    id: str = ""
    """Id of the material, question or field; empty for an element or a rule."""

    def __str__(self) -> str:
        """`材料变更 居民身份证 · 页数: 2 -> 1-2`."""
        kind = _(KIND_WORDS[self.kind])
        if not self.before or not self.after:
            return f"{kind} {self.what}: {self.before or self.after}"
        return f"{kind} {self.what}: {self.before} -> {self.after}"


Aspect = tuple[str, str]
"""Name and words of one part."""

P = TypeVar("P", Material, Question, FormField)

_LIMITS = (13, 14)
_OWN_LISTS = (16,)
"""Elements that are compared part by part."""


def differences(old: Item, new: Item) -> tuple[Difference, ...]:
    """Return everything that differs, elements first, then rules, materials, questions and fields."""
    return (
        *_elements(old, new),
        *_rules(old, new),
        *_parts(old.materials, new.materials, "MATERIAL", lambda one: _material(one, old, new)),
        *_parts(old.questions, new.questions, "QUESTION", lambda one: _question(one, old, new)),
        *_parts(old.fields, new.fields, "FIELD", lambda one: _field(one, old, new)),
    )


def _elements(old: Item, new: Item) -> Iterator[Difference]:
    for element in ELEMENTS:
        before, after = element.words(old), element.words(new)
        if before != after and element.number not in _OWN_LISTS:
            is_limit = element.number in _LIMITS
            kind = DifferenceKind.LIMIT_CHANGED if is_limit else DifferenceKind.ELEMENT_CHANGED
            yield Difference(kind, _(element.title), before, after)


def _rules(old: Item, new: Item) -> Iterator[Difference]:
    for (name, before), (_name, after) in zip(rule_words(old), rule_words(new), strict=True):
        if before != after:
            yield Difference(DifferenceKind.RULE_CHANGED, name, before, after)


def rule_words(item: Item) -> list[Aspect]:
    """Everything of an item that is neither an element nor a material, question or field."""
    return [*_handling_rules(item), *_window_rules(item), *_form_rules(item)]


def _handling_rules(item: Item) -> list[Aspect]:
    commitment = item.commitment
    return [
        (_("主项"), item.main_item),
        (_("城市"), item.city),
        (_("通办模式"), named(item.mode)),
        (_("流转"), named(item.routing)),
        (_("第二街道核验"), second_street_words(item)),
        (_("窗口受理"), yes_no(item.acceptance_delegated)),
        (_("补正规则"), named(item.correction)),
        (_("受理依据"), item.acceptance_basis or listed(())),
        (_("不予受理依据"), item.refusal_basis or listed(())),
        (_("信用核准"), yes_no(item.credit_check)),
        (
            _("告知承诺"),
            listed((commitment.text, commitment.basis, commitment.consequence) if commitment else ()),
        ),
        (_("区级调整"), listed(overlay_words(item, one) for one in item.overlays)),
        (_("组成事项"), listed(item.members)),
        (
            _("参与条件"),
            listed(condition_words(item.questions, when) or _("总是") for when in item.member_when),
        ),
        (_("产出材料"), listed(item.produces)),
    ]


def _window_rules(item: Item) -> list[Aspect]:
    return [
        (_("通俗名称"), item.plain_title),
        (_("检索别名"), listed(item.aliases)),
        (_("窗口类别"), named(item.category)),
        (_("公布标记"), listed(named(flag) for flag in sorted(item.flags))),
        (_("仅限网上"), yes_no(item.online_only)),
        (_("网上办理地址"), item.online_at or listed(())),
        (_("送达方式"), listed(item.delivery)),
        (_("代办"), agent_words(item.agents)),
        (_("资料来源"), listed(item.sources)),
        (_("生效日期"), item.effective_from.isoformat() if item.effective_from else listed(())),
    ]


def _form_rules(item: Item) -> list[Aspect]:
    form = item.form
    return [
        (_("表单名称"), form.title or item.title),
        (_("表单分区"), listed(f"{s.id} {s.title} {named(s.stage)}" for s in form.sections)),
        (
            _("表单校验"),
            listed(f"{named(rule.kind)} {', '.join(rule.fields)}: {rule.message}" for rule in form.rules),
        ),
        (_("表单声明"), form.statement or listed(())),
        (_("机关填写栏"), listed(form.agency_part)),
    ]


def _parts(
    old: Sequence[P], new: Sequence[P], name: str, aspects: Callable[[P], list[Aspect]]
) -> Iterator[Difference]:
    """Compare two lists of parts by id."""
    before, after = {part.id: part for part in old}, {part.id: part for part in new}
    for part in new:
        if part.id not in before:
            yield Difference(
                DifferenceKind(f"{name}_ADDED"), part.title, "", _summary(aspects(part)), part.id
            )
    for part in old:
        if part.id not in after:
            yield Difference(
                DifferenceKind(f"{name}_REMOVED"), part.title, _summary(aspects(part)), "", part.id
            )
        else:
            yield from _changed(part, after[part.id], name, aspects)
    if [part.id for part in old if part.id in after] != [part.id for part in new if part.id in before]:
        kind = DifferenceKind(f"{name}_CHANGED")
        yield Difference(kind, _("顺序"), _titles(old), _titles(new))


def _changed(old: P, new: P, name: str, aspects: Callable[[P], list[Aspect]]) -> Iterator[Difference]:
    for (aspect, before), (_aspect, after) in zip(aspects(old), aspects(new), strict=True):
        if before != after:
            kind = DifferenceKind(f"{name}_CHANGED")
            yield Difference(kind, f"{new.title} · {aspect}", before, after, new.id)


def _summary(aspects: list[Aspect]) -> str:
    """What is worth saying of a part that came or went: its first words and its condition."""
    return ", ".join(words for _name, words in aspects[1:4])


def _titles(parts: Sequence[P]) -> str:
    return ", ".join(part.title for part in parts)


def _item_of(part: Material | Question | FormField, old: Item, new: Item) -> Item:
    """Return the version a part belongs to, so that its condition is told with that version's questions."""
    return new if any(one is part for one in (*new.materials, *new.questions, *new.fields)) else old


def _material(material: Material, old: Item, new: Item) -> list[Aspect]:
    questions = _item_of(material, old, new).questions
    replaced = (f"{named(one.kind)} {one.title}" for one in material.replaced_by)
    kinds = (kind for kind in (material.document_kind, material.back_kind) if kind)
    return [
        (_("名称"), material.title),
        (_("收取方式"), named(material.original)),
        (_("必要性"), named(material.need)),
        (_("何时需要"), condition_words(questions, material.when) or _("总是")),
        (_("页数"), pages_words(material)),
        (_("扫描分辨率"), f"{material.scan_dpi} dpi" if material.scan_dpi else _("按窗口设置")),
        (_("受理标准"), material.standard),
        (_("依据"), material.basis or listed(())),
        (_("出具单位"), material.issuer),
        (_("来源渠道"), named(material.origin)),
        (_("标准材料"), material.standard_id),
        (_("识别种类"), listed(kinds)),
        (_("可免交"), listed(replaced)),
        (_("可承诺代替"), yes_no(material.committable)),
        (
            _("复用有效期"),
            _("{days} 日").format(days=material.validity_days) if material.validity_days else _("不限"),
        ),
        (_("可复用"), yes_no(material.reusable)),
    ]


def _question(question: Question, old: Item, new: Item) -> list[Aspect]:
    questions = _item_of(question, old, new).questions
    options = (f"{o.id} {o.title}" + (f" ({o.basis})" if o.basis else "") for o in question.options)
    return [
        (_("名称"), question.title),
        (_("选项"), listed(options)),
        (_("何时询问"), condition_words(questions, question.when) or _("总是")),
        (_("已知来源"), known_words(question)),
    ]


def _field(field: FormField, old: Item, new: Item) -> list[Aspect]:
    questions = _item_of(field, old, new).questions
    sources = (f"{source.document_kind}.{source.field}" for source in field.sources)
    return [
        (_("名称"), field.title),
        (_("类型"), named(field.kind)),
        (_("必填"), yes_no(field.required)),
        (_("何时填写"), condition_words(questions, field.when) or _("总是")),
        (_("选项"), listed(field.choices)),
        (_("识别来源"), listed(sources)),
        (_("最长"), str(field.max_length)),
        (_("分区"), field.section or listed(())),
        (_("栏宽"), str(field.columns)),
    ]
