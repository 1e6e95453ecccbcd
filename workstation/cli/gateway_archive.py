"""`workstation gateway archive-mark`: the office takes copies of a case out of reuse at every window."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from workstation.i18n import _

if TYPE_CHECKING:
    from sync.gateway.archive import Archive

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

STATES = ("superseded", "withdrawn", "revoked", "holder_gone")


def add_archive_mark(actions: Actions) -> argparse.ArgumentParser:
    """Add the sub-command."""
    mark = actions.add_parser("archive-mark", help=_("停用一件的存档副本, 通知所有窗口; 以前的复用不受影响"))
    mark.add_argument("subject", help=_("办件编号"))
    mark.add_argument("--material", default="", metavar="ID", help=_("标准材料; 不填则为整件"))
    mark.add_argument("--state", required=True, choices=STATES, help=_("停用的原因类别"))
    mark.add_argument("--reason", required=True, help=_("理由"))
    mark.add_argument("--actor", default="", help=_("经办人; 不填则为登录名"))
    return mark


def mark_archive(archive: Archive, args: argparse.Namespace, login: Callable[[], str]) -> int:
    """Tell every window, and keep who said so and why."""
    actor = args.actor or login()
    archive.mark(args.subject, args.material, args.state, actor=actor, reason=args.reason)
    print(_("✔ {subject} 的存档副本已停用, 窗口下次联网即知").format(subject=args.subject))
    return 0
