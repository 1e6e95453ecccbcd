"""The unit that sends at night: one that systemd takes, and that starts a command which exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from workstation.cli import COMMANDS

UNIT = Path(__file__).resolve().parent.parent / "packaging" / "systemd" / "workstation-sync.service"


def test_the_unit_starts_a_command_that_exists_and_ends_it_gently() -> None:
    text = UNIT.read_text(encoding="utf-8")
    started = re.search(r"^ExecStart=\S+/workstation (\w+) --watch$", text, re.MULTILINE)
    assert started is not None and started[1] in COMMANDS
    assert "KillSignal=SIGTERM" in text and "Restart=always" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    # Program and account are the installation's; everything else is checked as it stands.
    text = re.sub(
        r"^ExecStart=.*$", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    unit = tmp_path / UNIT.name
    unit.write_text(text.replace("User=workstation", "User=root"), encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60
    )
    assert (said.returncode, said.stderr) == (0, "")
