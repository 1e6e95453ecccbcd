"""`workstation doctor`: what works at this window and what does not, each with its remedy."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from workstation import __version__
from workstation.cli.unlock import add_store_arguments, opened_store
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.client import GatewayClient
    from sync.lock import Owner
    from workstation.cli.settings import Settings
    from workstation.services.disk import DiskWatch
    from workstation.services.doctor import Finding
    from workstation.store.database import Store

GLYPHS = {"GOOD": "✔", "NOTE": "▲", "BAD": "✘"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    parser.add_argument("--offline", action="store_true", help=_("不联系后台"))
    add_store_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Look at everything; 1 when something does not work."""
    from workstation.services.doctor import Level

    with opened_store(args.settings, args) as store:
        found = []
        for finding in examined(args.settings, store, online=not args.offline):
            found.append(finding)
            if not args.json:
                print(in_words(finding), flush=True)
    if args.json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=2))
    return 1 if any(finding.level is Level.BAD for finding in found) else 0


def in_words(finding: Finding) -> str:
    """Return a finding for people."""
    line = f"{GLYPHS[finding.level]} {finding.what}"
    return f"{line}\n    → {finding.todo}" if finding.todo else line


def examined(settings: Settings, store: Store, *, online: bool) -> Iterator[Finding]:
    """Yield the findings, the quick ones first."""
    from workstation.cli.queue import queue_desk
    from workstation.domain.clock import local_date, now
    from workstation.services import doctor
    from workstation.services.swap import swap
    from workstation.store.keys import KeySlots

    today = local_date(now())
    desk = queue_desk(settings, store)
    yield doctor.good("version", f"workstation {__version__}")
    yield doctor.keys(KeySlots(settings.data_folder).slots())
    yield doctor.suite(store.suite, store.vault.census())
    yield doctor.disk(_watch(settings, store))
    yield swap()
    yield from doctor.queue(desk, now())
    yield doctor.news(store)
    owner = _sender(settings)
    yield doctor.sender(owner.beat_age_s if owner else None)
    if owner and owner.poor:
        yield doctor.poor_line(owner.poor)
    yield doctor.calendar(desk.calendar, today)
    if desk.catalogue is not None:
        yield from doctor.packs(desk.catalogue, today)
    yield from _gateway(store, online=online)
    yield from _devices(settings)
    yield _reading()
    yield doctor.data(store)


def _watch(settings: Settings, store: Store) -> DiskWatch:
    from workstation.services.disk import MIB, DiskWatch

    warn, stop = settings.disk_warning_mb * MIB, settings.disk_stop_mb * MIB
    return DiskWatch(store.vault.free_bytes, warn, stop)


def _sender(settings: Settings) -> Owner | None:
    from sync.lock import SenderLock
    from workstation.cli.wiring import LOCK_NAME

    return SenderLock(settings.data_folder / LOCK_NAME).owner()


def _gateway(store: Store, *, online: bool) -> Iterator[Finding]:
    from sync.client import GatewayClient, LinkState
    from workstation.services import doctor
    from workstation.services.enrolment import membership
    from workstation.services.errors import NotEnrolled

    try:
        member = membership(store)
    except NotEnrolled:
        todo = _("请用 workstation enrol 和后台给的注册码加入")
        yield doctor.Finding(
            topic="gateway", level=doctor.Level.BAD, what=_("本窗口还没有加入后台"), todo=todo
        )
        return
    if not online:
        return
    with GatewayClient(member.url, member.identity) as client:
        state = client.ping()
        yield doctor.link(state, member.url)
        if state is LinkState.UP:
            yield doctor.clock(client.clock_offset)
            yield _rights(client)


def _rights(client: GatewayClient) -> Finding:
    """Ask for something that needs the window's rights."""
    from sync.errors import SyncError
    from workstation.services import doctor
    from workstation.texts import words

    try:
        client.missing(())
    except SyncError as error:
        message = words(error.code)
        return doctor.Finding(topic="rights", level=doctor.Level.BAD, what=message.what, todo=message.todo)
    return doctor.good("rights", _("后台认得本窗口"))


def _devices(settings: Settings) -> Iterator[Finding]:
    from scanners.errors import ScannerError
    from workstation.cli.devices import drivers
    from workstation.services import doctor

    names: list[str] = []
    failures: list[Exception] = []
    for driver in drivers(settings):
        try:
            names += [device.name for device in driver.devices()]
        except ScannerError as error:
            failures.append(error)
    yield from doctor.devices(names, failures)


def _reading() -> Finding:
    from ocr.errors import OcrError
    from ocr.reading_room import ReadingRoom
    from workstation.services import doctor

    room = ReadingRoom()
    try:
        return doctor.reading(room.equipment().models)
    except OcrError:
        return doctor.reading([])
    finally:
        room.close()
