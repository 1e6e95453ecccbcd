"""`workstation enrol`: join a back office with a one-time code."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workstation.cli.errors import AlreadyEnrolled, CodeRefused, GatewayAway, UnsentWork
from workstation.cli.unlock import add_store_arguments, opened_or_new_store
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.services.enrolment import Membership
    from workstation.store.database import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", metavar="URL", help=_("后台地址, 以 https:// 开头"))
    parser.add_argument("--code", required=True, help=_("后台发给本窗口的一次性注册码"))
    parser.add_argument(
        "--street", default="", metavar="CODE", help=_("本窗口所在街道的代码; 不填则以注册码为准")
    )
    parser.add_argument("--window-name", default="", help=_("窗口名称, 默认取自设置"))
    parser.add_argument("--again", action="store_true", help=_("已注册的窗口重新注册, 须先发完队列"))
    add_store_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Enrol; the address is checked before anything is asked or made.

    Raises:
        SyncError: the address cannot be used, or something else than a back office answers.
        AlreadyEnrolled: and `--again` was not given.
        UnsentWork: what was sealed under the old enrolment has not arrived yet.
        CodeRefused: wrong, used or expired code, or one for another street.
        GatewayAway: nobody answers.
    """
    from sync.wire import checked_url

    checked_url(args.url, allow_plain=False)
    with opened_or_new_store(args.settings, args) as store:
        _check_free(store, again=args.again)
        member = _join(store, args)
    enrolment = member.enrolment
    print(
        _("✔ 已注册: {street} ({code}), 办件编号段 {prefix}, 窗口编号 {window}").format(
            street=enrolment.street_name,
            code=enrolment.street,
            prefix=enrolment.number_prefix,
            window=enrolment.window_id,
        )
    )
    return 0


def _check_free(store: Store, *, again: bool) -> None:
    from sync.port import SETTLED
    from workstation.cli.wiring import find_membership
    from workstation.services.errors import PracticeMixed

    if store.setting("practice") == "1":
        raise PracticeMixed
    member = find_membership(store)
    if member is None:
        return
    if not again:
        enrolment = member.enrolment
        raise AlreadyEnrolled(url=member.url, street=enrolment.street_name, prefix=enrolment.number_prefix)
    waiting = sum(n for state, n in store.outbox.counts().items() if state not in SETTLED)
    if waiting:
        raise UnsentWork(count=waiting)


def _join(store: Store, args: argparse.Namespace) -> Membership:
    from sync.errors import Conflict, ContentRefused, NotAuthorised, Unreachable
    from workstation.services.enrolment import join

    try:
        return join(
            store,
            args.url,
            code=args.code,
            window_name=args.window_name or args.settings.window_name,
            street=args.street,
            practice=False,
        )
    except (NotAuthorised, ContentRefused, Conflict) as error:
        raise CodeRefused(reason=error.detail) from error
    except Unreachable as error:
        raise GatewayAway(url=args.url) from error
