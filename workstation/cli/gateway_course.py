"""`workstation gateway special|resume|extend`: what stops or extends the clock of a case at the office."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from workstation.i18n import _

if TYPE_CHECKING:
    from sync.contract.models import Change
    from sync.gateway.course import Course

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add_special(actions: Actions) -> argparse.ArgumentParser:
    """Add `special`."""
    special = actions.add_parser(
        "special", help=_("启动特别程序 (听证、检测、专家评审等), 所需时间不计入期限")
    )
    special.add_argument("subject", help=_("办件编号"))
    special.add_argument("--procedure", required=True, help=_("程序名称, 例如 专家评审"))
    special.add_argument("--until", type=_day, required=True, metavar="DATE", help=_("预计结束的日期"))
    special.add_argument("--reason", default="", help=_("理由"))
    special.add_argument("--actor", default="", help=_("经办人; 不填则为登录名"))
    return special


def add_resume(actions: Actions) -> argparse.ArgumentParser:
    """Add `resume`."""
    resume = actions.add_parser("resume", help=_("特别程序结束, 期限继续计算"))
    resume.add_argument("subject", help=_("办件编号"))
    resume.add_argument("--reason", default="", help=_("说明"))
    resume.add_argument("--actor", default="", help=_("经办人; 不填则为登录名"))
    return resume


def add_extend(actions: Actions) -> argparse.ArgumentParser:
    """Add `extend`."""
    extend = actions.add_parser("extend", help=_("经本机关负责人批准延长期限, 最多 10 个工作日"))
    extend.add_argument("subject", help=_("办件编号"))
    extend.add_argument("--workdays", type=int, required=True, metavar="N", help=_("延长几个工作日"))
    extend.add_argument("--by", required=True, metavar="NAME", help=_("批准的负责人"))
    extend.add_argument("--reason", required=True, help=_("理由, 将告知申请人"))
    extend.add_argument("--joint", action="store_true", help=_("多个机关联合办理, 最多 15 个工作日"))
    return extend


def change_course(course: Course, args: argparse.Namespace, login: Callable[[], str]) -> Change:
    """Run one of the three over the office's cases; its refusals reach the caller."""
    if args.action == "special":
        return course.stop(
            args.subject,
            procedure=args.procedure,
            until=args.until,
            actor=args.actor or login(),
            reason=args.reason,
        )
    if args.action == "resume":
        return course.resume(args.subject, actor=args.actor or login(), reason=args.reason)
    return course.extend(
        args.subject, workdays=args.workdays, approver=args.by, reason=args.reason, joint=args.joint
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("日期应写成 2026-12-01")) from None
