"""Step five: what is missing, what will happen, and the key that does it."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from workstation.catalogue.words import limit_words
from workstation.domain.case import (
    TAKES_SUPPLEMENTS,
    Case,
    CaseState,
    CreditOutcome,
    Outcome,
    SupplementWay,
)
from workstation.domain.checklist import SlotStatus
from workstation.domain.clock import CHINA
from workstation.i18n import N_, _, listed
from workstation.services.view import CaseView, missing_words
from workstation.tui.cells import fit, printable
from workstation.tui.lamp_text import lamp_text
from workstation.tui.theme import AMBER, GREEN, QUIET, RED, TEXT

CREDIT_OUTCOMES = {
    CreditOutcome.GOOD: N_("无失信记录"),
    CreditOutcome.BAD: N_("失信"),
    CreditOutcome.UNKNOWN: N_("没有答复"),
}
WAYS = {
    SupplementWay.IN_PERSON: N_("当面"),
    SupplementWay.POST: N_("邮寄"),
    SupplementWay.SYSTEM: N_("系统"),
}


class DecisionStep(VerticalScroll):
    """A summary; after sealing it shows numbers, hash and papers."""

    DEFAULT_CSS = "DecisionStep { #summary { height: auto; } }"

    def __init__(self, *, id: str) -> None:
        """Start empty."""
        super().__init__(id=id, classes="panel", can_focus=True)
        self.border_title = _("收件")

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", id="summary", markup=False)

    def show(self, view: CaseView) -> None:
        """Say where the case stands."""
        text = Text()
        if view.case.is_sealed:
            self.border_title = view.standing
            _sealed(text, view)
        else:
            self.border_title = _("收件")
            _draft(text, view)
        self.query_one("#summary", Static).update(text)
        self.border_subtitle = _next_key(view)


def _next_key(view: CaseView) -> str:
    if view.takes_supplement:
        return _("F10 补件封装 · PageUp 回材料")
    if view.case.is_sealed and view.case.debts and view.case.state in TAKES_SUPPLEMENTS:
        return _("F6 收补件 · F2 办下一件 · Esc 回主屏")
    if view.case.is_sealed:
        return _("F2 办下一件 · Esc 回主屏")
    if not view.readiness.ready:
        return _("PageUp 回到前面的步骤")
    return _("F10 收件并受理") if view.item.acceptance_delegated else _("F10 收件")


def _draft(text: Text, view: CaseView) -> None:
    missing = missing_words(view.readiness)
    if missing:
        text.append(f"! {_('还缺')}\n", Style(color=AMBER, bold=True))
        for words in missing:
            text.append(f"   · {words}\n", Style(color=TEXT))
        text.append(f"\n{_('缺材料时: F7 一次告知, F6 容缺后补, F9 挂起')}\n", Style(color=QUIET))
    else:
        text.append(f"✔ {_('材料和表单齐全')}\n\n", Style(color=GREEN, bold=True))
        if view.item.acceptance_delegated:
            text.append(_("按 F10 收件并受理: 打印接收回执和受理通知书"), Style(bold=True))
        else:
            text.append(_by_whom(view), Style(bold=True))
        text.append("\n")
    text.append("\n")
    _fact(text, _("事项"), view.item.title)
    _branches(text, view)
    _fact(text, _("情形"), view.situation)
    _fact(text, _("属地街道"), view.home_street_name)
    _fact(text, _("承诺时限"), limit_words(view.item.promised))
    _fact(text, _("收费"), view.item.fee)
    _promises(text, view)


def _by_whom(view: CaseView) -> str:
    if view.branches:
        return _("按 F10 收件: 打印接收回执; 受理由各审批部门分别确认")
    return _("按 F10 收件: 打印接收回执; 受理由属地街道确认")


def _branches(text: Text, view: CaseView) -> None:
    """List the approvers of a matter: item, who decides, and where that part stands."""
    if not view.branches:
        return
    text.append(f"{_('由 {n} 个部门同时办理').format(n=len(view.branches))}\n", Style(color=QUIET))
    for line in view.branches:
        colour = AMBER if line.wants_a_person else GREEN if line.said is not None else QUIET
        glyph = "!" if line.wants_a_person else "✔" if line.said is not None else "·"
        text.append(f"   {glyph} {fit(line.branch.title, 32)} {line.words}\n", Style(color=colour))
        text.append(f"     {line.branch.authority}\n", Style(color=QUIET))
        if line.said is not None and line.wants_a_person and line.said.reason:
            text.append(f"     {printable(line.said.reason)}\n", Style(color=colour))


def _promises(text: Text, view: CaseView) -> None:
    """Name what follows later with its last day, and what a promise stands for."""
    titles = {material.id: material.title for material in view.item.materials}
    for slot, due in view.case.debts.items():
        words, colour = _("待补, 期限 {due}"), AMBER
        if slot in view.overdue:
            words, colour = _("✘ 逾期未补, 期限 {due}"), RED
        text.append(f"{_('容缺')}  ", Style(color=QUIET))
        text.append(f"{titles.get(slot, slot)} {words.format(due=due)}\n", Style(color=colour))
    promised = [line.material.title for line in view.checklist.lines if line.status is SlotStatus.COMMITTED]
    _fact(text, _("告知承诺"), listed(promised))
    if view.case.credit is not None:
        _fact(text, _("信用核准"), _(CREDIT_OUTCOMES[view.case.credit.outcome]))


def _sealed(text: Text, view: CaseView) -> None:
    case = view.case
    glyph, colour = ("✘", RED) if _is_against(case) else ("✔", GREEN)
    text.append(f"{glyph} {view.standing}  {case.number}\n\n", Style(color=colour, bold=True))
    _against(text, case)
    if case.received_at is not None:
        _fact(text, _("收件时间"), f"{case.received_at.astimezone(CHINA):%Y-%m-%d %H:%M}")
    _fact(text, _("用时"), view.spent)
    if case.last_move is not None and case.last_move.due is not None:
        _fact(text, _("期限"), case.last_move.due.isoformat())
    for lamp in view.lamps:
        text.append_text(lamp_text(lamp))
        text.append("\n")
    _branches(text, view)
    _promises(text, view)
    if case.supplement is not None:
        _fact(text, _("正在收补件"), f"{_(WAYS[case.supplement.way])} {case.supplement.waybill}".rstrip())
    for bundle in case.bundles:
        digest = bundle.manifest_sha256
        words = f"v{bundle.version}  {digest[:8]} {digest[8:16]} … {digest[-8:]}"
        _fact(text, _("封装"), words)
    for paper in case.papers:
        _fact(text, _("已制作"), f"{paper.form}  {paper.path}")
    follows = _("F4 打印回执, F2 办下一件, Esc 回到主屏")
    if view.takes_supplement:
        follows = _("材料收齐后按 F10 封装补件, 打印补交的接收回执")
    text.append(f"\n{follows}\n", Style(color=QUIET))


def _is_against(case: Case) -> bool:
    return case.state is CaseState.REFUSED or case.outcome in (Outcome.DENIED, Outcome.PARTLY)


def _against(text: Text, case: Case) -> None:
    """Say why, and what the applicant may do about it (行政许可法 art. 38, 行政复议法 art. 20)."""
    if not _is_against(case):
        return
    _fact(text, _("理由"), printable(case.reason))
    words = _("申请人可自知道之日起六十日内申请行政复议, 或六个月内提起行政诉讼; F4 打印告知书")
    text.append(f"{words}\n\n", Style(color=AMBER))


def _fact(text: Text, label: str, words: str) -> None:
    if words:
        text.append(f"{label}  ", Style(color=QUIET))
        text.append(f"{words}\n")
