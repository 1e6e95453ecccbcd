"""What can happen to a machine of the campaign; each is done to real processes and real files."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.campaign.events import Say
from tests.campaign.machine import STATUS_CRASHED
from tests.campaign.plan import Strike
from tests.campaign.window import Seat

if TYPE_CHECKING:
    from tests.campaign.desk import Desk
    from tests.campaign.processes import Child
    from tests.campaign.run import Run

FEW, SOME = 3, 8
"""Requests until what follows."""


def _kill_window(run: Run, strike: Strike) -> None:
    desk = run.desks[strike.window]
    if desk.program is not None:
        desk.program.kill()


def _go_home(run: Run, strike: Strike) -> None:
    """Close the program and let the sender without screens work; it is killed a little later."""
    desk = run.desks[strike.window]
    if desk.program is None or desk.sender is not None:
        return
    _end_program(run, desk)
    run.start_sender(desk)
    run.later(strike, "sender-dies", FEW)


def _sender_dies(run: Run, strike: Strike) -> None:
    desk = run.desks[strike.window]
    if desk.sender is not None:
        desk.sender.kill()
        child, desk.sender = desk.sender, None
        run.drop(child)
    if desk.program is None:
        run.start_window(desk)


def _two_senders(run: Run, strike: Strike) -> None:
    desk = run.desks[strike.window]
    if desk.sender is None:
        run.start_sender(desk)


def _switch_user(run: Run, strike: Strike) -> None:
    desk = run.desks[strike.window]
    if desk.program is not None:
        _end_program(run, desk)
        run.start_window(desk)


def _upgrade(run: Run, strike: Strike) -> None:
    """Close everything on this machine and start a newer program over the same folder."""
    desk = run.desks[strike.window]
    if desk.sender is not None:
        desk.sender.end()
        child, desk.sender = desk.sender, None
        run.drop(child)
    if desk.program is not None:
        _end_program(run, desk)
    desk.is_newer = True
    run.start_window(desk)


def _end_program(run: Run, desk: Desk) -> None:
    child, desk.program = desk.program, None
    assert child is not None
    if not child.end():
        run.problems.append(f"window{desk.number} did not end when asked")
    run.drop(child)


def _poison_page(run: Run, strike: Strike) -> None:
    """Alter a page's file: on the newest page that was not yet seen to be delivered."""
    desk = run.desks[strike.window]
    told = [e["sha256"] for e in run.events if e["is"] == "page" and e["source"] == f"window{desk.number}"]
    if told:
        desk.poisoned_pages.add(told[-1])
        path = page_path(desk.seat, told[-1])
        if path.exists():
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 0xFF
            path.write_bytes(data)


def page_path(seat: Seat, sha256: str) -> Path:
    """Return where the vault keeps a page, worked out without the vault."""
    name = hmac.new(seat.key.derive("vault/name"), sha256.encode(), hashlib.sha256).hexdigest()
    return seat.folder / "pages" / name[:2] / f"{name}.page"


def _poison_manifest(run: Run, strike: Strike) -> None:
    """Alter the sealed manifest of a bundle that still waits, behind the program's back."""
    desk = run.desks[strike.window]
    _until_it_ends(
        run,
        run.nursery.start(
            desk.machine, f"window{desk.number}", lambda say, _orders: _alter_manifest(desk.seat, say)
        ),
    )


def _until_it_ends(run: Run, child: Child) -> None:
    while not child.has_ended():
        run.hear_from(child)
    run.tell(f"command ended with {child.exit_status}")
    if child.exit_status == STATUS_CRASHED:
        run.problems.append("a command crashed: see the .err files")
    run.drop(child)


def _hand_carry(run: Run, strike: Strike) -> None:
    """Carry the queue to the gateway by stick while the line sends the same; the receipts come later."""
    desk = run.desks[strike.window]
    stick = run.folder / f"stick{desk.number}"
    stick.mkdir(exist_ok=True)
    _queue_command(run, desk, ("queue", "export", str(stick)))
    for bag in sorted(stick.glob("carry-*")):
        if bag.is_dir():
            _until_it_ends(run, run.nursery.office(run.gateway_machine, ("import", str(bag))))
    run.later(strike, "receipts-return", FEW)


def _receipts_return(run: Run, strike: Strike) -> None:
    desk = run.desks[strike.window]
    _queue_command(run, desk, ("queue", "receipts", str(run.folder / f"stick{desk.number}")))


def _queue_command(run: Run, desk: Desk, words: tuple[str, ...]) -> None:
    source = f"window{desk.number}"
    _until_it_ends(run, run.nursery.command(desk.machine, desk.seat, source, words, newer=desk.is_newer))


def _alter_manifest(seat: Seat, say: Say) -> int:
    from sqlmodel import select

    from sync.port import LineState
    from workstation.store.engine import FILE_NAME, Database
    from workstation.store.errors import StoreError
    from workstation.store.rows import BundleDocumentRow, BundleRow

    with closing(Database(seat.folder / FILE_NAME, seat.key.derive("database"))) as database:
        try:
            with database.write() as session:
                for row in session.exec(select(BundleRow)).all():
                    if row.state != LineState.DELIVERED.value:
                        # Said first: what is said and then not done is no harm, the other way round is.
                        say("poisoned", bundle=row.bundle_id)
                        document = session.get_one(BundleDocumentRow, row.bundle_id)
                        document.manifest = document.manifest.replace('"version":1', '"version":2')
                        break
        except StoreError:
            return 0
    return 0


def _correct_refused(run: Run, strike: Strike) -> None:
    """Let the clerk correct what was not taken: the next version of the case takes its place."""
    desk = run.desks[strike.window]
    if desk.program is not None:
        desk.program.tell("correct")


def _full_disk(run: Run, strike: Strike) -> None:
    run.machine_of(strike).limit_files(strike.value)
    run.later(strike, "disk-freed", SOME)


def _disk_freed(run: Run, strike: Strike) -> None:
    run.machine_of(strike).limit_files(-1)


def _clock_jump(run: Run, strike: Strike) -> None:
    machine = run.machine_of(strike)
    machine.set("clock_shift_s", machine.get("clock_shift_s") + strike.value)


def _failing_sync(run: Run, strike: Strike) -> None:
    run.machine_of(strike).fail_syncs(strike.value)


def _die_at_sync(run: Run, strike: Strike) -> None:
    machine = run.machine_of(strike)
    machine.set("die_at", machine.get("syncs") + strike.value)


def _power_cut_at_sync(run: Run, strike: Strike) -> None:
    _die_at_sync(run, strike)
    if strike.window < 0:
        run.gateway_awaits_cut = True
    else:
        run.desks[strike.window].awaits_cut = True


def _power_cut(run: Run, strike: Strike) -> None:
    desk = run.desks[strike.window]
    if desk.program is not None:
        desk.program.kill()
    desk.awaits_cut = True


def cut_window(run: Run, desk: Desk) -> None:
    """Cut the power of a window's machine; its sender without screens dies with it."""
    if desk.sender is not None:
        desk.sender.kill()
        child, desk.sender = desk.sender, None
        run.drop(child)
    desk.machine.set("die_at", 0)
    desk.machine.cut_power(run.dice if run.dice.random() < 0.5 else None)


def _power_cut_gateway(run: Run, _strike: Strike) -> None:
    run.gateway.kill()
    run.gateway_awaits_cut = True


def _kill_gateway(run: Run, _strike: Strike) -> None:
    run.gateway.kill()


def _stop_gateway(run: Run, _strike: Strike) -> None:
    if not run.gateway.end():
        run.problems.append("the gateway did not end when asked")


def _back_up(run: Run, strike: Strike) -> None:
    """Copy the gateway's folder while it is stopped; the copy comes back once more has been delivered."""
    _stop_gateway(run, strike)
    copy = run.folder / "backup"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(run.gateway_machine.root, copy)
    run.later(strike, "backup-returns", run.dice.randint(1, 3), source="receipts")


def _backup_returns(run: Run, _strike: Strike) -> None:
    machine = run.gateway_machine
    run.gateway.kill()
    shutil.rmtree(machine.root)
    shutil.copytree(run.folder / "backup", machine.root)
    if machine.get("keep_shadow"):
        machine.guard()
    run.restored = True


STRIKES: dict[str, Callable[[Run, Strike], None]] = {
    "kill-window": _kill_window,
    "kill-sender": _go_home,
    "sender-dies": _sender_dies,
    "two-senders": _two_senders,
    "switch-user": _switch_user,
    "upgrade": _upgrade,
    "hand-carry": _hand_carry,
    "receipts-return": _receipts_return,
    "poison-page": _poison_page,
    "poison-manifest": _poison_manifest,
    "correct-refused": _correct_refused,
    "full-disk": _full_disk,
    "full-disk-gateway": _full_disk,
    "disk-freed": _disk_freed,
    "clock-jump": _clock_jump,
    "clock-jump-gateway": _clock_jump,
    "failing-sync": _failing_sync,
    "failing-sync-gateway": _failing_sync,
    "die-at-sync": _die_at_sync,
    "die-at-sync-gateway": _die_at_sync,
    "power-cut": _power_cut,
    "power-cut-gateway": _power_cut_gateway,
    "power-cut-at-sync": _power_cut_at_sync,
    "power-cut-at-sync-gateway": _power_cut_at_sync,
    "kill-gateway": _kill_gateway,
    "stop-gateway": _stop_gateway,
    "restore-gateway": _back_up,
    "backup-returns": _backup_returns,
}
