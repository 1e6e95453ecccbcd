"""The second generator draws what it says: all fields of every kind, and of nobody who lives."""

from __future__ import annotations

import re

import pytest

from ocr.documents import KINDS
from ocr.knowledge import identity, uscc
from tests.bench.strangers import arrival, papers

DPI = 100
IDENTITY = re.compile(r"[1-9]\d{16}[\dX]")


def test_strangers_draw_every_kind_that_can_be_read() -> None:
    assert set(papers.KINDS) == set(KINDS)


@pytest.mark.parametrize("kind", papers.KINDS)
def test_the_truth_names_each_field_of_the_kind_and_invents_its_people(kind: str) -> None:
    for seed in range(3):
        truth = papers.specimen(kind, seed, DPI).truth
        assert set(truth) == set(KINDS[kind])
        for name, text in truth.items():
            number = text[:18]
            if name.endswith("id_number") or (kind, name) == ("disability-certificate", "certificate_number"):
                assert IDENTITY.fullmatch(number)
                assert identity.check_digit_holds(number)
                assert number[14:17] in {"996", "997", "998", "999"}
            if name == "uscc":
                assert uscc.holds(text)
                assert uscc.body_holds(text)


def test_the_same_seed_draws_the_same_paper() -> None:
    one, other = (papers.specimen("id-card-front", 4, DPI) for _ in range(2))
    assert one.truth == other.truth
    assert one.picture.size == other.picture.size


@pytest.mark.parametrize("way", arrival.WAYS)
def test_papers_come_in_every_way(way: str) -> None:
    paper = papers.specimen("residence-permit-back", 5, 200).picture
    come = arrival.as_it_comes(paper, 5, way)
    assert come.mode == "RGB"
    assert min(come.size) > 150
    # A telephone does not know how large things are.
    assert ("dpi" in come.info) == (way not in {"phone", "screen"})
