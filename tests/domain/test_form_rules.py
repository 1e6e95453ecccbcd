"""Rules over several fields: what each kind demands, when it keeps silent, and which stage is asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.facts import FieldValue, Origin
from workstation.domain.fields import LONG_TERM, rule_problems, section_of, stage_of
from workstation.domain.forms import FieldRule, FormField, FormLayout, Section
from workstation.domain.kinds import RuleKind, Stage


def problems(kind: RuleKind, *texts: str | None) -> bool:
    """Return whether a rule of this kind fails over fields with these values; None: never given."""
    names = tuple(f"f{n}" for n in range(len(texts)))
    layout = FormLayout(title="", rules=(FieldRule(kind, names, "说明"),))
    values = {
        name: FieldValue(value=text, origin=Origin.TYPED)
        for name, text in zip(names, texts, strict=True)
        if text is not None
    }
    return bool(rule_problems(layout, [FormField(id=name, title=name) for name in names], values))


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (RuleKind.NOT_AFTER, ("2026-02-01", "2026-01-31")),
        (RuleKind.NOT_AFTER, (LONG_TERM, "2026-01-31")),
        (RuleKind.NOT_AFTER, ("2026-01-01", "2026-03-01", "2026-02-01")),
        (RuleKind.EQUAL, ("甲", "乙")),
        (RuleKind.DIFFERENT, ("440304199001019964", " 440304199001019964 ")),
        (RuleKind.DIFFERENT, ("11010119900101997x", "11010119900101997X")),
        (RuleKind.ANY_OF, ("", None)),
        (RuleKind.SUM, ("0.10", "0.20", "0.31")),
        (RuleKind.SUM, ("", "5", "6")),
    ],
)
def test_a_rule_that_is_broken_is_told(kind: RuleKind, texts: tuple[str | None, ...]) -> None:
    assert problems(kind, *texts)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (RuleKind.NOT_AFTER, ("2026-01-31", "2026-01-31")),
        (RuleKind.NOT_AFTER, ("2026-01-31", LONG_TERM)),
        (RuleKind.EQUAL, ("11010119900101997x", "11010119900101997X")),
        (RuleKind.DIFFERENT, ("甲", "乙")),
        (RuleKind.ANY_OF, (None, "甲")),
        (RuleKind.SUM, ("0.10", "0.20", "0.30")),
        (RuleKind.SUM, ("5", "", "5.00")),
    ],
)
def test_a_rule_that_is_kept_says_nothing(kind: RuleKind, texts: tuple[str | None, ...]) -> None:
    assert not problems(kind, *texts)


@pytest.mark.parametrize("kind", sorted(set(RuleKind) - {RuleKind.ANY_OF}))
@pytest.mark.parametrize("text", ["", None])
def test_what_is_not_filled_yet_is_the_fields_own_matter(kind: RuleKind, text: str | None) -> None:
    assert not problems(kind, "2026-01-01", text)


@pytest.mark.parametrize("kind", [RuleKind.NOT_AFTER, RuleKind.SUM])
def test_an_unreadable_value_is_the_fields_own_matter(kind: RuleKind) -> None:
    assert not problems(kind, "2026-13-45", "-")
    assert not problems(kind, "一百", "7")


def test_a_rule_counts_only_while_all_its_fields_are_asked() -> None:
    layout = FormLayout(title="", rules=(FieldRule(RuleKind.ANY_OF, ("a", "b"), "至少填一项"),))
    asked = [FormField(id="a", title="甲"), FormField(id="b", title="乙")]
    assert rule_problems(layout, asked, {}) == layout.rules
    assert rule_problems(layout, asked[:1], {}) == ()


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=2, max_size=4))
def test_dates_fail_exactly_when_they_are_not_sorted(days: list[date]) -> None:
    assert problems(RuleKind.NOT_AFTER, *(day.isoformat() for day in days)) == (days != sorted(days))


@given(st.lists(st.decimals(0, 99999, places=2), min_size=1, max_size=5), st.integers(-2, 2))
def test_a_sum_fails_exactly_when_a_cent_is_missing(parts: list[Decimal], cents: int) -> None:
    total = sum(parts, Decimal(0)) + Decimal(cents) / 100
    if total >= 0:
        assert problems(RuleKind.SUM, *map(str, parts), f"{total:.2f}") == bool(cents)


@given(st.sampled_from(RuleKind), st.lists(st.text(max_size=20) | st.none(), min_size=2, max_size=4))
def test_no_text_breaks_a_rule_itself(kind: RuleKind, texts: list[str | None]) -> None:
    assert problems(kind, *texts) in (True, False)


def test_a_field_without_a_section_stands_in_the_first_and_is_asked_at_its_stage() -> None:
    first, later = Section("a", "申请人信息"), Section("b", "承诺", Stage.UNDERTAKING)
    layout = FormLayout(title="", sections=(first, later))
    loose, named = FormField(id="x", title="x"), FormField(id="y", title="y", section="b")
    assert (section_of(layout, loose), section_of(layout, named)) == (first, later)
    assert (stage_of(layout, loose), stage_of(layout, named)) == (Stage.APPLICATION, Stage.UNDERTAKING)
    assert section_of(FormLayout(title=""), loose) is None
    assert stage_of(FormLayout(title=""), named) is Stage.APPLICATION
