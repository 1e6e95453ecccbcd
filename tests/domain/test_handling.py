"""How long a case took: each gap to its step, long gaps apart, and no word when the clock was set back."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case import (
    Answered,
    Applicant,
    ApplicantSet,
    Case,
    CaseState,
    Custody,
    Entry,
    FieldSet,
    FieldValue,
    Flag,
    Flagged,
    Move,
    Moved,
    Opened,
    Origin,
    OriginalMarked,
    Payload,
    Sealed,
    Ticketed,
)
from workstation.domain.clock import CHINA
from workstation.domain.handling import IDLE_GAP, Savings, Stage, handling, savings, stage_of

NINE = datetime(2026, 11, 20, 9, tzinfo=CHINA)
OPENED = Opened(number="1", item_code="x", pack_version="1", window="w", receiving_street="HF")
RECEIVED = Moved(move=Move.RECEIVE)
PERSON = ApplicantSet(applicant=Applicant(name="赵样本", id_number="44030419400101997X"))


def field(origin: Origin, *, by: str | None = None, value: str = "样本") -> FieldSet:
    return FieldSet(field="name", value=FieldValue(value=value, origin=origin, confirmed_by=by))


def log(*steps: tuple[float, Payload]) -> list[Entry]:
    """Entries with the seconds since the one before."""
    at, entries = NINE, []
    for seq, (seconds, payload) in enumerate(steps, 1):
        at += timedelta(seconds=seconds)
        entries.append(Entry(case_id="c", seq=seq, at=at, tick=seq, actor="clerk", payload=payload))
    return entries


WORK: tuple[tuple[float, Payload], ...] = (
    (0, OPENED),
    (10, Answered(question="q", option="o")),
    (30, PERSON),
    (0, field(Origin.CARD, by="clerk")),
    (40, OriginalMarked(slot="id", custody=Custody.RETURNED)),
    (5, field(Origin.OCR)),
    (20, field(Origin.TYPED, by="clerk")),
    (6, RECEIVED),
)


def test_each_gap_belongs_to_the_step_it_led_to() -> None:
    found = handling(log(*WORK))
    assert found is not None
    assert found.stages == {
        Stage.SITUATION: 10,
        Stage.APPLICANT: 30,
        Stage.MATERIALS: 45,
        Stage.FORM: 20,
        Stage.DECISION: 6,
    }
    assert (found.worked_s, found.idle_s) == (111, 0)
    assert found.ended_at == NINE + timedelta(seconds=111)


def test_time_runs_from_the_call_when_there_is_a_number() -> None:
    ticket = Ticketed(ticket="A001", taken_at=NINE, called_at=NINE - timedelta(seconds=50))
    found = handling(log(WORK[0], (0, ticket), *WORK[1:]))
    assert found is not None and found.stages[Stage.GREETING] == 50 and found.worked_s == 161


def test_a_long_silence_and_a_hold_are_no_work() -> None:
    held, resumed = Flagged(flag=Flag.ON_HOLD, on=True), Flagged(flag=Flag.ON_HOLD, on=False)
    found = handling(log(WORK[0], (301, WORK[1][1]), (4, held), (60, resumed), (7, RECEIVED)))
    assert found is not None
    assert (found.idle_s, found.worked_s) == (361, 11)


def test_five_minutes_sharp_are_work() -> None:
    found = handling(log(WORK[0], (IDLE_GAP.total_seconds(), RECEIVED)))
    assert found is not None and found.idle_s == 0


def test_before_the_receipt_there_is_nothing_to_say_and_after_it_nothing_is_added() -> None:
    assert handling(log(*WORK[:-1])) is None and handling([]) is None
    more = handling(log(*WORK, (500, Sealed(bundle_id="b", version=1, manifest_sha256="h"))))
    assert more == handling(log(*WORK))


payloads = st.sampled_from([payload for _gap, payload in WORK[1:-1]])


@given(st.lists(st.tuples(st.integers(-400, 900), payloads), max_size=12), st.integers(-400, 900))
def test_work_and_silence_together_are_the_whole_time_or_nothing_is_said(
    steps: list[tuple[int, Payload]], last: int
) -> None:
    entries = log((0, OPENED), *steps, (last, RECEIVED))
    found = handling(entries)
    if any(seconds < 0 for seconds in (*(gap for gap, _payload in steps), last)):
        assert found is None
    else:
        assert found is not None
        assert found.worked_s + found.idle_s == (entries[-1].at - NINE).total_seconds()
        assert found.worked_s == sum(found.stages.values())


def test_every_payload_has_a_stage() -> None:
    assert {stage_of(payload) for _gap, payload in WORK} == set(Stage)


def test_what_was_spared_is_counted_from_the_values_and_the_pages() -> None:
    values = {
        "name": FieldValue(value="赵样本", origin=Origin.CARD),
        "address": FieldValue(value="福田", origin=Origin.OCR),
        "note": FieldValue(value="样本", origin=Origin.TYPED),
        "empty": FieldValue(value="", origin=Origin.OCR),
        "id-card-front.name": FieldValue(value="赵样本", origin=Origin.OCR),
    }
    case = Case(
        case_id="c",
        number="1",
        item_code="x",
        pack_version="1",
        window="w",
        receiving_street="HF",
        opened_at=NINE,
        opened_by="clerk",
        changed_at=NINE,
        state=CaseState.RECEIVED,
        fields=values,
    )
    assert savings([case]) == Savings(prefilled=2, typed=1, reused_sheets=0, scanned_sheets=0)
