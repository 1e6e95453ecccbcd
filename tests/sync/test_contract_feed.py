"""How a window reads its feed: what it knows, what it keeps, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client import GatewayClient
from sync.contract.feed import MAX_KEPT_BYTES, UnknownChange, read_line, read_slice
from sync.contract.models import Change, ChangeKind
from sync.errors import NotTheGateway
from sync.fake import MemoryInbox

LINE: dict[str, Any] = {
    "cursor": 7,
    "change_id": "01990000-0000-7000-8000-000000000007",
    "at": "2026-11-02T09:00:00Z",
    "kind": "decided",
    "subject": "HF03-000001",
}
LATER = [
    {"kind": "hearing_announced"},
    {"hall": "三号听证室"},
    {"branch": "hearing_announced"},
    {"workdays": 9000},
    {"actor": {"name": "香蜜湖街道", "code": "XMH"}},
    {"files": [{"sha256": "0" * 64, "url": "https://office.example/1"}]},
]
HOSTILE: list[Any] = [
    {**LINE, "kind": "later", "cursor": 0},
    {**LINE, "kind": "later", "cursor": -1},
    {**LINE, "kind": "later", "cursor": 2**63},
    {**LINE, "kind": "later", "cursor": "7"},
    {**LINE, "kind": "later", "cursor": True},
    {**LINE, "kind": "later", "change_id": "x"},
    {**LINE, "kind": "later", "at": "2026-11-02"},
    {**LINE, "kind": "later", "at": "2026-11-02T09:00:00"},
    {**LINE, "kind": "later", "subject": "x" * 201},
    {**LINE, "kind": "later", "subject": "a\0b"},
    {**LINE, "kind": "later", "subject": None},
    {**LINE, "kind": ""},
    {**LINE, "kind": "later\u202e"},
    {**LINE, "kind": "later", "more": "x" * MAX_KEPT_BYTES},
    {name: value for name, value in LINE.items() if name != "cursor"},
    {},
    [],
    "line",
    None,
]


def body_of(*lines: Any) -> bytes:
    return json.dumps({"changes": lines, "cursor": 9}).encode()


def test_a_feed_of_known_lines_is_read_as_ever() -> None:
    found = read_slice(body_of(LINE))
    assert (found.cursor, found.unknown) == (9, ())
    assert found.changes[0].kind is ChangeKind.DECIDED


@pytest.mark.parametrize("more", LATER)
def test_a_line_of_a_newer_back_office_is_kept_whole_and_the_others_are_read(more: dict[str, Any]) -> None:
    later = {**LINE, **more}
    found = read_slice(body_of({**LINE, "cursor": 8}, later))
    assert [line.cursor for line in found.lines] == [7, 8]
    (kept,) = found.unknown
    assert json.loads(kept.document) == later
    assert (kept.kind, kept.subject) == (later["kind"], LINE["subject"])
    assert read_line(kept.document) == kept


@pytest.mark.parametrize("line", HOSTILE)
def test_a_line_without_what_every_line_has_spoils_the_whole_answer(line: Any) -> None:
    with pytest.raises(ValueError):
        read_slice(body_of(LINE, line))


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"\xff", b'{"changes": 1, "cursor": 1}', b'{"changes": [1], "cursor": 1}']
    + [body_of({**LINE, "kind": "later", "deep": 1}).replace(b" 1}", b" " + b"[" * 5000 + b"]" * 5000 + b"}")]
    + [body_of({**LINE, "kind": "later", "big": 1}).replace(b" 1}", b" NaN}")]
    + [body_of({**LINE, "kind": "later", "lone": 1}).replace(b" 1}", b' "\\ud800"}')],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_slice(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Change.model_fields, "later"]), JSON))
def test_any_object_is_known_or_kept_or_refused_and_never_altered(more: dict[str, Any]) -> None:
    line = {**LINE, **more}
    try:
        (found,) = read_slice(json.dumps({"changes": [line], "cursor": 1}).encode()).lines
    except ValueError:
        assert {"cursor", "change_id", "at", "kind", "subject"} & set(more)
        return
    assert found.cursor == line["cursor"]
    if isinstance(found, UnknownChange):
        assert json.loads(found.document) == line


def test_a_log_in_page_or_a_broken_line_is_not_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.sync.office import IDENTITY

    answers = [
        httpx.Response(200, json={"changes": [{**LINE, "kind": "later", "cursor": 0}], "cursor": 1}),
        httpx.Response(200, html="<p>log in</p>"),
    ]
    for answer in answers:
        client = GatewayClient(
            "https://g.example", IDENTITY, transport=httpx.MockTransport(lambda _r, a=answer: a)
        )
        monkeypatch.setattr(client._access, "token", lambda: "t")
        with client, pytest.raises(NotTheGateway):
            client.changes(0)


def test_a_kept_line_moves_the_cursor_once() -> None:
    inbox = MemoryInbox()
    (line,) = read_slice(body_of({**LINE, "kind": "later"})).unknown
    assert inbox.keep(line) and not inbox.keep(line)
    assert inbox.cursor() == 7
