"""Checks of form values: by kind, by rules over several, and whether a person has vouched for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from workstation.domain.case import FieldValue, Origin
from workstation.domain.errors import BadIdNumber, BadUscc
from workstation.domain.forms import FieldRule, FormField, FormLayout, Section
from workstation.domain.identity import check_id_number, check_uscc
from workstation.domain.kinds import FieldKind, RuleKind, Stage

LONG_TERM = "长期"
"""Printed in place of an end date on identity cards (居民身份证法 art. 5)."""

_SETTLED = frozenset({Origin.TYPED, Origin.CARD, Origin.DERIVED})
"""Origins a person has already vouched for, or that follow from a valid number."""

# Control, format (bidi overrides, zero width) and surrogate characters and line separators. Private-use and
# unassigned ones stay: rare characters of names arrive as such.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOBILE = re.compile(r"(\+?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[2-9][0-9]{6,7}(-[0-9]{1,6})?")
_MONEY = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?")
_EARLIEST_YEAR = 1880
UNCONFIRMED = "unconfirmed"
"""Name of the check that a proposed value fails until somebody has vouched for it."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A form field and why it is not ready."""

    field: FormField
    problems: tuple[str, ...]
    """Names of failed checks, see `check_field`; `unconfirmed`: proposed, and nobody has vouched for it."""


def check_field(field: FormField, value: str) -> tuple[str, ...]:
    """Return the names of the checks that `value` fails; empty means it may stand.

    Names: `required`, `control-character`, `max-length`, and by kind `id-length`, `id-check-digit`,
    `id-birth-date`, `uscc`, `date`, `phone`, `choice`, `money`. An empty value fails at most `required`.
    """
    if not value.strip():
        return ("required",) if field.required else ()
    failed = []
    if any(unicodedata.category(character) in _REFUSED for character in value):
        failed.append("control-character")
    if len(value) > field.max_length:
        failed.append("max-length")
    return (*failed, *_KINDS[field.kind](field, value))


def field_problems(field: FormField, value: FieldValue | None) -> tuple[str, ...]:
    """Return the failed checks of a stored value, and `unconfirmed` when nobody has vouched for it."""
    if value is None:
        return check_field(field, "")
    failed = check_field(field, value.value)
    is_settled = value.origin in _SETTLED or value.confirmed_by is not None
    return failed if is_settled or not value.value else (*failed, UNCONFIRMED)


def _text(_field: FormField, _value: str) -> tuple[str, ...]:
    return ()


def _date(field: FormField, value: str) -> tuple[str, ...]:
    if value == LONG_TERM and any(source.field == "valid_until" for source in field.sources):
        return ()
    if not _ISO_DATE.fullmatch(value):
        return ("date",)
    try:
        is_plausible = date.fromisoformat(value).year >= _EARLIEST_YEAR
    except ValueError:
        return ("date",)
    return () if is_plausible else ("date",)


def _id_number(_field: FormField, value: str) -> tuple[str, ...]:
    try:
        check_id_number(value)
    except BadIdNumber as error:
        return (f"id-{error.details['reason']}",)
    return ()


def _uscc(_field: FormField, value: str) -> tuple[str, ...]:
    try:
        check_uscc(value)
    except BadUscc:
        return ("uscc",)
    return ()


def _phone(_field: FormField, value: str) -> tuple[str, ...]:
    number = value.replace(" ", "")
    return () if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) else ("phone",)


def _choice(field: FormField, value: str) -> tuple[str, ...]:
    return () if value in field.choices else ("choice",)


def _money(_field: FormField, value: str) -> tuple[str, ...]:
    return () if _MONEY.fullmatch(value) else ("money",)


_KINDS: dict[FieldKind, Callable[[FormField, str], tuple[str, ...]]] = {
    FieldKind.TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.ID_NUMBER: _id_number,
    FieldKind.USCC: _uscc,
    FieldKind.PHONE: _phone,
    FieldKind.CHOICE: _choice,
    FieldKind.MONEY: _money,
}


def section_of(layout: FormLayout, field: FormField) -> Section | None:
    """Return the section a field stands in: the one it names, else the first; None: the form has none."""
    named = (section for section in layout.sections if section.id == field.section)
    return next(named, layout.sections[0] if layout.sections else None)


def stage_of(layout: FormLayout, field: FormField) -> Stage:
    """Return at which stage the field is filled; only the application's fields are asked at the window."""
    section = section_of(layout, field)
    return section.stage if section else Stage.APPLICATION


def rule_problems(
    layout: FormLayout, fields: Sequence[FormField], values: Mapping[str, FieldValue]
) -> tuple[FieldRule, ...]:
    """Return the form's rules over several fields that fail, in the form's order.

    A rule counts only while all of its fields are among `fields` (those that are asked). What a single
    field's own check already complains of, an empty or unreadable value, is not told again here.
    """
    asked = {field.id for field in fields}
    return tuple(
        rule
        for rule in layout.rules
        if asked.issuperset(rule.fields) and not _RULES[rule.kind]([_text_of(values, f) for f in rule.fields])
    )


def _text_of(values: Mapping[str, FieldValue], field_id: str) -> str:
    value = values.get(field_id)
    return value.value.strip() if value else ""


def _is_in_order(texts: Sequence[str]) -> bool:
    days = [day for text in texts if (day := _day(text)) is not None]
    return all(before <= after for before, after in pairwise(days))


def _day(text: str) -> date | None:
    """Return the day; a document without an end ends last of all; None: empty or no date."""
    if text == LONG_TERM:
        return date.max
    try:
        return date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        return None


def _are_equal(texts: Sequence[str]) -> bool:
    # The check character of an identity number is typed as x and as X.
    return len({text.casefold() for text in texts if text}) <= 1


def _are_different(texts: Sequence[str]) -> bool:
    filled = [text.casefold() for text in texts if text]
    return len(set(filled)) == len(filled)


def _is_any_filled(texts: Sequence[str]) -> bool:
    return any(texts)


def _is_sum(texts: Sequence[str]) -> bool:
    *parts, total = texts
    readable = all(_MONEY.fullmatch(text) for text in texts if text)
    if not total or not readable:
        return True
    return sum(Decimal(part) for part in parts if part) == Decimal(total)


_RULES: dict[RuleKind, Callable[[Sequence[str]], bool]] = {
    RuleKind.NOT_AFTER: _is_in_order,
    RuleKind.EQUAL: _are_equal,
    RuleKind.DIFFERENT: _are_different,
    RuleKind.ANY_OF: _is_any_filled,
    RuleKind.SUM: _is_sum,
}
