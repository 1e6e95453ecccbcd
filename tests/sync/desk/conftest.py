"""An office with one window, and the approver of its street."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("jinja2")
from sync.gateway.desk import passwords  # noqa: E402 - needs the optional extra
from tests.sync.desk.review_desk import Browser, open_desk, reviewer  # noqa: E402
from tests.sync.gateway_hall import Hall  # noqa: E402


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spend on a password what a test can spare; how one is kept has its own test."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "NOBODY", passwords.NOBODY.replace("m=65536", "m=64"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = open_desk(tmp_path)
    yield hall
    hall.office.close()


@pytest.fixture
def desk(hall: Hall) -> Browser:
    return reviewer(hall)
