"""`workstation gateway`: the embedded back office for demo, tests and small halls."""

from __future__ import annotations

import argparse
import getpass
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from workstation.cli.gateway_archive import add_archive_mark, mark_archive
from workstation.cli.gateway_course import add_extend, add_resume, add_special, change_course
from workstation.cli.gateway_import import add_import, import_bag
from workstation.cli.gateway_move import add_move, move
from workstation.cli.gateway_packs import add_publish, publish
from workstation.cli.gateway_place import (
    add_place,
    blobs_of,
    database_of,
    folder_of,
    tell_missing,
)
from workstation.cli.gateway_reviewer import add_reviewer, manage_reviewers
from workstation.cli.gateway_serve import add_serve, serve
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from sync.contract.models import Change, ChangeDefect
    from sync.gateway.branches import Branch
    from sync.gateway.matters import Matter
    from sync.gateway.office import Office

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

HELP = N_("内置后台: 启动、发注册码、查看与办理")
DECISIONS = ("accepted", "correction", "refused", "in_review", "decided", "delivered")
DEFECT_PARTS = range(3, 6)
MAX_HOURS = 720
FOUNDING = frozenset({"code", "publish", "reviewer"})
"""Actions that may begin a new office; the others only look into one that is there."""

STATES = {
    "RECEIVED": N_("已收件"),
    "CORRECTION": N_("待补正"),
    "ACCEPTED": N_("已受理"),
    "REFUSED": N_("不予受理"),
    "IN_REVIEW": N_("审查中"),
    "DECIDED": N_("已办结"),
    "DELIVERED": N_("已送达"),
    "WITHDRAWN": N_("已撤回"),
    "TERMINATED": N_("已终止"),
    "LISTED": N_("在途"),
    "CHECKED": N_("已清点"),
    "DISCREPANCY": N_("清点有差异"),
}
COURSE = (add_special, add_resume, add_extend)
MORE = (*COURSE, add_reviewer)
KINDS = {"case": N_("办件"), "handover": N_("文件袋")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    for add in (
        add_serve,
        _add_code,
        _add_list,
        _add_decide,
        _add_check,
        add_publish,
        add_import,
        add_move,
        add_archive_mark,
        *MORE,
    ):
        add_place(add(actions))


def run(args: argparse.Namespace) -> int:
    """Run one action; an office error reaches the caller, who words it."""
    runners = {
        "serve": serve,
        "code": _code,
        "list": _list,
        "decide": _decide,
        "check": _check,
        "publish": _publish,
        "import": _import,
        "move": move,
        "reviewer": _reviewer,
        "archive-mark": _archive_mark,
        **dict.fromkeys(("special", "resume", "extend"), _course),
    }
    try:
        return runners[args.action](args)
    except ModuleNotFoundError as error:
        return tell_missing(error)


def _add_code(actions: Actions) -> argparse.ArgumentParser:
    code = actions.add_parser("code", help=_("给一个窗口发一次性注册码"))
    code.add_argument("--street", required=True, help=_("窗口所在街道的代码"))
    code.add_argument("--street-name", default="", help=_("街道名称"))
    code.add_argument(
        "--expires", type=_hours, default=timedelta(hours=24), metavar="H", help=_("几小时内有效")
    )
    return code


def _add_list(actions: Actions) -> argparse.ArgumentParser:
    listing = actions.add_parser("list", help=_("列出收到的办件和文件袋"))
    listing.add_argument("--json", action="store_true", help=_("输出 JSON"))
    return listing


def _add_decide(actions: Actions) -> argparse.ArgumentParser:
    decide = actions.add_parser("decide", help=_("对办件作出决定并通知窗口"))
    decide.add_argument("subject", help=_("办件编号"))
    decide.add_argument("decision", choices=DECISIONS)
    decide.add_argument(
        "--branch", default="", metavar=_("事项编码"), help=_("一件事中作决定的那一个事项; 不填则为整件")
    )
    decide.add_argument("--reason", default="", help=_("理由; 不予受理时必填"))
    decide.add_argument(
        "--outcome",
        choices=("granted", "denied"),
        default="granted",
        help=_("作出决定时: 准予 (不填即此) 或不予批准, 后者须写理由"),
    )
    decide.add_argument("--number", default="", help=_("文书编号; 不填则自动编号"))
    decide.add_argument("--due", type=_day, help=_("期限, 例如 2026-12-01"))
    decide.add_argument("--actor", default="", help=_("经办人; 不填则为登录名"))
    _add_defects(decide)
    return decide


def _add_check(actions: Actions) -> argparse.ArgumentParser:
    check = actions.add_parser("check", help=_("登记文件袋清点结果; 没有 --defect 即为齐全"))
    check.add_argument("subject", help=_("文件袋编号"))
    check.add_argument("--actor", default="", help=_("清点人; 不填则为登录名"))
    _add_defects(check)
    return check


def _add_defects(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--defect",
        dest="defects",
        type=_defect,
        action="append",
        default=[],
        metavar=_("材料|问题|需要"),
        help=_("一处缺陷或差异, 可重复; 其后还可写 |依据|材料编号"),
    )


def _office(args: argparse.Namespace) -> Office:
    from sync.gateway.office import Office

    return Office.open(
        folder_of(args.folder, args.settings),
        create=args.action in FOUNDING,
        database=database_of(args.database),
        blobs=blobs_of(args.blobs),
    )


def _code(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        print(office.new_code(args.street, street_name=args.street_name, life=args.expires))
    finally:
        office.close()
    return 0


def _list(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        found, held, conflicts = office.cases(), office.unsettled(), office.conflicts()
        parts = {matter.subject: office.branches(matter.subject) for matter in found}
    finally:
        office.close()
    if args.json:
        plain = [_plain(matter, parts[matter.subject]) for matter in found]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return 0
    if not found:
        print(_("还没有收到办件"))
    for matter in found:
        print(_line(matter))
        for branch in parts[matter.subject]:
            print(_branch_line(branch))
    if held:
        print(_("另有 {count} 个封装包在等前一版本").format(count=len(held)))
    if conflicts:
        print(_("另有 {count} 个封装包与已收内容冲突, 已另存待人工核对").format(count=len(conflicts)))
    return 0


def _plain(matter: Matter, branches: tuple[Branch, ...]) -> dict[str, object]:
    return {
        "subject": matter.subject,
        "kind": matter.kind,
        "window": matter.window_name,
        "window_id": matter.window_id,
        "home_street": matter.home_street,
        "bundle_id": matter.bundle_id,
        "version": matter.version,
        "state": matter.state.value,
        "item": matter.item,
        "received_at": matter.received_at.isoformat(),
        "branches": [
            {
                "item_code": branch.item_code,
                "title": branch.title,
                "authority": branch.authority,
                "state": branch.state.value,
            }
            for branch in branches
        ],
    }


def _branch_line(branch: Branch) -> str:
    words = (branch.item_code, _(STATES[branch.state.value]), branch.title, branch.authority)
    return f"    {'  '.join(words)}".rstrip()


def _line(matter: Matter) -> str:
    received = f"{matter.received_at.astimezone():%Y-%m-%d %H:%M}"
    kind = _(KINDS.get(matter.kind, matter.kind))
    state = _(STATES[matter.state.value])
    return "  ".join((received, kind, matter.subject, state, matter.window_name, matter.item)).rstrip()


def _decide(args: argparse.Namespace) -> int:
    from sync.contract.models import ChangeKind, Outcome

    office = _office(args)
    try:
        change = office.decide(
            args.subject,
            ChangeKind(args.decision),
            actor=args.actor or _login(),
            reason=args.reason,
            number=args.number,
            due=args.due,
            defects=args.defects,
            branch=args.branch,
            outcome=Outcome(args.outcome),
        )
    finally:
        office.close()
    return _told(change)


def _check(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        change = office.check_bag(args.subject, args.defects, actor=args.actor or _login())
    finally:
        office.close()
    return _told(change)


def _course(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        change = change_course(office.course, args, _login)
    finally:
        office.close()
    return _told(change)


def _archive_mark(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        return mark_archive(office.archive, args, _login)
    finally:
        office.close()


def _publish(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        return publish(office, args.pack)
    finally:
        office.close()


def _import(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        return import_bag(office, args.bag)
    finally:
        office.close()


def _reviewer(args: argparse.Namespace) -> int:
    office = _office(args)
    try:
        return manage_reviewers(office, args)
    finally:
        office.close()


def _told(change: Change) -> int:
    print(
        _("已登记并通知窗口: {subject} {number}")
        .format(subject=change.subject, number=change.number)
        .rstrip()
    )
    return 0


def _login() -> str:
    """Return the login name; an account without one decides without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _hours(text: str) -> timedelta:
    if not text.isdecimal() or not 0 < int(text) <= MAX_HOURS:
        raise argparse.ArgumentTypeError(_("有效期须为 1 到 720 小时"))
    return timedelta(hours=int(text))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("日期应写成 2026-12-01")) from None


def _defect(text: str) -> ChangeDefect:
    from sync.contract.models import ChangeDefect

    parts = [part.strip() for part in text.split("|")]
    if len(parts) not in DEFECT_PARTS or not all(parts[:3]):
        raise argparse.ArgumentTypeError(_("缺陷应写成 材料|问题|需要"))
    material, problem, needed, basis, material_id = (parts + ["", ""])[:5]
    return ChangeDefect(
        material_id=material_id or material, material=material, problem=problem, needed=needed, basis=basis
    )
