"""`workstation gateway serve`: the back office as a running server, in one process or in several."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from workstation.cli.gateway_place import ENV_METRICS_TOKEN, blobs_of, database_of, folder_of
from workstation.i18n import LOCALES, _

if TYPE_CHECKING:
    from sync.gateway.office import Office
    from sync.gateway.pace import Limits
    from sync.gateway.workers import OfficePlace

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

DEFAULT_PORT = 8620
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MAX_WORKERS = 64
MOST_DIGITS = 9


def add_serve(actions: Actions) -> argparse.ArgumentParser:
    serve = actions.add_parser("serve", help=_("启动后台, 直到按 Ctrl+C"))
    serve.add_argument("--host", default="127.0.0.1", help=_("监听地址"))
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT, help=_("监听端口; 0 为任选"))
    serve.add_argument(
        "--workers", type=_count, default=1, metavar="N", help=_("处理请求的进程数, 一般等于处理器核数")
    )
    serve.add_argument(
        "--calls-per-minute",
        type=_calls,
        metavar="N",
        help=_("每个窗口每分钟最多请求次数, 超过的稍后再试; 0 为不限, 不填为 12000"),
    )
    serve.add_argument("--practice", action="store_true", help=_("练习后台: 只收练习数据"))
    serve.add_argument("--auto-accept", action="store_true", help=_("收到办件即自动受理(演示用)"))
    serve.add_argument(
        "--street",
        type=_street,
        action="append",
        default=[],
        metavar=_("代码=名称"),
        help=_("服务的街道, 可重复"),
    )
    return serve


def serve(args: argparse.Namespace) -> int:
    """Serve until a signal; an office error reaches the caller, who words it."""
    from sync.gateway.serve import GatewayServer
    from sync.gateway.workers import Workers

    place = _place(args)
    # Of several processes this one opens the office first: what is wrong is said once.
    office = place.open()
    try:
        if args.workers == 1:
            server = GatewayServer(
                office, args.host, args.port, metrics_token=place.metrics_token, locales=place.locales
            )
            _announce(office, server.listen(), args.host)
            server.serve()
            return 0
        workers = Workers(place, args.host, args.port, args.workers)
        _announce(office, workers.url, args.host)
    finally:
        office.close()
    workers.serve()
    return 0


def _place(args: argparse.Namespace) -> OfficePlace:
    from sync.gateway.workers import OfficePlace

    return OfficePlace(
        folder=folder_of(args.folder, args.settings),
        streets=dict(args.street),
        practice=True if args.practice else None,
        auto_accept=args.auto_accept,
        database=database_of(args.database),
        blobs=blobs_of(args.blobs),
        limits=_limits(args.calls_per_minute),
        metrics_token=os.environ.get(ENV_METRICS_TOKEN, ""),
        locales=LOCALES,
    )


def _limits(calls: int | None) -> Limits:
    from sync.gateway.pace import DEFAULT_LIMITS

    return DEFAULT_LIMITS if calls is None else replace(DEFAULT_LIMITS, calls_a_minute=calls)


def _announce(office: Office, url: str, host: str) -> None:
    mode = _("练习") if office.practice else _("正式")
    print(_("后台已启动: {url} · {mode} · {gateway}").format(url=url, mode=mode, gateway=office.gateway_id))
    print(_("审核页面: {url}").format(url=f"{url}/desk/"))
    print(_("按 Ctrl+C 停止"), flush=True)
    if host not in LOOPBACK:
        print(_("注意: 本后台不加密传输, 对外服务前须置于 HTTPS 代理之后"), file=sys.stderr)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(_("端口须为 0 到 65535 的整数"))
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(_("进程数须为 1 到 64 的整数"))
    return int(text)


def _calls(text: str) -> int:
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(_("次数须为不小于 0 的整数"))
    return int(text)


def _street(text: str) -> tuple[str, str]:
    code, _separator, name = text.partition("=")
    if not code.strip():
        raise argparse.ArgumentTypeError(_("街道应写成 代码=名称"))
    return code.strip(), name.strip() or code.strip()
