"""`workstation gateway move`: bring a small office from its SQLite file to a PostgreSQL server."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.gateway_place import blobs_of, database, folder_of
from workstation.i18n import _

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

SQLITE = "sqlite:"


def add_move(actions: Actions) -> argparse.ArgumentParser:
    """Add the sub-command."""
    move = actions.add_parser("move", help=_("把后台从 SQLite 文件整体迁移到 PostgreSQL, 核对无误才算完成"))
    move.add_argument(
        "--from",
        dest="source",
        type=_file,
        metavar="sqlite:FILE",
        help=_("原数据文件; 不填则为后台文件夹中的 office.db"),
    )
    move.add_argument(
        "--to", dest="target", type=database, required=True, metavar="URL", help=_("空的 PostgreSQL 数据库")
    )
    return move


def move(args: argparse.Namespace) -> int:
    """Move the rows, and the pages when `--blobs` names a bucket; see `sync.gateway.move`."""
    from sync.gateway.blobs import BlobStore, open_blobs
    from sync.gateway.errors import FolderUnusable
    from sync.gateway.move import move as move_office
    from sync.gateway.office import BLOB_FOLDER, DATABASE_FILE

    folder = folder_of(args.folder, args.settings)
    file = args.source or folder / DATABASE_FILE
    if not file.is_file():
        raise FolderUnusable(folder=file.parent, reason=file.name)
    bucket = blobs_of(args.blobs)
    target = open_blobs(bucket, folder / BLOB_FOLDER) if bucket else None
    moved = move_office(file, args.target, BlobStore(folder / BLOB_FOLDER), target)
    for table, count in moved.tables.items():
        print(f"{table:20} {count}")
    print(
        _("已迁移并核对 {tables} 张表、{rows} 行").format(
            tables=len(moved.tables), rows=sum(moved.tables.values())
        )
    )
    if target is not None:
        print(_("已复制 {count} 页到存储桶").format(count=moved.pages))
    print(_("今后请用 --database {place} 启动; 原文件已封存, 请留作备份").format(place=args.target))
    return 0


def _file(text: str) -> Path:
    if not text.startswith(SQLITE) or text == SQLITE:
        raise argparse.ArgumentTypeError(_("原数据文件应写成 sqlite:文件路径"))
    return Path(text.removeprefix(SQLITE))
