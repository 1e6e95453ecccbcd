"""`workstation audit`: is the record whole, and who saw this person's papers, when, for what."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.staff import add_staff_argument, sign_in_for
from workstation.cli.unlock import add_store_arguments, asked_or_line, chosen_settings, opened_store
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.cli.settings import Settings
    from workstation.domain.audit import AuditEntry
    from workstation.services.audit_check import Finding, Seen
    from workstation.store.database import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions."""
    actions = parser.add_subparsers(title=_("操作"), metavar="ACTION", dest="action", required=True)
    verify = actions.add_parser("verify", help=_("检查审计记录是否完整, 有问题时退出码为 1"))
    verify.add_argument("--online", action="store_true", help=_("并与后台见过的记录核对"))
    show = actions.add_parser("show", help=_("谁在何时为何调阅; 查阅本身也会记入审计"))
    show.add_argument(
        "--person", action="store_true", help=_("只看某人的材料; 证件号码另行输入, 不写在命令里")
    )
    show.add_argument("--case", default="", metavar="NUMBER", help=_("只看某办件"))
    show.add_argument("--actor", default="", metavar="NAME", help=_("只看某人员"))
    show.add_argument("--since", type=_moment, metavar="DATE", help=_("从何时起, 例如 2026-12-01"))
    export = actions.add_parser("export", help=_("把全部审计记录写入文件"))
    export.add_argument("file", type=Path, metavar="FILE")
    for action in (verify, show, export):
        add_store_arguments(action, practice=True)
        if action is not verify:
            action.add_argument("--reason", required=True, help=_("查阅理由"))
            add_staff_argument(action)


def run(args: argparse.Namespace) -> int:
    """Check, show or export."""
    settings = chosen_settings(args)
    with opened_store(settings, args) as store:
        if args.action == "verify":
            return _verify(store, online=args.online)
        return _read(settings, store, args)


def _verify(store: Store, *, online: bool) -> int:
    from workstation.cli.wiring import find_membership
    from workstation.services.audit import check

    member = find_membership(store)
    findings = check(
        store,
        gateway_id=member.enrolment.gateway_id if member else "",
        gateway_key=member.identity.gateway_key if member else None,
        online=_seen(store) if online else (),
    )
    for finding in findings:
        print(_line(finding))
    if findings:
        print(_("✘ 审计记录不完整: {n} 处。请立即报告主管").format(n=len(findings)), file=sys.stderr)
        return 1
    anchors = store.audit.anchors()
    anchored = _("后台见过第 {seq} 条").format(seq=anchors[-1].seq) if anchors else _("后台还没有见过")
    print(_("✔ 审计记录完整: {n} 条, {anchored}").format(n=store.audit.head().seq, anchored=anchored))
    return 0


def _seen(store: Store) -> Sequence[Seen]:
    from sync.client import GatewayClient
    from workstation.services.anchoring import seen_online
    from workstation.services.enrolment import membership

    member = membership(store)
    with GatewayClient(member.url, member.identity) as client:
        return tuple(seen_online(client))


def _read(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    from workstation.cli.wiring import find_membership, load_catalogue, profile_of
    from workstation.domain.audit import Action
    from workstation.domain.clock import now
    from workstation.domain.people import Permission
    from workstation.services.audit import AuditDesk
    from workstation.services.people import People
    from workstation.services.profile import staffed

    person = sign_in_for(store, args, Permission.READ_AUDIT)
    profile = profile_of(settings, find_membership(store), load_catalogue(settings))
    desk = AuditDesk(store, staffed(profile, person), now)
    if args.action == "export":
        entries = desk.trace(reason=args.reason, action=Action.AUDIT_EXPORTED)
        return _export(store, entries, args.file)
    number = asked_or_line(args, _("证件号码: ")).strip() if args.person else ""
    actor = People(store, now).named(args.actor).person_id if args.actor else ""
    found = desk.trace(person=number, case=args.case, actor=actor, since=args.since, reason=args.reason)
    names = {person.person_id: person.name for person in store.people()}
    for entry in found:
        print(_shown(entry, names))
    return 0


def _export(store: Store, entries: Sequence[AuditEntry], file: Path) -> int:
    from workstation.store.files import write_durably

    lines = [json.dumps(asdict(entry), ensure_ascii=False) for entry in entries]
    lines += [json.dumps({"receipt": json.loads(row.receipt)}) for row in store.audit.anchors()]
    write_durably(file, "".join(f"{line}\n" for line in lines).encode())
    print(_("✔ 已写入 {n} 条: {path}").format(n=len(entries), path=file))
    return 0


def _line(finding: Finding) -> str:
    from workstation.cli.audit_words import FAULT_WORDS

    place = _("第 {seq} 条").format(seq=finding.seq) if finding.seq else _("数据库外")
    return f"✘ {place}  {_(FAULT_WORDS[finding.fault])}"


def _shown(entry: AuditEntry, names: dict[str, str]) -> str:
    from workstation.cli.audit_words import ACTION_WORDS
    from workstation.domain.audit import RECOVERY
    from workstation.store.audit import moment_from

    who = names.get(entry.actor, _("恢复密钥") if entry.actor == RECOVERY else _("程序"))
    what = _(ACTION_WORDS.get(entry.action, entry.action))
    parts = (
        f"{entry.seq:>6}",
        f"{moment_from(entry.at):%Y-%m-%d %H:%M:%S}",
        who,
        what,
        entry.case,
        entry.item,
        entry.reason,
        entry.detail,
    )
    return "  ".join(part for part in parts if part)


def _moment(text: str) -> datetime:
    from workstation.domain.clock import CHINA

    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(_("不是日期: {text}").format(text=text)) from error
    return at if at.tzinfo else at.replace(tzinfo=CHINA)
