from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync.contract import signing
from sync.contract.ids import uuid7
from sync.contract.models import BundleKind, Manifest, PageEntry

KEY = signing.load_private(bytes(range(32)))
OTHER = signing.load_private(bytes(range(1, 33)))
TIMES = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))]
    ),
)
SAFE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
NAME = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
"""Text of the envelope, where a database may not hold a NUL; the body may have one."""
JSON = st.recursive(
    st.none() | st.booleans() | SAFE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
SHA = st.binary(min_size=32, max_size=32).map(bytes.hex)
PAGES = st.builds(
    PageEntry,
    page_id=NAME,
    slot=NAME,
    sha256=SHA,
    size=st.integers(1, 10_000),
    media_type=st.just("image/jpeg"),
)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    created = draw(TIMES)
    return Manifest(
        bundle_id=uuid7(created, draw(st.binary(min_size=10, max_size=10))),
        kind=draw(st.sampled_from(BundleKind)),
        version=draw(st.integers(1, 9)),
        subject=draw(NAME),
        window_id="w-1",
        receiving_street="华富",
        home_street="香蜜湖",
        created_at=created,
        pages=tuple(draw(st.lists(PAGES, max_size=3))),
        body=draw(st.dictionaries(TEXT, JSON, max_size=4)),
    )


@given(manifests())
def test_the_wire_does_not_change_the_hash(manifest: Manifest) -> None:
    again = Manifest.model_validate_json(manifest.model_dump_json())
    assert signing.manifest_sha256(again) == signing.manifest_sha256(manifest)
    from_canonical = Manifest.model_validate_json(signing.canonical(manifest))
    assert signing.canonical(from_canonical) == signing.canonical(manifest)


@given(manifests())
def test_a_signature_passes_for_its_key_and_no_other(manifest: Manifest) -> None:
    signature = signing.sign(manifest, KEY)
    signing.verify(manifest, signature, KEY.public_key())
    with pytest.raises(signing.BadSignature):
        signing.verify(manifest, signature, OTHER.public_key())


@given(manifests(), NAME)
def test_a_changed_manifest_fails_its_signature(manifest: Manifest, subject: str) -> None:
    changed = manifest.model_copy(update={"subject": subject + "!" + manifest.subject})
    with pytest.raises(signing.BadSignature):
        signing.verify(changed, signing.sign(manifest, KEY), KEY.public_key())


@given(manifests(), st.integers(0, 85), st.sampled_from("ABCabc012-_=+/ é"))
def test_a_signature_with_one_other_character_fails(manifest: Manifest, at: int, character: str) -> None:
    signature = signing.sign(manifest, KEY)
    changed = signature[:at] + character + signature[at + 1 :]
    if changed != signature:
        with pytest.raises(signing.BadSignature):
            signing.verify(manifest, changed, KEY.public_key())


@given(st.binary(max_size=80))
def test_base64url_round_trips_and_has_one_spelling(data: bytes) -> None:
    text = signing.b64url_encode(data)
    assert "=" not in text
    assert signing.b64url_decode(text) == data


@pytest.mark.parametrize("text", ["A", "AB==", "AB+/", "QR", "A B", "é"])
def test_other_spellings_of_base64url_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        signing.b64url_decode(text)


def test_keys_round_trip_through_text_and_bytes() -> None:
    key = signing.new_key()
    text = signing.public_text(key)
    assert len(text) == 43
    assert signing.public_text(key.public_key()) == text
    assert signing.load_public(text) == key.public_key()
    again = signing.load_private(signing.private_bytes(key))
    assert again.public_key() == key.public_key()
    assert len(signing.key_id(key.public_key())) == 16


@pytest.mark.parametrize("body", [{"n": 2**53}, {"s": "\ud800"}])
def test_content_without_a_canonical_form_cannot_be_signed_or_verified(body: dict[str, object]) -> None:
    manifest = Manifest(
        bundle_id=uuid7(datetime(2026, 11, 2, tzinfo=UTC)),
        kind=BundleKind.CASE,
        version=1,
        subject="s",
        window_id="w",
        receiving_street="a",
        home_street="b",
        created_at=datetime(2026, 11, 2, tzinfo=UTC),
        body=body,
    )
    with pytest.raises(ValueError):
        signing.sign(manifest, KEY)
    with pytest.raises(signing.BadSignature):
        signing.verify(manifest, "AAAA", KEY.public_key())


@given(TIMES, st.binary(min_size=10, max_size=10))
def test_ids_are_version_7_carry_their_time_and_pass_the_contract(now: datetime, noise: bytes) -> None:
    text = uuid7(now, noise)
    parsed = uuid.UUID(text)
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    stamped = datetime.fromtimestamp((parsed.int >> 80) / 1000, UTC)
    assert abs(stamped - now) <= timedelta(milliseconds=2)


def test_the_id_of_the_standard_is_reproduced() -> None:
    # RFC 9562, appendix A.6: 2022-02-22 14:22:22 -05:00, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    moment = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert uuid7(moment, bytes.fromhex("0cc318c4dc0c0c07398f")) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_sort_by_time_and_differ_at_the_same_moment() -> None:
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    assert uuid7(moment) != uuid7(moment)
    assert uuid7(moment) < uuid7(moment + timedelta(milliseconds=1))


def test_a_naive_time_or_short_noise_gives_no_id() -> None:
    with pytest.raises(ValueError, match="aware"):
        uuid7(datetime(2026, 11, 2))  # noqa: DTZ001 - the naive time is the case under test
    with pytest.raises(ValueError, match="random"):
        uuid7(datetime(2026, 11, 2, tzinfo=UTC), b"short")


def test_a_manifest_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        Manifest.model_validate({"surprise": 1})


ODD_JSON = st.recursive(
    st.none() | st.booleans() | SAFE | TEXT | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(alphabet="a\u20ac\ue000\ufffd\U0001f600\U00020000", max_size=3), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(ODD_JSON)
def test_the_short_way_to_canonical_json_says_what_the_standards_own_way_says(value: object) -> None:
    assert signing.canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [2**53, -(2**53), {"a": [2**53]}, float("nan"), ["\ud800"], {"\udfff": 1}])
def test_what_has_no_canonical_form_is_refused_either_way(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever encoder refuses it words it its own way
        signing.canonical_json(value)
