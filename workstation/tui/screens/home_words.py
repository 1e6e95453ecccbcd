"""What home shows, as text: figures, case lines with their lamp, messages, the day's balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.widgets.option_list import Option

from workstation.domain.case import CaseState, Outcome
from workstation.domain.lamps import LampColour
from workstation.i18n import _, listed
from workstation.services.balance import Balance, balance_sentences
from workstation.services.item_changes import ItemChange
from workstation.services.messages import MessageLine
from workstation.services.overview import CaseLine, Overview
from workstation.services.view import standing_words
from workstation.store.database import Recovery
from workstation.texts import describe
from workstation.tui.cells import fit, printable
from workstation.tui.lamp_text import lamps_text
from workstation.tui.theme import AMBER, BLUE, GREEN, QUIET, RED

WIDE = 110
"""Columns from which all tiles are shown."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure and what it counts."""

    figure: str
    label: str
    colour: str = ""


def refusal_words(folder: str, reason: Exception) -> tuple[str, str]:
    """Say which pack was left out at start and why, and what to do."""
    message = describe(reason)
    what = _("事项包 {folder} 没有启用: [{code}] {what}")
    return what.format(folder=folder, code=message.code, what=message.what), message.todo


def recovery_words(recovery: Recovery) -> str:
    """Say what was put right at start; empty when nothing was."""
    parts = []
    if recovery.interrupted_sends:
        parts.append(_("{n} 件发送时中断, 已重新排队").format(n=recovery.interrupted_sends))
    if recovery.orphan_pages:
        parts.append(_("清理了 {n} 个未完成的页文件").format(n=recovery.orphan_pages))
    if recovery.open_drafts:
        parts.append(_("{n} 件草稿可继续办理").format(n=recovery.open_drafts))
    return "; ".join(parts)


def balance_lines(balance: Balance) -> list[tuple[str, str]]:
    """Put the day's balance into words."""
    cases, paper = balance_sentences(balance)
    verdict = _("✔ 平衡") if balance.balances else _("✘ 不平衡: 请立即报告主管")
    return [(_("日期"), balance.day.isoformat()), (_("办件"), cases), (_("原件"), paper), ("", verdict)]


def tiles_text(facts: Overview, width: int) -> Text:
    """Return the figures of the day, with their labels below."""
    balance = facts.balance
    minutes = (
        f"{int(facts.median_s // 60)}:{int(facts.median_s % 60):02d}" if facts.median_s is not None else "–"
    )
    filled = facts.reused + facts.scanned
    tiles: tuple[Tile, ...] = (
        Tile(str(balance.received), _("今日收件")),
        Tile(
            f"{balance.received} = {balance.delivered} + {balance.queued} + {balance.returned}",
            _("= 送达 + 排队 + 退回"),
            GREEN if balance.balances else RED,
        ),
        Tile(minutes, _("每件用时 (中位)")),
        Tile(f"{100 * facts.reused // filled} %" if filled else "–", _("材料复用"), BLUE),
        Tile(str(facts.originals_waiting), _("待装袋原件"), AMBER if facts.originals_waiting else ""),
        Tile(str(facts.waiting_numbers), _("等候叫号"), AMBER if facts.waiting_numbers else ""),
    )
    if width < WIDE:
        tiles = (*tiles[:2], *tiles[4:])
    cells = _widths(tiles, width - 4)
    text = Text(" ", no_wrap=True)
    for tile, cell in zip(tiles, cells, strict=True):
        text.append(fit(tile.figure, cell), Style(color=tile.colour or None, bold=True))
    text.append("\n ")
    for tile, cell in zip(tiles, cells, strict=True):
        text.append(fit(tile.label, cell), Style(color=QUIET))
    return text


def _widths(tiles: Sequence[Tile], room: int) -> list[int]:
    """Give each tile what it needs, and its share of what is left over."""
    needed = [max(cell_len(tile.figure), cell_len(tile.label)) + 2 for tile in tiles]
    spare = max(0, room - sum(needed)) // len(tiles)
    return [need + spare for need in needed]


def case_text(line: CaseLine, *, wide: bool) -> Text:
    """Return a case's line; with room its lamp stands below, else in the place of the number."""
    glyph, colour = _state_glyph(line)
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"{glyph} ", Style(color=colour, bold=True))
    text.append(fit(line.title, 18), Style(bold=True))
    text.append(f" {fit(line.applicant, 8)} ")
    text.append(fit(_state_words(line), 8), Style(color=colour))
    if wide or line.lamp is None:
        text.append(f" {line.number}", Style(color=QUIET))
    if line.lamp is not None:
        text.append("\n  " if wide else " ")
        text.append_text(lamps_text(line.lamps))
    if line.change is not None:
        text.append(f"\n  {_change_words(line.change)}", Style(color=AMBER))
    return text


def _change_words(change: ItemChange) -> str:
    needed = listed(material.title for material in change.needed)
    if needed:
        return _("事项有变: 需补 {materials} · F12 更多").format(materials=printable(needed))
    return _("事项有变, 不需补交 · F12 更多")


def _state_glyph(line: CaseLine) -> tuple[str, str]:
    if line.outcome in (Outcome.DENIED, Outcome.PARTLY):
        return "✘", RED
    return {
        CaseState.DRAFT: ("✎", AMBER),
        CaseState.CORRECTION: ("!", AMBER),
        CaseState.RECEIVED: ("●", BLUE),
        CaseState.REFUSED: ("✘", RED),
    }.get(line.state, ("✔", GREEN))


def _state_words(line: CaseLine) -> str:
    if line.on_hold:
        return _("挂起")
    if line.is_deemed_accepted and line.state is CaseState.RECEIVED:
        return _("视为受理")
    if any(lamp.colour is LampColour.STOPPED for lamp in line.lamps):
        return _("特别程序")
    return standing_words(line.state, line.outcome)


def more_lines(left: int, key: str) -> list[Option]:
    """Return a last line for what a list does not show, if there is any."""
    if left <= 0:
        return []
    text = Text(_("… 还有 {n} 件, 按 {key}").format(n=left, key=key), Style(color=QUIET))
    return [Option(text, disabled=True)]


def no_cases() -> Text:
    """Return what an empty list of cases says."""
    return Text(_("没有在办的件, F2 办新件"), Style(color=QUIET))


def no_queue() -> Text:
    """Return what an empty queue says."""
    return Text(_("✔ 全部送达, 没有排队"), Style(color=GREEN))


def message_text(line: MessageLine) -> Text:
    """Return one message of the back office; an unread one is marked."""
    glyph, colour = ("!", AMBER) if line.wants_a_person else ("✔", GREEN)
    text = Text(f"{glyph} ", Style(color=colour, bold=True))
    if not line.is_read:
        text.append("● ", Style(color=AMBER, bold=True))
    text.append(f"{printable(line.title)}  ", Style(bold=not line.is_read))
    text.append(f"{printable(line.applicant)}\n")
    text.append(f"  {printable(line.words)}", Style(color=colour))
    if line.due is not None:
        text.append(f"  {line.due.isoformat()}", Style(color=colour))
    return text
