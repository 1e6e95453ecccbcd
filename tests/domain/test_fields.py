from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.checklist import check_field
from workstation.domain.fields import field_problems
from workstation.domain.forms import FieldSource, FormField
from workstation.domain.kinds import FieldKind
from workstation.texts.domain import CHECKS


def field(kind: FieldKind, *, required: bool = True, source: str = "") -> FormField:
    sources = (FieldSource("id-card-back", source),) if source else ()
    return FormField(
        id="f", title="栏", kind=kind, required=required, choices=("甲", "乙"), max_length=20, sources=sources
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.TEXT, "福田区香蜜湖街道"),
        (FieldKind.TEXT, "\ue000样本"),
        (FieldKind.DATE, "2024-02-29"),
        (FieldKind.ID_NUMBER, "11010519491231002x"),
        (FieldKind.USCC, "91110000600037341L"),
        (FieldKind.PHONE, "13800138000"),
        (FieldKind.PHONE, "+86 138 0013 8000"),
        (FieldKind.PHONE, "0755-82918888"),
        (FieldKind.PHONE, "075582918888"),
        (FieldKind.CHOICE, "乙"),
        (FieldKind.MONEY, "0.50"),
        (FieldKind.MONEY, "1200"),
    ],
)
def test_good_values_stand(kind: FieldKind, value: str) -> None:
    assert check_field(field(kind), value) == ()


@pytest.mark.parametrize(
    ("kind", "value", "failed"),
    [
        (FieldKind.TEXT, "  ", ("required",)),
        (FieldKind.TEXT, "样\x1b[2J", ("control-character",)),
        (FieldKind.TEXT, "样\u202e本", ("control-character",)),
        (FieldKind.TEXT, "样" * 21, ("max-length",)),
        (FieldKind.DATE, "2025-02-29", ("date",)),
        (FieldKind.DATE, "20250228", ("date",)),
        (FieldKind.DATE, "0202-02-28", ("date",)),
        (FieldKind.DATE, "长期", ("date",)),
        (FieldKind.ID_NUMBER, "110105194912310021", ("id-check-digit",)),
        (FieldKind.ID_NUMBER, "1101", ("id-length",)),
        (FieldKind.USCC, "91110000600037341M", ("uscc",)),
        (FieldKind.PHONE, "12800138000", ("phone",)),
        (FieldKind.CHOICE, "丙", ("choice",)),
        (FieldKind.MONEY, "01", ("money",)),
        (FieldKind.MONEY, "1.234", ("money",)),
        (FieldKind.MONEY, "-1", ("money",)),
    ],
)
def test_bad_values_name_their_check(kind: FieldKind, value: str, failed: tuple[str, ...]) -> None:
    assert check_field(field(kind), value) == failed


def test_long_term_is_an_end_date_only() -> None:
    assert check_field(field(FieldKind.DATE, source="valid_until"), "长期") == ()


def test_an_optional_field_may_be_empty() -> None:
    assert check_field(field(FieldKind.ID_NUMBER, required=False), "") == ()
    assert field_problems(field(FieldKind.TEXT), None) == ("required",)


@given(st.sampled_from(FieldKind), st.text(max_size=30))
def test_any_text_gets_names_that_have_words(kind: FieldKind, value: str) -> None:
    assert set(check_field(field(kind), value)) <= set(CHECKS)
