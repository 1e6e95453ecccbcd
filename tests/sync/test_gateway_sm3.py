"""SM3 beside SHA-256 on the wire: checked where it is given, and nothing changes where it is not."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import httpx
import pytest
import rfc8785

from sync.client import GatewayClient
from sync.contract.models import Manifest, PageEntry, SignedManifest, SignedReceipt
from sync.contract.signing import canonical, load_public, manifest_sha256, manifest_sm3
from sync.contract.suites import NoNationalAlgorithms, sm3_hex
from sync.courier import Courier
from sync.errors import BadReceipt, UnreadableBundle
from sync.fake import MemoryOutbox
from sync.gateway import intake
from sync.receipts import check_receipt
from sync.streams import Progress
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, page
from tests.sync.office import seal

SCAN = b"\xff\xd8 a page"


def hashed(data: bytes, sm3: str = "") -> PageEntry:
    return page(data).model_copy(update={"sm3": sm3 or sm3_hex(data)})


def signed_with(window: WindowSeat, manifest: Manifest, sm3: str | None) -> SignedManifest:
    return window.sealed(manifest).model_copy(update={"sm3": sm3})


def put(window: WindowSeat, signed: SignedManifest) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    path = f"/v1/bundles/{signed.manifest.bundle_id}"
    return window.call("PUT", path, content=signed.model_dump_json(), headers=headers)


def check(window: WindowSeat, answer: httpx.Response, signed: SignedManifest) -> SignedReceipt:
    receipt = SignedReceipt.model_validate_json(answer.content)
    enrolment = window.enrolment
    key = load_public(enrolment.gateway_key)
    check_receipt(receipt, signed, gateway_id=enrolment.gateway_id, gateway_key=key)
    return receipt


def test_without_sm3_not_a_byte_of_what_is_signed_has_changed(window: WindowSeat) -> None:
    manifest = window.manifest(pages=(page(SCAN),))
    told = manifest.model_dump(mode="json")
    assert set(told["pages"][0]) == {"page_id", "slot", "sha256", "size", "media_type", "pages", "origin"}
    assert canonical(manifest) == rfc8785.dumps(told)
    window.put_page(SCAN)
    answer = window.put(manifest)
    assert b"sm3" not in answer.content
    assert set(answer.json()) == {"receipt", "key_id", "signature"}


def test_a_receipt_swears_to_the_sm3_that_the_window_gave(window: WindowSeat) -> None:
    window.put_page(SCAN)
    manifest = window.manifest(pages=(hashed(SCAN),))
    signed = signed_with(window, manifest, manifest_sm3(manifest))
    answer = put(window, signed)
    assert answer.status_code == 201, answer.text
    receipt = check(window, answer, signed)
    assert receipt.receipt.manifest_sm3 == sm3_hex(canonical(manifest))
    assert put(window, signed).content == answer.content
    with pytest.raises(BadReceipt):
        check(window, answer, signed.model_copy(update={"sm3": "0" * 64}))
    with pytest.raises(BadReceipt):
        check(window, answer, signed.model_copy(update={"sm3": None}))


def test_a_page_whose_sm3_is_another_is_refused_and_nothing_is_taken(hall: Hall, window: WindowSeat) -> None:
    window.put_page(SCAN)
    window.put_page(b"another")
    manifest = window.manifest(pages=(hashed(b"another"), hashed(SCAN, sm3_hex(b"forged"))))
    check_problem(put(window, signed_with(window, manifest, None)), 422, "sm3-mismatch")
    assert hall.office.bundle_ids() == ()


def test_a_manifest_whose_sm3_is_another_is_refused(hall: Hall, window: WindowSeat) -> None:
    manifest = window.manifest()
    check_problem(put(window, signed_with(window, manifest, sm3_hex(b"forged"))), 422, "sm3-mismatch")
    assert hall.office.bundle_ids() == ()


def test_an_office_without_sm3_takes_nothing_unchecked_and_asks_to_come_back(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_data: bytes) -> str:
        raise NoNationalAlgorithms

    window.put_page(SCAN)
    manifest = window.manifest(pages=(hashed(SCAN),))
    signed = signed_with(window, manifest, manifest_sm3(manifest))
    with monkeypatch.context() as patch:
        patch.setattr(intake, "sm3_hex", lacking)
        check_problem(put(window, signed), 503, "sm3-unavailable")
    assert hall.office.bundle_ids() == ()
    assert put(window, signed).status_code == 201


def test_a_missing_page_is_asked_for_before_anything_is_hashed(window: WindowSeat) -> None:
    manifest = window.manifest(pages=(hashed(SCAN),))
    problem = check_problem(put(window, signed_with(window, manifest, None)), 424, "blobs-missing")
    assert problem["missing"] == [hashlib.sha256(SCAN).hexdigest()]


@pytest.mark.parametrize("sm3", ["", "XYZ", "0" * 63, "A" * 64])
def test_what_is_no_sm3_is_not_read(window: WindowSeat, sm3: str) -> None:
    body: dict[str, Any] = window.sealed(window.manifest()).model_dump(mode="json")
    path = f"/v1/bundles/{body['manifest']['bundle_id']}"
    check_problem(window.call("PUT", path, json={**body, "sm3": sm3}), 422, "validation-failed")


@pytest.mark.parametrize("where", ["manifest", "page"])
def test_a_window_sends_nothing_whose_sm3_it_cannot_prove(where: str) -> None:
    signed, blobs = seal("FT-1", SCAN)
    entry = signed.manifest.pages[0].model_copy(
        update={"sm3": sm3_hex(b"forged" if where == "page" else SCAN)}
    )
    manifest = signed.manifest.model_copy(update={"pages": (entry,)})
    sm3 = manifest_sm3(manifest) if where == "page" else "0" * 64
    outbox = MemoryOutbox()
    line = outbox.add(signed.model_copy(update={"manifest": manifest, "sm3": sm3}), blobs)
    assert line.manifest_sha256 == manifest_sha256(manifest)
    courier = Courier(outbox, cast(GatewayClient, None))
    with pytest.raises(UnreadableBundle, match="SM3"):
        courier.load(line)
        courier.bring_page(entry.sha256, Progress(), is_first_try=True)
