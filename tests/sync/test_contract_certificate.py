"""The signed code: small, one spelling, and nothing in it can be bent unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import base45, cbor
from sync.contract.certificate import (
    PREFIX,
    Presentation,
    Unreadable,
    holder_hash,
    read_code,
    seal_code,
)
from sync.contract.signing import BadSignature, key_id, new_key

AT = datetime(2026, 11, 20, 2, 42, tzinfo=UTC)
NONCE = b"nonce-08"
SHOWN = Presentation(
    issuer="11440300000000001X",
    kind="11100000000013127D002",
    number="J440304-2016-000123",
    holder=holder_hash("赵样本", "440304196403089970", NONCE),
    valid_from=date(2016, 1, 1),
    valid_until=date(2036, 1, 1),
    nonce=NONCE,
    shown_at=AT,
    shown_until=AT + timedelta(minutes=5),
    practice=True,
)

values = st.recursive(
    st.none() | st.integers(-(2**63), 2**63) | st.binary(max_size=20) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-99, 99) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


def test_what_was_sealed_is_read_back_and_carries_its_key() -> None:
    key = new_key()
    code = read_code(seal_code(SHOWN, key))
    code.verify(key.public_key())
    assert (code.presentation, code.key_id) == (SHOWN, key_id(key.public_key()))


def test_a_code_fits_the_tight_alphabet_of_a_qr_code_in_under_320_characters() -> None:
    text = seal_code(SHOWN, new_key())
    assert set(text) <= set(base45.ALPHABET) and len(text) < 320


def test_a_certificate_without_an_end_has_none() -> None:
    from dataclasses import replace

    assert read_code(seal_code(replace(SHOWN, valid_until=None), new_key())).presentation.valid_until is None


def test_another_key_did_not_sign_it() -> None:
    with pytest.raises(BadSignature):
        read_code(seal_code(SHOWN, new_key())).verify(new_key().public_key())


@given(st.integers(0, 10_000), st.sampled_from(base45.ALPHABET))
def test_no_changed_character_passes(place: int, character: str) -> None:
    key = new_key()
    text = seal_code(SHOWN, key)
    at = len(PREFIX) + place % (len(text) - len(PREFIX))
    bent = text[:at] + character + text[at + 1 :]
    if bent == text:
        return
    with pytest.raises((Unreadable, BadSignature)):
        read_code(bent).verify(key.public_key())


@given(st.text(max_size=80) | st.text(alphabet=base45.ALPHABET, max_size=400))
def test_any_other_text_is_unreadable_and_nothing_worse(text: str) -> None:
    for tried in (text, PREFIX + text):
        with pytest.raises(Unreadable):
            read_code(tried)


@pytest.mark.parametrize("length", [0, 3, 8, 40, 150])
def test_a_code_cut_off_is_unreadable(length: int) -> None:
    with pytest.raises(Unreadable):
        read_code(seal_code(SHOWN, new_key())[: len(PREFIX) + length])


def test_the_holder_is_the_same_however_the_name_is_spaced_and_differs_by_showing() -> None:
    number = "44030419640308997x"
    assert holder_hash("赵 样本", number, NONCE) == holder_hash("赵样本", number.upper(), NONCE)
    assert holder_hash("赵样本", number, NONCE) != holder_hash("赵样本", number, b"another8")


@given(st.binary(max_size=60))
def test_base45_gives_back_what_it_took(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


def test_base45_spells_the_examples_of_its_standard() -> None:
    assert (base45.encode(b"AB"), base45.encode(b"Hello!!"), base45.encode(b"ietf!")) == (
        "BB8",
        "%69 VD92EX0",
        "QED8WEX0",
    )


@given(values)
def test_cbor_gives_back_what_it_took(value: cbor.Value) -> None:
    assert cbor.loads(cbor.dumps(value)) == value


@given(st.binary(max_size=40))
def test_cbor_takes_its_own_spelling_or_refuses(data: bytes) -> None:
    try:
        value = cbor.loads(data)
    except ValueError:
        return
    assert cbor.dumps(value) == data
