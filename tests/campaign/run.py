"""One run: starts the processes of a plan, strikes when its moments come, lets everything settle."""

from __future__ import annotations

import json
import os
import select
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from tests.campaign import strikes
from tests.campaign.desk import Desk
from tests.campaign.dumps import bundles_of, dump_gateway, dump_window, feed_of
from tests.campaign.machine import STATUS_CRASHED, Machine
from tests.campaign.patience import Patience, Watch
from tests.campaign.plan import Plan, Strike
from tests.campaign.processes import Child, Event, Nursery
from tests.campaign.town import Town
from tests.campaign.window import STATUS_NOT_OPENED, Seat

HANGS_S = 180.0
"""So long without anything new, and it hangs: a loaded machine is slow, it does not stand still."""
ASK_EVERY_S = 0.3
ASK_AGAIN_S = 1.0
"""Where nothing was heard that would make the queue another one."""
MOST_PROBLEMS = 8
"""A program that crashes at every start would do so for ever."""
LISTENING = "GET /v1/changes"
CALM_S = 0.2
"""So long without an event, and what is still to strike strikes now."""
DONE = {"DELIVERED", "QUARANTINED", "REPLACED"}
REFUSED = {"FIX", "ASK", "QUARANTINED"}


class Run:
    """A run in progress."""

    def __init__(
        self,
        town: Town,
        plan: Plan,
        folder: Path,
        nursery: Nursery,
        tell: Callable[[str], None],
        *,
        patience: Patience,
    ) -> None:
        """Lay out the machines; `tell` is given a line of words for each thing that happens."""
        self.patience = patience
        self.town = town
        self.plan = plan
        self.folder = folder
        self.nursery = nursery
        self.tell = tell
        self.dice = Random(f"{plan.seed}/strikes")
        self.events: list[Event] = []
        self.problems: list[str] = []
        """What the driver itself saw go wrong."""
        self.fired: list[str] = []
        self.waiting: list[Strike] = list(plan.strikes)
        self.requests = self.receipts = 0
        self.restored = self.is_settling = False
        self.gateway_awaits_cut = False
        town.settle_gateway(folder / "gateway")
        self.gateway_machine = Machine(folder / "gateway")
        self.desks = [self._desk(number) for number in range(len(plan.windows))]
        (folder / "line").mkdir()
        self.line_machine = Machine(folder / "line")
        self._last_event = time.monotonic()

    def _desk(self, number: int) -> Desk:
        root = self.folder / f"window{number}"
        self.town.settle_window(number, root)
        seat = Seat(
            seed=self.plan.seed,
            window=number,
            folder=root / "data",
            key=self.town.keys[number],
            cases=self.plan.windows[number],
            first=0,
            comes_back=self.plan.comes_back[number],
        )
        kinds = [strike.kind for strike in self.plan.strikes if strike.window == number]
        return Desk(number, Machine(root), seat, corrections=kinds.count("correct-refused"))

    # --- the whole -------------------------------------------------------------------------------------

    def play(self) -> dict[str, Any]:
        """Play it and return what was found."""
        self._guard()
        self.start_gateway()
        ports = self.town.line_ports[: len(self.desks)]
        self.line = self.nursery.line(self.line_machine, ports, self.town.gateway_port, self.plan.line)
        for desk in self.desks:
            self.start_window(desk)
        try:
            self._work()
            self._settle()
            self._leave()
            return self._found()
        finally:
            self._sweep()

    def _guard(self) -> None:
        """Keep shadows of the disks that lose their power; the others go without the cost."""
        for strike in self.plan.strikes:
            if strike.kind.startswith("power-cut"):
                self.machine_of(strike).guard()

    def _work(self) -> None:
        while (not all(desk.is_idle for desk in self.desks) or self.waiting) and not self._is_hopeless():
            self._hear(0.03)
            self._notice_deaths()
            self._fire()
            if time.monotonic() - self._last_event > HANGS_S:
                self.problems.append("the clerks' work did not end")
                return

    def _settle(self) -> None:
        """End all faults, then wait until nothing is left to do, as a person would who looks every minute."""
        self.is_settling = True
        self.line.tell("clear")
        for machine in (self.gateway_machine, *(desk.machine for desk in self.desks)):
            machine.heal()
        self._restart_all()
        for desk in self.desks:
            self._ask(desk, "finish")
        self._let_settle()

    def _let_settle(self) -> None:
        watch = Watch(self.patience)
        while not watch.is_over(self._standing(), min(desk.looks for desk in self.desks), self.requests):
            self._hear(0.03)
            self._notice_deaths()
            if all(self._is_settled(desk) for desk in self.desks) and self._office_has_told():
                return
            if self._is_hopeless():
                break
            for desk in self.desks:
                self._look_at_queue(desk)
        self.problems.append("it did not settle")

    def _is_hopeless(self) -> bool:
        return len(self.problems) > MOST_PROBLEMS

    def _standing(self) -> object:
        """Return what is another one when anything got on."""
        queues = [
            (desk.is_finished, desk.is_idle, [(line["bundle"], line["state"]) for line in desk.lines or ()])
            for desk in self.desks
        ]
        return queues, [sorted(desk.applied) for desk in self.desks]

    def _look_at_queue(self, desk: Desk) -> None:
        """Ask for the queue when it may be another one, and do what waits for a person."""
        wait_s = ASK_EVERY_S if desk.lines is None or desk.heard != desk.heard_at_look else ASK_AGAIN_S
        if desk.is_finished and time.monotonic() - desk.looked_at > wait_s:
            desk.looked_at, desk.heard_at_look = time.monotonic(), desk.heard
            states = {line["state"] for line in desk.lines or ()}
            if desk.corrections and states & REFUSED:
                desk.corrections -= 1
                self._ask(desk, "correct")
            elif not states <= DONE:
                self._ask(desk, "retry")
            self._ask(desk, "status")

    def _is_settled(self, desk: Desk) -> bool:
        if not desk.is_finished or not desk.is_idle or desk.lines is None:
            return False
        return all(line["state"] in DONE for line in desk.lines)

    def _office_has_told(self) -> bool:
        try:
            return self._office_holds_it() and self._feed_is_read()
        except sqlite3.OperationalError:
            return False  # in the middle of its own recovery

    def _office_holds_it(self) -> bool:
        """True when what counts as delivered is there: an office just restored is still being told."""
        delivered = {
            line["bundle"] for desk in self.desks for line in desk.lines or () if line["state"] == "DELIVERED"
        }
        return delivered <= bundles_of(self.gateway_machine.root / "office")

    def _feed_is_read(self) -> bool:
        applied = {change for desk in self.desks for change in desk.applied}
        return all(row["change"] in applied for row in feed_of(self.gateway_machine.root / "office"))

    def _ask(self, desk: Desk, order: str) -> None:
        if desk.program is not None:
            desk.program.tell(order)

    def _leave(self) -> None:
        for desk in self.desks:
            for child in (desk.program, desk.sender):
                if child is not None and not child.end():
                    self.problems.append(f"window{desk.number} did not end when asked")
        self._hear(0)
        self.gateway.end()

    def _found(self) -> dict[str, Any]:
        pages = self.folder / "arrived"
        office = self.folder / "gateway.json"
        folder = self.gateway_machine.root / "office"
        self._in_child(self.gateway_machine, lambda: dump_gateway(folder, office, pages))
        windows = []
        for desk in self.desks:
            told = [
                event["sha256"]
                for event in self.events
                if event["is"] == "page" and event["source"] == f"window{desk.number}"
            ]
            target = self.folder / f"window{desk.number}.json"
            self._in_child(desk.machine, lambda d=desk, t=told, p=target: self._dump(d, t, p))  # type: ignore[misc]
            windows.append(json.loads(target.read_text()) if target.exists() else None)
        return {
            "gateway": json.loads(office.read_text()) if office.exists() else None,
            "windows": windows,
        }

    def _dump(self, desk: Desk, told: list[str], target: Path) -> None:
        if desk.is_newer:
            from tests.campaign.processes import become_newer

            become_newer(self.folder / "newer")
        dump_window(desk.seat, told, target)

    def _in_child(self, machine: Machine, work: Callable[[], None]) -> None:
        pid = machine.fork(work, errors=self.folder / "dumps.err")
        if os.waitpid(pid, 0)[1] != 0:
            self.problems.append(f"{machine.root.name} could not be read at the end")
        machine.pids.discard(pid)

    def _sweep(self) -> None:
        for desk in self.desks:
            for child in (desk.program, desk.sender):
                if child is not None:
                    child.kill()
                    self.nursery.forget(child)
        for child in (self.gateway, self.line):
            child.kill()
            self.nursery.forget(child)

    # --- processes -------------------------------------------------------------------------------------

    def machine_of(self, strike: Strike) -> Machine:
        """Return whose machine is struck."""
        return self.gateway_machine if strike.window < 0 else self.desks[strike.window].machine

    def start_gateway(self) -> None:
        """Start the gateway and wait until it listens."""
        self.gateway = self.nursery.gateway(
            self.gateway_machine, self.town.gateway_port, auto_accept=self.plan.auto_accept
        )

    def start_window(self, desk: Desk) -> None:
        """Start the program where the clerk left off."""
        seat = replace(desk.seat, first=desk.begun)
        desk.is_idle = False
        desk.program = self.nursery.window(desk.machine, seat, newer=desk.is_newer)

    def start_sender(self, desk: Desk) -> None:
        """Start the product's sender without screens."""
        desk.sender = self.nursery.sender(desk.machine, desk.seat, newer=desk.is_newer)

    def drop(self, child: Child | None) -> None:
        """Hear a child's last words and close its pipes."""
        if child is not None:
            self._take(child)
            self.events.append({"is": "gone", "pid": child.pid, "at": time.monotonic(), "source": "driver"})
            self.nursery.forget(child)

    def _notice_deaths(self) -> None:
        if self.gateway.has_ended():
            self._gateway_died()
        for desk in self.desks:
            if desk.sender is not None and desk.sender.has_ended():
                child, desk.sender = desk.sender, None
                self.drop(child)
            if desk.program is not None and desk.program.has_ended():
                self._window_died(desk, desk.program)

    def _gateway_died(self) -> None:
        status = self.gateway.exit_status
        self.drop(self.gateway)
        self.tell(f"gateway ended with {status}")
        if status not in (0, -9, -15, 1):
            self.problems.append(f"the gateway ended with {status}")
        if self.gateway_awaits_cut:
            self.gateway_awaits_cut = False
            self.gateway_machine.cut_power(self.dice if self.dice.random() < 0.5 else None)
        self.start_gateway()

    def _window_died(self, desk: Desk, child: Child) -> None:
        desk.program = None
        self.drop(child)
        self.tell(f"window{desk.number} ended with {child.exit_status}")
        if child.exit_status == STATUS_CRASHED:
            self.problems.append(f"window{desk.number} crashed: see window{desk.number}.err")
        if child.exit_status == STATUS_NOT_OPENED:
            desk.machine.heal()
        if desk.awaits_cut:
            desk.awaits_cut = False
            strikes.cut_window(self, desk)
        self.start_window(desk)
        desk.is_finished = False
        if self.is_settling:
            self._ask(desk, "finish")

    def _restart_all(self) -> None:
        """Let a stopped one work again; a limit of the disk ended with the process that had it."""
        if self.gateway.has_ended():
            self._gateway_died()
        for desk in self.desks:
            if desk.program is None:
                self.start_window(desk)

    # --- events ----------------------------------------------------------------------------------------

    def _children(self) -> list[Child]:
        windows = [child for desk in self.desks for child in (desk.program, desk.sender) if child]
        return [self.line, *windows]

    def _hear(self, wait_s: float) -> None:
        children = {child.events: child for child in self._children()}
        ready, _, _ = select.select(list(children), [], [], wait_s)
        for handle in ready:
            self._take(children[handle])

    def hear_from(self, child: Child) -> None:
        """Take in what one child says, for a moment."""
        select.select([child.events], [], [], 0.02)
        self._take(child)

    def _take(self, child: Child) -> None:
        for event in child.heard():
            if event.get("call") != LISTENING:
                self._last_event = time.monotonic()
            self.events.append(event)
            self._note(event)

    def _note(self, event: Event) -> None:
        self.tell(
            json.dumps({k: v for k, v in event.items() if k not in ("at", "lines")}, ensure_ascii=False)
        )
        if event["source"] == "line":
            self.requests += event["is"] == "request"
            return
        if not event["source"].startswith("window"):
            return
        desk = self.desks[int(event["source"].removeprefix("window"))]
        desk.heard += event["is"] not in ("status", "holds", "released")
        self.receipts += event["is"] == "delivered"
        match event["is"]:
            case "begun":
                desk.begun = event["case"] + 1
            case "idle":
                desk.is_idle, desk.lines = True, None
            case "finished":
                desk.is_finished, desk.lines = True, None
            case "sealed" | "corrected":
                desk.lines = None
            case "status":
                desk.looks += 1
                desk.lines = event["lines"]
                desk.applied = set(event["changes"])
            case "poisoned":
                desk.poisoned_bundles.add(event["bundle"])

    # --- strikes ---------------------------------------------------------------------------------------

    def _fire(self) -> None:
        due = [strike for strike in self.waiting if self._heard_of(strike.source) >= strike.after]
        calm = time.monotonic() - self._last_event > CALM_S
        for strike in due or (self.waiting[:1] if calm else []):
            self.waiting.remove(strike)
            self.fired.append(strike.kind)
            self.tell(f"--- {strike.kind} {strike.value or ''} on {strike.window}")
            self._last_event = time.monotonic()
            strikes.STRIKES[strike.kind](self, strike)

    def _heard_of(self, source: str) -> int:
        counts = {"line": self.requests, "receipts": self.receipts}
        return counts[source] if source in counts else self.desks[int(source.removeprefix("window"))].heard

    def later(self, strike: Strike, kind: str, count: int, *, source: str = "line") -> None:
        """Let something follow after so many more requests or receipts, or once nothing happens any more."""
        after = self._heard_of(source) + count
        self.waiting.append(Strike(kind, strike.window, source, after, strike.value))
