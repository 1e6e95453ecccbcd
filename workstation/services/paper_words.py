"""What stands on the papers of a case, taken from its log and its item; always Chinese."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import TypedDict

from workstation.domain.case import Case, Custody, Entry, Flag, Move, Moved, Page, SupplementWay
from workstation.domain.checklist import ChecklistLine, SlotStatus, active_fields, checklist
from workstation.domain.clock import local_date
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.identity import mask_id_number
from workstation.domain.items import Item, Limit, Pack
from workstation.domain.kinds import CorrectionRule, LimitUnit
from workstation.domain.tolerance import committed
from workstation.printing.forms import (
    LICENCE_LAW_ACCEPT,
    LICENCE_LAW_REFUSE,
    LICENCE_LAW_SILENCE,
    BranchLine,
    DefectLine,
    MaterialLine,
    ToleratedLine,
)
from workstation.services.catalogue import Catalogue
from workstation.services.limits import last_day
from workstation.services.profile import WindowProfile

LICENCE = "01"
"""事项类型 行政许可."""
LATE = "办理机关可以按公布的容缺受理规定终止办理"
"""What follows when a tolerated material does not come in time; local rules differ, so no more is said."""
WAYS = {
    SupplementWay.IN_PERSON: "窗口提交",
    SupplementWay.POST: "中国邮政寄交",
    SupplementWay.SYSTEM: "系统上传",
}
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_MARK = re.compile(r"(?<=[\u4e00-\u9fff》）”〕])([,;:?!.])\s*")
_BRACKETS = re.compile(r"\s?\(([^()]*[\u4e00-\u9fff][^()]*)\)")
AGENT = "agent_name"
"""Form field that names who acts for the applicant."""
WAY = "电话或短信，也可凭本回执编号查询"
BY_HAND = "期限需人工核定"
"""Stands where a day should stand that the calendar does not know."""
SILENCE_RULE = "自收到材料之日起五个工作日内一次告知需要补正的全部内容，逾期不告知即为受理"
TOLD_AT_ONCE = {
    Move.ACCEPT: "已当场受理，见《受理通知书》",
    Move.CORRECT: "已当场一次告知需要补正的全部内容，见《申请材料补正告知书》",
    Move.REFUSE: "已当场告知，见《不予受理通知书》",
}


class Common(TypedDict):
    """What every paper of a case carries."""

    case_number: str
    item_title: str
    item_code: str
    applicant_name: str
    id_masked: str
    agent: str
    hall: str
    window: str
    clerk: str
    phone: str
    complaint_phone: str
    bundle_sha256: str
    practice: bool
    stamp: str


def common(case: Case, item: Item, profile: WindowProfile) -> Common:
    """Return what every paper of the case carries."""
    applicant = case.applicant
    return Common(
        case_number=case.number,
        item_title=item.title,
        # A matter has no code of its own: the codes of its items are what an office can look up.
        item_code="、".join(item.members) or item.code,
        applicant_name=applicant.name if applicant else "",
        id_masked=mask_id_number(applicant.id_number) if applicant else "",
        agent=agent_words(case, item),
        hall=profile.hall,
        window=profile.window_name,
        clerk=profile.clerk,
        phone=profile.phone,
        complaint_phone=profile.complaint_phone or item.complaint,
        bundle_sha256=case.bundles[-1].manifest_sha256 if case.bundles else "",
        practice=case.is_practice,
        stamp="",
    )


def agent_words(case: Case, item: Item) -> str:
    """Return who acts, with the relation; one named in the form only counts while the form asks for it."""
    agent = case.agent
    if agent is not None:
        return f"{agent.name}（{agent.relation}）" if agent.relation else agent.name
    has_field = any(field.id == AGENT for field in active_fields(item, case.answers))
    named = case.fields.get(AGENT) if has_field else None
    return named.value if named else ""


def stale_words(case: Case, packs: Sequence[Pack]) -> str:
    """Return the stamp of a case opened under a pack that was out of date; empty for any other."""
    if Flag.STALE_PACK not in case.flags:
        return ""
    until = next((pack.valid_until for pack in packs if pack.version == case.pack_version), None)
    words = f"，有效期至 {until.year}年{until.month}月{until.day}日" if until else ""
    return f"本件按已过有效期的事项目录（{case.pack_version}{words}）办理，以现行目录为准"


def is_licence(item: Item) -> bool:
    """Return whether the licence law covers the item (事项类型 01 行政许可)."""
    return item.item_type == LICENCE


def acceptance_basis(item: Item) -> str:
    """Return the law an acceptance names: the item's own, the licence law for licences, else none."""
    return on_paper(item.acceptance_basis) or (LICENCE_LAW_ACCEPT if is_licence(item) else "")


def refusal_basis(item: Item) -> str:
    """Return the law a refusal names: the item's own, the licence law for licences, else none."""
    return on_paper(item.refusal_basis) or (LICENCE_LAW_REFUSE if is_licence(item) else "")


def on_paper(text: str) -> str:
    """Return a pack's words with the full-width marks of Chinese print (GB/T 15834)."""
    wide = _BRACKETS.sub(r"（\1）", text)
    return _MARK.sub(lambda match: _WIDE[match[1]], wide)


def committed_titles(case: Case, item: Item) -> tuple[str, ...]:
    """Return the materials a written promise stands for."""
    return tuple(line.material.title for line in committed(item, case))


def branch_lines(case: Case, item: Item, catalogue: Catalogue) -> tuple[BranchLine, ...]:
    """Return the approvers of a matter that take part in this case; none for a single item."""
    if not item.members:
        return ()
    return tuple(
        BranchLine(
            item_title=on_paper(branch.title),
            authority=on_paper(branch.authority),
            limit=limit_words(branch.promised or branch.statutory),
        )
        for branch in catalogue.branches_of(case)
    )


def last_entry(log: Sequence[Entry], move: Move) -> Entry | None:
    """Return the last log entry of a move; its instant and reason are the ones that count on paper."""
    return next((e for e in reversed(log) if isinstance(e.payload, Moved) and e.payload.move is move), None)


def moved_in(log: Sequence[Entry], move: Move) -> Moved:
    """Return the last move of a kind, an empty one when there is none."""
    entry = last_entry(log, move)
    return entry.payload if entry is not None and isinstance(entry.payload, Moved) else Moved(move=move)


def answer(log: Sequence[Entry], item: Item) -> tuple[date | None, str, str]:
    """Return until when and how the applicant hears, and the law by which silence means acceptance.

    Where the window decided in the same moment, the receipt points to that notice and promises no other.
    Where the calendar does not know the day, the rule stands in words and a person counts.
    """
    received = last_entry(log, Move.RECEIVE)
    after = () if received is None else tuple(e for e in log if e.seq > received.seq and e.at == received.at)
    for entry in after:
        if isinstance(entry.payload, Moved) and entry.payload.move in TOLD_AT_ONCE:
            return None, TOLD_AT_ONCE[entry.payload.move], ""
    by = moved_in(log, Move.RECEIVE).due
    is_silence_law = item.correction is CorrectionRule.ON_SPOT_OR_5_WORKDAYS
    if by is None and is_silence_law:
        return None, f"{BY_HAND}：{SILENCE_RULE}（{LICENCE_LAW_SILENCE}）；{WAY}", ""
    return by, WAY, LICENCE_LAW_SILENCE if is_silence_law else ""


def correction_basis(item: Item) -> str:
    """Return the law a correction is asked under: the licence law's rule, or the item's own."""
    if item.correction is CorrectionRule.ON_SPOT_OR_5_WORKDAYS:
        return LICENCE_LAW_SILENCE
    return "、".join(item.legal_basis)


def correction_consequence(notice: Moved) -> str:
    """Return what follows when nothing is corrected: local rules differ, so it threatens nothing."""
    late = "逾期未补正的" if notice.due else "一直未补正的"
    return (
        f"{late}，由办理机关按本事项的规定处理，不影响您再次提出申请。"
        "补正齐全后另行出具接收回执，答复期限自收到全部补正材料之日起计算"
    )


def returned_words(case: Case, item: Item) -> str:
    """Return which originals were handed back, in words; empty when none was."""
    titles = [
        material.title for material in item.materials if case.slot(material.id).custody is Custody.RETURNED
    ]
    return f"原件已核退还：{'、'.join(titles)}" if titles else ""


def defect_lines(notice: Moved) -> tuple[DefectLine, ...]:
    """Return the defects as they are printed."""
    return tuple(
        DefectLine(material=d.material, problem=d.problem, needed=d.needed, basis=d.basis)
        for d in notice.defects
    )


def tolerated_lines(case: Case, item: Item) -> tuple[ToleratedLine, ...]:
    """Return the materials that follow, with their last day."""
    return tuple(
        ToleratedLine(title=line.material.title, due=due, way=WAYS[slot.deferred_way])
        for line in checklist(item, case).lines
        if line.status is SlotStatus.LATER
        and (slot := case.slot(line.material.id))
        and (due := slot.deferred_until) is not None
    )


def copy_sha256(pages: Sequence[Page]) -> str:
    """Return the hash a copy goes by: of its only page, or of the page hashes in order, one a line."""
    if len(pages) == 1:
        return pages[0].kept_sha256
    return hashlib.sha256("\n".join(page.kept_sha256 for page in pages).encode()).hexdigest()


def limit_words(limit: Limit | None) -> str:
    """Return a limit with its unit; a payment or service without one says so."""
    if limit is None:
        return "未设定"
    unit = "个工作日" if limit.unit is LimitUnit.WORKDAY else "日 (自然日)"
    return f"{limit.number} {unit}"


def promised_words(item: Item, accepted: Moved, calendar: WorkCalendar, case: Case) -> str:
    """Return the promised limit; where the calendar does not know its last day, the words say so."""
    limit = limit_words(item.promised)
    if item.promised is None or accepted.due is not None or case.accepted_at is None:
        return limit
    known = last_day(local_date(case.accepted_at), item.promised, calendar)
    return limit if known else f"{limit}（{BY_HAND}）"


def material_lines(
    case: Case, item: Item, *, only: Collection[str] | None = None
) -> tuple[MaterialLine, ...]:
    """Return the materials of the checklist as they stand on a paper; `only` names the slots wanted."""
    lines = checklist(item, case).lines
    return tuple(_material(line, case) for line in lines if only is None or line.material.id in only)


def _material(line: ChecklistLine, case: Case) -> MaterialLine:
    slot = case.slot(line.material.id)
    kept = slot.custody in (Custody.HELD, Custody.BAGGED)
    return MaterialLine(
        title=line.material.title,
        original=_original_words(line, slot.custody),
        sheets=max(1, line.pages) if kept else 0,
        pages=line.pages,
        note=f"来源办件 {slot.reuse.source_case}" if slot.reuse else "",
    )


def _original_words(line: ChecklistLine, custody: Custody) -> str:
    if line.status is SlotStatus.REUSED:
        return "复用存档材料"
    if line.status is SlotStatus.PROVED:
        return "已核验，免交纸质"
    if line.status is SlotStatus.PENDING:
        return "待核验"
    if line.status is SlotStatus.LATER:
        return "容缺，后补"
    if line.status is SlotStatus.COMMITTED:
        return "书面承诺代替"
    if line.status is SlotStatus.GENERATED:
        return "由表单生成，签字"
    if line.status is SlotStatus.MISSING:
        return "未提交"
    return {Custody.RETURNED: "原件已核退还", Custody.NOT_SEEN: "扫描"}.get(custody, "原件留存，流转属地")
