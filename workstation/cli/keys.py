"""`workstation keys`: the ways in to this machine's store; each wraps the same data key."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.unlock import add_store_arguments, given_passphrase, new_passphrase
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.store.keys import DataKey, KeySlots

SLOT_WORDS = {
    "passphrase": N_("口令"),
    "secret-service": N_("桌面密钥环"),
    "machine-key": N_("机器密钥文件"),
    "recovery": N_("恢复密钥"),
}
"""Names of the key file's slots -> words."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one action a way in."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    actions.add_parser("list", help=_("列出现有的解锁方式"))
    add_store_arguments(actions.add_parser("passphrase", help=_("更换口令; 标准输入第二行为新口令")))
    machine = actions.add_parser("machine", help=_("加一个机器密钥文件, 供无人值守的电脑使用; 没有则新建"))
    machine.add_argument("file", type=Path, metavar="FILE")
    add_store_arguments(machine)
    add_store_arguments(actions.add_parser("recovery", help=_("做一个写在纸上的恢复密钥, 旧的作废")))
    add_store_arguments(actions.add_parser("keyring", help=_("加桌面密钥环 (须已解锁)")))
    remove = actions.add_parser("remove", help=_("去掉一种解锁方式; 最后一种不能去掉"))
    remove.add_argument("slot", choices=list(SLOT_WORDS))
    add_store_arguments(remove)


def run(args: argparse.Namespace) -> int:
    """List the slots, or change them after the passphrase was given."""
    from workstation.cli.wiring import key_slots
    from workstation.store.errors import NoKeySlots

    slots = key_slots(args.settings)
    if not slots.exists:
        raise NoKeySlots(path=args.settings.data_folder)
    if args.action != "list":
        # Only who knows the passphrase may make, change or take away a way in.
        _change(args, slots, slots.unlock_with_passphrase(given_passphrase(args)))
    for name in slots.slots():
        print(f"✔ {name}  {_(SLOT_WORDS.get(name, name))}")
    return 0


def _change(args: argparse.Namespace, slots: KeySlots, key: DataKey) -> None:
    if args.action == "passphrase":
        slots.add_passphrase(key, new_passphrase(args))
    elif args.action == "machine":
        slots.add_machine_key(key, args.file)
        print(_('请在设置文件中写明 machine_key = "{path}"').format(path=args.file.resolve()))
    elif args.action == "recovery":
        print(slots.add_recovery(key))
        print(_("请抄在纸上锁好; 本机不保存。电脑坏了, 凭它和硬盘可用 workstation rescue 取回未送达的件"))
    elif args.action == "keyring":
        slots.add_secret_service(key)
    else:
        slots.remove(args.slot)
