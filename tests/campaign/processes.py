"""The processes of one run, each behind a pipe of events: windows, senders, line, gateway."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.campaign.events import Say, teller
from tests.campaign.line import Line
from tests.campaign.machine import Machine
from tests.campaign.plan import LineFault
from tests.campaign.window import Program, Seat, command

Event = dict[str, Any]
HANGS_S = 120.0
"""A start or an end that takes longer hangs; a machine under load is far from it."""


@dataclass
class Child:
    """A process with its pipes; `orders` is where it listens, -1 when it does not."""

    machine: Machine
    pid: int
    events: int
    orders: int = -1
    left: bytes = b""
    exit_status: int | None = None

    def tell(self, order: str) -> None:
        """Give an order; one that has died does not mind."""
        with suppress(BrokenPipeError):
            os.write(self.orders, order.encode() + b"\n")

    def heard(self) -> list[Event]:
        """Return whole events that are in the pipe; a line cut off by death was never said."""
        with suppress(BlockingIOError):
            while data := os.read(self.events, 65_536):
                self.left += data
        *whole, self.left = self.left.split(b"\n")
        return [json.loads(line) for line in whole]

    def has_ended(self) -> bool:
        """True once it has ended, however."""
        if self.exit_status is None:
            with suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.exit_status = os.waitstatus_to_exitcode(status)
                    self.machine.pids.discard(self.pid)
        return self.exit_status is not None

    def kill(self) -> None:
        """End it at once."""
        if not self.has_ended():
            self.machine.kill(self.pid)
            self.exit_status = -signal.SIGKILL

    def end(self, seconds: float = HANGS_S) -> bool:
        """Ask it to end and wait; False when it had to be killed."""
        if self.orders >= 0:
            self.tell("stop")
        else:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        ends = time.monotonic() + seconds
        while not self.has_ended():
            if time.monotonic() > ends:
                self.kill()
                return False
            time.sleep(0.005)
        return True

    def close(self) -> None:
        """Close the pipes."""
        for handle in (self.events, self.orders):
            if handle >= 0:
                os.close(handle)
        self.events = self.orders = -1


@dataclass
class Nursery:
    """Starts the children of one run."""

    folder: Path
    prepare: Callable[[Say], None] = lambda say: None
    """Run in each child first: observation, and rules broken on purpose."""
    _open: list[Child] = field(default_factory=list)

    def start(
        self, machine: Machine, source: str, work: Callable[[Say, int], int | None], *, obeys: bool = False
    ) -> Child:
        """Fork a child that tells events; with `obeys` it is given a pipe of orders."""
        event_end, tell_end = os.pipe()
        order_end, give_end = os.pipe() if obeys else (-1, -1)

        def run() -> int | None:
            for child in self._open:
                child.close()
            os.close(event_end)
            if obeys:
                os.close(give_end)
            say = teller(tell_end, source)
            self.prepare(say)
            return work(say, order_end)

        pid = machine.fork(run, errors=self.folder / f"{source}.err")
        os.close(tell_end)
        if obeys:
            os.close(order_end)
        os.set_blocking(event_end, False)
        child = Child(machine, pid, event_end, give_end)
        self._open.append(child)
        return child

    def forget(self, child: Child) -> None:
        """Close the pipes of a child that has ended."""
        child.close()
        self._open.remove(child)

    def window(self, machine: Machine, seat: Seat, *, newer: bool) -> Child:
        """Start the window program; a `newer` one has one step more in its schema."""

        def work(say: Say, orders: int) -> int:
            if newer:
                become_newer(self.folder / "newer")
            return Program(seat, say, orders).run()

        return self.start(machine, f"window{seat.window}", work, obeys=True)

    def sender(self, machine: Machine, seat: Seat, *, newer: bool) -> Child:
        """Start `workstation sync --watch`."""
        return self.command(machine, seat, f"sender{seat.window}", ("sync", "--watch"), newer=newer)

    def command(
        self, machine: Machine, seat: Seat, source: str, words: Sequence[str], *, newer: bool
    ) -> Child:
        """Start a command of the product over a window's store."""

        def work(_say: Say, _orders: int) -> int:
            if newer:
                become_newer(self.folder / "newer")
            os.dup2(2, 1)
            return command(seat, self.folder / f"commands{seat.window}.toml", words)

        return self.start(machine, source, work)

    def gateway(self, machine: Machine, port: int, *, auto_accept: bool) -> Child:
        """Start `workstation gateway serve`."""
        words = ["serve", "--port", str(port)] + ["--auto-accept"] * auto_accept
        child = self.office(machine, words)
        wait_for(port, child)
        return child

    def office(self, machine: Machine, words: Sequence[str]) -> Child:
        """Start `workstation gateway` with an action of its own."""
        whole = ["gateway", *words, "--folder", str(machine.root / "office")]

        def work(_say: Say, _orders: int) -> int:
            from workstation.cli import main

            os.dup2(2, 1)
            os.environ["WORKSTATION_DATA"] = str(self.folder / "gateway-log")
            return main(whole)

        return self.start(machine, "gateway", work)

    def line(
        self, machine: Machine, ports: tuple[int, ...], gateway: int, faults: tuple[LineFault, ...]
    ) -> Child:
        """Start the line; it listens when this returns."""
        sockets = [_listening(port) for port in ports]

        def work(say: Say, orders: int) -> None:
            asyncio.run(Line(gateway, list(faults), say).serve(sockets, orders))

        child = self.start(machine, "line", work, obeys=True)
        for listening in sockets:
            listening.close()
        return child


def wait_for(port: int, child: Child) -> None:
    """Return once somebody listens, or the child has died."""
    ends = time.monotonic() + HANGS_S
    while time.monotonic() < ends and not child.has_ended():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.005)


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(64)
    return listening


STEP = '''"""A step of a later program."""
import sqlalchemy as sa
from alembic import op

revision = "{new}"
down_revision = "{old}"


def upgrade():
    op.create_table("campaign_later", sa.Column("name", sa.String(), primary_key=True))
    with op.batch_alter_table("settings") as batch:
        batch.add_column(sa.Column("campaign_later", sa.String()))
'''


def become_newer(folder: Path) -> None:
    """Give this process a schema with one step more than the product's."""
    import shutil

    from workstation.store import migrate

    new = f"{int(migrate.HEAD) + 1:04d}"
    if not folder.exists():
        shutil.copytree(migrate.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / f"{new}_later.py").write_text(STEP.format(new=new, old=migrate.HEAD))
    migrate.SCRIPTS, migrate.HEAD = folder, new
