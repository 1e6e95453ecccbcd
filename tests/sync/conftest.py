"""The two engines of the gateway, a test that asks for `engine` runs once on each; an office, its window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.sync import gateway_hall, postgres
from tests.sync.gateway_hall import Hall, WindowSeat, open_hall

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """One server for all tests; each office has a schema of its own."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (Debian package postgresql)")
    server = postgres.Server.started(programs)
    yield server
    server.stop()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let every office of the test keep its rows by this engine."""
    name = str(request.param)
    if name == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgresql")
        # Folders of two tests may bear one name: the first is gone when the second is made.
        monkeypatch.setattr(gateway_hall, "place_of", partial(server.place_of, test=request.node.nodeid))
        request.addfinalizer(partial(server.release, request.node.nodeid))
    return name


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """An office with nothing in it."""
    hall = open_hall(tmp_path / "office")
    yield hall
    hall.office.close()


@pytest.fixture
def window(hall: Hall) -> WindowSeat:
    """The first window of the office."""
    return hall.window()
