"""`workstation queue results`: result files the back office issued, to be fetched, checked and printed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.unmask import account_for, add_reason_arguments
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.services.results import Issued
    from workstation.store.database import Store

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


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
    from workstation.services.results import issued

    found = list(issued(store, args.number))
    if not found:
        print(_("还没有结果文件"))
        return 0
    if args.to is not None:
        subjects = [one.change.subject for one in found]
        account_for(store, args, subjects, Action.EXPORTED, Permission.WORK_CASES)
        _fetch(store, found, args.to)
        return 0
    for one in found:
        told = f"{one.change.subject}  {one.change.at.astimezone():%Y-%m-%d %H:%M}"
        print(f"{told}  {one.name}  {one.file.size} B")
    return 0


def _fetch(store: Store, found: list[Issued], folder: Path) -> None:
    """Take what is here from the vault, and the rest from the back office."""
    from sync.client import GatewayClient
    from workstation.services.enrolment import membership
    from workstation.store.files import write_durably

    member = membership(store)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with GatewayClient(member.url, member.identity) as client:
        for one in found:
            sha256, path = one.file.sha256, folder / one.name
            is_here = store.vault.has(sha256)
            write_durably(path, store.vault.get(sha256) if is_here else client.result(one.file))
            print(path)
