from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case import (
    EDITABLE,
    MOVES,
    Case,
    CaseState,
    Entry,
    FieldSet,
    FieldValue,
    Move,
    Moved,
    Opened,
    Origin,
    Payload,
    Sealed,
    next_state,
)
from workstation.domain.errors import IllegalMove
from workstation.domain.folding import apply, fold

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def entry(seq: int, payload: Payload) -> Entry:
    return Entry(
        case_id="c", seq=seq, at=NOON + timedelta(seconds=seq), tick=seq, actor="clerk", payload=payload
    )


OPENED = Opened(number="N1", item_code="X", pack_version="1", window="03", receiving_street="HF")


def folded(*payloads: Payload) -> Case:
    return fold(entry(n, payload) for n, payload in enumerate((OPENED, *payloads), start=1))


def test_every_state_has_its_row_and_every_move_is_used() -> None:
    assert set(MOVES) == set(CaseState)
    assert {move for row in MOVES.values() for move in row} == set(Move)


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, pending = {CaseState.DRAFT}, [CaseState.DRAFT]
    while pending:
        for target in MOVES[pending.pop()].values():
            if target not in reached:
                reached.add(target)
                pending.append(target)
    assert reached == set(CaseState)


def test_only_states_that_may_be_sealed_again_are_editable() -> None:
    assert {state for state in CaseState if Move.RECEIVE in MOVES[state]} == EDITABLE


@given(st.data())
def test_folding_legal_moves_walks_the_table(data: st.DataObject) -> None:
    state, moves = CaseState.DRAFT, []
    for _ in range(data.draw(st.integers(0, 12))):
        if not MOVES[state]:
            break
        moves.append(data.draw(st.sampled_from(sorted(MOVES[state]))))
        state = MOVES[state][moves[-1]]
    case = folded(*(Moved(move=move) for move in moves))
    assert case.state is state
    assert case.is_sealed is (state not in EDITABLE)
    assert case.length == len(moves) + 1


@given(st.sampled_from(CaseState), st.sampled_from(Move))
def test_a_move_outside_the_table_raises(state: CaseState, move: Move) -> None:
    if move in MOVES[state]:
        assert next_state(state, move) is MOVES[state][move]
        return
    with pytest.raises(IllegalMove) as caught:
        next_state(state, move, number="N1")
    assert caught.value.details == {"number": "N1", "state": state, "move": move}


def test_a_resubmission_keeps_the_first_receipt() -> None:
    case = folded(Moved(move=Move.RECEIVE), Moved(move=Move.CORRECT), Moved(move=Move.RECEIVE))
    assert case.received_at == NOON + timedelta(seconds=2)


def test_a_log_with_a_gap_or_without_a_start_is_refused() -> None:
    with pytest.raises(ValueError, match="gap"):
        apply(folded(), entry(3, Moved(move=Move.RECEIVE)))
    with pytest.raises(ValueError, match="starts with Opened"):
        fold([entry(1, Moved(move=Move.RECEIVE))])
    with pytest.raises(ValueError, match="empty"):
        fold([])
    with pytest.raises(ValueError, match="opened once"):
        folded(OPENED)


def test_bundles_keep_the_order_of_their_versions() -> None:
    seals = [Sealed(bundle_id=f"b{n}", version=n, manifest_sha256="0" * 64) for n in (1, 2)]
    assert folded(*seals).bundles == tuple(seals)


values = st.builds(
    FieldValue,
    value=st.sampled_from(["赵样本", "钱样本", ""]),
    origin=st.sampled_from(Origin),
    confirmed_by=st.sampled_from([None, "clerk"]),
)


def is_settled(value: FieldValue) -> bool:
    return value.origin is Origin.TYPED or value.confirmed_by is not None


@given(st.lists(values, min_size=1, max_size=8))
def test_a_proposal_never_replaces_what_a_person_settled_nor_a_reading_what_a_chip_says(
    given_values: list[FieldValue],
) -> None:
    case = folded(*(FieldSet(field="name", value=value) for value in given_values))
    settled = [value for value in given_values if is_settled(value)]
    chips = [value for value in given_values if value.origin is Origin.CHIP]
    assert case.fields["name"] == (settled or chips or given_values)[-1]
