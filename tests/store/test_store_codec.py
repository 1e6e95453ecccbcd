"""Domain values go to JSON and come back the same."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain import case as log
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.courier import Bag
from workstation.store import codec
from workstation.store.errors import StoreDamaged
from workstation.store.rows import Moment

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST, LAST = datetime(1970, 1, 3), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
TIMES = st.datetimes(min_value=FIRST, max_value=LAST, timezones=ZONES)
PAGES = st.builds(log.Page, taken_at=TIMES)
PAGE_TUPLES = st.lists(PAGES, max_size=2).map(tuple)
REUSES = st.builds(log.Reuse, pages=PAGE_TUPLES, consent_at=TIMES)
VALUES = st.builds(log.FieldValue, confidence=st.floats(0, 1))
MATERIALS = st.builds(ArchivedMaterial, pages=PAGE_TUPLES)
BAGS = st.builds(Bag, opened_at=TIMES, due_at=TIMES)
KINDS: tuple[type[Any], ...] = get_args(log.Payload)
SPECIAL: dict[type[Any], st.SearchStrategy[Any]] = {
    log.PageAdded: st.builds(log.PageAdded, page=PAGES),
    log.SlotReused: st.builds(log.SlotReused, reuse=REUSES),
    log.FieldSet: st.builds(log.FieldSet, value=VALUES),
    log.PagesArranged: st.builds(
        log.PagesArranged, slots=st.dictionaries(st.text(max_size=8), PAGE_TUPLES, max_size=2)
    ),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_payload_comes_back_the_same(kind: type[Any]) -> None:
    @given(SPECIAL.get(kind, st.builds(kind)))
    def check(payload: Any) -> None:
        assert codec.payload_from(codec.payload_text(payload)) == payload

    check()


@given(MATERIALS)
def test_materials_come_back_the_same(material: ArchivedMaterial) -> None:
    assert codec.material_from(codec.material_text(material)) == material


@given(BAGS)
def test_bags_come_back_the_same(bag: Bag) -> None:
    assert codec.bag_from(codec.bag_text(bag)) == bag


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "unheard"}', '{"kind": "moved", "move": "FLY"}'])
def test_what_cannot_be_read_is_damage_and_does_not_repeat_the_value(text: str) -> None:
    with pytest.raises(StoreDamaged) as caught:
        codec.payload_from(text)
    assert "FLY" not in str(caught.value)


@given(TIMES, TIMES)
def test_times_keep_their_offset_and_sort_by_instant(one: datetime, other: datetime) -> None:
    column = Moment()
    first, second = (_bound(column, value) for value in (one, other))
    back = column.process_result_value(first, _ANY)
    assert back is not None
    assert (back, back.utcoffset()) == (one, one.utcoffset())
    if one < other:
        assert first < second


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        _bound(Moment(), datetime(2026, 11, 21))  # noqa: DTZ001


def test_no_time_stays_no_time() -> None:
    assert Moment().process_bind_param(None, _ANY) is None
    assert Moment().process_result_value(None, _ANY) is None


_ANY: Any = None


def _bound(column: Moment, value: datetime) -> str:
    text = column.process_bind_param(value, _ANY)
    assert text is not None
    return text
