"""`workstation report corrections`: which fields clerks had to put right after reading, in counts only."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from workstation.cli.document_words import document_word, field_word
from workstation.cli.unlock import add_store_arguments, chosen_settings, opened_store
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.domain.corrections import Tally

HELP: str = N_("各项识别结果被人工更正的次数 (不含个人信息)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the report's arguments."""
    parser.add_argument("--since", type=_day, help=_("只统计这一天及以后开的办件, 例如 2026-12-01"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))
    add_store_arguments(parser, practice=True)


def run(args: argparse.Namespace) -> int:
    """Print the counts by kind and field."""
    from workstation.services.corrections import corrections

    with opened_store(chosen_settings(args), args) as store:
        counted = corrections(store, since=args.since)
    if args.json:
        print(json.dumps(as_plain(counted), ensure_ascii=False, indent=2))
    else:
        print(in_words(counted))
    return 0


def as_plain(counted: dict[str, Tally]) -> dict[str, dict[str, dict[str, int]]]:
    """Return the counts by kind, then field; the keys are stable."""
    plain: dict[str, dict[str, dict[str, int]]] = {}
    for name, tally in counted.items():
        kind, _dot, field = name.partition(".")
        plain.setdefault(kind, {})[field] = asdict(tally)
    return plain


def in_words(counted: dict[str, Tally]) -> str:
    """Return a line a field, the one most often put right first."""
    if not counted:
        return _("还没有识别过的材料")
    worst_first = sorted(counted.items(), key=lambda entry: (-_share(entry[1]), entry[0]))
    return "\n".join(_line(name, tally) for name, tally in worst_first)


def _line(name: str, tally: Tally) -> str:
    words = _(
        "{name}: 识别 {read} 次, 未读出 {empty}, 存疑 {doubtful}; 核过 {settled}, 更正 {corrected} ({share})"
    )
    kind, _dot, field = name.partition(".")
    text = words.format(
        name=f"{document_word(kind)} · {field_word(kind, field)}",
        read=tally.read,
        empty=tally.empty,
        doubtful=tally.doubtful,
        settled=tally.settled,
        corrected=tally.corrected,
        share=f"{_share(tally):.1%}",
    )
    if not tally.corrected_confident:
        return text
    return _("{text}, 其中 {n} 次原标为可信").format(text=text, n=tally.corrected_confident)


def _share(tally: Tally) -> float:
    return tally.corrected / tally.settled if tally.settled else 0.0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("日期应写成 2026-12-01")) from None
