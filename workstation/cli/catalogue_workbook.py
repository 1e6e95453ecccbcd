"""`workstation catalogue template` and `import`: items written in Excel by those who know them."""

from __future__ import annotations

import argparse
import sys

from workstation.i18n import _


def template(args: argparse.Namespace) -> int:
    """Write the workbook to fill in."""
    from workstation.catalogue.workbook.template import write_template

    write_template(args.file)
    print(_("已生成模板: {file}").format(file=args.file.name))
    return 0


def take_in(args: argparse.Namespace) -> int:
    """Turn a workbook into the YAML of a pack's folder."""
    from workstation.catalogue.signing import PACK
    from workstation.catalogue.workbook.importing import read_workbook, write_files

    files = read_workbook(args.file, args.folder)
    write_files(files, args.folder, replace=args.replace)
    for file in files:
        print(f"{file.path}  {file.title}")
    print(
        _("已导入 {count} 个文件, 请用 catalogue lint 检查后签名").format(count=len(files)), file=sys.stderr
    )
    if not (args.folder / PACK).exists():
        print(_("还缺 {file}, 可照样例包书写").format(file=PACK), file=sys.stderr)
    return 0
