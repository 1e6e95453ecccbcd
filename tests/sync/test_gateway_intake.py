"""Pages and bundles: what is taken, what is refused and why, and the order of versions."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from sync.contract.signing import manifest_sha256, new_key
from sync.gateway import pages as gateway_pages
from sync.gateway import problems
from sync.gateway.blobs import BlobStore, IncomingBlob
from sync.gateway.errors import UnknownBundle
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall, page

SCAN = b"\xff\xd8 specimen scan"

pytestmark = pytest.mark.usefixtures("engine")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- pages -------------------------------------------------------------------------------------------------


def test_a_page_is_stored_once(hall: Hall, window: WindowSeat) -> None:
    digest = base64.b64encode(hashlib.sha256(SCAN).digest()).decode()
    headers = {"Content-Digest": f"sha-256=:{digest}:", "If-None-Match": "*"}
    assert window.put_page(SCAN, headers=headers).status_code == 201
    assert window.put_page(SCAN, headers=headers).status_code == 204
    assert hall.office.blobs.read(sha256(SCAN)) == SCAN


def test_missing_names_each_lacking_page_once(window: WindowSeat) -> None:
    window.put_page(SCAN)
    asked = [sha256(SCAN), "a" * 64, "b" * 64, "a" * 64]
    assert window.call("POST", "/v1/blobs/missing", json={"sha256": asked}).json() == {
        "missing": ["a" * 64, "b" * 64]
    }
    check_problem(window.call("POST", "/v1/blobs/missing", json={"sha256": ["A"]}), 422, "validation-failed")
    many = ["a" * 64] * 501
    check_problem(window.call("POST", "/v1/blobs/missing", json={"sha256": many}), 422, "validation-failed")


def test_bytes_of_another_hash_are_refused_and_leave_nothing(
    hall: Hall, window: WindowSeat, tmp_path: Path
) -> None:
    answer = window.call("PUT", f"/v1/blobs/{'a' * 64}", content=SCAN)
    check_problem(answer, 422, "digest-mismatch")
    assert hall.office.blobs.size("a" * 64) is None
    assert not list((tmp_path / "office/blobs/incoming").iterdir())


@pytest.mark.parametrize("digest", ["sha-256=:AAAA:", "md5=:AAAA:", "nonsense", "sha-256=::"])
def test_a_content_digest_that_differs_is_refused(window: WindowSeat, digest: str) -> None:
    check_problem(window.put_page(SCAN, headers={"Content-Digest": digest}), 422, "digest-mismatch")


@pytest.mark.parametrize(
    "name",
    [
        "A" * 64,
        "a" * 63,
        "a" * 65,
        "a" * 64 + "%0A",
        "..%2F..%2Foffice.db",
        "%2E%2E",
        "..%5C..%5Coffice.db",
        "a" * 62 + "%00a",
        "%2Fetc%2Fpasswd",
    ],
)
def test_a_path_that_is_no_hash_never_reaches_the_disk(
    hall: Hall, window: WindowSeat, tmp_path: Path, name: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    answer = window.call("PUT", f"/v1/blobs/{name}", content=SCAN)
    document = answer.json()
    assert (answer.status_code, document["code"]) in {
        (422, "hash-invalid"),
        (404, "not-found"),
        (405, "method-not-allowed"),
    }
    assert sorted(tmp_path.rglob("*")) == before


def test_a_page_over_the_limit_is_refused(
    window: WindowSeat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gateway_pages, "MAX_BLOB_BYTES", 100)
    check_problem(window.put_page(b"x" * 101), 413, "too-large")

    async def pieces() -> Any:
        for _ in range(11):
            yield b"x" * 10

    unsized = window.call("PUT", f"/v1/blobs/{sha256(b'x' * 110)}", content=pieces())
    check_problem(unsized, 413, "too-large")
    assert window.put_page(b"x" * 100).status_code == 201
    assert not list((tmp_path / "office/blobs/incoming").iterdir())


def test_a_large_page_is_written_in_steps(hall: Hall, window: WindowSeat) -> None:
    scan = os.urandom(3 * 1024 * 1024 + 5)
    assert window.put_page(scan).status_code == 201
    assert hall.office.blobs.read(sha256(scan)) == scan


@pytest.mark.parametrize(
    ("fault", "status", "code"), [(errno.ENOSPC, 507, "storage-full"), (errno.EIO, 500, "internal")]
)
def test_a_disk_that_refuses_is_told_apart(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch, fault: int, status: int, code: str
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(fault, "refused")

    window.headers()
    monkeypatch.setattr("sync.gateway.blobs.os.fsync", refuse)
    check_problem(window.put_page(SCAN), status, code)
    assert hall.office.blobs.size(sha256(SCAN)) is None


def test_what_a_crash_left_half_written_is_swept_but_a_running_upload_is_not(tmp_path: Path) -> None:
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    for name, age in (("old", 7200), ("running", 5)):
        (incoming / name).write_bytes(b"half")
        os.utime(incoming / name, (time.time() - age, time.time() - age))
    BlobStore(tmp_path)
    assert [path.name for path in incoming.iterdir()] == ["running"]


def test_a_page_is_written_within_its_context_only(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        IncomingBlob(tmp_path / "a", tmp_path / "b", "c", 1).write(b"x")


# --- bundles -----------------------------------------------------------------------------------------------


def test_a_bundle_is_taken_with_a_signed_receipt(hall: Hall, window: WindowSeat) -> None:
    window.put_page(SCAN)
    manifest = window.manifest(pages=(page(SCAN), page(SCAN, "twice")))
    receipt = window.delivered(manifest)
    assert receipt.receipt.number == f"R00000001-{receipt.receipt.manifest_sha256[:6]}"
    assert receipt.receipt.gateway_id == window.enrolment.gateway_id
    stored = hall.office.bundle(manifest.bundle_id)
    assert stored.signed.manifest == manifest
    assert stored.receipt == receipt and stored.state == "accepted"
    with pytest.raises(UnknownBundle):
        hall.office.bundle("nothing")


def test_the_same_bundle_again_gives_the_identical_receipt(hall: Hall, window: WindowSeat) -> None:
    manifest = window.manifest()
    first = window.put(manifest)
    hall.clock.forward(minutes=5)
    again = window.put(manifest)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert hall.office.bundle_ids() == (manifest.bundle_id,)


def test_other_content_under_the_same_id_is_kept_aside(hall: Hall, window: WindowSeat) -> None:
    manifest = window.manifest()
    window.delivered(manifest)
    altered = manifest.model_copy(update={"body": {"altered": True}})
    for _ in range(2):
        check_problem(window.put(altered), 409, "content-conflict")
    assert [kept.signed.manifest for kept in hall.office.conflicts()] == [altered]
    assert hall.office.conflicts()[0].manifest_sha256 == manifest_sha256(altered)
    assert hall.office.bundle(manifest.bundle_id).signed.manifest == manifest
    assert window.put(manifest).status_code == 200


def test_pages_that_have_not_arrived_are_named(window: WindowSeat) -> None:
    window.put_page(SCAN)
    manifest = window.manifest(pages=(page(SCAN), page(b"later"), page(b"later", "again")))
    problem = check_problem(window.put(manifest), 424, "blobs-missing")
    assert problem["missing"] == [sha256(b"later")]
    window.put_page(b"later")
    window.delivered(manifest)


def test_a_window_cut_off_between_pages_and_bundle_carries_on(tmp_path: Path) -> None:
    hall = open_hall(tmp_path)
    window = hall.window()
    window.put_page(SCAN)
    hall.office.close()
    reopened = open_hall(tmp_path)
    window.hall = reopened
    manifest = window.manifest(pages=(page(SCAN),))
    assert window.call("POST", "/v1/blobs/missing", json={"sha256": [sha256(SCAN)]}).json()["missing"] == []
    window.delivered(manifest)
    reopened.office.close()


def test_a_page_of_another_size_is_refused(window: WindowSeat) -> None:
    window.put_page(SCAN)
    wrong = page(SCAN).model_copy(update={"size": 5})
    check_problem(window.put(window.manifest(pages=(wrong,))), 422, "size-mismatch")


def test_the_path_must_name_the_manifests_bundle(window: WindowSeat) -> None:
    manifest = window.manifest()
    body = window.sealed(manifest).model_dump(mode="json")
    check_problem(window.call("PUT", "/v1/bundles/other", json=body), 422, "id-mismatch")


def test_a_bundle_signed_by_another_key_is_refused(window: WindowSeat) -> None:
    check_problem(window.put(window.manifest(), new_key()), 403, "signature-invalid")
    manifest = window.manifest()
    body = window.sealed(manifest).model_copy(update={"key_id": "0" * 16}).model_dump(mode="json")
    answer = window.call("PUT", f"/v1/bundles/{manifest.bundle_id}", json=body)
    check_problem(answer, 403, "signature-invalid")


def test_a_manifest_altered_after_signing_is_refused(window: WindowSeat) -> None:
    manifest = window.manifest()
    body = window.sealed(manifest).model_dump(mode="json")
    body["manifest"]["body"]["state"] = "ACCEPTED"
    answer = window.call("PUT", f"/v1/bundles/{manifest.bundle_id}", json=body)
    check_problem(answer, 403, "signature-invalid")


def test_a_window_speaks_for_itself_and_its_street_only(hall: Hall, window: WindowSeat) -> None:
    other = hall.window()
    check_problem(window.put(window.manifest(window_id=other.window_id)), 403, "not-your-window")
    check_problem(window.put(window.manifest(receiving_street="meilin")), 403, "not-your-street")


def test_a_home_street_that_is_not_served_is_refused(tmp_path: Path) -> None:
    hall = open_hall(tmp_path, streets={"huafu": "华富", "xiangmihu": "香蜜湖"})
    window = hall.window()
    check_problem(window.put(window.manifest(home_street="elsewhere")), 422, "street-unknown")
    window.delivered(window.manifest(home_street="xiangmihu"))
    hall.office.close()


def test_practice_and_production_never_mix(tmp_path: Path) -> None:
    production, training = open_hall(tmp_path / "a"), open_hall(tmp_path / "b", practice=True)
    desk, pupil = production.window(), training.window(practice=True)
    check_problem(desk.put(desk.manifest(practice=True)), 403, "practice-refused")
    check_problem(pupil.put(pupil.manifest(practice=False)), 403, "production-refused")
    pupil.delivered(pupil.manifest(practice=True))
    assert production.office.bundle_ids() == ()
    production.office.close()
    training.office.close()


def test_a_manifest_that_cannot_be_hashed_is_refused(window: WindowSeat) -> None:
    manifest = window.manifest()
    body = window.sealed(manifest).model_dump(mode="json")
    for value in (2**60, "\ud800"):
        body["manifest"]["body"] = {"value": value}
        answer = window.call(
            "PUT",
            f"/v1/bundles/{manifest.bundle_id}",
            content=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        check_problem(answer, 422, "manifest-invalid")


def test_a_bundle_over_the_limit_is_refused(window: WindowSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "BUNDLE_BODY_BYTES", 100_000)
    check_problem(window.put(window.manifest(body={"text": "x" * 100_000})), 413, "too-large")
    window.delivered(window.manifest())


def test_small_calls_take_small_bodies_only(window: WindowSeat) -> None:
    answer = window.call("POST", "/v1/blobs/missing", content=b" " * 70_000)
    check_problem(answer, 413, "too-large")


def test_a_manifest_with_an_unknown_key_is_refused(window: WindowSeat) -> None:
    manifest = window.manifest()
    body = window.sealed(manifest).model_dump(mode="json")
    body["manifest"]["surplus"] = 1
    answer = window.call("PUT", f"/v1/bundles/{manifest.bundle_id}", json=body)
    assert "surplus" in check_problem(answer, 422, "validation-failed")["detail"]
