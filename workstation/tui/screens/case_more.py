"""What is rarely wanted on a case: the F12 menu. A line is one entry of `MORE`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.domain.case import CaseState, Move
from workstation.i18n import N_, _
from workstation.services.cover_papers import cover_lines
from workstation.services.notice_papers import NOTICE, may_tell
from workstation.services.view import CaseView
from workstation.tui.screens.case_pages import may_arrange
from workstation.tui.screens.case_promises import may_terminate
from workstation.tui.screens.case_reuse import may_share
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog

if TYPE_CHECKING:
    from workstation.tui.screens.case import CaseScreen

MOST_SHOWN = 12
"""Differences that fit into a dialog at 24 lines."""


@dataclass(frozen=True, slots=True)
class MoreAction:
    """One line of the menu."""

    id: str
    title: str
    """Marked with `N_`; shown in the language of the interface."""
    available: Callable[[CaseView], bool]
    """Whether the case allows it now; a line that is not available is not shown."""
    run: Callable[[CaseScreen], object]


def _may_refuse(view: CaseView) -> bool:
    return not view.case.is_sealed and view.case.applicant is not None


def _may_discard(view: CaseView) -> bool:
    return view.case.state is CaseState.DRAFT and view.case.received_at is None


def _may_withdraw(view: CaseView) -> bool:
    return view.case.received_at is not None and Move.WITHDRAW in view.moves


def _refuse(screen: CaseScreen) -> None:
    screen.action_refuse()


def _withdraw(screen: CaseScreen) -> None:
    screen.action_withdraw()


def _terminate(screen: CaseScreen) -> None:
    screen.action_terminate()


def _discard(screen: CaseScreen) -> None:
    """End a draft nobody wants; it was never received, so no paper goes out and nobody is told."""

    def ended() -> None:
        screen.dismiss(False)

    def given(answer: tuple[str, ...] | None) -> None:
        if answer is not None:
            screen.change(lambda: screen.desk.intake.discard(screen.case_id, why=answer[0]), ended)

    body = _("草稿到此终止, 不进入队列; 已扫的页面和操作记录仍保留, 窗口收着的原件请当面退还。")
    screen.app.push_screen(TextDialog(_("作废草稿"), body, _("原因, 如 开错事项")), given)


def _may_take_over(view: CaseView) -> bool:
    return view.change is not None and not view.case.is_sealed


def _may_ask_supplement(view: CaseView) -> bool:
    is_received = view.case.state is CaseState.RECEIVED
    return view.change is not None and bool(view.change.needed) and is_received


def _take_over(screen: CaseScreen) -> None:
    """Show the difference; with a yes the draft goes on under the new version."""

    def answered(yes: bool | None) -> None:
        if yes:
            screen.change(lambda: screen.desk.changes.take_over(screen.case_id))

    body = _("本件将按新目录 {version} 继续办理; 已扫的页都保留。\n{differences}")
    screen.app.push_screen(ConfirmDialog(_("转入新版事项"), change_words(screen.view, body)), answered)


def _ask_supplement(screen: CaseScreen) -> None:
    """Show what the new version requires beside; with a yes the one notice goes out."""

    def answered(yes: bool | None) -> None:
        if yes:
            screen.change(lambda: screen.desk.changes.ask_supplement(screen.case_id), screen.decided)

    body = _("后台尚未受理, 事项要求已变更 (目录 {version})。将一次告知申请人补交:\n{needed}")
    screen.app.push_screen(ConfirmDialog(_("补充告知"), change_words(screen.view, body)), answered)


def change_words(view: CaseView | None, sentence: str) -> str:
    """Fill a sentence with the version, the differences and what is needed; empty without a change."""
    if view is None or view.change is None:
        return ""
    change = view.change
    shown = [f"· {difference}" for difference in change.differences[:MOST_SHOWN]]
    left = len(change.differences) - MOST_SHOWN
    if left > 0:
        shown.append(_("… 另有 {n} 处").format(n=left))
    needed = "\n".join(f"· {material.title}: {material.standard}" for material in change.needed)
    return sentence.format(version=change.version, differences="\n".join(shown), needed=needed)


def _may_print_covers(view: CaseView) -> bool:
    return bool(cover_lines(view.case, view.item))


def _print_covers(screen: CaseScreen) -> None:
    screen.print_papers(("covers",))


def _arrange_pages(screen: CaseScreen) -> None:
    screen.arrange_pages()


def _may_feed_stack(view: CaseView) -> bool:
    return not view.case.is_sealed


def _feed_stack(screen: CaseScreen) -> None:
    screen.action_scan_stack()


def _may_print_notice(view: CaseView) -> bool:
    return may_tell(view.case)


def _print_notice(screen: CaseScreen) -> None:
    screen.print_papers((NOTICE,))


def _share_papers(screen: CaseScreen) -> None:
    screen.share_papers()


def _may_compare(view: CaseView) -> bool:
    return not view.case.is_sealed and view.case.applicant is not None


def _compare(screen: CaseScreen) -> None:
    screen.compare_person()


def _may_print_results(view: CaseView) -> bool:
    return view.case.state in (CaseState.DECIDED, CaseState.DELIVERED)


def _print_results(screen: CaseScreen) -> None:
    screen.print_results()


MORE: tuple[MoreAction, ...] = (
    MoreAction("take-over", N_("转入新版事项"), _may_take_over, _take_over),
    MoreAction("ask-supplement", N_("补充告知: 事项有变"), _may_ask_supplement, _ask_supplement),
    MoreAction("refuse", N_("不予受理"), _may_refuse, _refuse),
    MoreAction("withdraw", N_("撤回申请"), _may_withdraw, _withdraw),
    MoreAction("terminate", N_("终止: 容缺逾期未补"), may_terminate, _terminate),
    MoreAction("discard", N_("作废草稿"), _may_discard, _discard),
    MoreAction("compare", N_("核对人证一致"), _may_compare, _compare),
    MoreAction("share", N_("登记他人材料 (如配偶), 供本件复用"), may_share, _share_papers),
    MoreAction("results", N_("打开或打印后台发来的结果文件"), _may_print_results, _print_results),
    MoreAction("notice", N_("打印个人信息处理告知书"), _may_print_notice, _print_notice),
    MoreAction("covers", N_("打印扫描封面页 (整叠分拣用)"), _may_print_covers, _print_covers),
    MoreAction("pages", N_("整理页面: 转正、裁切、调序、拆并"), may_arrange, _arrange_pages),
    MoreAction("stack", N_("整叠扫描, 按封面页分拣 (F11)"), _may_feed_stack, _feed_stack),
)
"""The lines in the order they are shown; the digit before a line chooses it."""


def offered(view: CaseView) -> tuple[MoreAction, ...]:
    """Return the lines the case allows now."""
    return tuple(action for action in MORE if action.available(view))


def open_menu(screen: CaseScreen) -> None:
    """Show the lines the case allows and run the one that is chosen."""
    actions = {action.id: action for action in offered(screen.view)} if screen.view else {}

    def chosen(action_id: str | None) -> None:
        if action_id is not None:
            actions[action_id].run(screen)

    choices = [(action.id, _(action.title)) for action in actions.values()]
    screen.app.push_screen(ChoiceDialog(_("更多"), _("不常用的操作"), choices, numbered=True), chosen)
