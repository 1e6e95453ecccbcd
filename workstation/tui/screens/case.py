"""The workspace of one case: step rail, the step's work, and the page beside it."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import ContentSwitcher, Static

from workstation.domain.case import Move
from workstation.i18n import N_, _
from workstation.services.view import CaseView
from workstation.tui.screens.case_agent import AgentKeys, may_name_agent
from workstation.tui.screens.case_more import offered, open_menu
from workstation.tui.screens.case_moves import TrayKeys
from workstation.tui.screens.case_pages import PageKeys, may_arrange
from workstation.tui.screens.case_promises import COMMIT, PromiseKeys, may_take_supplement, promise_choices
from workstation.tui.screens.case_proofs import ProofKeys, awaits_proof, may_prove
from workstation.tui.screens.case_reuse import ReuseKeys, may_reuse
from workstation.tui.screens.case_steps import StepKeys
from workstation.tui.screens.case_words import first_open_step, head, main_action, rail
from workstation.tui.screens.paper_menu import may_print
from workstation.tui.screens.stack import open_stack
from workstation.tui.widgets.bars import Key, KeyBar
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.widgets.page_pane import PagePane
from workstation.tui.widgets.steps import StepName
from workstation.tui.widgets.steps.applicant import ApplicantStep, asks_second_street
from workstation.tui.widgets.steps.decision import DecisionStep
from workstation.tui.widgets.steps.form import FormStep
from workstation.tui.widgets.steps.materials import MaterialsStep
from workstation.tui.widgets.steps.situation import SituationStep


class CaseScreen(ProofKeys, StepKeys, AgentKeys, ReuseKeys, TrayKeys, PageKeys, PromiseKeys):
    """Five steps of one case; the citizen, the checklist and the page stay in sight."""

    CSS_PATH = "case.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    HELP = N_(
        "一件办件分五步: 情形、申请人、材料、表单、收件。回车走下一步, PageUp/PageDown 在各步之间切换。\n"
        "F2 扫描到光标所在的材料, Shift+F2 选扫描仪, F11 整叠扫描; F3 复用存档 (须申请人同意);\n"
        "F4 电子证照和数据核验 (扫码枪可直接扫), 已收件的打印文书, 申请人一步读身份证芯片;\n"
        "Del 删去最后一页; F5 放大看原件。\n"
        "F6 容缺后补, 已收件的收补件; C 告知承诺; F7 一次性补正告知; F8 代办人; F9 挂起; F10 收件或受理;\n"
        "F12 更多: 不予受理、撤回、作废草稿; M 把页面移到别的材料;\n"
        "P 整理页面: 转正、裁切、调序、拆并, 可撤销; Esc 回主屏 (草稿自动保存)。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "scan", "扫描", id="case.scan"),
        Binding("shift+f2,f14", "choose_scanner", "选扫描仪", id="case.scanner", show=False),
        Binding("f3", "reuse", "复用", id="case.reuse"),
        Binding("f4", "papers", "打印", id="case.papers"),
        Binding("f5", "view_page", "看原件", id="case.view"),
        Binding("f6", "defer", "容缺", id="case.defer"),
        Binding("c", "commit", "告知承诺", id="case.commit", show=False),
        Binding("f7", "correct", "一次告知", id="case.correct"),
        Binding("f8", "agent", "代办", id="case.agent"),
        Binding("shift+f8,f20", "refuse", "不予受理", id="case.refuse", show=False),
        Binding("f9", "hold", "挂起", id="case.hold"),
        Binding("f10", "receive", "收件", id="case.receive"),
        Binding("f11", "scan_stack", "整叠扫描", id="case.stack", show=False),
        Binding("f12", "more", "更多", id="case.more"),
        Binding("delete", "remove_page", "删页", id="case.remove", show=False),
        Binding("m", "move_page", "移页", id="case.move", show=False),
        Binding("p,P", "arrange_pages", "整理页面", id="case.pages", show=False),
        Binding("pageup", "step(-1)", "上一步", id="case.back", show=False, priority=True),
        Binding("pagedown", "step(1)", "下一步", id="case.forward", show=False, priority=True),
        Binding("escape", "leave", "主屏", id="case.leave", show=False),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("F2", N_("扫描"), "scan", main=True),
        Key("F3", N_("复用"), "reuse"),
        Key("F4", N_("打印"), "papers"),
        Key("F5", N_("看原件"), "view_page"),
        Key("F6", N_("容缺"), "defer"),
        Key("F7", N_("一次告知"), "correct"),
        Key("F8", N_("代办"), "agent"),
        Key("F9", N_("挂起"), "hold"),
        Key("F10", N_("收件"), "receive"),
        Key("F12", N_("更多"), "more"),
    )

    step: reactive[StepName] = reactive(StepName.SITUATION, bindings=True)

    def __init__(self, case_id: str, *, start: StepName | None = None) -> None:
        """Open a case; `start` is the first step shown, by default the first unfinished one."""
        super().__init__(case_id)
        self._start = start

    def compose(self) -> ComposeResult:
        """Bars, head, rail, steps, page."""
        yield from self.compose_bars()
        yield Static("", id="head", markup=False)
        with Horizontal(id="body"):
            yield Static("", id="rail", markup=False)
            with ContentSwitcher(initial=StepName.SITUATION.value, id="steps"):
                yield SituationStep(id=StepName.SITUATION.value)
                yield ApplicantStep(id=StepName.APPLICANT.value)
                yield MaterialsStep(id=StepName.MATERIALS.value)
                yield FormStep(id=StepName.FORM.value)
                yield DecisionStep(id=StepName.DECISION.value)
            yield PagePane(id="pane")

    def on_mount(self) -> None:
        """Load the case."""
        super().on_mount()
        self.job(lambda: self.desk.opened(self.case_id), self._opened)

    def on_unmount(self) -> None:
        """Let the program forget the pages of a case that is left."""
        self.app.forget_soon()

    def _opened(self, view: CaseView) -> None:
        self.show_view(view)
        self.go(self._start or first_open_step(view))

    def on_line_changed(self) -> None:
        """Show what the back office has said meanwhile; what is still edited here only changes here."""
        if self.view is not None and (self.view.case.is_sealed or awaits_proof(self.view)):
            self._read_news(self.view.case.length)

    @work(exit_on_error=False, exclusive=True, group="news")
    async def _read_news(self, length: int) -> None:
        """Look beside whatever else runs: no key waits for it, and no notice is wiped by it."""
        loop = asyncio.get_running_loop()
        news = await loop.run_in_executor(self.app.jobs, lambda: self._longer_than(length))
        if news is not None and self.is_attached and not self.busy:
            self.show_view(news)

    def _longer_than(self, length: int) -> CaseView | None:
        grown = self.desk.store.case(self.case_id).length > length
        return self.desk.view(self.case_id) if grown else None

    # --- showing --------------------------------------------------------------------------------------

    def show_view(self, view: CaseView) -> None:
        """Show all that follows from the case."""
        self.view = view
        self.query_one("#head", Static).update(head(view))
        self._draw_rail()
        self._draw_keys()
        self.query_one(SituationStep).show(view)
        streets = dict(self.desk.catalogue.current.streets)
        self.applicant.show(view, streets, self._guess(view))
        self.materials.show(view)
        self.query_one(DecisionStep).show(view)
        self.form.show(view)
        self.show_page()

    def _guess(self, view: CaseView) -> str:
        """Return the street that is asked for now, as far as it can be told."""
        if asks_second_street(view):
            return self.desk.intake.guess_second_street(view.case)
        return self.desk.intake.guess_street(view.case.applicant.address if view.case.applicant else "")

    def _draw_keys(self) -> None:
        view = self.view
        if view is None:
            return
        labels = {"receive": _("受理") if view.item.acceptance_delegated else _("收件")}
        if view.case.is_sealed:
            labels |= {"scan": _("下一件"), "hold": _("撤回"), "defer": _("收补件")}
        if self.may_read_chip:
            labels |= {"papers": _("读卡")}
        elif may_prove(view, self.current_slot):
            labels |= {"papers": _("证照核验")}
        if view.takes_supplement:
            labels |= {"scan": _("扫描"), "receive": _("补件封装")}
        main, deciding = main_action(view, self.current_slot), "receive"
        self.query_one(KeyBar).keys = tuple(
            Key(
                k.key,
                labels.get(k.action) or _(k.label),
                k.action,
                k.action == main,
                k.action != deciding or view.readiness.ready or view.takes_supplement,
            )
            for k in self.KEYS
        )

    def _draw_rail(self) -> None:
        if self.view is not None:
            narrow = self.has_class("-narrow")
            self.query_one("#rail", Static).update(rail(self.view, self.step, one_line=narrow))

    def watch_step(self) -> None:
        """Show the step's widget and mark it on the rail."""
        if not self.is_mounted:
            return
        self.query_one(ContentSwitcher).current = self.step.value
        self._draw_rail()
        self._draw_keys()

    def on_resize(self) -> None:
        """The rail is one line on a narrow screen."""
        self.call_after_refresh(self._draw_rail)

    def go(self, step: StepName) -> None:
        """Show a step and put the cursor where the work is."""
        self.step = step
        self.call_after_refresh(self._focus_step)

    def _focus_step(self) -> None:
        if self.step is StepName.APPLICANT:
            self.focus_applicant()
        elif self.step is StepName.MATERIALS:
            self.materials.query_one("#lines").focus()
            self.materials.go_to_next_open()
        elif self.step is StepName.FORM:
            self.form.take_cursor()
        elif self.step is StepName.SITUATION:
            self.query_one("#options").focus()
        else:
            self.query_one(DecisionStep).focus()
        self.show_page()

    # --- pages ----------------------------------------------------------------------------------------

    @property
    def current_slot(self) -> str:
        """The slot a scan would go to: the card's on the applicant step, else the line's."""
        if self.view is None:
            return ""
        if self.step is StepName.APPLICANT:
            return self.view.card_slot
        return self.materials.slot if self.step is StepName.MATERIALS else ""

    @property
    def held_slot(self) -> str:
        """The line under the cursor, also one that only the tray still holds."""
        return self.materials.held_slot if self.step is StepName.MATERIALS else ""

    @property
    def shown_slot(self) -> str:
        """The form is filled from the paper handled last; the other steps are about the card."""
        if self.step is StepName.FORM and self.materials.slot:
            return self.materials.slot
        return self.held_slot or self.current_slot or self.card_slot

    @property
    def card_slot(self) -> str:
        """Slot of the applicant's card."""
        return self.view.card_slot if self.view else ""

    @property
    def shows_newest(self) -> bool:
        """Where papers are scanned the newest page is shown, elsewhere the first."""
        return self.step is StepName.MATERIALS

    @on(FieldRow.Entered)
    def _follow_field(self, event: FieldRow.Entered) -> None:
        event.stop()
        self.show_page(event.row)

    @on(MaterialsStep.Focused)
    def _follow_line(self, event: MaterialsStep.Focused) -> None:
        event.stop()
        self._draw_keys()
        self.refresh_bindings()
        self.show_page()

    # --- steps ----------------------------------------------------------------------------------------

    def show_owed(self) -> None:
        """Go to the first line that is owed."""
        self.go(StepName.MATERIALS)
        self.call_after_refresh(self.materials.go_to_owed)

    def action_step(self, way: int) -> None:
        """Go a step back or forward."""
        steps = list(StepName)
        self.go(steps[max(0, min(len(steps) - 1, steps.index(self.step) + way))])

    def action_scan(self) -> None:
        """Scan; once the case is sealed the same key begins the next one."""
        if self.view is not None and self.view.case.is_sealed and not self.view.takes_supplement:
            self.dismiss(True)
        else:
            super().action_scan()

    def action_scan_stack(self) -> None:
        """Feed a whole stack, sorted by its cover sheets."""
        open_stack(self)

    def action_more(self) -> None:
        """Show what is rarely wanted."""
        open_menu(self)

    def action_arrange_pages(self) -> None:
        """Turn, cut and order pages."""
        self.arrange_pages()

    def action_leave(self) -> None:
        """Stop a running scan, else go home; the draft is saved already."""
        if not self.stop_scan():
            self.dismiss(False)

    @property
    def may_read_chip(self) -> bool:
        """True on the step of the applicant, while nobody is named and a reader belongs to the window."""
        is_open = self.view is not None and self.view.case.applicant is None and not self.view.case.is_sealed
        return is_open and self.step is StepName.APPLICANT and self.desk.identity.has_reader

    def after_decision(self) -> None:
        """Show what was decided."""
        self.go(StepName.DECISION)

    # --- keys -----------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what the case does not allow now; F10 stays live to say what is missing."""
        view = self.view
        if view is None:
            return action in ("leave", "step", "help")
        editable = not view.case.is_sealed
        fillable = bool(self.current_slot) and view.case.may_fill(self.current_slot)
        is_next = not editable and not view.takes_supplement
        allowed = {
            "scan": is_next or (fillable and not self.scanning),
            "reuse": may_reuse(view, self.current_slot),
            "papers": may_print(view) or may_prove(view, self.current_slot) or self.may_read_chip,
            "scan_stack": editable and not self.scanning,
            "choose_scanner": not is_next and not self.scanning,
            "view_page": self.page is not None,
            "defer": bool(promise_choices(view, self.current_slot)) or may_take_supplement(view),
            "commit": COMMIT in promise_choices(view, self.current_slot),
            "correct": editable and view.case.applicant is not None,
            "agent": may_name_agent(view),
            "refuse": editable and view.case.applicant is not None,
            "hold": editable or Move.WITHDRAW in view.moves,
            "receive": not is_next,
            "more": bool(offered(view)),
            "move_page": self.may_move(),
            "arrange_pages": self.step is StepName.MATERIALS and may_arrange(view) and not self.scanning,
            "remove_page": bool(self.removable_slot),
        }
        return True if allowed.get(action, True) else None
