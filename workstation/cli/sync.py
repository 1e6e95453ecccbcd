"""`workstation sync`: send the queue and take in what the back office tells, without the screens."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.cli.errors import SenderBusy
from workstation.cli.private import private_room
from workstation.cli.unlock import add_store_arguments, opened_store
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.loop import SyncState
    from workstation.cli.settings import Settings
    from workstation.services.desk import Desk
    from workstation.services.enrolment import Membership
    from workstation.store.database import Store

    Tell = Callable[[SyncState, SyncState], None]

ENDING = (signal.SIGINT, signal.SIGTERM)
GLANCE_S = 0.2
STOP_TIMEOUT_S = 2.5
"""The loop ends within about two seconds; a stuck thread dies with the process, the queue is durable."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--once", action="store_true", help=_("发送一轮后结束; 仍有未送达的则退出码为 1"))
    how.add_argument("--watch", action="store_true", help=_("一直发送和接收, 直到 SIGTERM 或 Ctrl+C"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON, 一直发送时每次变化一行"))
    add_store_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Send.

    Raises:
        NotEnrolled: this window has no back office yet.
        SenderBusy: another process of this machine sends; only one may.
    """
    with opened_store(args.settings, args) as store:
        if args.once:
            return send_once(args.settings, store, as_json=args.json)
        _work(args.settings, store, _plainly if args.json else _tell)
        return 0


def send_once(settings: Settings, store: Store, *, as_json: bool = False) -> int:
    """Send one round from an open store; 1 when something still waits.

    Raises:
        NotEnrolled: this window has no back office yet.
        SenderBusy: another process of this machine sends; only one may.
    """
    return _once_told(settings, store, _work(settings, store, None), as_json=as_json)


def _work(settings: Settings, store: Store, tell: Tell | None) -> SyncState:
    """Send until told to stop, telling what happens; without `tell` one round."""
    from workstation.domain.clock import now
    from workstation.services.enrolment import membership

    with private_room() as papers:
        member = membership(store)
        store.recover(now())
        desk = _desk(settings, store, member, papers)
        rounds = Rounds(desk, member, settings, tell)
        rounds.run()
        _anchor(desk, member, rounds.last)
        if news := desk.silence.news():
            print(news, file=sys.stderr)
        return rounds.last


def _anchor(desk: Desk, member: Membership, last: SyncState) -> None:
    """Show the gateway the head of the audit once more: one round ends before its errands do."""
    from sync.client import GatewayClient, LinkState

    if last.link is LinkState.UP:
        with GatewayClient(member.url, member.identity, clock=desk.clock) as client:
            desk.anchoring.run(client)


class Rounds:
    """The sync loop in a thread, ended by a signal, by another sender, or after one round."""

    def __init__(self, desk: Desk, member: Membership, settings: Settings, tell: Tell | None) -> None:
        """Prepare; `run` works, without `tell` for one round."""
        from sync.loop import SyncState
        from workstation.cli.wiring import LOCK_NAME
        from workstation.services.link import make_loop

        self._show = tell
        self._stop = threading.Event()
        self.last = SyncState()
        self._loop = make_loop(
            desk,
            member,
            settings.data_folder / LOCK_NAME,
            self._stop,
            self._changed,
            limit_kbit_s=settings.sync_kbit_s,
        )

    def run(self) -> None:
        """Work until the end.

        Raises:
            SenderBusy: another process sends.
        """
        thread = threading.Thread(target=self._loop.run, name="sync", daemon=True)
        with _held_signals() as received:
            thread.start()
            while thread.is_alive() and not self._stop.is_set() and not received(GLANCE_S):
                pass
            self._stop.set()
            self._loop.kick()
            thread.join(STOP_TIMEOUT_S)
        if self.last.code == "Y106":
            raise _busy(self.last)

    def _changed(self, state: SyncState) -> None:
        from sync.client import LinkState
        from sync.errors import AnotherSender

        before, self.last = self.last, state
        if self._show is not None:
            self._show(before, state)
        done = bool(state.code) or state.link is LinkState.UP
        if state.code == AnotherSender.code or (self._show is None and done):
            self._stop.set()


@contextmanager
def _held_signals() -> Iterator[Callable[[float], bool]]:
    """Hold the ending signals back; the function given waits for one and says whether it came.

    A handler could strike while this thread holds one of the loop's locks; a held signal cannot.
    """
    kept = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield lambda seconds: signal.sigtimedwait(ENDING, seconds) is not None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)


def _busy(state: SyncState) -> SenderBusy:
    owner = state.other_sender
    if owner is None:
        return SenderBusy(pid="?", host="?", since="?")
    return SenderBusy(pid=owner.pid, host=owner.host, since=f"{owner.started_at.astimezone():%m-%d %H:%M}")


def _desk(settings: Settings, store: Store, member: Membership, papers: Path) -> Desk:
    from workstation.cli.wiring import build_desk_for
    from workstation.domain.clock import now

    return build_desk_for(settings, store, member, scanner=None, clock=now, papers_folder=papers)


def _once_told(settings: Settings, store: Store, state: SyncState, *, as_json: bool) -> int:
    """Say what the round did; 1 when something still waits or the back office could not be heard."""
    from workstation.cli.queue import in_words, plain, queue_desk
    from workstation.store.database import Group
    from workstation.texts import words

    if as_json:
        lines = [plain(line) for line in queue_desk(settings, store).every(Group.WAITING)]
        print(json.dumps({**_plain(state), "waiting": lines}, ensure_ascii=False, indent=2))
        return 1 if lines or state.code else 0
    print(_("送达 {n} 件, 收到 {m} 条后台消息").format(n=state.delivered, m=state.changes))
    waiting = list(queue_desk(settings, store).every(Group.WAITING))
    if state.code:
        print(words(state.code), file=sys.stderr)
    if waiting:
        print(_("还有 {n} 件没有送达:").format(n=len(waiting)), file=sys.stderr)
    for line in waiting:
        print(in_words(line), file=sys.stderr)
    return 1 if waiting or state.code else 0


def _tell(before: SyncState, state: SyncState) -> None:
    """Print what is new, one line each: the link, its trouble, deliveries, messages."""
    from sync.client import LinkState
    from workstation.domain.clock import CHINA, now
    from workstation.services.poor_line import poor_words
    from workstation.texts import words

    news = []
    if state.code and state.code != before.code:
        news.append(str(words(state.code)))
    if state.link is LinkState.UP and (before.link is not LinkState.UP or before.code):
        news.append(_("已连上后台"))
    if state.poor is not None and before.poor is None:
        news.append(_("链路差 {figures}").format(figures=poor_words(state.poor)))
    if state.delivered > before.delivered:
        news.append(_("送达 {n} 件").format(n=state.delivered - before.delivered))
    if state.changes > before.changes:
        news.append(_("收到 {n} 条后台消息").format(n=state.changes - before.changes))
    for line in news:
        print(f"{now().astimezone(CHINA):%H:%M:%S} {line}", flush=True)


def _plainly(before: SyncState, state: SyncState) -> None:
    """Print the state in one line when a machine would care: link, trouble, counts, a poor line."""
    told = _plain(state)
    if told != _plain(before):
        from workstation.domain.clock import CHINA, now

        print(json.dumps({"at": now().astimezone(CHINA).isoformat(), **told}, ensure_ascii=False), flush=True)


def _plain(state: SyncState) -> dict[str, Any]:
    """Return the state for machines; the keys are stable."""
    return {
        "link": state.link.value if state.link else None,
        "code": state.code,
        "delivered": state.delivered,
        "changes": state.changes,
        "offline_since": state.offline_since.isoformat() if state.offline_since else None,
        "poor": asdict(state.poor) if state.poor else None,
    }
