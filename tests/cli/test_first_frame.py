"""What stands between the key press and the unlock screen: nothing heavy, and no import on its way."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"sqlalchemy", "sqlmodel", "httpx", "PIL", "reportlab", "cryptography", "pydantic", "keyring", "yaml"}


def test_the_unlock_screen_waits_for_no_heavy_library() -> None:
    program = (
        "import sys, workstation.cli.screens, workstation.cli.logs, workstation.tui.app,"
        " workstation.tui.screens.unlock, workstation.tui.memory; print(*sys.modules)"
    )
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True, timeout=300).split()
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
