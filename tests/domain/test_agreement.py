from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.agreement import Weight, compare, contradictions, judged
from workstation.domain.case import Applicant, FieldValue, Origin

ZHAO, BORN = "44030419640308997X", "1964-03-08"
CARD, BOOK = "id-card-front", "household-register-page"


def read(value: str, page: str, *, confidence: float = 0.8, valid: bool = True) -> FieldValue:
    return FieldValue(value=value, origin=Origin.OCR, confidence=confidence, page_id=page, valid=valid)


def document(kind: str, *, page: str = "", **said: str) -> dict[str, FieldValue]:
    return {f"{kind}.{name}": read(value, page or kind) for name, value in said.items()}


def zhao(kind: str, **other: str) -> dict[str, FieldValue]:
    return document(kind, **{"name": "赵样本", "id_number": ZHAO, "birth_date": BORN, "sex": "男", **other})


def aspects(fields: dict[str, FieldValue], applicant: Applicant | None = None) -> list[str]:
    return [found.aspect for found in contradictions(fields, applicant)]


def test_documents_that_say_the_same_contradict_nowhere_and_agree_in_everything() -> None:
    found = compare(zhao(CARD) | zhao(BOOK))
    assert not found.contradictions
    assert [one.field for one, _ in found.agreements] == [
        f"{CARD}.{a}" for a in ("name", "id_number", "birth_date", "sex")
    ]


def test_another_name_under_the_same_number_is_a_grave_contradiction() -> None:
    (found,) = contradictions(zhao(CARD) | zhao(BOOK, name="赵祥本"))
    assert (found.aspect, found.weight) == ("name", Weight.GRAVE)
    assert {found.one.value, found.other.value} == {"赵样本", "赵祥本"}
    assert (found.one.document, found.other.document) == (CARD, BOOK)


def test_another_sex_is_a_slight_one() -> None:
    assert [c.weight for c in contradictions(zhao(CARD) | zhao(BOOK, sex="女"))] == [Weight.SLIGHT]


def test_a_misread_number_under_the_same_name_contradicts() -> None:
    wrong = zhao(BOOK)
    wrong[f"{BOOK}.id_number"] = read("440304196403089970", BOOK, valid=False)
    assert aspects(zhao(CARD) | wrong) == ["id_number"]


def test_members_of_one_household_are_not_compared() -> None:
    assert not aspects(zhao(CARD) | document(BOOK, name="钱样本", id_number="440304196508219988", sex="女"))


def test_twins_with_right_numbers_are_two_people() -> None:
    one = document(CARD, name="周样一", id_number="440304199106149968", birth_date="1991-06-14")
    other = document(BOOK, name="周样二", id_number="440304199106149984", birth_date="1991-06-14")
    assert not aspects(one | other)


def test_husband_and_wife_of_a_marriage_certificate_are_told_apart() -> None:
    certificate = document(
        "marriage-certificate",
        husband_name="赵样本", husband_id_number=ZHAO, husband_birth_date="1964-03-09",
        wife_name="钱样本", wife_id_number="440304196508219988", wife_birth_date="1965-08-21",
    )  # fmt: skip
    (found,) = contradictions(zhao(CARD) | certificate)
    assert (found.aspect, found.other.field) == ("birth_date", "marriage-certificate.husband_birth_date")


def test_the_number_inside_a_disability_certificate_is_the_citizens() -> None:
    certificate = document("disability-certificate", name="赵样本", certificate_number=f"{ZHAO}43")
    found = compare(zhao(CARD) | certificate)
    assert not found.contradictions
    assert len(found.agreements) == 2


def test_a_birth_certificate_is_compared_by_name_and_day() -> None:
    certificate = document("birth-certificate", newborn_name="赵样本", born_at="1964-03-08T08:05", sex="女")
    assert aspects(zhao(CARD) | certificate) == ["sex"]


def test_what_was_confirmed_is_a_witness_too() -> None:
    person = Applicant(name="赵样本", id_number=ZHAO, sex="男", birth_date=date(1964, 3, 8), ethnicity="汉")
    assert aspects(zhao(BOOK, name="赵祥本"), person) == ["name"]
    assert not aspects(zhao(BOOK), person)


def test_what_one_page_says_twice_is_one_witness() -> None:
    assert not compare(zhao(CARD) | document(BOOK, page=CARD, name="赵祥本", id_number=ZHAO)).contradictions


def test_a_reading_another_document_repeats_is_surer() -> None:
    fields = zhao(CARD) | zhao(BOOK)
    shown = judged(fields, compare(fields))[f"{CARD}.name"]
    assert shown.confidence > 0.95
    assert shown.checks == (f"agrees-with:{BOOK}",)
    assert shown.valid


def test_a_contradicted_reading_is_doubtful_in_both_documents_and_in_the_form() -> None:
    fields = zhao(CARD) | zhao(BOOK, name="赵祥本")
    fields["name"] = fields[f"{CARD}.name"]
    shown = judged(fields, compare(fields))
    for name, other in ((f"{CARD}.name", BOOK), (f"{BOOK}.name", CARD), ("name", BOOK)):
        assert shown[name].checks == (f"!agrees-with:{other}",)
        assert not shown[name].valid
        assert shown[name].confidence <= 0.5
    assert fields["name"].valid


def test_what_a_person_vouched_for_is_never_marked() -> None:
    fields = zhao(CARD) | zhao(BOOK, name="赵祥本")
    typed = FieldValue(value="赵样本", origin=Origin.TYPED, confirmed_by="王样本")
    fields[f"{CARD}.name"] = typed
    assert judged(fields, compare(fields))[f"{CARD}.name"] == typed


def test_agreement_does_not_heal_a_failed_check() -> None:
    fields = zhao(CARD) | zhao(BOOK)
    fields[f"{CARD}.name"] = FieldValue(
        value="赵样本", origin=Origin.OCR, confidence=0.5, page_id="p", valid=False
    )
    assert judged(fields, compare(fields))[f"{CARD}.name"] == fields[f"{CARD}.name"]


FIELDS = st.sampled_from(
    [f"{kind}.{name}" for kind in (CARD, BOOK) for name in ("name", "id_number", "birth_date", "sex")]
    + ["marriage-certificate.husband_name", "birth-certificate.born_at", "name", "odd"]
)
VALUES = st.builds(
    FieldValue,
    value=st.sampled_from(["赵样本", "赵祥本", ZHAO, BORN, "男", ""]),
    origin=st.sampled_from(Origin),
    confidence=st.floats(0, 1),
    page_id=st.sampled_from([None, "p", "q"]),
    valid=st.booleans(),
)


@given(st.dictionaries(FIELDS, VALUES))
def test_no_fields_break_the_comparison_and_no_value_is_ever_changed(fields: dict[str, FieldValue]) -> None:
    shown = judged(fields, compare(fields))
    assert {name: value.value for name, value in shown.items()} == {
        name: value.value for name, value in fields.items()
    }
    assert all(not (shown[name].valid and not fields[name].valid) for name in fields)
