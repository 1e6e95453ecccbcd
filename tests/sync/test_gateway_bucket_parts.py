"""Parts of cut pages in a bucket: pieces that follow each other count, on whichever machine they arrived."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import obstore
import pytest
from moto.server import ThreadedMotoServer

from sync.gateway import bucket_partials
from sync.gateway.bucket import BucketStore
from sync.gateway.bucket_partials import BucketPartials
from sync.gateway.errors import OffsetMoved, TooLarge, UploadUnknown
from sync.gateway.partials import MOST_PARTS
from tests.sync.gateway_hall import open_hall, page

BUCKET = "parts"
NAME = "a" * 64


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def place(endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "specimen")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
    prefix = hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    return f"s3://{BUCKET}/{prefix}?endpoint={endpoint}&region=us-east-1"


@pytest.fixture
def store(place: str, tmp_path: Path) -> BucketStore:
    return BucketStore(place, tmp_path / "waiting")


@pytest.fixture
def parts(store: BucketStore) -> BucketPartials:
    made = store.partials()
    assert isinstance(made, BucketPartials)
    return made


def test_pieces_follow_each_other_and_are_read_in_their_order(parts: BucketPartials) -> None:
    assert parts.find("w", NAME) is None
    parts.begin("w", NAME, 10)
    for at, piece in ((0, b"01"), (2, b"234"), (5, b"5")):
        assert parts.append("w", NAME, at, piece) == at + len(piece)
    found = parts.find("w", NAME)
    assert found is not None
    assert (found.offset, found.length) == (6, 10)
    assert b"".join(parts.read("w", NAME)) == b"012345"
    assert parts.begin("w", NAME, 10).offset == 6
    assert parts.find("other", NAME) is None
    parts.drop("w", NAME)
    assert parts.find("w", NAME) is None


def test_what_does_not_follow_or_was_not_announced_is_refused(parts: BucketPartials) -> None:
    with pytest.raises(UploadUnknown):
        parts.append("w", NAME, 0, b"x")
    parts.begin("w", NAME, 4)
    parts.append("w", NAME, 0, b"ab")
    for at in (0, 1, 3):
        with pytest.raises(OffsetMoved):
            parts.append("w", NAME, at, b"x")
    with pytest.raises(TooLarge):
        parts.append("w", NAME, 2, b"cde")
    assert parts.begin("w", NAME, 5).offset == 0


def test_a_piece_behind_a_gap_does_not_count(parts: BucketPartials) -> None:
    parts.begin("w", NAME, 10)
    parts.append("w", NAME, 0, b"0123")
    folder = bucket_partials._folder("w")
    obstore.put(parts._store, f"{folder}/{NAME}-10/{6:010d}", b"67")
    obstore.put(parts._store, f"{folder}/{NAME}-10/{2:010d}", b"XX")
    found = parts.find("w", NAME)
    assert found is not None and found.offset == 4
    assert b"".join(parts.read("w", NAME)) == b"0123"


def test_many_parts_of_a_window_push_out_the_oldest(parts: BucketPartials) -> None:
    for number in range(MOST_PARTS + 2):
        parts.begin("w", f"{number:064x}", 10)
    assert len(parts._parts("w")) == MOST_PARTS


def test_old_parts_are_swept(parts: BucketPartials, monkeypatch: pytest.MonkeyPatch) -> None:
    parts.begin("w", NAME, 10)
    monkeypatch.setattr(bucket_partials, "LIFE_S", -60.0)
    parts._swept = 0.0
    parts._sweep()
    assert parts.find("w", NAME) is None


def test_a_page_begun_at_one_machine_is_finished_at_another(place: str, tmp_path: Path) -> None:
    scan = os.urandom(300_000)
    name = hashlib.sha256(scan).hexdigest()
    first = open_hall(tmp_path / "office", blobs=place)
    window = first.window()
    first.office.partials.begin(window.window_id, name, len(scan))
    first.office.partials.append(window.window_id, name, 0, scan[:200_000])
    second = BucketStore(place, tmp_path / "other")
    found = second.partials().find(window.window_id, name)
    assert found is not None and found.offset == 200_000
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "200000",
        "Content-Type": "application/offset+octet-stream",
    }
    answer = window.call("PATCH", f"/v1/uploads/{name}", headers=headers, content=scan[200_000:])
    assert answer.status_code == 204
    window.delivered(window.manifest(pages=(page(scan),)))
    assert second.read(name) == scan
    assert second.partials().find(window.window_id, name) is None
    first.office.close()
