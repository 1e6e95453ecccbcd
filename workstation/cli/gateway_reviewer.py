"""`workstation gateway reviewer`: who may enter the review page, and for which streets."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workstation.i18n import N_, _, listed

if TYPE_CHECKING:
    from sync.gateway.desk.accounts import Accounts, Reviewer
    from sync.gateway.office import Office

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

ROLES = {"approver": N_("审核"), "viewer": N_("查看")}


def add_reviewer(actions: Actions) -> argparse.ArgumentParser:
    """Add the action and what it may do."""
    parser = actions.add_parser(
        "reviewer", help=_("审核页面的账号: 添加、列出、重发设置码、停用; 谁看过哪件 (looks)")
    )
    parser.add_argument("what", choices=("add", "list", "code", "disable", "looks"), help=_("要做什么"))
    parser.add_argument("name", nargs="?", default="", help=_("账号名; looks 时为办件编号"))
    parser.add_argument(
        "--street", dest="streets", action="append", default=[], help=_("可看的街道代码, 可重复")
    )
    parser.add_argument("--title", default="", help=_("写在决定上的名称, 例如 华富街道 李样本"))
    parser.add_argument("--role", choices=tuple(ROLES), default="approver", help=_("审核, 或只能查看"))
    return parser


def manage_reviewers(office: Office, args: argparse.Namespace) -> int:
    """Do what is asked; an office error reaches the caller, who words it."""
    from sync.gateway.desk.accounts import Accounts

    accounts = Accounts(office.database, office.clock)
    if args.what == "list":
        return _list(accounts)
    if args.what == "looks":
        return _looks(office, args.name)
    if args.what == "disable":
        accounts.disable(args.name)
        print(_("已停用 {name}, 其登录立即失效").format(name=args.name))
        return 0
    print(_code(accounts, args))
    print(_("请账号本人在 72 小时内打开 /desk/setup, 用账号名和此设置码设置口令"))
    return 0


def _code(accounts: Accounts, args: argparse.Namespace) -> str:
    if args.what == "code":
        return accounts.new_code(args.name)
    from sync.gateway.desk.accounts import Role

    return accounts.add(args.name, args.streets, title=args.title, role=Role(args.role))


def _list(accounts: Accounts) -> int:
    found = accounts.all()
    if not found:
        print(_("还没有审核账号"))
    for reviewer in found:
        words = (reviewer.name, reviewer.title, _(ROLES[reviewer.role.value]), _state(reviewer))
        print("  ".join((*words, listed(sorted(reviewer.streets)))))
    return 0


def _looks(office: Office, number: str) -> int:
    from sync.gateway.desk.views import looks

    with office.database.read() as rows:
        found = looks(rows, number)
    if not found:
        print(_("没有人看过 {number}").format(number=number))
    for look in found:
        what = _("页面 {page}").format(page=look.page[:12]) if look.page else _("办件")
        print("  ".join((f"{look.at.astimezone():%Y-%m-%d %H:%M:%S}", look.name, what)))
    return 0


def _state(reviewer: Reviewer) -> str:
    if reviewer.disabled:
        return _("已停用")
    return _("可登录") if reviewer.has_password else _("待设置口令")
