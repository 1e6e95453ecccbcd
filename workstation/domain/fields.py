"""Checks of form values: by kind, by rule, and whether a person has vouched for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workstation.domain.case import FieldValue, Origin
from workstation.domain.errors import BadIdNumber, BadUscc
from workstation.domain.forms import FormField
from workstation.domain.identity import check_id_number, check_uscc
from workstation.domain.kinds import FieldKind

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
    return failed if is_settled or not value.value else (*failed, "unconfirmed")


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
