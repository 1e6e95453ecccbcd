"""The command line: one module a command, imported only when it is used.

Exit codes: 0 done, 1 refused or failed with a reason on stderr, 2 usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from scanners.memory import keep_out_of_dumps
from workstation import __version__, i18n
from workstation.i18n import N_, _

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.cli.settings import Settings

COMMANDS = {
    "archive": N_("存档副本: 列出某人的副本, 停用一份"),
    "audit": N_("审计记录: 检查是否完整, 查阅谁在何时为何调阅"),
    "catalogue": N_("查看、检索、校验事项目录"),
    "demo": N_("练习模式: 用样本走完一件办件"),
    "doctor": N_("检查本窗口: 密钥、磁盘、时钟、后台、队列、目录、扫描仪、识别"),
    "enrol": N_("用一次性注册码加入后台"),
    "gateway": N_("内置后台: 启动、发注册码、查看与办理"),
    "keys": N_("本机存储的解锁方式: 口令、机器密钥文件、桌面密钥环"),
    "ocr": N_("识别证件图片"),
    "people": N_("本机人员: 登记、停用、重设口令"),
    "queue": N_("查看本机发送队列"),
    "report": N_("当日平衡表"),
    "rescue": N_("取回坏电脑硬盘上未送达的件"),
    "scan": N_("列出扫描设备"),
    "sync": N_("发送队列并接收后台消息"),
    "tickets": N_("导入预约和预审, 查看今天的叫号"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; without a command the screens open."""
    keep_out_of_dumps()
    arguments = list(sys.argv[1:] if argv is None else argv)
    from workstation.cli.settings import ENV_LANGUAGE, SettingsError, load_settings

    i18n.install(os.environ.get(ENV_LANGUAGE, ""))  # for what may be wrong with the settings themselves
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    i18n.install(settings.language)
    name = next((a for a in arguments if not a.startswith("-")), "")
    parser = _parser(name if name in COMMANDS else "")
    args = parser.parse_args(arguments)
    args.settings = settings
    from workstation.cli.logs import kept_log

    keep = timedelta(days=settings.log_keep_days)
    with kept_log(_log_folder(settings, name), name if name in COMMANDS else "screens", keep):
        return _guarded(args)


def _log_folder(settings: Settings, name: str) -> Path:
    """Practice keeps its log with its own data."""
    data = settings.data_folder
    return data.with_name(f"{data.name}-practice") if name == "demo" else data


def _guarded(args: argparse.Namespace) -> int:
    """Run the chosen command; an error of any package becomes one clear sentence on stderr."""
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _leave_pipe()
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost rim: said to the person, kept in the log
        if sys.flags.dev_mode and not hasattr(error, "code"):
            raise
        _tell(error)
        return 1


def _tell(error: Exception) -> None:
    """Say the error; of one without a code, a fault of the program, the log keeps where it was raised."""
    import logging

    from workstation.texts import describe

    message = describe(error)
    kind = type(error).__name__
    logging.getLogger(__name__).error("code=%s kind=%s", message.code, kind, exc_info=message.code == "X000")
    print(message if message.code != "X000" else f"{message} ({kind})", file=sys.stderr)


def _leave_pipe() -> None:
    """The reader went away (`| head`): what is still buffered must not fail once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(wanted: str) -> argparse.ArgumentParser:
    """Build the parser; only the wanted command's module is imported."""
    parser = argparse.ArgumentParser(prog="workstation", description=_("综合窗口工作站"))
    parser.add_argument("--version", action="version", version=f"workstation {__version__}")
    parser.set_defaults(run=_screens)
    commands = parser.add_subparsers(title=_("命令"), metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=_(help_text), description=_(help_text))
        if name == wanted:
            module = import_module(f"{__name__}.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


def _screens(args: argparse.Namespace) -> int:
    from workstation.cli.screens import run

    return run(args.settings)
