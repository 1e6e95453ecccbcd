"""Where a back office keeps its things: the folder, and a database server when it has one."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from workstation.i18n import N_, _

if TYPE_CHECKING:
    from workstation.cli.settings import Settings

ENV_DATABASE = "WORKSTATION_GATEWAY_DATABASE"
ENV_BLOBS = "WORKSTATION_GATEWAY_BLOBS"
ENV_METRICS_TOKEN = "WORKSTATION_GATEWAY_METRICS_TOKEN"
"""Who names it may read the metrics from another machine."""
SCHEMES = frozenset({"postgresql", "postgres"})
SECRETS = frozenset({"password", "sslpassword"})
DATABASE_HELP = N_(
    "数据库, 例如 postgresql://gateway@db.example/office; 不填则用文件夹中的 SQLite。"
    "口令不可写在这里, 请放在 ~/.pgpass、PGPASSFILE 所指文件或 PGPASSWORD 环境变量中; "
    "也可用环境变量 WORKSTATION_GATEWAY_DATABASE 代替本选项"
)
BLOBS_HELP = N_(
    "页面存放处, 例如 s3://桶/前缀?endpoint=https://s3.example&region=cn; 不填则放在文件夹中。"
    "密钥取自环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY; "
    "也可用环境变量 WORKSTATION_GATEWAY_BLOBS 代替本选项"
)

EXTRAS = {
    "fastapi": "gateway",
    "jinja2": "gateway",
    "python_multipart": "gateway",
    "starlette": "gateway",
    "uvicorn": "gateway",
    "obstore": "gateway-s3",
    "psycopg": "gateway-postgresql",
    "psycopg_pool": "gateway-postgresql",
}
"""The extra that brings a module."""


def add_place(action: argparse.ArgumentParser) -> None:
    """Add the options every action of the back office takes."""
    action.add_argument("--folder", type=Path, help=_("后台文件夹"))
    action.add_argument("--database", type=database, metavar="URL", help=_(DATABASE_HELP))
    action.add_argument("--blobs", type=_blobs, metavar="URL", help=_(BLOBS_HELP))


def folder_of(folder: Path | None, settings: Settings) -> Path:
    """Return the office's folder: beside the window's own data unless one is named."""
    data: Path = settings.data_folder
    return folder or data.with_name(f"{data.name}-gateway")


def database_of(named: str | None) -> str:
    """Return the database's URL; nothing means the file in the folder."""
    return named if named is not None else os.environ.get(ENV_DATABASE, "")


def blobs_of(named: str | None) -> str:
    """Return the bucket's URL; nothing means the folder."""
    return named if named is not None else os.environ.get(ENV_BLOBS, "")


def tell_missing(error: ModuleNotFoundError) -> int:
    """Say which extra brings the module that is missing.

    Raises:
        ModuleNotFoundError: it belongs to none of the back office's extras.
    """
    extra = EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        raise error
    print(
        _("缺少后台组件, 请安装附加组件 {extra}: pip install 'window-workstation[{extra}]'").format(
            extra=extra
        ),
        file=sys.stderr,
    )
    return 1


def _blobs(text: str) -> str:
    if text and (not text.startswith("s3://") or "@" in text.partition("?")[0]):
        raise argparse.ArgumentTypeError(_("页面存放处应写成 s3://桶/前缀?endpoint=...&region=..."))
    return text


def database(text: str) -> str:
    """Read a database's URL from the command line."""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("数据库应写成 postgresql://账号@主机/库名")) from None
    if text and parts.scheme not in SCHEMES:
        raise argparse.ArgumentTypeError(_("数据库应写成 postgresql://账号@主机/库名"))
    if parts.password is not None or SECRETS & {name for name, _value in parse_qsl(parts.query)}:
        # Whoever may list processes could read it.
        raise argparse.ArgumentTypeError(_("口令不可写在命令行中; 请用 ~/.pgpass、PGPASSFILE 或 PGPASSWORD"))
    return text
