"""`workstation people`: who works at this window, each behind a PIN of their own."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from workstation.cli.errors import PassphrasesDiffer
from workstation.cli.staff import add_staff_argument, sign_in_for
from workstation.cli.unlock import add_store_arguments, asked_or_line, chosen_settings, opened_or_new_store
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.domain.people import Person
    from workstation.store.database import Store

ROLE_WORDS = {
    "CLERK": N_("窗口人员"),
    "SUPERVISOR": N_("主管"),
    "IT": N_("信息技术"),
    "TRAINER": N_("培训"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions; new PINs are asked twice, or are the next line of the standard input."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    add_store_arguments(actions.add_parser("list", help=_("列出人员")), practice=True)
    added = actions.add_parser("add", help=_("登记人员; 第一位须为主管或信息技术人员"))
    added.add_argument("--role", default="CLERK", type=str.upper, choices=list(ROLE_WORDS), help=_("岗位"))
    recover = actions.add_parser("recover", help=_("唯一的主管忘了口令: 凭恢复密钥重设, 会告知所有人员"))
    recover.add_argument("name", metavar="NAME", help=_("姓名"))
    recover.add_argument("--reason", required=True, help=_("理由"))
    recover.add_argument("--recovery-stdin", action="store_true", help=_("从标准输入读取恢复密钥和新口令"))
    actions_of_one = {
        "disable": actions.add_parser("disable", help=_("停用人员; 其记录保留")),
        "enable": actions.add_parser("enable", help=_("重新启用人员")),
        "reset-pin": actions.add_parser("reset-pin", help=_("重设忘记的口令, 同时换新密钥")),
        "pin": actions.add_parser("pin", help=_("更换自己的口令")),
    }
    for name, action in {"add": added, **actions_of_one}.items():
        action.add_argument("name", metavar="NAME", help=_("姓名"))
        add_store_arguments(action, practice=True)
        if name != "pin":
            add_staff_argument(action)
        if name in ("disable", "enable", "reset-pin"):
            action.add_argument("--reason", required=name == "reset-pin", default="", help=_("理由"))


def run(args: argparse.Namespace) -> int:
    """Do it and list the staff."""
    if args.action == "recover":
        return _recover(args)
    args.settings = chosen_settings(args)
    with opened_or_new_store(args.settings, args) as store:
        if args.action != "list":
            _change(store, args)
        _list(store)
    return 0


def _recover(args: argparse.Namespace) -> int:
    """Set a manager's PIN by the recovery key, which opens the store as well."""
    from workstation.cli.rescue import recovery_key
    from workstation.cli.wiring import key_slots, open_with
    from workstation.domain.clock import now
    from workstation.services.staff_recovery import StaffRecovery
    from workstation.store.errors import NoKeySlots
    from workstation.store.keys import recovery_signer

    slots, args.passphrase_stdin = key_slots(args.settings), args.recovery_stdin
    if not slots.exists:
        raise NoKeySlots(path=args.settings.data_folder)
    text = recovery_key(args)
    with closing(open_with(args.settings, slots.unlock_with_recovery(text))) as store:
        pin = _new_pin(args)
        recovery = StaffRecovery(store, now)
        recovery.recover(args.name, pin, key=recovery_signer(text), reason=args.reason)
        _list(store)
    return 0


def _list(store: Store) -> None:
    from workstation.domain.clock import now
    from workstation.services.staff_recovery import StaffRecovery

    for person in store.people():
        print(_shown(person))
    recovered = StaffRecovery(store, now).last()
    if recovered is not None:
        print(f"▲ {recovered.words}")


def _change(store: Store, args: argparse.Namespace) -> None:
    from workstation.domain.clock import now
    from workstation.domain.people import RIGHTS, Permission, Role
    from workstation.services.people import People

    people = People(store, now)
    if args.action == "pin":
        person = people.named(args.name)
        old = asked_or_line(args, _("现在的口令: "))
        people.sign_in(person.person_id, old)
        people.change_pin(person, old, _new_pin(args))
        return
    manages = Permission.MANAGE_PEOPLE
    is_first = not any(person.is_active and manages in RIGHTS[person.role] for person in store.people())
    by = None if is_first else sign_in_for(store, args, manages)
    if args.action == "add":
        people.add(args.name, Role(args.role), _new_pin(args), by=by)
    elif by is not None and args.action == "reset-pin":
        people.reset_pin(args.name, _new_pin(args), by=by, reason=args.reason)
    elif by is not None:
        change = people.disable if args.action == "disable" else people.enable
        change(args.name, by=by, reason=args.reason)


def _new_pin(args: argparse.Namespace) -> str:
    pin = asked_or_line(args, _("新口令 (至少 6 位): "))
    if not args.passphrase_stdin and asked_or_line(args, _("再输入一次: ")) != pin:
        raise PassphrasesDiffer
    return pin


def _shown(person: Person) -> str:
    from sync.contract.signing import key_id, load_public

    state = _("在岗") if person.is_active else _("已停用")
    mark = "✔" if person.is_active else "·"
    key = key_id(load_public(person.public_key))
    role = _(ROLE_WORDS[person.role.value])
    return f"{mark} {person.name}  {role}  {state}  {person.enrolled_at:%Y-%m-%d}  {key}"
