"""Fields of one paper that cannot be true together are all doubtful; right papers pass every check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from ocr.calibration import Group, group_of
from ocr.checks import check_digit
from ocr.documents import KINDS, fields
from ocr.documents.consistency import checked_together
from ocr.documents.form import Written
from ocr.engines.variants import STANDARD, VARIANTS
from ocr.port import FieldReading
from workstation.training.specimens import every

TODAY = date(2026, 11, 22)
HE, SHE = "44030419640308997X", "440304196508219961"


def _page(kind: str, values: Mapping[str, str]) -> dict[str, FieldReading]:
    read = {name: FieldReading(value=value, confidence=0.99, box=None) for name, value in values.items()}
    return checked_together(kind, read, TODAY)


def _failed(page: dict[str, FieldReading]) -> dict[str, list[str]]:
    failed = {name: [check for check in field.checks if check[0] == "!"] for name, field in page.items()}
    return {name: checks for name, checks in failed.items() if checks}


@pytest.mark.parametrize("kind", every.KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_a_right_paper_passes_every_check(kind: str, seed: int) -> None:
    truth = every.specimen(kind, seed, 40).truth
    assert set(truth) == set(KINDS[kind])
    assert not _failed(_page(kind, truth))


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        (
            "disability-certificate",
            {"issued_on": "2025-01-01", "valid_until": "2015-01-01"},
            {"issued_on": ["!date-order"], "valid_until": ["!date-order"]},
        ),
        (
            "birth-certificate",
            {"born_at": "2021-03-05T08:05", "issued_on": "2021-03-01"},
            {"born_at": ["!date-order"], "issued_on": ["!date-order"]},
        ),
        ("birth-certificate", {"mother_id_number": HE}, {"mother_id_number": ["!role-sex"]}),
        ("marriage-certificate", {"husband_id_number": HE, "wife_id_number": SHE}, {}),
        (
            "marriage-certificate",
            {"holder": "年月日", "husband_name": "赵样本", "wife_name": "钱样本"},
            {"holder": ["!one-of-couple"]},
        ),
        ("marriage-certificate", {"holder": "钱样本", "husband_name": "赵样本", "wife_name": "钱样本"}, {}),
        (
            "marriage-certificate",
            {"certificate_number": "J440304-2016-000123", "registered_on": "2018-02-03"},
            {"certificate_number": ["!same-year"], "registered_on": ["!same-year"]},
        ),
        (
            "property-certificate",
            {"certificate_number": "苏(2020)昆山市不动产权第0999123号", "unit_number": "44030400100"},
            {"certificate_number": ["!same-province"], "unit_number": ["!same-province"]},
        ),
    ],
)
def test_what_cannot_be_true_together_is_doubtful(
    kind: str, values: dict[str, str], wanted: dict[str, list[str]]
) -> None:
    page = _page(kind, values)
    assert _failed(page) == wanted
    assert all(group_of(page[name].checks) is Group.FAILED for name in wanted)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "云南省楚雄彝族自治州双柏县人民东路2801号份号码53232"),
        ("birth_place", "辽宁省本溪市南芬区江苏省镇江市句容市"),
        ("employer", "供电公司2021年由玉环市迁来"),
    ],
)
def test_a_value_that_runs_on_into_other_print_is_doubtful(name: str, value: str) -> None:
    assert _failed(_page("household-register-page", {name: value})) == {name: ["!runs-on"]}


def test_a_number_with_no_birth_date_in_it_is_doubtful() -> None:
    body = "44030419641308997"
    page = _page("id-card-front", {"id_number": body + check_digit(body)})
    assert _failed(page) == {"id_number": ["!number-date"]}


@pytest.mark.parametrize("printed", ["穿青人", "革家人", "其他", "外国血统中国籍人士"])
def test_forms_print_other_words_than_the_groups(printed: str) -> None:
    field = fields.ethnicity_of(Written(printed, (0.99,) * len(printed), None, (printed,)))
    assert (field.value, field.valid) == (printed, True)


def test_no_form_that_names_may_keep_is_read_as_another_one() -> None:
    assert not STANDARD & {variant for variant, _ in VARIANTS}
    assert {"昇", "堃", "喆", "淼", "甦", "釐"} <= STANDARD
