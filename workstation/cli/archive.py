"""`workstation archive`: what is kept of a person for reuse, and taking a copy out of it by hand."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workstation.cli.staff import add_staff_argument, sign_in_for
from workstation.cli.unlock import add_store_arguments, asked_or_line, chosen_settings, opened_store
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.cli.settings import Settings
    from workstation.domain.archive import ArchivedMaterial
    from workstation.services.archive_register import ArchiveRegister
    from workstation.store.database import Store

STATE_WORDS = {
    "LIVE": N_("可复用"),
    "SUPERSEDED": N_("已有新的一份"),
    "WITHDRAWN": N_("本人撤回同意"),
    "REVOKED": N_("发证机关收回"),
    "HOLDER_GONE": N_("所有人已注销或死亡"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions; the number of the person is asked unseen."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    listing = actions.add_parser("list", help=_("列出某人的存档副本; 证件号码另行输入"))
    show = actions.add_parser("show", help=_("一份副本的来源、核对人和期限"))
    mark = actions.add_parser("mark", help=_("停用一份副本: 本人撤回、被收回、有新的一份、所有人不在"))
    for one in (show, mark):
        one.add_argument("copy", metavar="ID", help=_("副本编号, 可只写开头"))
    states = [name.lower() for name in STATE_WORDS if name != "LIVE"]
    mark.add_argument("--state", required=True, choices=states, help=_("停用的原因类别"))
    for one in (listing, show, mark):
        add_store_arguments(one, practice=True)
        one.add_argument("--reason", required=True, help=_("理由, 会记入审计"))
        add_staff_argument(one)


def run(args: argparse.Namespace) -> int:
    """List, show or mark."""
    from workstation.domain.archive import CopyState
    from workstation.services.reuse_errors import UnknownCopy

    settings = chosen_settings(args)
    with opened_store(settings, args) as store:
        register = _register(settings, store, args)
        number = asked_or_line(args, _("证件号码: ")).strip().upper()
        if args.action == "mark":
            state = CopyState(args.state.upper())
            print(_line(register.mark(number, args.copy, state, reason=args.reason)))
            return 0
        kept = register.kept_of(number, reason=args.reason)
        if args.action == "list":
            print("\n".join(map(_line, kept)) or _("没有存档副本"))
            return 0
        found = [copy for copy in kept if copy.archive_id.startswith(args.copy)]
        if len(found) != 1:
            raise UnknownCopy
        print(_whole(found[0]))
    return 0


def _register(settings: Settings, store: Store, args: argparse.Namespace) -> ArchiveRegister:
    from workstation.cli.wiring import find_membership, load_catalogue, profile_of
    from workstation.domain.clock import now
    from workstation.domain.people import Permission
    from workstation.services.archive_register import ArchiveRegister
    from workstation.services.profile import staffed

    person = sign_in_for(store, args, Permission.SEE_FOREIGN)
    profile = profile_of(settings, find_membership(store), load_catalogue(settings))
    return ArchiveRegister(store, staffed(profile, person), now)


def _line(copy: ArchivedMaterial) -> str:
    state = _(STATE_WORDS[copy.state.value])
    return f"{copy.archive_id}  {copy.title}  {copy.source_case}  {state}"


def _whole(copy: ArchivedMaterial) -> str:
    last = copy.valid_until.isoformat() if copy.valid_until else _("不限")
    return "\n".join(
        (
            _line(copy),
            _("等级 {level}, {day} 由 {name} 核对").format(
                level=copy.level.value, day=copy.checked_on, name=copy.checked_by
            ),
            _("{n} 页, 有效期到 {day}").format(n=len(copy.pages), day=last),
        )
    )
