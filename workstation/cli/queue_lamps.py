"""`workstation queue lamps`: every open case with its clocks, the most urgent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from workstation.domain.identity import mask_name
from workstation.domain.lamps import LampColour
from workstation.i18n import _
from workstation.services.lamps import Lamp, LampLine, totals_words
from workstation.services.view import STATE_WORDS
from workstation.tui.cells import printable


def plain_lamps(lamps: Sequence[Lamp]) -> dict[str, Any]:
    """Return the worst lamp and every clock for machines; the keys are stable."""
    return {
        "lamp": lamps[0].colour.value if lamps else None,
        "lamp_words": lamps[0].sentence if lamps else "",
        "clocks": [_plain_clock(lamp) for lamp in lamps],
    }


def plain_board(lines: Sequence[LampLine], *, every: bool, names: bool) -> list[dict[str, Any]]:
    """Return the board for machines; the keys are stable."""
    return [
        {
            "case_number": line.number,
            "item": line.title,
            "applicant": _name(line, names=names),
            "state": line.state.value,
            **plain_lamps(line.lamps),
        }
        for line in _shown(lines, every=every)
    ]


def board_in_words(lines: Sequence[LampLine], *, every: bool, names: bool) -> str:
    """Return the board for people: a case, then one line a step."""
    shown = _shown(lines, every=every)
    text = [totals_words(Counter(line.lamps[0].colour for line in lines)) or _("没有红灯和黄灯")]
    for line in shown:
        head = (line.title, _name(line, names=names), line.number, _(STATE_WORDS[line.state]))
        text.append(f"{line.lamps[0].glyph} {'  '.join(part for part in head if part)}")
        text.extend(f"  {lamp.glyph} {lamp.sentence}{_day(lamp)}" for lamp in line.lamps)
    hidden = len(lines) - len(shown)
    if hidden:
        text.append(_("另有 {n} 件没有到期之虞, 加 --all 查看").format(n=hidden))
    return "\n".join(printable(one) for one in text)


def _plain_clock(lamp: Lamp) -> dict[str, Any]:
    clock = lamp.clock
    return {
        "step": clock.step.value,
        "lamp": clock.lamp.value,
        "due": clock.due.isoformat() if clock.due else None,
        "days_left": clock.days_left,
        "unit": clock.unit.value,
        "slot": clock.slot or None,
        "words": lamp.sentence,
        "ground": lamp.ground,
    }


def _shown(lines: Sequence[LampLine], *, every: bool) -> list[LampLine]:
    calm = (LampColour.GREEN, LampColour.STOPPED)
    return [line for line in lines if every or line.lamps[0].colour not in calm]


def _name(line: LampLine, *, names: bool) -> str:
    return line.applicant if names else mask_name(line.applicant)


def _day(lamp: Lamp) -> str:
    return f" ({lamp.clock.due.isoformat()})" if lamp.clock.due else ""
