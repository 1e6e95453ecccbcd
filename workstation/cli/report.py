"""`workstation report day`: does the day balance, how long did it take; and what reading got wrong."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import TYPE_CHECKING

from workstation.cli import corrections
from workstation.cli.unlock import add_store_arguments, chosen_settings, opened_store
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.services.balance import Balance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the reports."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    day = actions.add_parser("day", help=_("当日收件与原件是否平衡, 用时与等候; 不平衡时退出码为 1"))
    day.add_argument("--date", type=_day, help=_("日期, 例如 2026-12-01; 默认为今天"))
    day.add_argument("--json", action="store_true", help=_("输出 JSON"))
    add_store_arguments(day, practice=True)
    weak = actions.add_parser("corrections", help=_(corrections.HELP), description=_(corrections.HELP))
    corrections.add_arguments(weak)


def run(args: argparse.Namespace) -> int:
    """Print the chosen report; 1 when a case or an original of the day is unaccounted for."""
    if args.action == "corrections":
        return corrections.run(args)
    from workstation.cli.report_handling import handling_in_words, plain_handling
    from workstation.domain.clock import local_date, now
    from workstation.services.balance import day_balance
    from workstation.services.handling import day_report

    with opened_store(chosen_settings(args), args) as store:
        day = args.date or local_date(now())
        balance, report = day_balance(store, day), day_report(store, day)
    if args.json:
        print(json.dumps({**_plain(balance), **plain_handling(report)}, ensure_ascii=False, indent=2))
    else:
        print(_in_words(balance))
        print(handling_in_words(report))
    if not balance.balances:
        print(_("✘ 不平衡: 请立即报告主管"), file=sys.stderr)
        return 1
    return 0


def _plain(balance: Balance) -> dict[str, object]:
    return {
        "date": balance.day.isoformat(),
        "received": balance.received,
        "delivered": balance.delivered,
        "queued": balance.queued,
        "returned": balance.returned,
        "originals_seen": balance.originals_seen,
        "originals_returned": balance.originals_returned,
        "originals_held": balance.originals_held,
        "originals_bagged": balance.originals_bagged,
        "cases_balance": balance.cases_balance,
        "paper_balances": balance.paper_balances,
        "balances": balance.balances,
    }


def _in_words(balance: Balance) -> str:
    from workstation.services.balance import balance_sentences

    cases, paper = balance_sentences(balance)
    lines = [
        balance.day.isoformat(),
        f"{_lamp(balance.cases_balance)} {cases}",
        f"{_lamp(balance.paper_balances)} {paper}",
        *([_("✔ 平衡")] if balance.balances else []),
    ]
    return "\n".join(lines)


def _lamp(balances: bool) -> str:
    return "✔" if balances else "✘"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("日期应写成 2026-12-01")) from None
