"""An office moves to a server and its pages to a bucket, by the command; the bucket is moto's."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sync.gateway.bucket import PART_BYTES, BucketStore
from sync.gateway.office import Office
from tests.sync.gateway_hall import Hall, WindowSeat, open_hall, page
from tests.sync.postgres import Server
from workstation.cli import main

SCANS = [b"a page " * 300, b"another page", os.urandom(PART_BYTES + 1)]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "specimen")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    # Its buckets outlive a server: they are the process's.
    name = f"moved-{secrets.token_hex(4)}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=name)
    yield f"s3://{name}/office?endpoint={endpoint}&region=us-east-1"
    server.stop()


@pytest.fixture
def place(postgresql: Server, tmp_path: Path) -> Iterator[str]:
    yield postgresql.place_of(tmp_path / "server", test="move-bucket")
    postgresql.release("move-bucket")


@pytest.fixture
def seat(tmp_path: Path) -> WindowSeat:
    """A window of an office that has lived a little."""
    seat = open_hall(tmp_path / "office").window()
    for scan in SCANS:
        seat.put_page(scan)
    seat.delivered(seat.manifest(pages=tuple(page(scan) for scan in SCANS)))
    return seat


def move(folder: Path, place: str, bucket: str) -> int:
    return main(["gateway", "move", "--folder", str(folder), "--to", place, "--blobs", bucket])


def test_an_office_goes_on_with_its_pages_in_the_bucket(
    seat: WindowSeat, tmp_path: Path, place: str, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, before = tmp_path / "office", seat.hall.office
    ids = before.bundle_ids()
    before.close()
    assert move(folder, place, bucket) == 0
    assert "已复制 3 页" in capsys.readouterr().out
    office = Office.open(folder, database=place, blobs=bucket, create=False, clock=seat.hall.clock)
    seat.hall = Hall(office, seat.hall.clock)
    assert office.bundle_ids() == ids
    assert [office.blobs.read(hashlib.sha256(scan).hexdigest()) for scan in SCANS] == SCANS
    new = b"a page of after the move"
    assert seat.put_page(SCANS[0]).status_code == 204 and seat.put_page(new).status_code == 201
    again = seat.manifest(
        subject=f"{seat.enrolment.number_prefix}-20261102-0002", pages=(page(SCANS[0]), page(new))
    )
    seat.delivered(again)
    assert office.blobs.read(page(new).sha256) == new
    office.close()


def test_a_move_that_the_bucket_stopped_leaves_the_office_as_it_was_and_goes_on_where_it_stopped(
    seat: WindowSeat, tmp_path: Path, place: str, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, put, brought = tmp_path / "office", BucketStore.put, list[str]()
    seat.hall.office.close()

    def once(store: BucketStore, sha256: str, *more: object) -> None:
        if brought:
            raise OSError(5, "the line is gone")
        put(store, sha256, *more)  # type: ignore[arg-type]
        brought.append(sha256)

    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(BucketStore, "put", once)
        assert move(folder, place, bucket) != 0
    hall = open_hall(folder)
    assert len(hall.office.bundle_ids()) == 1
    hall.office.close()
    capsys.readouterr()
    assert move(folder, place, bucket) == 0
    assert "已复制 2 页" in capsys.readouterr().out
