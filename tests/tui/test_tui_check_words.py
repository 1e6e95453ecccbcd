"""Every check that reading makes has words for the clerk: its bare name is never shown."""

from __future__ import annotations

import re
from pathlib import Path

import ocr
from ocr.documents import consistency
from workstation.domain.agreement import AGREES
from workstation.domain.case import FieldValue, Origin
from workstation.tui.words import CHECK_WORDS, FAILED_WORDS, check_words, value_lamp

FOLDER = Path(ocr.__file__).parent / "documents"
CHECK = re.compile(
    r'"((?:known|plausible|matches|check)-[a-z-]+|[a-z]+-length|length|shape|amount|span|composite|police-office)"'
)


def made_checks() -> set[str]:
    found = {name for path in FOLDER.glob("*.py") for name in CHECK.findall(path.read_text("utf-8"))}
    return {*found, *consistency.CHECKS}


def test_every_check_of_a_document_has_words_for_both_outcomes() -> None:
    made = made_checks()
    assert {"check-digit", "known-ethnicity", "plausible-date"} <= made
    assert not made - set(CHECK_WORDS)
    assert not made - set(FAILED_WORDS)


def test_the_other_document_is_named() -> None:
    assert check_words(f"!{AGREES}:household-register-page") == "与《户口簿》上的不一致"
    assert check_words(f"{AGREES}:id-card-front") == "与《居民身份证》一致"


def test_a_repaired_value_says_what_was_done_to_it() -> None:
    value = FieldValue(value="1", origin=Origin.OCR, confidence=0.6, checks=("check-digit", "repaired"))
    assert value_lamp(value).plain == "? 0.60 已订正易混字符, 请核对"
