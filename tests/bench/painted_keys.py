"""How long a key of the real program takes to its paint, idle and while its sender works at full speed.

The program runs in a pseudo-terminal over a real store and a real gateway. Keys are typed into the field that
looks for an item; a key is painted when the terminal has been given the text that ends with it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sync.port import LineState
from tests.bench.bench_start import ANSWERS, COLUMNS, ROWS
from tests.bench.sealed_queue import sealed
from workstation.cli.settings import Settings
from workstation.cli.wiring import open_store
from workstation.services.enrolment import membership

ROOT = Path(__file__).parents[2]
PASSPHRASE = "样本口令-1234"
PATIENCE_S = 60.0
BETWEEN_S = 0.06
"""A quick typist: sixteen keys a second."""
WORD = "xzvqxzvq"
PAGES, PAGE_BYTES = 2, 60_000


@dataclass
class Terminal:
    """The program and what it has written."""

    process: int
    handle: int
    answered: set[bytes] = field(default_factory=set)
    seen: bytes = b""

    def read(self, wait_s: float) -> None:
        """Take in what is written within a time, and answer what a terminal is asked."""
        if select.select([self.handle], [], [], wait_s)[0]:
            self.seen += os.read(self.handle, 65536)
        for question, answer in ANSWERS.items():
            if question in self.seen and question not in self.answered:
                self.answered.add(question)
                os.write(self.handle, answer)

    def wait_for(self, text: str) -> None:
        """Read until a text has been written."""
        until = time.monotonic() + PATIENCE_S
        while text.encode() not in self.seen:
            if time.monotonic() > until:
                raise RuntimeError(f"{text} was never seen: {self.seen[-1500:]!r}")
            self.read(0.2)

    def wait_for_field(self) -> None:
        """Press a key until it is painted: then the field is there."""
        until = time.monotonic() + PATIENCE_S
        while b"x" not in self.seen.rpartition(b"2026h")[2] and time.monotonic() < until:
            self.type("\x15x")
            self.rest(1.0)

    def type(self, text: str) -> None:
        """Press keys."""
        self.seen = b""
        os.write(self.handle, text.encode())

    def painted_s(self, key: str, suffix: str) -> float:
        """Press a key and return the seconds until its text is painted."""
        self.type(key)
        began = time.monotonic()
        while suffix.encode() not in self.seen:
            if time.monotonic() - began > PATIENCE_S:
                raise RuntimeError(f"{key} was never painted: {self.seen[-500:]!r}")
            self.read(0.5)
        return time.monotonic() - began

    def rest(self, seconds: float) -> None:
        """Read on for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left)


def window(folder: Path, url: str, code: str, bundles: int) -> None:
    """Make a window that is enrolled, with so many sealed bundles in its queue."""
    subprocess.run(
        [sys.executable, "-m", "workstation.cli", "enrol", url, "--code", code, "--passphrase-stdin"],
        input=f"{PASSPHRASE}\n",
        env=_environment(folder),
        text=True,
        check=True,
        capture_output=True,
    )
    store = open_store(_settings(folder), PASSPHRASE)
    chance, member = Random(7), membership(store)
    for number in range(bundles):
        pages = [chance.randbytes(PAGE_BYTES) for _ in range(PAGES)]
        for page in pages:
            store.vault.put(page)
        with store.transaction() as tx:
            tx.queue(sealed(member.enrolment, member.key, number, pages), legal_due_at=None)
    store.close()


@dataclass(frozen=True)
class Typed:
    """What came of typing."""

    seconds: tuple[float, ...]
    """Of each key to its paint."""
    sent_before: int
    """Bundles delivered when the first key was pressed."""
    sent: int
    """Bundles delivered between the first key and the last."""
    pending: int
    """Bundles still in the queue behind the last key."""


def painted(folder: Path, keys: int) -> Typed:
    """Type so many keys into the program."""
    terminal = _started(folder)
    try:
        terminal.wait_for("综合窗口工作站")
        terminal.rest(1.0)
        terminal.type(PASSPHRASE)
        terminal.rest(0.3)
        terminal.type("\r")
        terminal.wait_for("办新件")
        terminal.type("\x1bOQ")
        terminal.wait_for_field()
        before, _pending = _queue(folder)
        times = []
        for number in range(-len(WORD), keys):
            # The first word only warms: it makes the program read the list it looks in.
            place = number % len(WORD)
            if place == 0:
                terminal.type("\x15")
                terminal.rest(0.3)
            seconds = terminal.painted_s(WORD[place], WORD[max(0, place - 2) : place + 1])
            if number >= 0:
                times.append(seconds)
            terminal.rest(BETWEEN_S)
        after, pending = _queue(folder)
        return Typed(tuple(times), before, after - before, pending)
    finally:
        os.kill(terminal.process, signal.SIGKILL)
        os.waitpid(terminal.process, 0)
        os.close(terminal.handle)


def _queue(folder: Path) -> tuple[int, int]:
    """Return how many bundles are delivered, and how many are not."""
    store = open_store(_settings(folder), PASSPHRASE)
    try:
        counts = store.outbox.counts()
    finally:
        store.close()
    return counts[LineState.DELIVERED], sum(counts.values()) - counts[LineState.DELIVERED]


def _started(folder: Path) -> Terminal:
    process, handle = pty.fork()
    if process == 0:
        os.execve(sys.executable, [sys.executable, "-m", "workstation.cli"], _environment(folder))
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    return Terminal(process, handle)


def _settings(folder: Path) -> Settings:
    return Settings(data_folder=folder / "data", config_file=folder / "workstation.toml")


def _environment(folder: Path) -> dict[str, str]:
    config = folder / "workstation.toml"
    config.write_text("sane = false\ncamera = false\n")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
        "WORKSTATION_DATA": str(folder / "data"),
        "WORKSTATION_CONFIG": str(config),
    }
