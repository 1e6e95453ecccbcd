"""Bundles by stick: sealed for one back office, whole or not at all, and harmless beside the network."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carry.bag import PART, BagReader, writing
from sync.carry.box import closed_for, opened_by
from sync.carry.errors import (
    BagDamaged,
    BoxClosed,
    CarryError,
    CipherUnknown,
    MediumFailed,
    NoRoom,
    NotABag,
    NothingToCarry,
)
from sync.carry.parcel import INDEX_FILE, KEY_FILE, Packed, Parcel, Torn, pack
from sync.carry.receipts import take_receipts
from sync.contract import suites
from sync.contract.models import SignedManifest
from sync.contract.signing import b64url_encode, load_public, new_key
from sync.contract.suites import CIPHER_NAMES, Suite
from sync.errors import UnreadableBundle
from sync.fake import MemoryOutbox
from sync.gateway.carried import Carried, accept
from sync.port import Line, LineState
from tests.sync.gateway_hall import START, STREET, Hall, WindowSeat
from tests.sync.office import seal

Queue = tuple[MemoryOutbox, list[Line]]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def seat(hall: Hall) -> WindowSeat:
    return hall.window()


@pytest.fixture
def queue(seat: WindowSeat) -> Queue:
    """Three bundles, two of which share a page."""
    outbox = MemoryOutbox()
    pages = ((b"one", b"two"), (b"two",), ())
    sealed = [
        seal(f"FT-{n}", *some, window_id=seat.window_id, key=seat.key, street=STREET)
        for n, some in enumerate(pages)
    ]
    return outbox, [outbox.add(*one) for one in sealed]


def packed(queue: Queue, seat: WindowSeat, medium: Path, suite: Suite = Suite.INTERNATIONAL) -> Packed:
    outbox, lines = queue
    enrolment = seat.enrolment
    return pack(
        outbox,
        lines,
        medium,
        window_id=seat.window_id,
        gateway_id=enrolment.gateway_id,
        gateway_key=load_public(enrolment.gateway_key),
        now=START,
        suite=suite,
    )


@given(data=st.binary(max_size=300), name=st.text(min_size=1, max_size=20), suite=st.sampled_from(Suite))
@settings(max_examples=25)
def test_only_the_gateway_opens_what_was_sealed_for_its_signing_key(
    data: bytes, name: str, suite: Suite
) -> None:
    key, cipher = new_key(), CIPHER_NAMES[suite]
    box, public = closed_for(key.public_key(), suite)
    sealed = box.seal(name, data)
    assert opened_by(key, public, cipher).open(name, sealed) == data
    with pytest.raises(BoxClosed):
        opened_by(new_key(), public, cipher).open(name, sealed)
    with pytest.raises(BoxClosed):
        opened_by(key, public, cipher).open(name + "x", sealed)
    with pytest.raises(BoxClosed):
        opened_by(key, bytes(32), cipher)
    (other,) = set(CIPHER_NAMES.values()) - {cipher}
    with pytest.raises(BoxClosed):
        opened_by(key, public, other).open(name, sealed)


def test_a_bag_arrives_once_however_often_it_is_imported_and_beside_the_network(
    hall: Hall, seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    outbox, lines = queue
    first = outbox.load(lines[0].bundle_id)
    for page in first.manifest.pages:
        seat.put_page(outbox.blob(page.sha256))
    assert seat.put(first.manifest).status_code == 201, "one of them went over the network before"
    bag = packed(queue, seat, stick).bag
    fared = accept(hall.office, bag)
    assert [one.is_new for one in fared] == [False, True, True]
    assert [one.is_new for one in accept(hall.office, bag)] == [False] * 3
    assert len(hall.office.bundle_ids()) == 3
    assert hall.office.blobs.read(first.manifest.pages[1].sha256) == b"two"
    enrolment = seat.enrolment
    taken = take_receipts(
        outbox,
        stick,
        gateway_id=enrolment.gateway_id,
        gateway_key=load_public(enrolment.gateway_key),
        now=START,
    )
    assert set(taken.delivered) == {line.bundle_id for line in lines} and not taken.untrue
    assert {outbox.state(line.bundle_id) for line in lines} == {LineState.DELIVERED}


def test_nothing_on_the_stick_names_a_person_a_case_or_a_page(
    seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    outbox, lines = queue
    bag = packed(queue, seat, stick).bag
    known = [line.bundle_id for line in lines] + [line.subject for line in lines]
    known += [page.sha256 for line in lines for page in outbox.load(line.bundle_id).manifest.pages]
    for path in bag.rglob("*"):
        text = f"{path.name} {path.read_bytes()!r}" if path.is_file() else path.name
        assert not [name for name in [*known, "样本"] if name in text], path
    pages = [path for path in bag.glob("data/p-*")]
    assert len(pages) == 2, "a page that two bundles share goes once"


def test_an_independent_validator_takes_the_bag_for_whole(
    seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    whole = packed(queue, seat, stick).bag
    bagit.Bag(str(whole)).validate()
    (whole / "data" / INDEX_FILE).write_bytes(b"x")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(whole)).validate()


def test_a_receipt_of_another_signer_takes_nothing_out_of_the_queue(
    hall: Hall, seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    outbox, lines = queue
    accept(hall.office, packed(queue, seat, stick).bag)
    taken = take_receipts(
        outbox, stick, gateway_id=seat.enrolment.gateway_id, gateway_key=new_key().public_key(), now=START
    )
    assert set(taken.untrue) == {line.bundle_id for line in lines} and not taken.delivered
    assert {outbox.state(line.bundle_id) for line in lines} == {LineState.QUEUED}
    (stick / "more.receipts.json").write_text("{")
    with pytest.raises(BagDamaged):
        take_receipts(outbox, stick, gateway_id="gw", gateway_key=new_key().public_key(), now=START)


def test_a_revoked_window_and_a_bundle_without_its_pages_are_refused_alone(
    hall: Hall, seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    bag = packed(queue, seat, stick).bag
    hall.office.revoke(seat.window_id)
    fared: tuple[Carried, ...] = accept(hall.office, bag)
    assert {one.refusal for one in fared} == {"window-revoked"} and hall.office.bundle_ids() == ()
    answer = json.loads((stick / f"{bag.name}.receipts.json").read_text())
    assert [one["code"] for one in answer["refused"]] == ["window-revoked"] * 3


def without(
    outbox: MemoryOutbox, monkeypatch: pytest.MonkeyPatch, *, page: bytes = b"", manifest: str = ""
) -> None:
    """Make a page, or the manifest of a bundle, unreadable."""
    blob, load = outbox.blob, outbox.load

    def broken(sha256: str) -> bytes:
        if page and blob(sha256) == page:
            raise UnreadableBundle("altered")
        return blob(sha256)

    def unloaded(bundle_id: str) -> SignedManifest:
        if bundle_id == manifest:
            raise UnreadableBundle("altered")
        return load(bundle_id)

    monkeypatch.setattr(outbox, "blob", broken)
    monkeypatch.setattr(outbox, "load", unloaded)


def test_a_bundle_whose_manifest_cannot_be_read_is_named_and_keeps_no_other_back(
    seat: WindowSeat, queue: Queue, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, lines = queue
    without(outbox, monkeypatch, manifest=lines[0].bundle_id)
    done = packed(queue, seat, stick)
    assert done.unreadable == ((lines[0].bundle_id, "Y401"),)
    assert done.bundles == (lines[1].bundle_id, lines[2].bundle_id)
    with pytest.raises(NothingToCarry):
        packed((outbox, lines[:1]), seat, stick / "..")


def test_of_a_bundle_that_is_partly_unreadable_what_is_whole_is_saved_and_the_rest_named(
    hall: Hall, seat: WindowSeat, queue: Queue, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, lines = queue
    first = outbox.load(lines[0].bundle_id).manifest
    slots = [page.slot for page in first.pages]
    without(outbox, monkeypatch, page=b"one")
    done = packed(queue, seat, stick)
    assert done.torn == (Torn(bundle_id=lines[0].bundle_id, lacking=(f"{slots[0]}/1",), of=2),)
    assert done.bundles == (lines[1].bundle_id, lines[2].bundle_id) and not done.unreadable

    fared = accept(hall.office, done.bag)
    assert [bool(one.refusal) for one in fared] == [True, False, False], "half a bundle is not received"
    assert hall.office.blobs.read(first.pages[1].sha256) == b"two"
    assert lines[0].bundle_id not in hall.office.bundle_ids()

    seat.put_page(b"one")
    assert [one.is_new for one in accept(hall.office, done.bag)] == [True, False, False]
    assert lines[0].bundle_id in hall.office.bundle_ids()


@pytest.mark.parametrize("harm", ["altered", "missing", "added", "cut", "listed-twice", "climbing", "index"])
def test_every_harm_to_a_bag_is_found_and_nothing_of_it_is_taken(
    hall: Hall, seat: WindowSeat, queue: Queue, stick: Path, harm: str
) -> None:
    bag = packed(queue, seat, stick).bag
    manifest = bag / "manifest-sha256.txt"
    page = bag / "data" / "p-00001.bin"
    match harm:
        case "altered":
            page.write_bytes(bytes(page.stat().st_size))
        case "missing":
            page.unlink()
        case "added":
            (bag / "data" / "p-99999.bin").write_bytes(b"x")
        case "cut":
            manifest.write_text("\n".join(manifest.read_text().splitlines()[:-1]))
        case "listed-twice":
            manifest.write_text(manifest.read_text() * 2)
        case "climbing":
            manifest.write_text(manifest.read_text() + "0" * 64 + "  data/../../etc.bin\n")
        case _:
            (bag / "data" / INDEX_FILE).unlink()
    with pytest.raises(BagDamaged):
        accept(hall.office, bag)
    assert hall.office.bundle_ids() == ()


def test_a_bag_for_another_office_or_of_another_format_is_not_opened(
    seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    bag = packed(queue, seat, stick).bag
    with pytest.raises(BoxClosed):
        Parcel(bag, gateway_id="gw-other", key=new_key())
    with pytest.raises(BoxClosed):
        Parcel(bag, gateway_id=seat.enrolment.gateway_id, key=new_key())
    with pytest.raises(NotABag):
        BagReader(stick)
    assert json.loads((bag / "data" / KEY_FILE).read_text())["format"] == "window-carry-1"


def test_a_bag_in_sm4_names_its_cipher_and_is_taken(
    hall: Hall, seat: WindowSeat, queue: Queue, stick: Path
) -> None:
    bag = packed(queue, seat, stick, Suite.GUOMI).bag
    head = json.loads((bag / "data" / KEY_FILE).read_text())
    assert (head["format"], head["cipher"]) == ("window-carry-2", "SM4-GCM")
    assert [one.is_new for one in accept(hall.office, bag)] == [True] * 3


@pytest.mark.parametrize("cipher", ["SM4-GCM", "SM9", None])
def test_a_bag_whose_cipher_this_office_lacks_says_so(
    hall: Hall,
    seat: WindowSeat,
    queue: Queue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cipher: str | None,
) -> None:
    bag = tmp_path / "bag"
    head = {"format": "window-carry-2", "gateway_id": seat.enrolment.gateway_id, "cipher": cipher}
    with writing(tmp_path, bag.name, 100) as made:
        made.add(KEY_FILE, json.dumps({**head, "public": b64url_encode(bytes([9] * 32))}).encode())
        made.finish(START.date())
    monkeypatch.setattr(suites, "has_national", lambda: False)
    with pytest.raises(CipherUnknown):
        accept(hall.office, bag)


def test_a_full_or_vanished_medium_leaves_nothing_that_looks_like_a_bag(
    seat: WindowSeat, queue: Queue, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MediumFailed):
        packed(queue, seat, stick / "gone")
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _path: usage(1, 1, 1))
        with pytest.raises(NoRoom):
            packed(queue, seat, stick)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", _io_error)
        with pytest.raises(CarryError):
            packed(queue, seat, stick)
    assert [path.name for path in stick.iterdir() if path.suffix != PART] == []
    assert list(stick.iterdir()) == []


def _io_error(_file: int) -> None:
    raise OSError(5, "Input/output error")


def test_the_key_for_the_box_is_the_one_that_the_known_map_gives() -> None:
    """RFC 8032, 7.1, test 1: its public key, mapped, is the public key of its own scalar."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = Ed25519PrivateKey.from_private_bytes(secret)
    from sync.carry.box import _agreeing_private, _agreeing_public

    mapped = _agreeing_public(key.public_key()).public_bytes_raw()
    assert mapped == _agreeing_private(key).public_key().public_bytes_raw()
    assert mapped.hex() == "d85e07ec22b0ad881537c2f44d662d1a143cf830c57aca4305d85c7a90f6b62e"
