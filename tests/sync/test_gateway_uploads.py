"""Pages that come in pieces: the tus calls, what is kept of a cut page, and what bounds it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sync.contract.models import MAX_BLOB_BYTES
from sync.gateway import pages as gateway_pages
from sync.gateway.errors import OffsetMoved, TooLarge, UploadUnknown
from sync.gateway.partials import LIFE_S, MOST_PARTS, FolderPartials, owner_of
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall, page

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
SCAN = bytes(range(256)) * 4


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = open_hall(tmp_path / "office")
    yield made
    made.office.close()


@pytest.fixture
def window(hall: Hall) -> WindowSeat:
    return hall.window()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def metadata(name: str) -> str:
    return f"filename {base64.b64encode(b'x').decode()},sha256 {base64.b64encode(name.encode()).decode()}"


def begin(window: WindowSeat, data: bytes, **headers: str) -> httpx.Response:
    told = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(sha256(data)), **headers}
    return window.call("POST", "/v1/uploads", headers=told)


def append(window: WindowSeat, data: bytes, start: int, end: int, **headers: str) -> httpx.Response:
    told = {**PIECE, "Upload-Offset": str(start), **headers}
    return window.call("PATCH", f"/v1/uploads/{sha256(data)}", headers=told, content=data[start:end])


def offset(window: WindowSeat, data: bytes) -> int | None:
    answer = window.call("HEAD", f"/v1/uploads/{sha256(data)}", headers=TUS)
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert int(answer.headers["Upload-Length"]) == len(data)
    return int(answer.headers["Upload-Offset"])


def test_a_page_comes_in_pieces_and_is_stored_when_it_is_whole(hall: Hall, window: WindowSeat) -> None:
    assert offset(window, SCAN) is None
    answer = begin(window, SCAN)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/uploads/{sha256(SCAN)}")
    for start, end in ((0, 100), (100, 1000)):
        assert offset(window, SCAN) == start
        answer = append(window, SCAN, start, end)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(end))
    assert hall.office.blobs.size(sha256(SCAN)) is None
    assert append(window, SCAN, 1000, len(SCAN)).status_code == 204
    assert hall.office.blobs.read(sha256(SCAN)) == SCAN
    assert offset(window, SCAN) == len(SCAN)
    assert hall.office.partials.find(window.window_id, sha256(SCAN)) is None
    window.delivered(window.manifest(pages=(page(SCAN),)))


def test_announcing_again_changes_nothing_and_the_last_answer_may_be_lost(window: WindowSeat) -> None:
    begin(window, SCAN)
    append(window, SCAN, 0, 700)
    answer = begin(window, SCAN)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "700")
    append(window, SCAN, 700, len(SCAN))
    assert append(window, SCAN, len(SCAN), len(SCAN)).status_code == 204
    check_problem(append(window, SCAN, 700, len(SCAN)), 409, "offset-moved")
    assert begin(window, SCAN).headers["Upload-Offset"] == str(len(SCAN))


def test_a_page_that_is_whole_and_was_not_stored_is_stored_by_an_empty_piece(
    hall: Hall, window: WindowSeat
) -> None:
    begin(window, SCAN)
    hall.office.partials.append(window.window_id, sha256(SCAN), 0, SCAN)
    assert hall.office.blobs.size(sha256(SCAN)) is None
    assert append(window, SCAN, len(SCAN), len(SCAN)).status_code == 204
    assert hall.office.blobs.read(sha256(SCAN)) == SCAN


@pytest.mark.parametrize("named", ["-1", "x", "1e3", str(MAX_BLOB_BYTES + 1), "9" * 40, ""])
def test_an_offset_that_is_none_is_refused(window: WindowSeat, named: str) -> None:
    begin(window, SCAN)
    answer = append(window, SCAN, 0, 10, **{"Upload-Offset": named})
    check_problem(answer, 422, "validation-failed")
    assert offset(window, SCAN) == 0


@pytest.mark.parametrize("start", [0, 99, 101])
def test_a_piece_that_does_not_follow_is_refused_and_nothing_is_kept_of_it(
    window: WindowSeat, start: int
) -> None:
    begin(window, SCAN)
    append(window, SCAN, 0, 100)
    check_problem(append(window, SCAN, start, start + 50), 409, "offset-moved")
    assert offset(window, SCAN) == 100


def test_more_than_was_announced_is_refused(hall: Hall, window: WindowSeat) -> None:
    begin(window, SCAN)
    answer = window.call(
        "PATCH",
        f"/v1/uploads/{sha256(SCAN)}",
        headers={**PIECE, "Upload-Offset": "0"},
        content=SCAN + b"more",
    )
    check_problem(answer, 413, "too-large")
    assert hall.office.blobs.size(sha256(SCAN)) is None


def test_what_turns_out_to_be_something_else_is_dropped_at_the_end(hall: Hall, window: WindowSeat) -> None:
    begin(window, SCAN)
    wrong = b"y" * len(SCAN)
    answer = window.call(
        "PATCH", f"/v1/uploads/{sha256(SCAN)}", headers={**PIECE, "Upload-Offset": "0"}, content=wrong
    )
    check_problem(answer, 422, "digest-mismatch")
    assert hall.office.blobs.size(sha256(SCAN)) is None
    assert offset(window, SCAN) is None
    begin(window, SCAN)
    assert append(window, SCAN, 0, len(SCAN)).status_code == 204


def test_a_digest_of_another_page_is_refused_before_anything_is_kept(window: WindowSeat) -> None:
    begin(window, SCAN)
    other = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    answer = append(window, SCAN, 0, 10, **{"Repr-Digest": f"sha-256=:{other}:"})
    check_problem(answer, 422, "digest-mismatch")
    assert offset(window, SCAN) == 0


def test_other_versions_and_forms_are_refused_and_the_abilities_are_told(
    hall: Hall, window: WindowSeat
) -> None:
    check_problem(begin(window, SCAN, **{"Tus-Resumable": "0.2.2"}), 412, "upload-version")
    check_problem(begin(window, SCAN, **{"Upload-Length": "0"}), 422, "validation-failed")
    too_long = {"Upload-Length": str(MAX_BLOB_BYTES + 1)}
    check_problem(begin(window, SCAN, **too_long), 422, "validation-failed")
    for named in ("", "sha256", "sha256 !!", metadata("../../etc"), metadata("A" * 64)):
        check_problem(begin(window, SCAN, **{"Upload-Metadata": named}), 422, "hash-invalid")
    begin(window, SCAN)
    check_problem(append(window, SCAN, 0, 10, **{"Content-Type": "text/plain"}), 415, "upload-form")
    check_problem(hall.call("POST", "/v1/uploads", headers=TUS), 401, "token-invalid")
    for path in ("/v1/uploads", f"/v1/uploads/{sha256(SCAN)}"):
        told = hall.call("OPTIONS", path)
        assert told.status_code == 204
        assert told.headers["Tus-Version"] == "1.0.0"
        assert told.headers["Tus-Extension"] == "creation,termination"


def test_an_upload_is_its_windows_own(hall: Hall, window: WindowSeat) -> None:
    other = hall.window("02")
    begin(window, SCAN)
    append(window, SCAN, 0, 100)
    assert offset(other, SCAN) is None
    check_problem(append(other, SCAN, 100, 200), 404, "upload-unknown")
    check_problem(other.call("DELETE", f"/v1/uploads/{sha256(SCAN)}", headers=TUS), 404, "upload-unknown")
    begin(other, SCAN)
    append(other, SCAN, 0, len(SCAN))
    assert offset(window, SCAN) == len(SCAN)
    assert append(window, SCAN, len(SCAN), len(SCAN)).status_code == 204


def test_an_upload_can_be_given_up(window: WindowSeat) -> None:
    begin(window, SCAN)
    append(window, SCAN, 0, 100)
    answer = window.call("DELETE", f"/v1/uploads/{sha256(SCAN)}", headers=TUS)
    assert answer.status_code == 204
    assert offset(window, SCAN) is None


def cut_put(hall: Hall, window: WindowSeat, data: bytes, come: int, length: int | None) -> None:
    """Put a page whose line is cut after `come` bytes."""
    told: dict[str, Any] = {"type": "http", "method": "PUT", "path": f"/v1/blobs/{sha256(data)}"}
    headers = [(b"authorization", window.headers()["Authorization"].encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    messages: Iterator[dict[str, Any]] = iter(
        [
            *(
                {"type": "http.request", "body": data[at : min(at + 50_000, come)], "more_body": True}
                for at in range(0, come, 50_000)
            ),
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(_message: Any) -> None:
        return None

    scope = {
        **told,
        "headers": headers,
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("gateway", 80),
        "root_path": "",
        "raw_path": told["path"].encode(),
    }
    asyncio.run(hall.app(scope, receive, send))


LARGE = os.urandom(300_000)


def test_what_came_of_a_plain_put_is_where_the_window_goes_on(hall: Hall, window: WindowSeat) -> None:
    cut_put(hall, window, LARGE, 200_000, len(LARGE))
    assert offset(window, LARGE) == 200_000
    cut_put(hall, window, LARGE, 100_000, len(LARGE))
    assert offset(window, LARGE) == 200_000
    cut_put(hall, window, LARGE, 250_000, len(LARGE))
    assert offset(window, LARGE) == 250_000
    assert append(window, LARGE, 250_000, len(LARGE)).status_code == 204
    assert hall.office.blobs.read(sha256(LARGE)) == LARGE
    assert not list((hall.office.blobs._folder / "incoming").iterdir())  # type: ignore[attr-defined]


@pytest.mark.parametrize(("come", "length"), [(10_000, 300_000), (200_000, None), (200_000, 200_000)])
def test_a_cut_put_that_is_small_or_says_no_length_leaves_nothing(
    hall: Hall, window: WindowSeat, come: int, length: int | None
) -> None:
    cut_put(hall, window, LARGE, come, length)
    assert offset(window, LARGE) is None


@pytest.fixture
def parts(tmp_path: Path) -> FolderPartials:
    return FolderPartials(tmp_path / "partial")


def test_many_uploads_of_one_window_push_out_its_oldest_and_no_other_window(parts: FolderPartials) -> None:
    parts.begin("other", "f" * 64, 10)
    names = [f"{number:064x}" for number in range(MOST_PARTS + 3)]
    for number, name in enumerate(names):
        parts.begin("w", name, 10)
        place = parts._folder / owner_of("w") / f"{name}-10"
        os.utime(place, (time.time() - 100 + number,) * 2)
    assert [parts.find("w", name) is not None for name in names] == [False] * 3 + [True] * MOST_PARTS
    assert parts.find("other", "f" * 64) is not None


def test_uploads_of_one_window_are_bounded_in_bytes_as_if_they_were_whole(parts: FolderPartials) -> None:
    for number in range(5):
        parts.begin("w", f"{number:064x}", MAX_BLOB_BYTES)
    assert sum(parts.find("w", f"{number:064x}") is not None for number in range(5)) == 2


def test_old_uploads_are_given_up(parts: FolderPartials, monkeypatch: pytest.MonkeyPatch) -> None:
    parts.begin("w", "a" * 64, 10)
    old = time.time() - LIFE_S - 60
    os.utime(parts._folder / owner_of("w") / f"{'a' * 64}-10", (old, old))
    FolderPartials(parts._folder)
    assert parts.find("w", "a" * 64) is None


def test_a_length_that_differs_begins_anew(parts: FolderPartials) -> None:
    parts.begin("w", "a" * 64, 10)
    parts.append("w", "a" * 64, 0, b"12345")
    assert parts.begin("w", "a" * 64, 10).offset == 5
    assert parts.begin("w", "a" * 64, 11).offset == 0


def test_a_disk_that_refuses_keeps_what_was_there(
    parts: FolderPartials, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.begin("w", "a" * 64, 100)
    parts.append("w", "a" * 64, 0, b"12345")
    real, left = os.pwrite, [2]

    def short(descriptor: int, data: bytes, at: int) -> int:
        if not left[0]:
            raise OSError(28, "no space left")
        left[0] -= 1
        return real(descriptor, data[:2], at)

    monkeypatch.setattr(os, "pwrite", short)
    with pytest.raises(OSError, match="no space"):
        parts.append("w", "a" * 64, 5, b"6789012345")
    monkeypatch.undo()
    found = parts.find("w", "a" * 64)
    assert found is not None and found.offset == 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(b"0123456789", [(0, 4), (6, 2), (2, 4), (4, 6)])
@given(
    st.binary(min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=25),
)
def test_whatever_pieces_come_in_whatever_order_only_the_page_itself_grows(
    parts: FolderPartials, data: bytes, pieces: list[tuple[int, int]]
) -> None:
    name = sha256(data)
    parts.begin("w", name, len(data))
    ends = 0
    for start, size in pieces:
        piece = (data + b"z" * 200)[start : start + size]
        try:
            got = parts.append("w", name, start, piece)
        except OffsetMoved:
            assert start != ends
        except TooLarge:
            assert start + len(piece) > len(data)
        else:
            assert start == ends
            ends = start + len(piece)
            assert got == ends <= len(data)
        assert b"".join(parts.read("w", name)) == data[:ends]
    parts.drop("w", name)
    with pytest.raises(UploadUnknown):
        parts.append("w", name, ends, b"")


def test_pages_in_pieces_count_against_the_windows_pace(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(
        type(hall.office.pace), "count_page", lambda self, window_id: counted.append(window_id)
    )
    begin(window, SCAN)
    append(window, SCAN, 0, 10)
    assert counted == []
    append(window, SCAN, 10, len(SCAN))
    assert counted == [window.window_id]


def test_a_refused_piece_is_read_so_that_the_answer_arrives(
    window: WindowSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_pages, "MAX_BLOB_BYTES", 100)
    begin(window, SCAN)
    check_problem(append(window, SCAN, 0, len(SCAN)), 413, "too-large")


def test_a_page_cut_at_any_byte_goes_on_there(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_pages, "KEPT_BYTES", 1)
    for come in range(1, 40):
        data = bytes([come]) * 40
        cut_put(hall, window, data, come, len(data))
        assert offset(window, data) == come
        assert append(window, data, come, len(data)).status_code == 204
        assert hall.office.blobs.read(sha256(data)) == data
