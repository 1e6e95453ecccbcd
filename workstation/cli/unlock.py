"""How a command opens the store: machine key file, key ring, else the passphrase; never by argument."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.errors import NoPassphrase, NoPracticeData, PassphrasesDiffer, PassphraseTooShort
from workstation.cli.settings import Settings
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.store.database import Store

LEAST_PASSPHRASE = 4
"""As on the unlock screen."""
LONGEST_LINE = 4096


def add_store_arguments(parser: argparse.ArgumentParser, *, practice: bool = False) -> None:
    """Add the options of every command that opens the store."""
    parser.add_argument("--passphrase-stdin", action="store_true", help=_("从标准输入的第一行读取口令"))
    if practice:
        parser.add_argument("--practice", action="store_true", help=_("打开最近一次的练习数据"))


def chosen_settings(args: argparse.Namespace) -> Settings:
    """Return the settings, pointing at the practice folder used last when `--practice` was given.

    Raises:
        NoPracticeData: there is none.
    """
    settings: Settings = args.settings
    if not getattr(args, "practice", False):
        return settings
    found = sorted(_practice_folders(settings.data_folder), key=_last_used)
    if not found:
        raise NoPracticeData
    return replace(settings, data_folder=found[-1], machine_key="")


@contextmanager
def opened_store(settings: Settings, args: argparse.Namespace) -> Iterator[Store]:
    """Open the store for one command and close it again.

    Raises:
        NoKeySlots: there is no store in the data folder.
        NoPassphrase: the passphrase is needed and nobody can be asked.
        StoreError: the store cannot be opened.
    """
    store = _open(settings, args)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_or_new_store(settings: Settings, args: argparse.Namespace) -> Iterator[Store]:
    """As `opened_store`; where there is no store yet, make one behind a new passphrase."""
    from workstation.cli.wiring import open_store
    from workstation.store.keys import KeySlots

    if KeySlots(settings.data_folder).exists:
        with opened_store(settings, args) as store:
            yield store
        return
    store = open_store(settings, new_passphrase(args))
    try:
        yield store
    finally:
        store.close()


def _open(settings: Settings, args: argparse.Namespace) -> Store:
    from workstation.cli.practice import PASSPHRASE
    from workstation.cli.wiring import open_store, unlock_unattended
    from workstation.store.errors import NoKeySlots
    from workstation.store.keys import KeySlots

    if not KeySlots(settings.data_folder).exists:
        raise NoKeySlots(path=settings.data_folder)
    if getattr(args, "practice", False):
        return open_store(settings, PASSPHRASE)
    if args.passphrase_stdin:
        return open_store(settings, _line())
    return unlock_unattended(settings, lambda: _asked(_("本机口令: ")))


def given_passphrase(args: argparse.Namespace) -> str:
    """Return the present passphrase, from a person or from the standard input.

    Raises:
        NoPassphrase: nobody can be asked.
    """
    return _line() if args.passphrase_stdin else _asked(_("本机口令: "))


def new_passphrase(args: argparse.Namespace) -> str:
    """Return a new passphrase; a person types it twice, so that a slip does not lock the store.

    Raises:
        NoPassphrase: nobody can be asked.
        PassphraseTooShort: fewer characters than the unlock screen takes.
        PassphrasesDiffer: it was typed in two ways.
    """
    passphrase = _line() if args.passphrase_stdin else _asked(_("设置本机口令: "))
    if len(passphrase) < LEAST_PASSPHRASE:
        raise PassphraseTooShort(least=LEAST_PASSPHRASE)
    if not args.passphrase_stdin and _asked(_("再输入一次: ")) != passphrase:
        raise PassphrasesDiffer
    return passphrase


def asked_or_line(args: argparse.Namespace, prompt: str) -> str:
    """Return what a person types unseen, or the next line of the standard input with `--passphrase-stdin`.

    Raises:
        NoPassphrase: nobody can be asked.
    """
    return _line() if args.passphrase_stdin else _asked(prompt)


def _asked(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise NoPassphrase
    try:
        return getpass.getpass(prompt)
    except EOFError as error:
        raise NoPassphrase from error


def _line() -> str:
    """Return the first line of the standard input; bytes that are no text are no passphrase."""
    try:
        line = sys.stdin.readline(LONGEST_LINE)
        line.encode()
    except UnicodeError as error:
        raise NoPassphrase from error
    if not line:
        raise NoPassphrase
    return line.removesuffix("\n").removesuffix("\r")


def _practice_folders(data_folder: Path) -> Iterator[Path]:
    root = data_folder.with_name(f"{data_folder.name}-practice")
    return (path.parent for path in root.glob("*/data/keys.json"))


def _last_used(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.glob("workstation.db*")), default=0.0)
