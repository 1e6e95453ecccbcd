"""`workstation catalogue diff` and `table`: what a supervisor reads before a pack is signed."""

from __future__ import annotations

import argparse
import sys

from workstation.i18n import _, install


def diff(args: argparse.Namespace) -> int:
    """Print what differs between two folders."""
    from workstation.catalogue.contents import read_contents
    from workstation.catalogue.pack_comparison import FATE_WORDS, pack_changes
    from workstation.cli.catalogue import print_json

    changes = pack_changes(read_contents(args.old), read_contents(args.new))
    if args.json:
        print_json(
            [
                {
                    "fate": change.fate,
                    "code": change.code,
                    "title": change.title,
                    "differences": [
                        {"kind": d.kind, "what": d.what, "before": d.before, "after": d.after, "id": d.id}
                        for d in change.differences
                    ],
                }
                for change in changes
            ]
        )
        return 0
    for change in changes:
        print(f"{_(FATE_WORDS[change.fate])} {change.code} {change.title}")
        for difference in change.differences:
            print(f"  {difference}")
    if not changes:
        print(_("两个事项包的内容相同"), file=sys.stderr)
    return 0


def table(args: argparse.Namespace) -> int:
    """Write the pages of the documentation that list items, situations and materials."""
    from workstation.catalogue.contents import read_contents
    from workstation.catalogue.loader import bundled_pack
    from workstation.catalogue.table import pages

    install("zh_CN")  # the pages show what stands in the pack, whatever language the screens speak
    for name, text in pages(read_contents(args.pack or bundled_pack())).items():
        path = args.folder / name
        path.write_text(text, "utf-8")
        print(path)
    return 0
