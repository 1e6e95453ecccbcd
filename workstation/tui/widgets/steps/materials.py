"""Step three: the checklist. Each line says what it is, how far it is, and why it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.case import Custody
from workstation.domain.checklist import Checklist, ChecklistLine, SlotStatus, Todo, TraySlot
from workstation.domain.covers import TRAY
from workstation.domain.items import Replacement
from workstation.domain.kinds import Need, OriginalRule, ReplacementKind
from workstation.domain.tolerance import Bar, credit_bars
from workstation.i18n import N_, _, listed
from workstation.services.view import CaseView
from workstation.texts import words
from workstation.tui.cells import fit, printable
from workstation.tui.code_burst import CodeBurst
from workstation.tui.proof_words import outcome_words
from workstation.tui.theme import AMBER, QUIET
from workstation.tui.words import slot_glyph, slot_lamp, slot_title

MOST_BELOW = 12
"""Lines that the reason below the list, the frame and its rule may take."""


class CheckList(OptionList):
    """The lines; a hand scanner's burst of keys is one code and no key of the workspace."""

    _burst: CodeBurst

    def on_mount(self) -> None:
        """Wait for the first character."""
        self._burst = CodeBurst()

    def on_key(self, event: events.Key) -> None:
        """Gather what comes faster than anybody types."""
        code = self._burst.ends(event.time) if event.key == "enter" else ""
        is_taken = event.is_printable and self._burst.takes(event.character or "", event.time)
        if code or is_taken:
            event.stop()
            event.prevent_default()
        if code:
            self.post_message(MaterialsStep.CodeTyped(code))


class MaterialsStep(Vertical):
    """The lines above, the reason of the line under the cursor below."""

    DEFAULT_CSS = """
    MaterialsStep {
        OptionList { height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        #why { height: auto; max-height: 9; border-top: solid $line; color: $quiet; padding-top: 0; }
    }
    """

    @dataclass
    class Focused(Message):
        """The cursor is on another line."""

        slot: str

    @dataclass
    class Entered(Message):
        """Enter on a line."""

        line: ChecklistLine

    @dataclass
    class CodeTyped(Message):
        """A hand scanner typed a code with the cursor on the list."""

        text: str

    @dataclass
    class TrayEntered(Message):
        """Enter on what waits in the tray."""

        slot: str

    def __init__(self, *, id: str) -> None:
        """Start without lines."""
        super().__init__(id=id, classes="panel")
        self._view: CaseView | None = None

    def compose(self) -> ComposeResult:
        """The list and the reason."""
        yield CheckList(id="lines", markup=False)
        yield Static("", id="why", markup=False)

    def on_resize(self) -> None:
        """Lines stand further apart where there is room."""
        if self._view is not None:
            self.show(self._view)

    @property
    def slot(self) -> str:
        """Material id of the line under the cursor; empty when there is none, or it is in the tray."""
        held = self.held_slot
        return held if self._view is not None and self._view.line(held) is not None else ""

    @property
    def held_slot(self) -> str:
        """Slot under the cursor, also one that only the tray still holds; empty when there is none."""
        lines = self.query_one("#lines", OptionList)
        if lines.highlighted is None or lines.option_count == 0:
            return ""
        return lines.get_option_at_index(lines.highlighted).id or ""

    def show(self, view: CaseView) -> None:
        """Draw the checklist, keeping the cursor where it was."""
        self._view = view
        checklist = view.checklist
        self.border_title = _("材料清单 {done}/{all}").format(
            done=checklist.done_count, all=len(checklist.lines)
        )
        listing = self.query_one("#lines", OptionList)
        kept = listing.highlighted
        listing.clear_options()
        # Measured without the room below, which changes from line to line: the list must not jump.
        airy = self.size.height - MOST_BELOW >= 2 * len(checklist.lines) + 2
        room = max(30, self.content_size.width or 60)
        longest = max((cell_len(line.material.title) for line in checklist.lines), default=0)
        width = min(28, max(14, room // 2 - 4), longest)
        for line in checklist.lines:
            offered = line.material.id in view.offers
            prompt = _prompt(line, offered, width)
            listing.add_option(Option(prompt.append("\n") if airy else prompt, id=line.material.id))
        listing.add_options(_tray(checklist, width))
        if listing.option_count:
            listing.highlighted = min(kept, listing.option_count - 1) if kept is not None else 0

    def go_to_next_open(self) -> bool:
        """Put the cursor on the first line that wants something; False when none does."""
        if self._view is None:
            return False
        for position, line in enumerate(self._view.checklist.lines):
            if line.todo is not Todo.NOTHING:
                self.query_one("#lines", OptionList).highlighted = position
                return True
        return False

    def go_to_owed(self) -> None:
        """Put the cursor on the first line that tolerance still waits for."""
        debts = self._view.case.debts if self._view else {}
        for position, line in enumerate(self._view.checklist.lines if self._view else ()):
            if line.material.id in debts:
                self.query_one("#lines", OptionList).highlighted = position
                return

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        slot = event.option_id or ""
        line = self._view.line(slot) if self._view else None
        if line is not None and self._view is not None:
            self.query_one("#why", Static).update(_why(line, self._view))
            self.border_subtitle = _next_key(line, self._view)
            self.post_message(self.Focused(line.material.id))
        elif slot and self._view is not None:
            self.query_one("#why", Static).update(_why_in_tray(slot))
            self.border_subtitle = _("M 移到别的材料 · Del 删去 · F5 看原件")
            self.post_message(self.Focused(slot))

    @on(OptionList.OptionSelected)
    def _enter(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        line = self._view.line(event.option_id) if self._view and event.option_id else None
        if line is not None:
            self.post_message(self.Entered(line))
        elif event.option_id:
            self.post_message(self.TrayEntered(event.option_id))


def _prompt(line: ChecklistLine, offered: bool, title_width: int) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append_text(slot_glyph(line, offered=offered))
    text.append(f" {fit(line.material.title, title_width)}  ", Style(bold=True))
    text.append_text(slot_lamp(line, offered=offered))
    return text


def _tray(checklist: Checklist, title_width: int) -> list[Option]:
    """Draw what waits under the checklist: its count, then a line for each slot that vanished."""
    if not checklist.tray:
        return []
    is_unsorted = any(waiting.slot == TRAY for waiting in checklist.tray)
    head = (
        _("── 材料托盘 {n} 页 · 不在清单上 ──")
        if is_unsorted
        else _("── 材料托盘 {n} 页 · 情形改变后清单不再要 ──")
    )
    head = head.format(n=checklist.tray_pages)
    return [
        Option(Text(head, Style(color=AMBER), no_wrap=True), disabled=True),
        *(Option(_waiting(waiting, title_width), id=waiting.slot) for waiting in checklist.tray),
    ]


def _waiting(waiting: TraySlot, title_width: int) -> Text:
    content = waiting.content
    words = [_("{n} 页").format(n=len(content.pages))] if content.pages else []
    words += [_("复用存档")] if content.reuse is not None else []
    words += [_("原件在窗口, 请退还")] if content.custody is Custody.HELD else []
    text = Text(
        f"▫ {fit(slot_title(waiting.slot, waiting.title), title_width)}  ", Style(color=QUIET), no_wrap=True
    )
    return text.append(" · ".join(words), Style(color=QUIET))


def _why_in_tray(slot: str) -> Text:
    text = Text()
    unsorted = _("整叠扫描时前面没有能用的封面; 按 M 移到它的材料")
    unasked = _("情形改变后清单不再要这份材料; 扫过的页一页不丢, 改回情形即回到原处")
    _pair(text, _("为何在托盘"), unsorted if slot == TRAY else unasked)
    _pair(text, _("收件时"), _("随件保存, 不送出; 放错位置的按 M 移到正确的材料"))
    return text


_PAGE_KEYS = {
    Todo.LOOK: N_("F2 重扫 · 回车 保留或删去 · P 整理页面"),
    Todo.REMOVE_PAGES: N_("Del 删去最后一页 · 回车 按现有页数收取"),
}


_SETTLED_KEYS = {
    SlotStatus.LATER: N_("回车 到下一项 · F6 改约定"),
    SlotStatus.COMMITTED: N_("回车 到下一项 · F6 改约定"),
    SlotStatus.PROVED: N_("回车 到下一项 · F4 核验单"),
}


def _next_key(line: ChecklistLine, view: CaseView) -> str:
    """Say which key does what this line wants."""
    material = line.material
    if not view.case.may_fill(material.id):
        return ""
    if line.todo is Todo.MARK_ORIGINAL:
        kept = material.original is OriginalRule.KEPT
        return _("回车 原件留存, 随邮袋送出") if kept else _("回车 已核对原件, 当场退还")
    if line.todo in _PAGE_KEYS:
        return _(_PAGE_KEYS[line.todo])
    if view.takes_supplement and not line.pages:
        return _("F2 扫描补来的材料")
    if line.status in _SETTLED_KEYS:
        return _(_SETTLED_KEYS[line.status])
    if line.status is SlotStatus.REUSED and not view.case.is_sealed:
        return _("回车 到下一项 · F3 撤回复用")
    if line.todo is Todo.NOTHING:
        return _("F10 补件封装") if view.takes_supplement else _("回车 到下一项")
    return _ways(line, view)


def _ways(line: ChecklistLine, view: CaseView) -> str:
    """Name the keys that bring what is missing, the one with the least paper first."""
    material = line.material
    keys = [_("F2 扫描")]
    if material.replaced_by and view.case.applicant is not None and not line.pages:
        keys.append(_("F4 证照核验"))
    if material.id in view.offers and not line.pages:
        keys.insert(0, _("F3 复用"))
    refusal = view.refusals.get(material.id)
    if refusal is not None and refusal.healed_by_original and not line.pages:
        keys.insert(0, _("F3 核对原件"))
    if material.need is Need.TOLERABLE and not view.item.instant:
        keys.append(_("F6 容缺"))
    if material.committable and view.item.commitment is not None:
        keys.append(_("C 告知承诺"))
    return " · ".join(keys)


def _why(line: ChecklistLine, view: CaseView) -> Text:
    material = line.material
    text = Text()
    _pair(text, _("为何需要"), "; ".join(line.reasons))
    _pair(text, _("谁需要"), _approvers(view, material.id))
    _pair(text, _("合格标准"), material.standard)
    _pair(text, _("原件"), _custody_rule(material.original))
    _pair(text, _("可免交"), listed(_replacement(each) for each in material.replaced_by))
    _proof(text, line, view)
    if material.committable and view.item.commitment is not None:
        _pair(text, _("承诺可代替"), _("申请人书面承诺即可, 按 C"))
    if material.need is Need.TOLERABLE and not view.item.instant:
        barred = Bar.CREDIT_BAD in credit_bars(view.item, view.case)
        _pair(text, _("可容缺"), _("信用核准为失信, 不适用容缺") if barred else _("可按 F6 后补"))
    _pair(text, _("可复用"), _copy(line, view), AMBER)
    _pair(text, _("存档"), _barred(line, view), AMBER)
    return text


def _proof(text: Text, line: ChecklistLine, view: CaseView) -> None:
    """Say what came of a certificate or a check, while no page makes it needless."""
    proof = view.case.slot(line.material.id).proof
    if proof is not None and not line.pages:
        _pair(text, _("核验"), outcome_words(proof), "" if proof.counts and not proof.warnings else AMBER)


def _approvers(view: CaseView, slot: str) -> str:
    """Name the parts of a matter that a paper is for: shared ones are handed in once."""
    titles = [line.branch.title for line in view.branches if slot in line.branch.materials]
    if len(titles) < 2:
        return "".join(titles)
    if len(titles) == len(view.branches):
        return _("全部 {n} 个事项共用, 只交一次").format(n=len(titles))
    return _("共用, 只交一次: {titles}").format(titles=listed(titles))


def _replacement(replacement: Replacement) -> str:
    kinds = {ReplacementKind.E_CERTIFICATE: _("电子证照"), ReplacementKind.DATA_CHECK: _("数据核验")}
    kind = kinds[replacement.kind]
    return replacement.title if kind in replacement.title else f"{kind} {replacement.title}"


def _copy(line: ChecklistLine, view: CaseView) -> str:
    """Name the archived copy that makes scanning needless, while nothing is scanned."""
    offer = view.offers.get(line.material.id)
    if offer is None or line.todo is not Todo.SCAN:
        return ""
    return _("归档副本 {day}, 办件 {case} 核过原件, {level} 级, {pages} 页").format(
        day=offer.checked_on, case=offer.source_case, level=offer.level.value, pages=len(offer.pages)
    )


def _barred(line: ChecklistLine, view: CaseView) -> str:
    """Say why a copy that is kept is not offered, and what heals it, while nothing is scanned."""
    refusal = view.refusals.get(line.material.id)
    if refusal is None or line.todo is not Todo.SCAN:
        return ""
    details: dict[str, object] = {"detail": printable(refusal.detail), "case": refusal.copy.source_case}
    said = words(refusal.bar.value, details)
    kept = _("{day} 的副本 ({level} 级)").format(day=refusal.copy.checked_on, level=refusal.copy.level.value)
    return f"{kept}: {said.what}; {said.todo}"


def _custody_rule(rule: OriginalRule) -> str:
    return {
        OriginalRule.SIGHTED: _("出示、扫描、当场退还, 不收复印件"),
        OriginalRule.KEPT: _("收取原件, 随邮袋送属地街道"),
        OriginalRule.FORM: _("由表单生成, 打印后申请人签字"),
    }[rule]


def _pair(text: Text, label: str, words: str, colour: str = "") -> None:
    if not words:
        return
    if text:
        text.append("\n")
    text.append(f"{label}  ", Style(color=QUIET))
    text.append(words, Style(color=colour or None))
