"""Debian's Chromium, driven from a test; it speaks to loopback only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {"laptop": (1366, 768), "desk": (1920, 1080)}


def options() -> dict[str, Any]:
    """Return how it is started; root has no sandbox to give."""
    if not CHROMIUM.exists():
        assert not os.environ.get("CI"), "chromium is missing, which ./dev installs"
        pytest.skip("no Chromium is installed (Debian package chromium)")
    quiet = [
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
    ]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": str(CHROMIUM), "args": [*quiet, *sandbox]}
