"""`workstation keys`: the ways in to this machine's store; each wraps the same data key."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.staff import add_staff_argument, sign_in_for
from workstation.cli.unlock import add_store_arguments, given_passphrase, new_passphrase, opened_store
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.domain.people import Person
    from workstation.store.database import Store
    from workstation.store.keys import DataKey, KeySlots

SLOT_WORDS = {
    "passphrase": N_("口令"),
    "secret-service": N_("桌面密钥环"),
    "machine-key": N_("机器密钥文件"),
    "recovery": N_("恢复密钥"),
}
"""Names of the key file's slots -> words."""
MOST_NAMED = 10
"""Pages that are named when they cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one action a way in."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    actions.add_parser("list", help=_("列出现有的解锁方式"))
    passphrase = actions.add_parser("passphrase", help=_("更换口令; 标准输入最后一行为新口令"))
    machine = actions.add_parser("machine", help=_("加一个机器密钥文件, 供无人值守的电脑使用; 没有则新建"))
    machine.add_argument("file", type=Path, metavar="FILE")
    recovery = actions.add_parser("recovery", help=_("做一个写在纸上的恢复密钥, 旧的作废"))
    keyring = actions.add_parser("keyring", help=_("加桌面密钥环 (须已解锁)"))
    add_store_arguments(
        actions.add_parser(
            "reseal", help=_("把本机已有的页改用设置中 crypto_suite 的算法加密; 中断后可接着做")
        )
    )
    remove = actions.add_parser("remove", help=_("去掉一种解锁方式; 最后一种不能去掉"))
    remove.add_argument("slot", choices=list(SLOT_WORDS))
    for action in (passphrase, machine, recovery, keyring, remove):
        add_store_arguments(action)
        add_staff_argument(action)


def run(args: argparse.Namespace) -> int:
    """List the slots, or change them after the passphrase was given."""
    from workstation.cli.wiring import key_slots, open_with
    from workstation.store.errors import NoKeySlots

    slots = key_slots(args.settings)
    if not slots.exists:
        raise NoKeySlots(path=args.settings.data_folder)
    if args.action == "reseal":
        return _reseal(args)
    if args.action != "list":
        # Only who knows the passphrase may make, change or take away a way in; of a staff, a manager.
        key = slots.unlock_with_passphrase(given_passphrase(args))
        with closing(open_with(args.settings, key)) as store:
            _change(args, slots, key, store, _manager(store, args))
    for name in slots.slots():
        print(f"✔ {name}  {_(SLOT_WORDS.get(name, name))}")
    return 0


def _manager(store: Store, args: argparse.Namespace) -> Person | None:
    """Return who manages people here, signed in; None while nobody does."""
    from workstation.domain.people import Permission, manages

    if not any(person.is_active and manages(person.role) for person in store.people()):
        return None
    return sign_in_for(store, args, Permission.MANAGE_PEOPLE)


def _reseal(args: argparse.Namespace) -> int:
    """Seal the pages anew; 1 when some cannot be read."""
    with opened_store(args.settings, args) as store:
        resealed = store.reseal()
    print(_("✔ {n} 页已改用现行算法").format(n=resealed.done))
    if resealed.failed:
        pages = ", ".join(resealed.failed[:MOST_NAMED])
        print(_("✘ {n} 页读不出来, 没有改动: {pages}").format(n=len(resealed.failed), pages=pages))
    return 1 if resealed.failed else 0


def _change(args: argparse.Namespace, slots: KeySlots, key: DataKey, store: Store, by: Person | None) -> None:
    from workstation.domain.audit import MACHINE, Action, Deed, detail_of
    from workstation.domain.clock import now
    from workstation.services.people import People

    People(store, now).check_manager(by)
    if args.action == "recovery":
        _make_recovery(slots, key, store, by)
        return
    slot = args.slot if args.action == "remove" else args.action
    facts = detail_of(name=f"keys.{slot}", new="removed" if args.action == "remove" else "set")
    _change_slot(args, slots, key)
    store.note(Deed(action=Action.SETTING, detail=facts), actor=by.name if by else MACHINE, at=now())


def _make_recovery(slots: KeySlots, key: DataKey, store: Store, by: Person | None) -> None:
    from workstation.domain.clock import now
    from workstation.services.staff_recovery import StaffRecovery
    from workstation.store.keys import recovery_signer

    text = slots.add_recovery(key)
    StaffRecovery(store, now).announce(recovery_signer(text), by=by)
    print(text)
    print(_("请抄在纸上锁好; 本机不保存。电脑坏了, 凭它和硬盘可用 workstation rescue 取回未送达的件"))
    print(_("唯一的主管忘了口令, 凭它可用 workstation people recover 重设, 所有人员都会看到"))


def _change_slot(args: argparse.Namespace, slots: KeySlots, key: DataKey) -> None:
    if args.action == "passphrase":
        slots.add_passphrase(key, new_passphrase(args))
    elif args.action == "machine":
        slots.add_machine_key(key, args.file)
        print(_('请在设置文件中写明 machine_key = "{path}"').format(path=args.file.resolve()))
    elif args.action == "keyring":
        slots.add_secret_service(key)
    else:
        slots.remove(args.slot)
