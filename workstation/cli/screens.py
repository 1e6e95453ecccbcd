"""Open the screens."""

from __future__ import annotations

from workstation.cli.settings import Settings
from workstation.cli.wiring import StationGate


def run(settings: Settings) -> int:
    """Run the screens of this machine's workstation until the clerk leaves."""
    return run_app(StationGate(settings, hint=settings.window_name))


def run_app(gate: StationGate) -> int:
    """Run the app over a gate."""
    from workstation.tui.app import StationApp
    from workstation.tui.terminal import probe

    app = StationApp(gate, probe(), owns_process=True)
    try:
        result = app.run()
    finally:
        app.shut()
        gate.close()
    return result or 0
