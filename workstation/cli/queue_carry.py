"""`workstation queue export` and `queue receipts`: the queue goes by stick, the receipts come back on it."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.staff import sign_in_for
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.carry.parcel import Packed
    from sync.carry.receipts import Taken
    from workstation.services.hand_carry import HandCarry
    from workstation.store.database import Store

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add_export(actions: Actions) -> argparse.ArgumentParser:
    """Add the way out."""
    export = actions.add_parser("export", help=_("把未送达的件加密导出到 U 盘, 由人带到后台; 队列不变"))
    export.add_argument("medium", type=Path, metavar="DIR", help=_("U 盘上的文件夹"))
    only = _("只导出这一件 (封装编号), 暂停或待处理的也可以; 只有后台能打开")
    export.add_argument("--only", default="", metavar="ID", help=only)
    export.add_argument("--reason", default="", help=_("理由, 会记入审计"))
    by = _("由谁办理, 须输入其口令; 不填则审计只记系统账户")
    export.add_argument("--by", default="", metavar="NAME", help=by)
    return export


def add_receipts(actions: Actions) -> argparse.ArgumentParser:
    """Add the way back."""
    receipts = actions.add_parser("receipts", help=_("读入 U 盘带回的后台回执, 有回执的件即为送达"))
    receipts.add_argument("medium", type=Path, metavar="DIR", help=_("U 盘上的文件夹"))
    return receipts


def export(store: Store, args: argparse.Namespace) -> int:
    """Pack the queue; see `export_to`."""
    from workstation.domain.people import Permission

    actor = sign_in_for(store, args, Permission.EXPORT).name if args.by else ""
    only = [args.only] if args.only else []
    return export_to(store, args.medium, only=only, actor=actor, reason=args.reason.strip())


def export_to(
    store: Store, medium: Path, *, only: Collection[str] = (), actor: str = "", reason: str = ""
) -> int:
    """Pack the queue, or `only` these bundles, into a folder; 1 when a bundle or a page had to stay behind.

    It goes out sealed for the back office: nobody on the way reads it, so nobody need sign in. Who does is
    named in the audit by `actor`, else the account of the system stands there.

    Raises:
        NotEnrolled: this window has no back office.
        CarryError: nothing waits, or the medium fails.
    """
    from workstation.domain.audit import MACHINE, Action, Deed, detail_of
    from workstation.domain.clock import now
    from workstation.services.enrolment import membership

    packed = _carry(store).export(membership(store), medium, only=only)
    count = len(packed.bundles) + len(packed.torn)
    facts = detail_of(bundles=count, bag=packed.bag.name, account=_account())
    store.note(Deed(action=Action.EXPORTED, reason=reason, detail=facts), actor=actor or MACHINE, at=now())
    print(_("已导出 {n} 件: {path}").format(n=count, path=packed.bag))
    print(
        _("请带到后台, 用 workstation gateway import 导入; 回执写在同一 U 盘上, 带回后用 queue receipts 读入")
    )
    for line in _left_out(packed):
        print(f"▲ {line}")
    return 1 if packed.unreadable or packed.torn else 0


def _left_out(packed: Packed) -> list[str]:
    from workstation.texts import words

    torn = _("{id} 共 {of} 页, 有 {n} 页在本机读不出, 其余的页和清单已导出; 读不出的: {pages}")
    return [
        *(
            torn.format(id=one.bundle_id, of=one.of, n=len(one.lacking), pages=", ".join(one.lacking))
            for one in packed.torn
        ),
        *(f"{bundle_id}  {words(code)}" for bundle_id, code in packed.unreadable),
    ]


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def take_receipts(store: Store, args: argparse.Namespace) -> int:
    """Take the receipts; 1 when one proves nothing or the back office refused a bundle.

    Raises:
        NotEnrolled: this window has no back office.
        CarryError: the medium cannot be read.
    """
    from workstation.services.enrolment import membership

    taken = _carry(store).take_receipts(membership(store), args.medium)
    print(
        _("凭回执送达 {n} 件, 早已送达或不是本窗口的 {known} 件").format(
            n=len(taken.delivered), known=taken.known
        )
    )
    for line in _troubles(taken):
        print(f"▲ {line}")
    return 1 if taken.untrue or taken.refused else 0


def _troubles(taken: Taken) -> list[str]:
    untrue = _("{id} 的回执不是本窗口后台签发的, 仍在队列中")
    refused = _("{id} 后台没有收下 ({code} {detail}), 仍在队列中")
    return [
        *(untrue.format(id=bundle_id) for bundle_id in taken.untrue),
        *(refused.format(id=one.bundle_id, code=one.code, detail=one.detail) for one in taken.refused),
    ]


def _carry(store: Store) -> HandCarry:
    from workstation.domain.clock import now
    from workstation.services.hand_carry import HandCarry

    return HandCarry(store, now)
