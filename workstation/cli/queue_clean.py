"""`workstation queue clean`: let pages go that were delivered long ago; the trace of each bundle stays."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workstation.cli.errors import FolderInUse, SenderBusy
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.cli.settings import Settings
    from workstation.services.retention import Cleaned, Housekeeper
    from workstation.store.database import Store
    from workstation.store.retention import Spent

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add_clean(actions: Actions) -> argparse.ArgumentParser:
    """Add the sub-command."""
    words = _("清理已送达且过保留期的页 (联网向后台核实后); 未送达的件、在办的件和存档材料不动")
    clean = actions.add_parser("clean", help=words)
    clean.add_argument("--dry-run", action="store_true", help=_("只列出会清理的, 不联网, 不改动"))
    clean.add_argument("--json", action="store_true", help=_("输出 JSON"))
    return clean


def clean(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    """List or remove; 1 when the back office could not be asked.

    Raises:
        NotEnrolled: this window has no back office that could confirm anything.
        SenderBusy: another process sends; it cleans by itself.
        FolderInUse: another program has the data folder open.
    """
    from workstation.cli.wiring import record_settings
    from workstation.domain.clock import now
    from workstation.services.retention import Housekeeper

    record_settings(settings, store)
    house = Housekeeper(store, now, timedelta(days=settings.keep_delivered_days))
    spent = house.spent()
    if args.dry_run:
        _tell_plan(house, spent, as_json=args.json)
        return 0
    done = _cleaned(settings, store, house)
    _tell_done(house, done, spent, as_json=args.json)
    return 1 if done.code else 0


def _cleaned(settings: Settings, store: Store, house: Housekeeper) -> Cleaned:
    from sync.client import GatewayClient
    from workstation.services.enrolment import membership
    from workstation.services.retention import Stop, whole

    member = membership(store)
    with _sender_lock(settings), GatewayClient(member.url, member.identity, clock=house.clock) as client:
        done = whole(lambda: house.turn(client))
    if done.stop is Stop.NOT_ALONE:
        raise FolderInUse(path=settings.data_folder)
    return done


@contextmanager
def _sender_lock(settings: Settings) -> Iterator[None]:
    from sync.lock import SenderLock
    from workstation.cli.queue import refuse_beside_another_sender
    from workstation.cli.wiring import LOCK_NAME

    lock = SenderLock(settings.data_folder / LOCK_NAME)
    if not lock.acquire():
        refuse_beside_another_sender(settings)
        raise SenderBusy(pid="?", host="?", since="?")
    try:
        yield
    finally:
        lock.release()


def _tell_plan(house: Housekeeper, spent: Sequence[Spent], *, as_json: bool) -> None:
    size = sum(one.size for one in spent)
    if as_json:
        _print({"dry_run": True, "keep_days": house.span.days, "bundles": _plain(spent), "bytes": size})
        return
    for one in spent:
        print(f"{one.subject}  {one.bundle_id}  {one.delivered_at:%Y-%m-%d}  {one.size} B")
    print(
        _("{n} 件已送达满 {days} 天, 约 {size} B 可清理; 执行时再向后台逐件核实").format(
            n=len(spent), days=house.span.days, size=size
        )
    )


def _tell_done(house: Housekeeper, done: Cleaned, spent: Sequence[Spent], *, as_json: bool) -> None:
    from workstation.texts import words

    if as_json:
        gone = [one for one in spent if one.bundle_id in set(done.bundles)]
        _print(
            {
                "dry_run": False,
                "keep_days": house.span.days,
                **asdict(done),
                "bundles": _plain(gone),
                "bytes": done.size,
            }
        )
        return
    print(
        _("已清理 {n} 件的 {pages} 页, 腾出 {size} B; 办件记录、哈希和回执都保留").format(
            n=len(done.bundles), pages=done.pages, size=done.size
        )
    )
    for bundle_id in done.lost:
        print(_("▲ {id} 后台已没有这一件, 没有清理, 已重新排队").format(id=bundle_id))
    if done.code:
        print(f"▲ {words(done.code)}")


def _plain(spent: Sequence[Spent]) -> list[dict[str, Any]]:
    from workstation.cli.queue import in_time

    return [
        {
            "bundle_id": one.bundle_id,
            "case_number": one.subject,
            "delivered_at": in_time(one.delivered_at),
            "received_at": in_time(one.received_at),
            "bytes": one.size,
        }
        for one in spent
    ]


def _print(value: dict[str, Any]) -> None:
    value.pop("size", None)
    print(json.dumps(value, ensure_ascii=False, indent=2))
