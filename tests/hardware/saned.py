"""The SANE network daemon on loopback, lending the `test` and `pnm` back-ends of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

PORT = 6566
"""Fixed: the `net` back-end has no setting for another one."""
START_S = 10.0


def find_saned() -> str | None:
    """Return the daemon's path, which is no place ordinary users search."""
    return shutil.which("saned", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


class Saned:
    """A daemon in a process group of its own, on an address of its own."""

    def __init__(self, config_dir: Path, *, backends: str = "test\npnm\n") -> None:
        """Prepare a configuration in `config_dir`, where the settings of the back-ends already are."""
        # All of 127/8 is loopback, so every test process has an address although the port is one for all.
        pid = os.getpid()
        self.address = f"127.{pid // 250 % 250 + 1}.{pid % 250 + 1}.1"
        self._config_dir = config_dir
        (config_dir / "dll.conf").write_text(backends)
        (config_dir / "saned.conf").write_text("127.0.0.0/8\n")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End it and whatever it started."""
        self.kill()

    def start(self) -> None:
        """Start the daemon and wait until it listens."""
        saned = find_saned()
        assert saned, "saned is missing"
        self._process = subprocess.Popen(
            [saned, "-l", "-e", "-b", self.address],
            env={**os.environ, "SANE_CONFIG_DIR": str(self._config_dir)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_S
        while not self._listens():
            assert self._process.poll() is None and time.monotonic() < deadline, "saned did not start"
            time.sleep(0.02)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((self.address, PORT), 1):
            return True
        return False

    def kill(self) -> None:
        """Kill the daemon and the processes that serve its clients."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def write_client(self, folder: Path) -> Path:
        """Write a SANE configuration that knows this daemon and nothing else."""
        folder.mkdir(exist_ok=True)
        (folder / "dll.conf").write_text("net\n")
        (folder / "dll.d").mkdir(exist_ok=True)
        (folder / "net.conf").write_text(f"connect_timeout = 5\n{self.address}\n")
        return folder
