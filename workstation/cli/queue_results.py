"""`workstation queue results`: result files the back office issued, to be fetched, checked and printed."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.unmask import account_for, add_reason_arguments
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.contract.models import Change, ChangeFile
    from workstation.store.database import Store

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

UNSAFE = re.compile(r"[^\w.\- ]+")
MOST = 500


def add_results(actions: Actions) -> argparse.ArgumentParser:
    """Add the sub-command."""
    results = actions.add_parser("results", help=_("列出后台发来的结果文件; 加 --to 取回"))
    results.add_argument("number", nargs="?", default="", metavar="NUMBER", help=_("只看这一件"))
    to = _("取回到这个文件夹 (联网); 须登录并写理由")
    results.add_argument("--to", type=Path, metavar="DIR", help=to)
    add_reason_arguments(results)
    return results


def results(store: Store, args: argparse.Namespace) -> int:
    """List the files, or fetch them; each is checked against the hash the feed told."""
    from workstation.domain.audit import Action
    from workstation.domain.people import Permission

    found = list(_issued(store, args.number))
    if not found:
        print(_("还没有结果文件"))
        return 0
    if args.to is not None:
        subjects = [change.subject for change, _file in found]
        account_for(store, args, subjects, Action.EXPORTED, Permission.WORK_CASES)
        _fetch(store, found, args.to)
        return 0
    for change, file in found:
        print(
            f"{change.subject}  {change.at.astimezone():%Y-%m-%d %H:%M}  {_name(change, file)}  {file.size} B"
        )
    return 0


def _issued(store: Store, number: str) -> Iterator[tuple[Change, ChangeFile]]:
    from sync.contract.models import ChangeKind

    for change in store.inbox.mentioning(f'"{ChangeKind.RESULT.value}"', MOST):
        if change.kind is ChangeKind.RESULT and number in ("", change.subject):
            for file in change.files:
                yield change, file


def _fetch(store: Store, found: list[tuple[Change, ChangeFile]], folder: Path) -> None:
    from sync.client import GatewayClient
    from workstation.services.enrolment import membership
    from workstation.store.files import write_durably

    member = membership(store)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with GatewayClient(member.url, member.identity) as client:
        for change, file in found:
            path = folder / _name(change, file)
            write_durably(path, client.result(file))
            print(path)


def _name(change: Change, file: ChangeFile) -> str:
    """Return a name that is safe in any folder, and of which two cases never share one."""
    parts = (change.subject, file.sha256[:8], file.name)
    return "_".join(UNSAFE.sub("-", part).strip(" .-") for part in parts)[-200:]
