"""The national algorithms give the answers their standards print."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import suites
from sync.contract.suites import (
    CIPHER_NAMES,
    NoNationalAlgorithms,
    Sm4Gcm,
    Suite,
    cipher_named,
    has_national,
    sm3_hex,
    sm4_key,
)

KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")


def _without_sm4(_key: bytes) -> object:
    raise UnsupportedAlgorithm("this build of OpenSSL has no SM4")


def test_sm4_gives_the_answer_of_its_standard() -> None:
    """GB/T 32907-2016, A.1: the key encrypted under itself."""
    encryptor = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor()  # noqa: S305 - one block, as printed
    assert (encryptor.update(KEY) + encryptor.finalize()).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_in_gcm_gives_the_answer_of_rfc_8998() -> None:
    """RFC 8998, A.1."""
    nonce = bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    cipher = Sm4Gcm(KEY)
    assert cipher.encrypt(nonce, plain, associated) == sealed
    assert cipher.decrypt(nonce, sealed, associated) == plain


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_answers_of_its_standard(data: bytes, digest: str) -> None:
    """GB/T 32905-2016, A.1 and A.2."""
    assert sm3_hex(data) == digest


@given(st.binary(max_size=200), st.binary(max_size=40), st.integers(min_value=0), st.sampled_from(Suite))
def test_any_flipped_bit_is_found_in_both_suites(
    data: bytes, associated: bytes, place: int, suite: Suite
) -> None:
    cipher = cipher_named(CIPHER_NAMES[suite], bytes(32), "test")
    nonce = bytes(12)
    sealed = bytearray(cipher.encrypt(nonce, data, associated))
    assert cipher.decrypt(nonce, bytes(sealed), associated) == data
    bit = place % (len(sealed) * 8)
    sealed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(InvalidTag):
        cipher.decrypt(nonce, bytes(sealed), associated)
    with pytest.raises(InvalidTag):
        cipher.decrypt(nonce, bytes(sealed[:15]), associated)


def test_the_keys_of_the_two_suites_share_nothing() -> None:
    secret = bytes(range(32))
    key = sm4_key(secret, "one")
    assert len(key) == 16
    assert key not in secret
    assert key != sm4_key(secret, "another")


def test_a_cipher_nobody_knows_is_said_to_be_unknown() -> None:
    with pytest.raises(KeyError):
        cipher_named("ROT13", bytes(32), "test")


@pytest.fixture
def without_sm4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algorithms, "SM4", _without_sm4)
    monkeypatch.setattr(suites, "has_national", has_national.__wrapped__)


@pytest.mark.usefixtures("without_sm4")
def test_a_library_without_sm4_says_so_and_uses_nothing_else() -> None:
    assert not suites.has_national()
    for refused in (lambda: Sm4Gcm(KEY), lambda: sm3_hex(b"abc"), lambda: sm4_key(KEY, "one")):
        with pytest.raises(NoNationalAlgorithms):
            refused()
