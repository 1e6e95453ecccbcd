"""`workstation rescue FOLDER`: what a dead computer's disk still holds goes to the back office from here.

The folder is copied first and only the copy is opened, so that a dying disk is read once and never written.
The copy sends under the dead window's own name and key: to the back office nothing has changed.
"""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.errors import CannotCopy, NoPassphrase
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.cli.settings import Settings
    from workstation.store.database import Store

LOCKS = ("store.lock", "sender.lock")
"""They belong to the dead machine's processes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=_("坏电脑硬盘上的数据文件夹"))
    parser.add_argument("--carry", type=Path, metavar="DIR", help=_("不联网, 导出到 U 盘上的文件夹"))
    parser.add_argument("--recovery-stdin", action="store_true", help=_("从标准输入的第一行读取恢复密钥"))


def run(args: argparse.Namespace) -> int:
    """Copy, open with the recovery key, send or export; 1 while something still waits.

    Run again, it goes on with the copy it made.

    Raises:
        CannotCopy: the folder cannot be read, or there is no room for the copy.
        StoreError: the recovery key does not open it, or it is damaged.
    """
    from workstation.store.errors import NoKeySlots
    from workstation.store.keys import KeySlots

    if not KeySlots(args.folder).exists:
        raise NoKeySlots(path=args.folder)
    key = KeySlots(args.folder).unlock_with_recovery(recovery_key(args))
    settings = replace(args.settings, data_folder=_copied(args.folder, args.settings), machine_key="")
    from workstation.cli.wiring import open_with

    store = open_with(settings, key)
    try:
        return _sent(settings, store, args.carry)
    finally:
        store.close()


def recovery_key(args: argparse.Namespace) -> str:
    """Return the recovery key as a person types it unseen, or as the standard input's next line.

    Raises:
        NoPassphrase: nobody can be asked.
    """
    if args.recovery_stdin:
        return sys.stdin.readline(200)
    if not sys.stdin.isatty():
        raise NoPassphrase
    return getpass.getpass(_("恢复密钥: "))


def _copied(folder: Path, settings: Settings) -> Path:
    """Return the copy beside this window's own data; it appears whole or not at all."""
    from workstation.store.keys import FILE_NAME

    beside = settings.data_folder.resolve()
    target = beside.with_name(f"{beside.name}-rescued-{_fingerprint(folder / FILE_NAME)}")
    if target.exists():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="rescue-", dir=target.parent) as part:
            copy = Path(part) / "data"
            shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(*LOCKS))
            copy.chmod(0o700)
            copy.rename(target)
    except OSError as error:
        raise CannotCopy(path=folder, reason=error.strerror or _("有文件读不出")) from error
    return target


def _fingerprint(path: Path) -> str:
    """Name a folder by its first key slot's file, which no two folders share."""
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def _sent(settings: Settings, store: Store, medium: Path | None) -> int:
    from workstation.cli.queue_carry import export_to
    from workstation.cli.sync import send_once
    from workstation.domain.audit import MACHINE, Action, Deed
    from workstation.domain.clock import now

    store.note(Deed(action=Action.RESCUED), actor=MACHINE, at=now())
    print(_("已取到本机: {path}").format(path=settings.data_folder))
    if medium is not None:
        return export_to(store, medium)
    return send_once(settings, store)
