"""Several processes behind one port: Python serves about one call at a time, a machine has more cores.

Each process opens the office for itself; whatever two calls must agree on (tokens, feeds, numbers, limits) is
in the rows, so it does not matter which of them answers. All wait on one listening socket. A process that
ends is replaced; when the first one ends, however it ends, the others do.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType

from sync.gateway.office import Office
from sync.gateway.pace import DEFAULT_LIMITS, Limits
from sync.gateway.serve import GRACE_S, GatewayServer, listening

LOOK_S = 0.5
SHORT_LIFE_S = 5.0
PAUSE_S = 1.0
"""Before a process that lived for less than `SHORT_LIFE_S` is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePlace:
    """How a process opens the office; passed on through a pipe, where no list of processes shows it."""

    folder: Path
    streets: Mapping[str, str] = field(default_factory=dict)
    practice: bool | None = None
    auto_accept: bool = False
    database: str = ""
    blobs: str = ""
    limits: Limits = DEFAULT_LIMITS
    metrics_token: str = ""
    locales: Path | None = None

    def open(self, *, create: bool = True) -> Office:
        """Open it; see `Office.open`."""
        return Office.open(
            self.folder,
            streets=self.streets,
            practice=self.practice,
            auto_accept=self.auto_accept,
            create=create,
            database=self.database,
            blobs=self.blobs,
            limits=self.limits,
        )


class Workers:
    """The processes of one gateway."""

    def __init__(self, place: OfficePlace, host: str, port: int, count: int) -> None:
        """Keep what each needs; nothing runs yet."""
        self._place, self._count = place, count
        self._socket, self.url = listening(host, port)
        self._context = get_context("spawn")
        self._running: dict[int, tuple[SpawnProcess, float]] = {}
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Keep the processes running until SIGINT or SIGTERM, then end them and return."""
        kept = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        shared = tempfile.mkdtemp(prefix="gateway-metrics-")
        try:
            for _ in range(self._count):
                self._begin(shared)
            while not self._stopping.is_set():
                connection.wait(list(self._running), LOOK_S)
                self._replace(shared)
        finally:
            self._end()
            self._socket.close()
            shutil.rmtree(shared, ignore_errors=True)
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _begin(self, shared: str) -> None:
        process = self._context.Process(
            target=_work,
            args=(self._place, self._socket, Path(shared)),
            name="gateway-worker",
            daemon=True,
        )
        process.start()
        self._running[process.sentinel] = (process, time.monotonic())

    def _replace(self, shared: str) -> None:
        for sentinel, (process, began) in list(self._running.items()):
            if process.is_alive() or self._stopping.is_set():
                continue
            process.join()
            del self._running[sentinel]
            if time.monotonic() - began < SHORT_LIFE_S:
                self._stopping.wait(PAUSE_S)
            if not self._stopping.is_set():
                self._begin(shared)

    def _end(self) -> None:
        processes = [process for process, _began in self._running.values()]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + 2 * GRACE_S
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()


def _work(place: OfficePlace, taken: socket.socket, shared: Path) -> None:
    """Serve until told to stop, or until the first process is gone."""
    # Ctrl+C reaches every process of a terminal; the first one passes it on in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, name="first-process", daemon=True).start()
    office = place.open(create=False)
    try:
        GatewayServer(
            office, taken=taken, metrics_token=place.metrics_token, shared=shared, locales=place.locales
        ).serve()
    finally:
        office.close()


def _follow() -> None:
    """End this process when the first one is gone, even by kill -9."""
    first = parent_process()
    assert first is not None
    connection.wait([first.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
