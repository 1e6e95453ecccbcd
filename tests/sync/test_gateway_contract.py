"""An independent reader of the gateway's OpenAPI document finds no call that breaks it, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from sync.gateway.serve import GatewayServer
from tests.sync.gateway_hall import Clock, Hall, open_office

SHORT, LONG = 6, 400
"""Calls of each kind for each operation."""
NOT_OURS = {"positive_data_acceptance", "max_response_time"}
"""No schema says that a signature is the window's, and a call may wait as long as it was asked to."""
OPERATIONS = 21

# The reader knows bytes by their common name only.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

pytestmark = [
    pytest.mark.usefixtures("engine"),
    # The reader's own warnings are its own.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    office = open_office(tmp_path / "office")
    yield Hall(office, Clock(office.clock()))
    office.close()


@pytest.fixture
def url(hall: Hall) -> Iterator[str]:
    server = GatewayServer(hall.office)
    yield server.start()
    server.stop()


def read(url: str, headers: dict[str, str], examples: int) -> int:
    """Make calls of every operation, good ones and bad ones; return of how many operations."""
    document = schemathesis.openapi.from_url(f"{url}/v1/openapi.json")
    operations = list(document.get_all_operations())
    for found in operations:
        assert isinstance(found, Ok)
        _read_operation(found.ok(), headers, examples)
    return len(operations)


def _checks_of(case: Any) -> list[Any]:
    """Return the checks a call must pass; that it is refused only when it is its body that is wrong.

    Unknown parameters are passed over, so that a newer window may add some; and the token is ours, always.
    """
    body = case.meta.components.get(ParameterLocation.BODY)
    is_wrong = body is not None and body.mode is GenerationMode.NEGATIVE
    unfit = NOT_OURS if is_wrong else NOT_OURS | {"negative_data_rejection"}
    return [check for check in CHECKS.get_all() if check.__name__ not in unfit]


def _read_operation(operation: Any, headers: dict[str, str], examples: int) -> None:
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

    @settings(
        max_examples=2 * examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def call(case: Any) -> None:
        if isinstance(case.query, dict) and case.query.get("wait") not in (None, [], ""):
            case.query["wait"] = "0" if case.meta.generation.mode is GenerationMode.POSITIVE else "x"
        case.call_and_validate(headers=headers, checks=_checks_of(case), timeout=20)

    call()


def test_the_gateway_keeps_its_contract(hall: Hall, url: str) -> None:
    assert read(url, hall.window().headers(), SHORT) == OPERATIONS


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_the_gateway_keeps_its_contract_at_length(hall: Hall, url: str) -> None:
    assert read(url, hall.window().headers(), LONG) == OPERATIONS
