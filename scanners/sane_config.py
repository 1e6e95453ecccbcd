"""A SANE configuration for a moment: one back-end alone, so that finding one device does not ask them all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_DIR = "/etc/sane.d"
SEARCH_PATH = "SANE_CONFIG_DIR"
"""The environment variable with the folders SANE looks for its configuration in (sane-dll(5))."""


def backend_of(device_id: str) -> str:
    """Return the back-end a device belongs to, empty if its id does not name one."""
    backend, colon, _rest = device_id.partition(":")
    return backend if colon and backend.replace("_", "").replace("-", "").isalnum() else ""


@contextmanager
def only(backend: str, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield `environment` changed so that SANE loads this back-end alone, with its usual settings."""
    usual = environment.get(SEARCH_PATH) or os.environ.get(SEARCH_PATH) or SYSTEM_DIR
    with tempfile.TemporaryDirectory(prefix="sane-") as name:
        Path(name, "dll.conf").write_text(f"{backend}\n", encoding="ascii")
        # The first dll.d that is found counts alone: an empty one keeps the system's out.
        Path(name, "dll.d").mkdir()
        yield {**environment, SEARCH_PATH: f"{name}:{usual}"}
