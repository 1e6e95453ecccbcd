"""The gateway's memory of an audit chain: it grows, and what was seen once is not unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.anchors import AnchorPoint, AnchorRequest
from sync.contract.models import EnrolmentRequest
from sync.contract.signing import load_public, new_key, public_text, verify
from sync.gateway.errors import AnchorBehind, AnchorForked, AnchorGap, Refused
from sync.gateway.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office.open(tmp_path / "office")
    yield opened
    opened.close()


@pytest.fixture
def window(office: Office) -> str:
    request = EnrolmentRequest(
        code=office.new_code("HF"),
        public_key=public_text(new_key()),
        window_name="03",
        street="HF",
        practice=False,
    )
    return office.enrol(request).window_id


def point(seq: int, mark: str = "a") -> AnchorPoint:
    return AnchorPoint(seq=seq, hash=mark * 64)


def asked(head: AnchorPoint, after: AnchorPoint | None = None) -> AnchorRequest:
    return AnchorRequest(head=head, after=after)


def test_a_growing_chain_is_signed_and_the_same_again_is_the_same(office: Office, window: str) -> None:
    first = office.anchors.keep(window, asked(point(3)))
    verify(first.anchor, first.signature, load_public(office.public_key))
    assert office.anchors.keep(window, asked(point(3))) == first
    office.anchors.keep(window, asked(point(9, "b"), point(3)))
    seen = office.anchors.since(window, 0)
    assert seen.anchors == (point(3), point(9, "b")) and seen.last == point(9, "b")
    assert office.anchors.since(window, 3).anchors == (point(9, "b"),)


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (asked(point(9, "c")), AnchorForked),
        (asked(point(3, "c")), AnchorForked),
        (asked(point(3)), AnchorBehind),
        (asked(point(5)), AnchorBehind),
        (asked(point(12)), AnchorGap),
        (asked(point(12), point(3)), AnchorGap),
        (asked(point(12), point(9, "c")), AnchorForked),
    ],
)
def test_a_chain_that_was_bent_or_cut_is_refused_and_nothing_is_forgotten(
    office: Office, window: str, request_: AnchorRequest, refusal: type[Refused]
) -> None:
    office.anchors.keep(window, asked(point(3)))
    office.anchors.keep(window, asked(point(9, "b"), point(3)))
    with pytest.raises(refusal):
        office.anchors.keep(window, request_)
    assert office.anchors.since(window, 0).anchors == (point(3), point(9, "b"))
