"""`workstation queue hold`, `release` and `put-back`: a person's word on a line, kept in its history."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from workstation.cli.errors import NotInThisState
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.port import Line, LineState
    from workstation.services.queue import QueueDesk

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

NAMES = ("hold", "release", "put-back")


def add_steering(actions: Actions) -> tuple[argparse.ArgumentParser, ...]:
    """Add the sub-commands."""
    hold = actions.add_parser("hold", help=_("暂停发送, 须写原因; 法定期限照常计算"))
    release = actions.add_parser("release", help=_("恢复发送暂停的件"))
    back = actions.add_parser("put-back", help=_("把已隔离的件逐页核对后放回队列, 须写原因"))
    for named in (hold, release, back):
        named.add_argument("name", metavar="ID|NUMBER", help=_("封装编号 (可只写开头), 办件编号或邮袋编号"))
    for reasoned in (hold, back):
        reasoned.add_argument("--why", required=True, help=_("原因, 随经过保存"))
    return hold, release, back


def steer(desk: QueueDesk, lines: list[Line], args: argparse.Namespace) -> int:
    """Do it to every line that stands so; the name of a case means its lines.

    Raises:
        NotInThisState: no line of the name is in a state that allows it.
        UnreadableBundle: what should go back still cannot be read.
    """
    from sync.port import SETTLED, LineState

    acts: dict[str, tuple[Callable[[LineState], bool], Callable[[str], None], str]] = {
        "hold": (
            lambda state: state not in SETTLED and state is not LineState.HELD,
            lambda name: desk.hold(name, why=args.why),
            _("{number} 已暂停 ({bundle})"),
        ),
        "release": (
            lambda state: state is LineState.HELD,
            desk.release,
            _("{number} 已恢复发送 ({bundle})"),
        ),
        "put-back": (
            lambda state: state is LineState.QUARANTINED,
            lambda name: desk.put_back(name, why=args.why),
            _("{number} 各页完好, 已放回队列 ({bundle})"),
        ),
    }
    fits, act, said = acts[args.action]
    chosen = [line for line in lines if fits(line.state)]
    if not chosen:
        raise NotInThisState(name=args.name, states=", ".join(sorted({line.state for line in lines})))
    for line in chosen:
        act(line.bundle_id)
        print(said.format(number=line.subject, bundle=line.bundle_id))
    return 0
