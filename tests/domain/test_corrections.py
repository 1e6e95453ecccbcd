from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case import Applicant, ApplicantSet, Entry, FieldSet, FieldValue, Origin, Payload
from workstation.domain.corrections import Tally, summed, tally

NUMBER = "44030419640308997X"


def log(*payloads: Payload) -> list[Entry]:
    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    return [
        Entry(case_id="c", seq=seq, at=at, tick=seq, actor="a", payload=payload)
        for seq, payload in enumerate(payloads, 1)
    ]


def read(field: str, value: str, *, confidence: float = 0.97, page: str = "p") -> FieldSet:
    proposal = FieldValue(
        value=value,
        origin=Origin.OCR,
        confidence=confidence if value else 0.0,
        page_id=page,
        valid=bool(value),
    )
    return FieldSet(field=field, value=proposal)


def said(field: str, value: str, origin: Origin = Origin.TYPED) -> FieldSet:
    return FieldSet(field=field, value=FieldValue(value=value, origin=origin, confirmed_by="王样本"))


def named(**values: str) -> ApplicantSet:
    return ApplicantSet(applicant=Applicant(**{"name": "赵样本", "id_number": NUMBER, **values}))  # type: ignore[arg-type]


def test_a_reading_taken_as_it_is_was_settled_and_not_corrected() -> None:
    found = tally(
        log(read("book.name", "赵样本"), read("name", "赵样本"), said("name", "赵样本", Origin.OCR))
    )
    assert found == {"book.name": Tally(read=1, settled=1)}


def test_a_value_typed_over_a_proposal_corrects_the_reading_it_came_from() -> None:
    found = tally(log(read("book.name", "赵祥本"), read("name", "赵祥本"), said("name", "赵样本")))
    assert found == {"book.name": Tally(read=1, settled=1, corrected=1, corrected_confident=1)}


def test_a_doubtful_reading_put_right_was_not_trusted() -> None:
    found = tally(log(read("book.name", "赵祥本", confidence=0.5), said("book.name", "赵样本")))
    assert found == {"book.name": Tally(read=1, doubtful=1, settled=1, corrected=1)}


def test_the_last_word_counts() -> None:
    found = tally(log(read("book.name", "赵样本"), said("book.name", "赵祥本"), said("book.name", "赵样本")))
    assert found["book.name"].corrected == 0


def test_what_nobody_looked_at_is_not_settled() -> None:
    assert tally(log(read("book.name", "赵样本"), read("book.sex", ""))) == {
        "book.name": Tally(read=1),
        "book.sex": Tally(read=1, empty=1),
    }


def test_confirming_the_applicant_settles_the_card_once() -> None:
    found = tally(
        log(
            read("id-card-front.name", "赵祥本"),
            read("id-card-front.id_number", NUMBER),
            read("id-card-front.ethnicity", ""),
            read("name", "赵祥本"),
            named(ethnicity="汉"),
            said("name", "赵样本", Origin.CARD),
        )
    )
    assert found["id-card-front.name"] == Tally(read=1, settled=1, corrected=1, corrected_confident=1)
    assert found["id-card-front.id_number"] == Tally(read=1, settled=1)
    assert found["id-card-front.ethnicity"] == Tally(read=1, empty=1, settled=1, corrected=1)


def test_the_card_of_somebody_else_is_not_corrected_by_the_applicant() -> None:
    found = tally(
        log(
            read("id-card-front.name", "钱多"), read("id-card-front.id_number", "440304196508219988"), named()
        )
    )
    assert {counts.settled for counts in found.values()} == {0}


def test_a_page_read_again_counts_as_another_reading() -> None:
    found = tally(
        log(read("book.name", "赵祥本"), said("book.name", "赵样本"), read("book.name", "赵样本", page="q"))
    )
    assert found == {"book.name": Tally(read=2, settled=1, corrected=1, corrected_confident=1)}


def test_cases_add_up() -> None:
    one = tally(log(read("book.name", "赵样本"), read("book.age", "1")))
    assert summed([one, one, {}]) == {"book.age": Tally(read=2), "book.name": Tally(read=2)}
    assert list(summed([one])) == ["book.age", "book.name"]


NAMES = st.sampled_from(["id-card-front.name", "id-card-front.id_number", "book.name", "name", "phone"])
VALUES = st.sampled_from(["赵样本", "赵祥本", NUMBER, ""])
ENTRIES = st.one_of(
    st.builds(read, NAMES, VALUES, confidence=st.floats(0, 1)),
    st.builds(said, NAMES, VALUES, st.sampled_from(Origin)),
    st.builds(named, address=VALUES),
)


@given(st.lists(ENTRIES, max_size=12))
def test_counts_fit_together_and_hold_nothing_personal(payloads: list[Payload]) -> None:
    found = tally(log(*payloads))
    for name, counts in found.items():
        assert counts.empty + counts.doubtful <= counts.read
        assert counts.corrected_confident <= counts.corrected <= counts.settled <= counts.read
        assert not {"赵样本", NUMBER} & {name}
