"""Debian's Chromium, driven from a test; it speaks to loopback only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")


def options() -> dict[str, Any]:
    """Return how it is started.

    Without a sandbox: Debian packs it apart, root may not use it, and the only pages it sees are ours.
    """
    if not CHROMIUM.exists():
        assert not os.environ.get("CI"), "chromium is missing, which ./dev installs"
        pytest.skip("no Chromium is installed (Debian package chromium)")
    quiet = ["--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
    return {"executable_path": str(CHROMIUM), "args": [*quiet, "--no-sandbox"]}
