"""What all runs share: keys, ports, and folders that are copied instead of made anew."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import traceback
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sync.contract.models import EnrolmentRequest
from sync.contract.signing import public_text
from tests.campaign.plan import PORTS, CaseSpec
from workstation.store import keys
from workstation.store.keys import DataKey

STREET = "HF"
OWN_MACHINE_S = 60.0
FIRST_PORT, BLOCKS = 20_000, 2_900
"""Below what systems give to those who call, so that none of these is taken while nobody listens there."""
LITTLE = {"iterations": 1, "lanes": 1, "memory_kib": 64}
"""Cost of the passphrase, which no run uses."""


@dataclass(frozen=True)
class Town:
    """Templates of a gateway's folder and of windows that have joined it."""

    folder: Path
    keys: tuple[DataKey, ...]
    gateway_port: int
    line_ports: tuple[int, ...]

    @classmethod
    def build(cls, folder: Path) -> Town:
        """Make the templates in a child, so that this process opens no database before it forks."""
        ports = free_ports(PORTS + 1)
        made = tuple(_with_keys(folder / f"window{number}") for number in range(PORTS))
        town = cls(folder, made, ports[0], ports[1:])
        child = os.fork()
        if child == 0:
            status = 1
            try:
                town._make()
                status = 0
            except BaseException:  # noqa: BLE001 - the outermost rim of a child
                traceback.print_exc()
            finally:
                os._exit(status)
        if os.waitpid(child, 0)[1] != 0:
            raise RuntimeError("the templates could not be made")
        return town

    def warm_up(self) -> None:
        """Do once, in this process, what every child does first: it then begins with that behind it."""
        from sync.gateway.app import create_app
        from sync.gateway.office import Office
        from tests.campaign.dumps import dump_window
        from tests.campaign.window import Seat, rehearse

        scratch = self.folder / "scratch"
        self.settle_window(0, scratch / "window")
        self.settle_gateway(scratch / "gateway")
        specs = (CaseSpec(2, "receive", (8, 8)), CaseSpec(0, "correct", ()), CaseSpec(0, "refuse", ()))
        seat = Seat(
            seed=0, window=0, folder=scratch / "window" / "data", key=self.keys[0], cases=specs, first=0
        )
        rehearse(seat)
        dump_window(seat, [], scratch / "window.json")
        office = Office.open(scratch / "gateway" / "office")
        create_app(office).openapi()
        office.close()
        shutil.rmtree(scratch)
        gc.collect()
        gc.freeze()

    def settle_gateway(self, target: Path) -> None:
        """Copy the gateway's template."""
        shutil.copytree(self.folder / "gateway", target)

    def settle_window(self, number: int, target: Path) -> None:
        """Copy a window's template."""
        shutil.copytree(self.folder / f"window{number}", target)

    def _make(self) -> None:
        from sync.gateway.office import Office
        from workstation.services.enrolment import window_key
        from workstation.store.database import Store

        office = Office.open(self.folder / "gateway" / "office", streets={STREET: "华富街道"})
        for number, key in enumerate(self.keys):
            data = self.folder / f"window{number}" / "data"
            store = Store.create(data, key)
            request = EnrolmentRequest(
                code=office.new_code(STREET),
                public_key=public_text(window_key(store).public_key()),
                window_name=f"{number}",
                street=STREET,
            )
            with store.transaction() as tx:
                tx.put_setting("enrolment", office.enrol(request).model_dump_json())
                tx.put_setting("gateway.url", f"http://127.0.0.1:{self.line_ports[number]}")
                tx.put_setting("practice", "0")
            store.close()
        office.close()


def _with_keys(root: Path) -> DataKey:
    """Make a window's folder with a data key that a key file opens."""
    keys.ARGON2ID = LITTLE
    data = root / "data"
    data.mkdir(parents=True)
    slots = keys.KeySlots(data)
    key = slots.create("passphrase of a specimen")
    slots.add_machine_key(key, root / "machine.key")
    return key


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports that are free now and that another campaign beside this one does not choose."""
    for block in range(os.getpid(), os.getpid() + BLOCKS):
        first = FIRST_PORT + block % BLOCKS * count
        ports = tuple(range(first, first + count))
        with ExitStack() as stack, suppress(OSError):
            for port in ports:
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return ports
    raise RuntimeError("no free ports")


def hurry() -> None:
    """Make the product's patience about fifty times shorter; nothing else about it changes.

    What it waits for on its own machine gets longer: there only a process that hangs may reach the end.
    """
    import sync.answers
    import sync.loop
    import sync.sender
    import sync.wire
    from sync.gateway import serve
    from sync.patience import BackoffPolicy
    from sync.wire import Timeouts
    from tests.campaign.breaking import put
    from workstation.cli import sync as command
    from workstation.services import link
    from workstation.store import engine

    put(sync.sender, "BackoffPolicy", partial(BackoffPolicy, first_s=0.1, cap_s=1.0))
    put(sync.loop, "BackoffPolicy", lambda **_given: BackoffPolicy(first_s=0.05, cap_s=0.4))
    put(sync.wire, "Timeouts", partial(Timeouts, connect_s=2.0, read_s=2.0, exchange_s=3.0))
    defaults = sync.loop.SyncLoop.__init__.__kwdefaults__
    assert defaults is not None
    defaults["listen_s"] = 1.0
    sync.loop.ASK_S = 0.5
    sync.loop.AUDIT_AGAIN_S = 0.3
    sync.loop.SHORTEST_ROUND_S = 0.05
    sync.answers.MAX_RETRY_AFTER_S = 1.0
    serve.GRACE_S = 1
    command.GLANCE_S = 0.05
    link.STOP_TIMEOUT_S = OWN_MACHINE_S
    patient = engine.Database.__init__.__kwdefaults__
    assert patient is not None
    patient["busy_s"] = OWN_MACHINE_S
