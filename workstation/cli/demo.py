"""`workstation demo`: practice mode on the screens, or a lesson driven by keys."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.cli.practice import Practice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--headless", action="store_true", help=_("不开屏幕, 由按键驱动课程并打印经过"))
    parser.add_argument("--lesson", default="one", choices=["one", "stack"], help=_("课程"))
    parser.add_argument("--offline", action="store_true", help=_("一开始就断网"))
    parser.add_argument("--keep", action="store_true", help=_("接着上次的练习数据"))


def run(args: argparse.Namespace) -> int:
    """Run practice; without a terminal the lesson is driven by keys."""
    from workstation.cli.practice import PracticeError, open_practice

    headless = args.headless or not (sys.stdin.isatty() and sys.stdout.isatty())
    try:
        practice = open_practice(
            args.settings, fresh=headless or not args.keep, subfolder="lesson" if headless else "screens"
        )
    except PracticeError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        if headless:
            return _lesson(args.lesson)(practice)
        from workstation.cli.screens import run_app

        gate = practice.gate
        if args.offline:
            prepare = gate.on_open

            def offline(store: object) -> None:
                if prepare is not None:
                    prepare(store)  # type: ignore[arg-type]
                practice.network.cut()

            gate = replace(gate, on_open=offline)
        return run_app(gate)
    finally:
        practice.close()


def _lesson(name: str) -> Callable[[Practice], int]:
    from workstation.cli import lesson, lesson_stack

    return {"one": lesson.run_lesson, "stack": lesson_stack.run_lesson}[name]
