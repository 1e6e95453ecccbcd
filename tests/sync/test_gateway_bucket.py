"""Pages in a bucket: a real client against a server of the S3 protocol."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sync.gateway.bucket import PART_BYTES, BucketStore
from sync.gateway.errors import DigestMismatch, OfficeBusy, StoreUnusable, TooLarge
from tests.sync.gateway_hall import check_problem, open_hall, page

BUCKET = "pages"
KEYS = {
    "AWS_ACCESS_KEY_ID": "specimen",
    "AWS_SECRET_ACCESS_KEY": "specimen",
    "AWS_DEFAULT_REGION": "us-east-1",
}
SCAN = b"\xff\xd8 specimen scan"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server of its own for the module."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def place(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
    return f"s3://{BUCKET}/office?endpoint={endpoint}&region=us-east-1"


@pytest.fixture
def store(place: str, tmp_path: Path) -> BucketStore:
    return BucketStore(place, tmp_path / "waiting")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(store: BucketStore, data: bytes, name: str = "", limit: int = 1 << 26) -> None:
    with store.receive(name or sha256(data), limit) as incoming:
        for start in range(0, len(data), 1 << 20):
            incoming.write(data[start : start + (1 << 20)])
        incoming.keep()


def test_a_page_is_kept_under_its_hash_and_read_back(store: BucketStore) -> None:
    put(store, SCAN)
    put(store, SCAN)
    assert store.read(sha256(SCAN)) == SCAN
    assert store.sizes([sha256(SCAN), "a" * 64, sha256(SCAN)]) == {sha256(SCAN): len(SCAN), "a" * 64: None}
    assert store.sizes([]) == {}
    with pytest.raises(FileNotFoundError):
        store.read("a" * 64)


def test_a_large_page_goes_in_parts(store: BucketStore, tmp_path: Path) -> None:
    scan = os.urandom(2 * PART_BYTES + 5)
    put(store, scan)
    assert store.read(sha256(scan)) == scan
    assert not list((tmp_path / "waiting").iterdir())


def test_what_is_not_proven_never_reaches_the_bucket(store: BucketStore) -> None:
    with pytest.raises(DigestMismatch):
        put(store, SCAN, "b" * 64)
    with pytest.raises(TooLarge):
        put(store, SCAN, "b" * 64, limit=4)
    assert store.size("b" * 64) is None


def test_an_office_keeps_its_pages_there(place: str, tmp_path: Path) -> None:
    hall = open_hall(tmp_path / "office", blobs=place)
    window = hall.window()
    scan = b"a page of this office only"
    manifest = window.manifest(pages=(page(scan),))
    check_problem(window.put(manifest), 424, "blobs-missing")
    assert [window.put_page(scan).status_code for _ in range(2)] == [201, 204]
    window.delivered(manifest)
    assert hall.office.blobs.read(sha256(scan)) == scan
    hall.office.close()


def test_a_bucket_that_is_not_there_is_named_without_its_keys(
    endpoint: str, place: str, tmp_path: Path
) -> None:
    for wrong in (
        f"s3://nowhere?endpoint={endpoint}&region=us-east-1",
        f"s3://{BUCKET}?endpoint=http://127.0.0.1:1",
    ):
        with pytest.raises(StoreUnusable) as refused:
            BucketStore(wrong, tmp_path)
        assert str(refused.value.details["place"]) in wrong


def test_a_store_that_went_away_means_wait(store: BucketStore, monkeypatch: pytest.MonkeyPatch) -> None:
    away = BucketStore.__new__(BucketStore)
    away.__dict__.update(store.__dict__)
    monkeypatch.setattr(away, "_store", _unreachable())
    for ask in (lambda: away.size("a" * 64), lambda: away.read("a" * 64), lambda: put(away, SCAN)):
        with pytest.raises(OfficeBusy):
            ask()


def _unreachable() -> object:
    from obstore.store import S3Store

    return S3Store(
        BUCKET,
        config={"endpoint": "http://127.0.0.1:1", "region": "us-east-1"},
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
