"""How a case stands says on every later day what its clocks say on that day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_deadlines import PLAIN, counts, starts
from tests.domain.test_lamps import at, case, timed
from workstation.domain.case import CaseState, Custody, Move, Moved, Pause, SlotContent
from workstation.domain.items import Limit
from workstation.domain.kinds import CorrectionRule, LimitUnit
from workstation.domain.lamps import LampColour, clocks
from workstation.domain.standing import Standing, standing_of

MONDAY = date(2026, 11, 2)


def colour_by(found: Standing, day: date) -> LampColour | None:
    """Read the lamp of a day from what is kept."""
    if found.red_on is not None and found.red_on <= day:
        return LampColour.RED
    if found.yellow_on is not None and found.yellow_on <= day:
        return LampColour.YELLOW
    return LampColour.GREY if found.is_grey else LampColour.GREEN if found.runs else None


@given(
    start=starts,
    numbers=st.tuples(counts, counts),
    unit=st.sampled_from(LimitUnit),
    later=st.integers(0, 60),
    held=st.booleans(),
)
def test_the_kept_days_give_the_lamp_of_any_later_day(
    start: date, numbers: tuple[int, int], unit: LimitUnit, later: int, held: bool
) -> None:
    item = timed(Limit(numbers[0], unit), Limit(numbers[1], unit))
    slots = {"card": SlotContent(custody=Custody.HELD)} if held else {}
    taken = case(CaseState.ACCEPTED, received_at=at(start), accepted_at=at(start), slots=slots)
    found = standing_of(taken, item, PLAIN, start)
    day = start + timedelta(days=later)
    running = clocks(taken, item, PLAIN, day)
    assert colour_by(found, day) is running[0].lamp
    assert found.held == held


def test_a_received_case_is_told_on_the_spot_or_by_its_day() -> None:
    received = case(
        CaseState.RECEIVED, received_at=at(MONDAY), last_move=Moved(move=Move.RECEIVE, due=MONDAY)
    )
    found = standing_of(received, timed(correction=CorrectionRule.ON_SPOT), PLAIN, MONDAY)
    assert colour_by(found, MONDAY) is LampColour.YELLOW and found.red_on == MONDAY + timedelta(days=1)
    assert found.answer_by == MONDAY


def test_a_stopped_clock_turns_nothing_and_one_without_a_day_is_grey() -> None:
    pause = Pause(start=at(MONDAY), expected=MONDAY + timedelta(days=9), end=None, procedure="检测")
    stopped = case(CaseState.IN_REVIEW, received_at=at(MONDAY), accepted_at=at(MONDAY), pauses=(pause,))
    found = standing_of(stopped, timed(), PLAIN, MONDAY)
    assert found == Standing(runs=True)
    nameless = case(CaseState.ACCEPTED, received_at=at(MONDAY), accepted_at=at(MONDAY))
    assert standing_of(nameless, None, PLAIN, MONDAY).is_grey
    assert standing_of(case(CaseState.DRAFT), None, PLAIN, MONDAY) == Standing()
