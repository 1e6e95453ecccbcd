"""`workstation tickets`: import bookings and pre-applications, look at today's numbers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.cli.unlock import add_store_arguments, chosen_settings, opened_store
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.cli.settings import Settings
    from workstation.domain.tickets import Ticket
    from workstation.store.database import Store

STATES = {
    "WAITING": N_("等候"),
    "CALLED": N_("已叫号"),
    "SERVED": N_("办理中"),
    "FINISHED": N_("已完成"),
    "SKIPPED": N_("过号"),
}
FORMAT = N_(
    "CSV (第一行为列名) 或 JSON (对象列表), UTF-8。列: number 编号 (必填), item 事项编码 (必填), "
    "booked_for 预约时间 2026-11-21T10:30, pre_examined 是否预审 yes/no, name, id_number, phone, address"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    reading = actions.add_parser("import", help=_("导入预约和网上预审"), description=_(FORMAT))
    reading.add_argument("file", type=Path, metavar="FILE")
    listing = actions.add_parser("list", help=_("今天的号码: 取号、叫号、到窗、完成的时间"))
    listing.add_argument("--json", action="store_true", help=_("输出 JSON"))
    for action in (reading, listing):
        add_store_arguments(action, practice=True)


def run(args: argparse.Namespace) -> int:
    """Run one action over the open store."""
    settings = chosen_settings(args)
    with opened_store(settings, args) as store:
        return {"import": _import, "list": _list}[args.action](settings, store, args)


def _import(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from workstation.catalogue.errors import CatalogueError
    from workstation.cli.wiring import load_catalogue
    from workstation.services.booking_file import keep_bookings, read_bookings

    catalogue = load_catalogue(settings)

    def knows(code: str) -> bool:
        try:
            catalogue.item(code)
        except (KeyError, CatalogueError):
            return False
        return True

    kept = keep_bookings(store, read_bookings(args.file, knows))
    words = _("已导入: 新增 {added}, 更新 {replaced}, 未变 {unchanged}")
    print(words.format(added=kept.added, replaced=kept.replaced, unchanged=kept.unchanged))
    return 0


def _list(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from workstation.domain.clock import local_date, now

    numbers = store.tickets(local_date(now()))
    if args.json:
        print(json.dumps([plain(ticket) for ticket in numbers], ensure_ascii=False, indent=2))
        return 0
    for ticket in numbers:
        print(_line(ticket))
    if not numbers:
        print(_("今天还没有取号"))
    return 0


def plain(ticket: Ticket) -> dict[str, Any]:
    """Return a number for machines; the keys are stable, and none of them names the citizen."""
    from workstation.cli.queue import in_time

    return {
        "number": ticket.number,
        "lane": ticket.lane.value,
        "state": ticket.state.value,
        "taken_at": in_time(ticket.taken_at),
        "called_at": in_time(ticket.called_at),
        "calls": ticket.calls,
        "greeted_at": in_time(ticket.greeted_at),
        "finished_at": in_time(ticket.finished_at),
        "booking": ticket.booking or None,
        "booked_for": in_time(ticket.booked_for),
        "case_id": ticket.case_id or None,
        "waited_s": ticket.waited_s,
    }


def _line(ticket: Ticket) -> str:
    from workstation.domain.clock import CHINA

    times = (ticket.taken_at, ticket.called_at, ticket.greeted_at, ticket.finished_at)
    clocks = "  ".join(f"{at.astimezone(CHINA):%H:%M:%S}" if at else "--:--:--" for at in times)
    parts = (ticket.number, _(STATES[ticket.state.value]), clocks, ticket.booking)
    return "  ".join(part for part in parts if part)
