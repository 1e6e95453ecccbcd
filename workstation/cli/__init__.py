"""The command line: one module a command, imported only when it is used.

Exit codes: 0 done, 1 refused or failed with a reason on stderr, 2 usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from workstation import __version__, i18n
from workstation.i18n import N_, _

COMMANDS = {
    "catalogue": N_("查看、检索、校验事项目录"),
    "demo": N_("练习模式: 用样本走完一件办件"),
    "enrol": N_("用一次性注册码加入后台"),
    "gateway": N_("内置后台: 启动、发注册码、查看与办理"),
    "ocr": N_("识别证件图片"),
    "queue": N_("查看本机发送队列"),
    "report": N_("当日平衡表"),
    "scan": N_("列出扫描设备"),
    "sync": N_("发送队列并接收后台消息"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; without a command the screens open."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    from workstation.cli.settings import SettingsError, load_settings

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
    return _guarded(args)


def _guarded(args: argparse.Namespace) -> int:
    """Run the chosen command; an error of any package becomes one clear sentence on stderr."""
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        if not hasattr(error, "code"):
            raise
        from workstation.texts import describe

        print(describe(error), file=sys.stderr)
        return 1


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
