"""What practice answers when the credit library is asked: all three outcomes can be rehearsed."""

from __future__ import annotations

import pytest

from workstation.cli.practice import DISHONEST_CITIZEN, SILENT_CITIZEN, specimen_credit
from workstation.domain.case import CreditOutcome
from workstation.services.credit import NoLibrary
from workstation.training.specimens.people import CAST, by_name


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("赵样本", CreditOutcome.GOOD),
        (DISHONEST_CITIZEN, CreditOutcome.BAD),
        (SILENT_CITIZEN, CreditOutcome.UNKNOWN),
    ],
)
def test_practice_has_one_citizen_for_each_answer(name: str, outcome: CreditOutcome) -> None:
    answer = specimen_credit().ask(by_name(name).id_number)
    assert answer.outcome is outcome and bool(answer.lists) is (outcome is CreditOutcome.BAD)


def test_a_window_without_a_counterpart_knows_nothing_of_anybody() -> None:
    assert {NoLibrary().ask(person.id_number).outcome for person in CAST} == {CreditOutcome.UNKNOWN}
