"""How much memory the interface process holds while lesson one is driven over the real screens.

The lesson runs as its own process; its resident memory is read from /proc ten times a second, and so is that
of the children it starts (scanner driver, OCR engine, the drawing of specimens), which are counted apart.
Practice has the back office in the process of the screens, a real window never has: so it is moved into a
process of its own here, and everything else is left as it is. `--embedded` measures practice unchanged.

    python tests/bench/bench_memory.py [--embedded] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sync.gateway.office import Office
    from sync.gateway.serve import GatewayServer

ROOT = Path(__file__).parents[2]
TARGET_MB = 200
INTERVAL_S = 0.1
LAST = 20
"""Samples at the end of which the highest counts: the last ones fall into the taking down of the process."""
ROLES = {
    "tesseract": "OCR engine",
    "ocr.reading_child": "reading room",
    "scanners.": "scanner driver",
    "training.specimens": "drawing of specimens",
    "multiprocessing": "gateway",
}
"""What a child is, by a word of its command line."""


@dataclass
class Watch:
    """Resident memory in MiB, as the samples came."""

    interface: list[float] = field(default_factory=list)
    highest_mb: float = 0.0
    """The kernel's own high-water mark of the interface process."""
    children: dict[str, float] = field(default_factory=dict)
    """Highest sample of each kind of child."""

    def sample(self, pid: int) -> None:
        """Read the process and its children once; one that just ended is passed over."""
        values = _status(pid)
        if "VmRSS" not in values:
            return
        self.interface.append(_mb(values["VmRSS"]))
        self.highest_mb = _mb(values["VmHWM"])
        for child in _descendants(pid):
            status, role = _status(child), _role(child)
            if "VmRSS" in status and role:
                self.children[role] = max(self.children.get(role, 0.0), _mb(status["VmRSS"]))


class Hall:
    """The back office in its own process."""

    def __init__(self) -> None:
        """Start without one."""
        self._office: Office | None = None
        self._server: GatewayServer | None = None

    def open(self, folder: Path, **arguments: Any) -> None:
        """Open the office's folder."""
        from sync.gateway.office import Office

        self._office = Office.open(folder, **arguments)

    def call(self, name: str, *arguments: Any, **named: Any) -> Any:
        """Call a method of the office."""
        return getattr(self._office, name)(*arguments, **named)

    def start(self, port: int) -> str:
        """Answer on a port."""
        from sync.gateway.serve import GatewayServer

        assert self._office is not None
        self._server = GatewayServer(self._office, port=port)
        return self._server.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.stop()


class HallManager(BaseManager):
    """Keeps the process of the hall."""


HallManager.register("Hall", Hall)


class Elsewhere:
    """Stands for `Office` and for `GatewayServer` of practice and passes their calls on."""

    def __init__(self, hall: Any) -> None:
        """Take the hall's proxy."""
        self._hall = hall
        self._port = 0

    def open(self, folder: Path, **arguments: Any) -> Elsewhere:
        """As `Office.open`."""
        self._hall.open(folder, **arguments)
        return self

    def serve(self, _office: object, port: int = 0) -> Elsewhere:
        """As the constructor of `GatewayServer`."""
        self._port = port
        return self

    def new_code(self, street: str) -> str:
        """As the office's."""
        return str(self._hall.call("new_code", street))

    def decide(self, *arguments: Any, **named: Any) -> None:
        """As the office's."""
        self._hall.call("decide", *arguments, **named)

    def close(self) -> None:
        """As the office's."""
        self._hall.call("close")

    def start(self) -> str:
        """As the server's."""
        return str(self._hall.start(self._port))

    def stop(self) -> None:
        """As the server's."""
        self._hall.stop()


def lesson() -> int:
    """Drive the lesson in this process with the back office in another."""
    from workstation.cli import main as workstation

    with HallManager(ctx=get_context("spawn")) as manager:
        office = Elsewhere(manager.Hall())  # type: ignore[attr-defined]
        for module, name, stand_in in (
            ("office", "Office", office),
            ("serve", "GatewayServer", office.serve),
        ):
            made = ModuleType(f"sync.gateway.{module}")
            setattr(made, name, stand_in)
            sys.modules[made.__name__] = made
        return workstation(["demo", "--headless"])


def run(folder: str, *, embedded: bool) -> Watch:
    """Drive the lesson and watch it.

    Raises:
        SystemExit: the lesson failed.
    """
    environment = {**os.environ, "WORKSTATION_DATA": f"{folder}/data"}
    environment["WORKSTATION_CONFIG"] = f"{folder}/none.toml"
    here = [sys.executable, __file__, "--lesson"]
    command = [sys.executable, "-m", "workstation.cli", "demo", "--headless"] if embedded else here
    output = Path(folder) / "lesson.txt"
    watch = Watch()
    with output.open("w", encoding="utf-8") as shown:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=shown, stderr=shown)
        while process.poll() is None:
            watch.sample(process.pid)
            time.sleep(INTERVAL_S)
    if process.returncode != 0:
        raise SystemExit(f"the lesson failed:\n{output.read_text('utf-8')[-2000:]}")
    return watch


def _status(pid: int) -> dict[str, str]:
    try:
        text = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _role(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", errors="replace")
    except OSError:
        return ""
    return next((role for word, role in ROLES.items() if word in command), "other")


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text("utf-8").split()
        except OSError:
            continue
        for child in map(int, children):
            found += [child, *_descendants(child)]
    return found


def _mb(value: str) -> float:
    return round(int(value.split()[0]) / 1024, 1)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--embedded", action="store_true", help="leave the gateway in the process")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--lesson", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.lesson:
        sys.exit(lesson())
    with tempfile.TemporaryDirectory() as folder:
        watch = run(folder, embedded=given.embedded)
    end = max(watch.interface[-LAST:])
    gateway = "included" if given.embedded else "in another process"
    sys.stdout.write(f"{'MiB':>8}  interface process, gateway {gateway}\n")
    sys.stdout.write(f"{end:>8.1f}  at the end of the lesson, target {TARGET_MB}\n")
    sys.stdout.write(f"{watch.highest_mb:>8.1f}  highest\n")
    for name, value in sorted(watch.children.items()):
        sys.stdout.write(f"{value:>8.1f}  child process {name}, highest, not counted above\n")
    document = {
        "benchmark": "memory",
        "end_mb": end,
        "highest_mb": watch.highest_mb,
        "target_mb": TARGET_MB,
        "children_mb": watch.children,
        "gateway_in_process": given.embedded,
    }
    text = json.dumps(document, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
