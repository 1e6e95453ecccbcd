"""`workstation catalogue`: check, search, show and sign item packs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.catalogue.search import Hit
    from workstation.domain.items import Item, Pack

HELP = N_("检查, 搜索, 查看和签名事项包")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands to argparse."""
    commands = parser.add_subparsers(
        dest="action", required=True, metavar="lint|search|show|diff|table|template|import|sign"
    )
    lint = commands.add_parser("lint", help=_("逐条情形验证事项包"))
    lint.add_argument("folder", nargs="?", type=Path, help=_("事项包文件夹, 默认为随程序提供的样例包"))
    lint.add_argument("--json", action="store_true", help=_("输出 JSON"))
    search = commands.add_parser("search", help=_("按名称, 拼音, 首字母或编码查找事项"))
    search.add_argument("query", help=_("例如 敬老, jinglao, jlyd 或基本编码"))
    show = commands.add_parser("show", help=_("查看事项; 给出情形答案时列出材料"))
    show.add_argument("code", help=_("基本编码"))
    show.add_argument("--answers", nargs="*", default=[], metavar="Q=O", help=_("情形答案, 例如 case=lost"))
    show.add_argument("--district", default="", help=_("按该行政区的调整显示, 例如 440305"))
    show.add_argument(
        "--on", type=date.fromisoformat, help=_("按哪一天, 例如 2026-11-02; 默认为事项包发布日")
    )
    for command in (search, show):
        command.add_argument("--json", action="store_true", help=_("输出 JSON"))
        command.add_argument("--pack", type=Path, help=_("事项包文件夹, 默认为随程序提供的样例包"))
    sign = commands.add_parser("sign", help=_("生成检索键和签名清单, 并签名"))
    sign.add_argument("folder", type=Path, help=_("事项包文件夹"))
    sign.add_argument("--key", type=Path, required=True, help=_("Ed25519 私钥文件 (PEM)"))
    _add_supervisor_arguments(commands)


def _add_supervisor_arguments(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    diff = commands.add_parser("diff", help=_("比较两个事项包, 逐项说明变化"))
    diff.add_argument("old", type=Path, help=_("原来的事项包文件夹"))
    diff.add_argument("new", type=Path, help=_("新的事项包文件夹"))
    diff.add_argument("--json", action="store_true", help=_("输出 JSON"))
    table = commands.add_parser("table", help=_("生成事项, 情形与材料对照表"))
    table.add_argument("folder", type=Path, help=_("写入的文件夹, 例如 docs"))
    table.add_argument("--pack", type=Path, help=_("事项包文件夹, 默认为随程序提供的样例包"))
    template = commands.add_parser("template", help=_("生成填写事项的 Excel 模板"))
    template.add_argument("file", type=Path, help=_("要生成的 .xlsx 文件"))
    take_in = commands.add_parser("import", help=_("把填好的 Excel 模板转换为事项文件"))
    take_in.add_argument("file", type=Path, help=_("填好的 .xlsx 文件"))
    take_in.add_argument("folder", type=Path, help=_("事项包文件夹"))
    take_in.add_argument("--replace", action="store_true", help=_("替换已有的事项文件"))


def run(args: argparse.Namespace) -> int:
    """Run a sub-command.

    Returns:
        0 done, 1 refused or nothing found, with the reason on stderr, 2 wrong usage.
    """
    from workstation.catalogue.errors import CatalogueError, PackInvalid
    from workstation.cli import catalogue_compare, catalogue_workbook
    from workstation.domain.errors import DomainError
    from workstation.texts import describe

    actions = {
        "lint": _lint,
        "search": _search,
        "show": _show,
        "sign": _sign,
        "diff": catalogue_compare.diff,
        "table": catalogue_compare.table,
        "template": catalogue_workbook.template,
        "import": catalogue_workbook.take_in,
    }
    try:
        return actions[args.action](args)
    except (CatalogueError, DomainError) as error:
        if isinstance(error, PackInvalid):
            print(*error.findings, sep="\n", file=sys.stderr)
        print(describe(error), file=sys.stderr)
        return 1


def _lint(args: argparse.Namespace) -> int:
    from workstation.catalogue.lint import lint
    from workstation.catalogue.loader import bundled_pack

    findings = lint(args.folder or bundled_pack())
    faults = sum(not finding.is_warning for finding in findings)
    if args.json:
        print_json(
            [
                {
                    "file": f.file,
                    "line": f.line,
                    "code": f.code,
                    "warning": f.is_warning,
                    "message": f.message,
                    "remedy": f.remedy,
                }
                for f in findings
            ]
        )
    elif findings:
        for finding in findings:
            kind = _("提醒") if finding.is_warning else _("问题")
            print(f"{kind} {finding}。{finding.remedy}。")
        counts = {"faults": faults, "warnings": len(findings) - faults}
        print(_("{faults} 处问题, {warnings} 处提醒").format(**counts), file=sys.stderr)
    else:
        print(_("事项包没有问题"))
    return 1 if faults else 0


def _search(args: argparse.Namespace) -> int:
    from workstation.catalogue.search import SearchIndex

    pack = _pack(args)
    hits = SearchIndex(pack.items, pack.matters).find(args.query)
    if args.json:
        print_json([_found(hit) for hit in hits])
    for hit in () if args.json else hits:
        where = _("一件事") if hit.matter else hit.listing.city
        print(f"{hit.code}  {hit.listing.title}  ({where})  {hit.listing.plain_title}".rstrip())
    if not hits:
        print(_("没有找到事项「{query}」").format(query=args.query), file=sys.stderr)
    return 0 if hits else 1


def _found(hit: Hit) -> dict[str, str]:
    kind = "matter" if hit.matter else "item"
    return {"kind": kind, "code": hit.code, "title": hit.listing.title, "city": hit.listing.city}


def _show(args: argparse.Namespace) -> int:
    from workstation.cli import catalogue_show
    from workstation.domain.overlays import item_for

    pack = _pack(args)
    matter = next((matter for matter in pack.matters if matter.id == args.code), None)
    if matter is not None:
        if args.json:
            print_json(catalogue_show.matter_document(matter))
        else:
            print(*catalogue_show.matter_lines(matter, pack), sep="\n")
        return 0
    item = _item(pack, args.code)
    if args.district:
        item = item_for(item, args.district, args.on or pack.issued_on)
    answers = _answers(args.answers)
    if answers is None:
        return 2
    if args.json:
        print_json(catalogue_show.item_document(item, answers))
    else:
        print(*catalogue_show.item_lines(item, answers), sep="\n")
    return 0


def _sign(args: argparse.Namespace) -> int:
    from workstation.catalogue.errors import PackInvalid
    from workstation.catalogue.lint import UNSIGNED, lint
    from workstation.catalogue.signing import read_private_key, sign_pack

    key = read_private_key(args.key)
    faults = tuple(f for f in lint(args.folder) if not f.is_warning and f.code != UNSIGNED)
    if faults:
        raise PackInvalid(faults)
    sign_pack(args.folder, key)
    print(_("已签名: {folder}").format(folder=args.folder.name))
    return 0


def _pack(args: argparse.Namespace) -> Pack:
    from workstation.catalogue.loader import bundled_pack, load_pack

    return load_pack(args.pack or bundled_pack())


def _item(pack: Pack, code: str) -> Item:
    import difflib

    from workstation.catalogue.errors import UnknownItem

    try:
        return pack.item(code)
    except KeyError as error:
        near = difflib.get_close_matches(code, _codes(pack), n=1, cutoff=0)
        raise UnknownItem(item=code, near=", ".join(near) or "-") from error


def _codes(pack: Pack) -> list[str]:
    """The codes of all items, without opening any."""
    from workstation.catalogue.listing import ListedItems

    listings = pack.items.listings if isinstance(pack.items, ListedItems) else ()
    return [listing.code for listing in listings]


def _answers(pairs: list[str]) -> dict[str, str] | None:
    """Return the answers of `question=option` words, or None after saying which word is none."""
    from workstation.texts import words

    for pair in pairs:
        if "=" not in pair:
            print(words("C110", {"answer": pair, "example": "case=lost"}), file=sys.stderr)
            return None
    return dict((pair.split("=", 1)[0], pair.split("=", 1)[1]) for pair in pairs)


def print_json(value: Any) -> None:
    """Print a value for machines."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
