"""A slice of the fuzz run that is the same each time; the long form is `fuzz_importers.py` beside it."""

from __future__ import annotations

from tests.fuzz.fuzz_importers import run
from workstation.texts.scanners import TEXTS

CASES = 400


def test_mutated_files_end_in_a_page_or_in_a_known_error_and_never_in_a_crash() -> None:
    findings = run(first=1_000_000, cases=CASES, seconds=60)
    assert not findings.crashes
    assert not findings.hangs
    assert findings.cases == CASES
    assert set(findings.outcomes) <= {"taken", *TEXTS}
    assert findings.outcomes["taken"] > CASES // 10, "the mutations are so wild that no decoder sees them"
