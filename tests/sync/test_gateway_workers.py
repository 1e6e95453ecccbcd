"""Several processes behind one port: the real command, on both engines."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sync.contract.models import ChangeKind
from tests.sync.gateway_hall import Clock, Hall, WindowSeat, open_office, options_of

WAIT_S = 90

pytestmark = pytest.mark.usefixtures("engine")


@dataclass
class FarHall(Hall):
    """A hall whose calls go to other processes, each over a connection of its own."""

    url: str = ""

    def call(self, method: str, path: str, **arguments: object) -> httpx.Response:
        return httpx.request(method, self.url + path, timeout=120, trust_env=False, **arguments)  # type: ignore[arg-type]


@contextmanager
def gateway(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "workstation.cli", "gateway", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, *options_of(folder), *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            yield process, found.group()
        finally:
            process.kill()


def workers_of(process: subprocess.Popen[str]) -> set[int]:
    """Return the processes that serve; the first one also starts one that only tracks what they share."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_two_processes_are_one_gateway_and_end_with_the_first(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    with gateway(tmp_path, "--workers", "2", "--auto-accept") as (process, url):
        hall = FarHall(office, Clock(office.clock()), url)
        windows = [hall.window() for _ in range(2)]
        until(lambda: len(workers_of(process)) == 2)
        manifests = [
            window.manifest(subject=f"W-{n}-{w}") for w, window in enumerate(windows) for n in range(6)
        ]
        with ThreadPoolExecutor(4) as threads:
            seats = {window.window_id: window for window in windows}
            put = [threads.submit(seats[manifest.window_id].put, manifest) for manifest in manifests * 2]
            assert sorted(one.result().status_code for one in put) == [200] * 12 + [201] * 12
        positions = [change["cursor"] for change in windows[0].news(wait=5)["changes"]]
        assert len(positions) == 6 and positions == sorted(set(positions))
        first = workers_of(process)
        os.kill(min(first), signal.SIGKILL)
        until(lambda: len(workers_of(process) - first) == 1 and min(first) not in workers_of(process))
        assert windows[1].put(manifests[-1]).status_code == 200
        served = workers_of(process)
        process.kill()
        until(lambda: all(is_gone(pid) for pid in served))
    assert len(office.bundle_ids()) == 12
    office.close()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_stop_is_passed_on_and_a_decision_of_the_command_reaches_who_waits(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    with gateway(tmp_path, "--workers", "2") as (process, url):
        hall = FarHall(office, Clock(office.clock()), url)
        window: WindowSeat = hall.window()
        manifest = window.manifest()
        window.delivered(manifest)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(window.news, 0, 25)
            time.sleep(0.3)
            office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="")
            assert len(waiting.result()["changes"]) == 1
            served = workers_of(process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0
        assert all(is_gone(pid) for pid in served)
    office.close()
