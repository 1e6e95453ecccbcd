"""`workstation queue`: what waits to be sent, why, and what would move it, be it by hand."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.cli.errors import AlreadyDelivered, AmbiguousName, NotInQueue, SenderBusy
from workstation.cli.queue_carry import add_export, add_receipts, export, take_receipts
from workstation.cli.queue_clean import add_clean, clean
from workstation.cli.queue_receipt import add_receipt, add_verify, verify_receipt, write_receipt
from workstation.cli.queue_results import add_results, results
from workstation.cli.queue_steer import NAMES, add_steering, steer
from workstation.cli.unlock import add_store_arguments, chosen_settings, opened_store
from workstation.cli.unmask import account_for, add_reason_arguments
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.gauge import LinkQuality
    from sync.port import Line
    from workstation.cli.settings import Settings
    from workstation.services.catalogue import Catalogue
    from workstation.services.queue import QueueDesk, QueueLine
    from workstation.store.database import Store

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

LEAST_PREFIX = 8
"""So many characters of an id are enough when they fit one bundle only."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    listing = actions.add_parser("list", help=_("逐条列出状态、原因、下次发送时间和怎样才会发出"))
    listing.add_argument("--all", action="store_true", help=_("连同已送达的"))
    show = actions.add_parser("show", help=_("查看清单哈希、页、经过和回执"))
    retry = actions.add_parser("retry", help=_("立即再试, 不论因何停下"))
    for named in (show, retry):
        named.add_argument("name", metavar="ID|NUMBER", help=_("封装编号 (可只写开头), 办件编号或邮袋编号"))
    lamps = actions.add_parser("lamps", help=_("逐件列出每个时限、还剩几天和红黄灯, 最急的在前"))
    lamps.add_argument("--all", action="store_true", help=_("连同绿灯的"))
    for action in (listing, show, lamps):
        action.add_argument("--json", action="store_true", help=_("输出 JSON"))
        action.add_argument("--names", action="store_true", help=_("显示申请人全名 (须主管登录并写理由)"))
        add_reason_arguments(action)
    for action in (listing, show, retry, lamps, *_others(actions)):
        add_store_arguments(action, practice=True)


def _others(actions: Actions) -> tuple[argparse.ArgumentParser, ...]:
    return (
        add_export(actions),
        add_receipts(actions),
        add_clean(actions),
        add_results(actions),
        *add_steering(actions),
        add_receipt(actions),
        add_verify(actions),
    )


def run(args: argparse.Namespace) -> int:
    """Run one action over the open store."""
    settings = chosen_settings(args)
    actions: dict[str, Callable[[Settings, Store, argparse.Namespace], int]] = {
        "list": _list,
        "show": _show,
        "retry": _retry,
        "lamps": _lamps,
        "export": lambda _settings, store, args: export(store, args),
        "receipts": lambda _settings, store, args: take_receipts(store, args),
        "clean": clean,
        "results": lambda _settings, store, args: results(store, args),
        **dict.fromkeys(NAMES, _steer),
        "receipt": _receipt,
        "verify-receipt": lambda _settings, store, args: verify_receipt(store, args),
    }
    with opened_store(settings, args) as store:
        return actions[args.action](settings, store, args)


def queue_desk(settings: Settings, store: Store) -> QueueDesk:
    """Return the queue in words, without the rest of the desk."""
    from workstation.catalogue.calendar import load_calendar
    from workstation.domain.clock import now
    from workstation.services.queue import QueueDesk

    calendar = load_calendar(Path(settings.calendar_file) if settings.calendar_file else None)
    return QueueDesk(store, now, calendar, catalogue=_catalogue(settings))


def _catalogue(settings: Settings) -> Catalogue | None:
    """Return the items; a pack that cannot be read must not hide the queue."""
    from workstation.catalogue.errors import CatalogueError
    from workstation.cli.wiring import load_catalogue

    try:
        return load_catalogue(settings)
    except (CatalogueError, OSError):
        return None


def plain(line: QueueLine, *, names: bool = False, link: LinkQuality | None = None) -> dict[str, Any]:
    """Return a line for machines; the keys are stable. `link` is what was measured of a poor line."""
    from workstation.cli.queue_lamps import plain_lamps
    from workstation.domain.identity import mask_name

    kept = line.line
    return {
        "bundle_id": kept.bundle_id,
        "kind": str(kept.kind),
        "case_number": kept.subject,
        "item": line.item,
        "applicant": line.applicant if names else mask_name(line.applicant),
        "state": kept.state.value,
        "state_words": line.state,
        "code": kept.code,
        "failure": kept.failure.value if kept.failure else None,
        "why": line.why,
        "attempts": kept.attempts,
        "next_try_at": in_time(kept.next_try_at),
        "mover": line.mover,
        "sealed_at": in_time(kept.sealed_at),
        "legal_due_at": in_time(kept.legal_due_at),
        "workdays_left": line.workdays_left,
        **plain_lamps(line.lamps),
        "delivered_at": in_time(kept.delivered_at),
        "bytes": kept.size,
        "manifest_sha256": kept.manifest_sha256,
        "link": asdict(link) if link and kept.delivered_at is None else None,
    }


def in_words(line: QueueLine, *, names: bool = False) -> str:
    """Return a line for people: who, the sentence, the reason with its code."""
    from workstation.domain.identity import mask_name
    from workstation.services.queue import is_stuck
    from workstation.tui.cells import printable

    glyph = "✔" if line.line.delivered_at else "▲" if is_stuck(line.line) else "●"
    applicant = line.applicant if names else mask_name(line.applicant)
    head = "  ".join(part for part in (line.title, line.item, applicant, line.line.bundle_id) if part)
    lines = [f"{glyph} {head}", f"  {line.sentence}"]
    if line.why:
        lines.append(f"  [{line.line.code}] {line.why}" if line.line.code else f"  {line.why}")
    lines.extend(f"  {lamp.glyph} {lamp.sentence}" for lamp in line.lamps)
    return "\n".join(printable(text) for text in lines)


def in_time(at: datetime | None) -> str | None:
    """Return RFC 3339 by the clock on the wall, or None."""
    from workstation.domain.clock import CHINA

    return at.astimezone(CHINA).isoformat() if at else None


def _list(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from workstation.services.lamps import totals_words
    from workstation.services.poor_line import poor_words
    from workstation.store.database import Group

    desk = queue_desk(settings, store)
    shown = list(desk.every(Group.EVERY if args.all else Group.WAITING))
    _unmask(store, args, [line.title for line in shown])
    delivered = desk.standing().delivered
    link = poor_link(settings)
    if args.json:
        _print_json([plain(line, names=args.names, link=link) for line in shown])
        return 0
    if link:
        print(_("链路差 {figures}").format(figures=poor_words(link)))
    for line in shown:
        print(in_words(line, names=args.names))
    if not shown:
        print(_("没有待发送的件"))
    if delivered and not args.all:
        print(_("另有 {n} 件已送达, 加 --all 查看").format(n=delivered))
    urgent = totals_words(Counter(line.lamps[0].colour for line in desk.lamp_lines()))
    if urgent:
        print(_("时限: {totals}, 用 workstation queue lamps 查看").format(totals=urgent))
    return 0


def _unmask(store: Store, args: argparse.Namespace, numbers: Sequence[str]) -> None:
    """Let names be shown, if they were asked for: as a supervisor opens what others have in hand."""
    from workstation.domain.audit import Action
    from workstation.domain.people import Permission

    if args.names:
        account_for(store, args, numbers, Action.OPENED_FOREIGN, Permission.SEE_FOREIGN)


def _lamps(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from workstation.cli.queue_lamps import board_in_words, plain_board

    lines = queue_desk(settings, store).lamp_lines()
    _unmask(store, args, [line.number for line in lines])
    if args.json:
        _print_json(plain_board(lines, every=args.all, names=args.names))
    else:
        print(board_in_words(lines, every=args.all, names=args.names))
    return 0


def _show(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from workstation.cli.queue_detail import detail, detail_in_words

    desk, lines = queue_desk(settings, store), _find(store, args.name)
    _unmask(store, args, [line.subject for line in lines])
    found = [detail(store, desk.words(line), names=args.names) for line in lines]
    if args.json:
        _print_json(found)
    else:
        print("\n\n".join(detail_in_words(one) for one in found))
    return 0


def _retry(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from sync.port import SETTLED, LineState

    waiting = [line for line in _find(store, args.name) if line.state not in SETTLED]
    if not waiting:
        raise AlreadyDelivered(name=args.name)
    if any(line.state is LineState.SENDING for line in waiting):
        refuse_beside_another_sender(settings)
    desk = queue_desk(settings, store)
    for line in waiting:
        desk.retry(line.bundle_id)
        print(_("{number} 已排到马上发送 ({bundle})").format(number=line.subject, bundle=line.bundle_id))
    return 0


def poor_link(settings: Settings) -> LinkQuality | None:
    """Return what the program that sends measured of a poor line; None when it is good or nobody sends."""
    from sync.lock import SenderLock
    from workstation.cli.wiring import LOCK_NAME

    owner = SenderLock(settings.data_folder / LOCK_NAME).owner()
    return owner.poor if owner else None


def _steer(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    return steer(queue_desk(settings, store), list(_find(store, args.name)), args)


def _receipt(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    return write_receipt(settings, store, _find(store, args.name), args.out)


def refuse_beside_another_sender(settings: Settings) -> None:
    """Pass when no process of this machine sends.

    Raises:
        SenderBusy: one does; it is named.
    """
    from sync.lock import SenderLock
    from workstation.cli.wiring import LOCK_NAME

    owner = SenderLock(settings.data_folder / LOCK_NAME).owner()
    if owner is not None:
        raise SenderBusy(pid=owner.pid, host=owner.host, since=f"{owner.started_at.astimezone():%m-%d %H:%M}")


def _find(store: Store, name: str) -> Sequence[Line]:
    """Return the bundles of an id, of the beginning of one, or of a case's or bag's number.

    Raises:
        NotInQueue: nothing of that name was sealed here.
        AmbiguousName: the beginning fits several.
    """
    found = store.outbox.named(name, least_prefix=LEAST_PREFIX)
    if len(found) > 1 and name not in (found[0].bundle_id, found[0].subject):
        raise AmbiguousName(name=name, count=len(found))
    if not found:
        raise NotInQueue(name=name)
    return found


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
