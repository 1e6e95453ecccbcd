from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.source import read_document

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (LAUGHS, "C122", 1),
        ("a: 1\nb: *a\n", "C122", 2),
        ("a: {<<: {b: 1}}", "C122", 1),
        ("? [a]\n: 1", "C122", 1),
        ("a: " + "[" * 100_000, "C123", 1),
        ("a: " + "[\n" * 100_000, "C123", 13),
        ("- " * 5_000 + "a", "C123", 1),
        ("".join(" " * n + "a:\n" for n in range(2_000)), "C123", 14),
        ("a: !!python/object/apply:os.system [ls]", "C121", 1),
        ("a: !!binary aGk=", "C121", 1),
        ("a: 1\nb: 2\na: 3\n", "C124", 3),
        ("a: [1\nb: 2", "C120", 2),
        ("a: 1\n---\nb: 2", "C120", 2),
        ("a: \x00", "C120", 0),
        ("", "C120", 0),
    ],
)
def test_what_bites_in_yaml_is_refused_at_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(PackInvalid) as caught:
        read_document(text, "a.yaml")
    (finding,) = caught.value.findings
    assert (finding.code, finding.line) == (code, line)


def test_only_plain_words_become_other_than_text() -> None:
    text = "a: no\nb: 12:30\nc: 0755\nd: 2026-11-01\ne: '2026-11-01'\nf: ~\ng: 1.5\n"
    text += "h: true\ni: '12'\nj: 12\nk: 2026-13-01"
    assert read_document(text, "a.yaml").value == {
        "a": "no",
        "b": "12:30",
        "c": "0755",
        "d": date(2026, 11, 1),
        "e": "2026-11-01",
        "f": None,
        "g": "1.5",
        "h": True,
        "i": "12",
        "j": 12,
        "k": "2026-13-01",
    }


def test_every_value_knows_its_line() -> None:
    document = read_document("a:\n- x: 1\n- x: 2\nb: {c: 3}\n", "a.yaml")
    assert document.line(("a", 1, "x")) == 3
    assert document.line(("b", "c")) == 4
    assert document.line(("a", 1, "missing")) == 3
    assert document.line(("nowhere",)) == 1


@given(st.text(alphabet="ab:-[]{}&*!#'\"\n ~<>|?%,1é敬", max_size=60))
def test_any_text_is_values_or_a_finding(text: str) -> None:
    try:
        read_document(text, "a.yaml")
    except PackInvalid as error:
        assert error.findings
