"""What the back office said, in words: one line a message, and what is kept for a newer program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sync.contract.feed import REPEATABLE, UnknownChange
from sync.contract.models import Change, ChangeKind
from workstation.domain.case import Outcome
from workstation.i18n import N_, _
from workstation.services.branches import AGAINST, branch_words
from workstation.services.updates import outcome_of
from workstation.store.database import AppliedChange

if TYPE_CHECKING:
    from workstation.services.desk import Desk

CHANGE_WORDS = {
    ChangeKind.ACCEPTED: N_("{who}已受理, 受理通知书可打印"),
    ChangeKind.CORRECTION: N_("{who}要求补正: {reason}"),
    ChangeKind.REFUSED: N_("{who}不予受理: {reason}"),
    ChangeKind.IN_REVIEW: N_("{who}审查中"),
    ChangeKind.DECIDED: N_("{who}已办结"),
    ChangeKind.DELIVERED: N_("结果已送达"),
    ChangeKind.WAYBILL: N_("{who}已逐件清点邮袋"),
    ChangeKind.ARCHIVED: N_("{who}已归档"),
    ChangeKind.SPECIAL_STARTED: N_("{who}启动特别程序, 所需时间不计入办理期限"),
    ChangeKind.SPECIAL_ENDED: N_("{who}特别程序结束, 办理期限继续计算"),
    ChangeKind.EXTENDED: N_("{who}批准延长办理期限: {reason}"),
    ChangeKind.BRANCH: N_("{who}已处理其中一个事项"),
    ChangeKind.CERTIFICATE_REVOKED: N_("有电子证照已被签发机关撤销, 不再采用"),
    ChangeKind.RESULT: N_("{who}发来结果文件: {reason}; 取回后在办件中按 F12 打开或打印"),
    ChangeKind.CATALOGUE: N_("事项目录有新版本, 将在办件之间启用"),
}
DECISION_WORDS = {
    Outcome.GRANTED: N_("{who}决定准予"),
    Outcome.DENIED: N_("{who}决定不予批准: {reason}"),
    Outcome.PARTLY: N_("{who}决定部分准予: {reason}"),
}
SUBJECTS = {
    ChangeKind.WAYBILL: N_("邮袋 {subject}"),
    ChangeKind.CATALOGUE: N_("事项目录"),
    ChangeKind.ARCHIVED: N_("存档材料"),
    ChangeKind.CERTIFICATE_REVOKED: N_("电子证照"),
}
"""What news is about that no case of this window is the subject of."""
WANTS_A_PERSON = frozenset({ChangeKind.CORRECTION, ChangeKind.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """What the back office said."""

    change: Change | UnknownChange
    case_id: str
    title: str
    applicant: str
    words: str
    wants_a_person: bool
    is_read: bool
    due: date | None = None


def message_of(desk: Desk, applied: AppliedChange) -> MessageLine:
    """Return the line of one message; the citizen's name only where it may be shown."""
    if isinstance(applied.change, UnknownChange):
        return _unknown(desk, applied.change, applied.is_read)
    line = _known(desk, applied.change, applied.is_read)
    if not applied.is_kept or applied.change.kind in REPEATABLE:
        return line
    words = _("{words} (排在看不懂的消息后面, 升级后自动记入办件)").format(words=line.words)
    return replace(line, words=words, wants_a_person=True)


def _unknown(desk: Desk, change: UnknownChange, is_read: bool) -> MessageLine:
    case = desk.store.case_by_number(change.subject)
    words = _("收到新版本才认识的消息「{kind}」, 请联系信息部门升级; 升级后自动记入").format(kind=change.kind)
    return MessageLine(
        change=change,
        case_id=case.case_id if case else "",
        title=desk.catalogue.title_of(case.item_code) if case else change.subject,
        applicant=desk.privacy.name_of(case) if case else "",
        words=words,
        wants_a_person=True,
        is_read=is_read,
    )


def _known(desk: Desk, change: Change, is_read: bool) -> MessageLine:
    case = desk.store.case_by_number(change.subject)
    outcome = outcome_of(change)
    said = CHANGE_WORDS[change.kind] if outcome is None else DECISION_WORDS[outcome]
    words = _(said).format(who=change.actor, reason=change.reason)
    if change.kind is ChangeKind.BRANCH:
        words = branch_words(change, desk.catalogue.title_of(change.item_code))
    if change.kind is ChangeKind.WAYBILL and case is not None:
        words = _("{who}转来邮寄补件, 运单号 {number}").format(who=change.actor, number=change.number)
    return MessageLine(
        change=change,
        case_id=case.case_id if case else "",
        title=desk.catalogue.title_of(case.item_code) if case else _subject(change),
        applicant=desk.privacy.name_of(case) if case else "",
        words=words,
        wants_a_person=bool(WANTS_A_PERSON & {change.kind, change.branch}) or outcome in AGAINST,
        is_read=is_read,
        due=change.due,
    )


def _subject(change: Change) -> str:
    return _(SUBJECTS.get(change.kind, "{subject}")).format(subject=change.subject)
