"""What one run does: one integer decides windows, cases, faults and their moments."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

PORTS = 3
"""Most windows of a run."""
MOST_CASES = 4
MOST_PAGES = 5
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """A case of the clerk: how many sheets come, and how it ends."""

    pages: int
    ending: str
    """`receive` (complete), `correct` or `refuse` (both may have no page at all)."""
    sizes: tuple[int, ...]
    """Side of each picture, px; its noise makes the file about three times the square of it, in bytes."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """Spoils the requests `first` to `last` of a window that it fits."""

    window: int
    kind: str
    first: int
    last: int
    value: int = 0
    """Byte, milliseconds or seconds, by kind."""


@dataclass(frozen=True, slots=True)
class Strike:
    """Something that happens to a machine once the driver has heard `after` events of `source`."""

    kind: str
    window: int
    """-1: the gateway's machine."""
    source: str
    """`window0` ...: what that window says; `line`: the requests of all windows."""
    after: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    windows: tuple[tuple[CaseSpec, ...], ...]
    line: tuple[LineFault, ...]
    strikes: tuple[Strike, ...]
    auto_accept: bool
    comes_back: tuple[bool, ...]
    """Of each window: whoever was told what lacks brings it, and the case goes again as its next version."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Every kind of fault in it, once."""
        return tuple(
            sorted({*(fault.kind for fault in self.line), *(strike.kind for strike in self.strikes)})
        )

    def plain(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


Value = Callable[[Random], int]


def _none(_dice: Random) -> int:
    return 0


def _byte(dice: Random) -> int:
    """Most bytes of interest stand in the head or the first page."""
    return dice.choice((dice.randrange(1, 600), dice.randrange(1, 6000), dice.randrange(1, 40_000)))


LINE_KINDS: dict[str, tuple[int, Value]] = {
    "cut-request": (3, _byte),
    "cut-answer": (3, lambda dice: dice.randrange(0, 900)),
    "lost-reply": (3, _none),
    "refused": (4, _none),
    "black-hole": (1, _none),
    "slow": (4, lambda dice: dice.randrange(20, 200)),
    "drip": (1, _none),
    "log-in-page": (5, _none),
    "redirect": (5, _none),
    "server-error": (4, lambda dice: dice.choice((500, 502, 503, 504))),
    "busy": (3, lambda dice: dice.choice((0, 1, 5, 86_400))),
    "too-large": (2, _none),
    "bad-json": (2, _none),
    "other-json": (2, _none),
    "forged-receipt": (2, _none),
    "wrong-signature": (2, _none),
    "receipt-of-another": (2, _none),
    "lying-box": (3, _none),
    "twice": (4, _none),
    "stale-repeat": (3, _none),
}
"""Kind of line fault: most requests it takes in a row, and its value."""

WINDOW_KINDS: dict[str, Value] = {
    "kill-window": _none,
    "kill-sender": _none,
    "two-senders": _none,
    "switch-user": _none,
    "upgrade": _none,
    "hand-carry": _none,
    "poison-page": _none,
    "poison-manifest": _none,
    "full-disk": lambda dice: dice.choice((0, 4096, 65_536, 300_000)),
    "clock-jump": lambda dice: dice.choice((-DAY_S, DAY_S, -3600, 600)),
    "failing-sync": lambda dice: dice.randrange(1, 6),
    "die-at-sync": lambda dice: dice.randrange(1, 25),
    "power-cut": _none,
    "power-cut-at-sync": lambda dice: dice.randrange(1, 25),
}
GATEWAY_KINDS: dict[str, Value] = {
    "kill-gateway": _none,
    "stop-gateway": _none,
    "restore-gateway": _none,
    "full-disk-gateway": lambda dice: dice.choice((0, 4096, 65_536)),
    "clock-jump-gateway": lambda dice: dice.choice((-DAY_S, DAY_S, -3600, 600)),
    "failing-sync-gateway": lambda dice: dice.randrange(1, 6),
    "die-at-sync-gateway": lambda dice: dice.randrange(1, 20),
    "power-cut-gateway": _none,
    "power-cut-at-sync-gateway": lambda dice: dice.randrange(1, 20),
}
VERSION_KINDS = ("refused-content", "correct-refused")
"""The office refuses what a bundle holds; the clerk corrects what was not taken, and seals it again."""
NEED_SHIM = frozenset(
    {
        *(kind for kind in (*WINDOW_KINDS, *GATEWAY_KINDS) if "sync" in kind or "power-cut" in kind),
        "clock-jump-gateway",
        "clock-jump",
    }
)
"""Strikes that work through the library between a program and its disk and clock."""
ALL_KINDS = (*LINE_KINDS, *WINDOW_KINDS, *GATEWAY_KINDS, *VERSION_KINDS)
ENDINGS = ("receive", "receive", "correct", "refuse")


def make_plan(seed: int, kinds: Collection[str]) -> Plan:
    """Return the run of a seed, with faults of `kinds` alone."""
    dice = Random(seed)
    windows = tuple(_cases(dice) for _ in range(dice.choice((1, 1, 2, 2, 3))))
    line_kinds = [kind for kind in LINE_KINDS if kind in kinds]
    strike_kinds = [kind for kind in (*WINDOW_KINDS, *GATEWAY_KINDS) if kind in kinds]
    line = tuple(_line_fault(dice, line_kinds, len(windows)) for _ in range(_count(dice, line_kinds)))
    strikes = tuple(_strike(dice, strike_kinds, windows) for _ in range(_count(dice, strike_kinds)))
    if any(strike.kind == "restore-gateway" for strike in strikes):
        strikes = tuple(strike for strike in strikes if not _turns_the_gateway_back(strike))
    auto_accept = dice.random() < 0.8
    # Dice of their own: the rest of a seed's plan does not depend on them.
    dice = Random(f"{seed}/versions")
    comes_back = tuple(dice.random() < 0.5 for _ in windows)
    for window in range(len(windows)):
        if dice.random() < 0.3:
            line += _refusals(dice, kinds, window)
            strikes += _corrections(dice, kinds, window)
    return Plan(seed, windows, line, strikes, auto_accept, comes_back)


def _refusals(dice: Random, kinds: Collection[str], window: int) -> tuple[LineFault, ...]:
    if "refused-content" not in kinds:
        return ()
    return tuple(
        LineFault(window, "refused-content", dice.randint(1, 14), 0) for _ in range(dice.randint(1, 2))
    )


def _corrections(dice: Random, kinds: Collection[str], window: int) -> tuple[Strike, ...]:
    if "correct-refused" not in kinds:
        return ()
    moments = (dice.randint(4, 24), dice.randint(4, 24))
    return tuple(Strike("correct-refused", window, "line", moment) for moment in moments)


def _turns_the_gateway_back(strike: Strike) -> bool:
    """Whoever restores an office sets its clock right: positions of the feed go on from its time."""
    return strike.kind == "clock-jump-gateway" and strike.value < 0


def _count(dice: Random, kinds: list[str]) -> int:
    return dice.choice((1, 2, 2, 3, 4, 5)) if kinds else 0


def _cases(dice: Random) -> tuple[CaseSpec, ...]:
    return tuple(_case(dice) for _ in range(dice.randint(1, MOST_CASES)))


def _case(dice: Random) -> CaseSpec:
    ending = dice.choice(ENDINGS)
    pages = 2 if ending == "receive" else dice.randint(0, MOST_PAGES)
    sizes = tuple(dice.choice((8, 24, 90)) for _ in range(pages))
    return CaseSpec(pages, ending, sizes)


def _line_fault(dice: Random, kinds: list[str], windows: int) -> LineFault:
    kind = dice.choice(kinds)
    longest, value = LINE_KINDS[kind]
    first = dice.randint(1, 14)
    return LineFault(dice.randrange(windows), kind, first, first + dice.randint(1, longest) - 1, value(dice))


def _strike(dice: Random, kinds: list[str], windows: tuple[tuple[CaseSpec, ...], ...]) -> Strike:
    kind = dice.choice(kinds)
    window = dice.randrange(len(windows))
    source = dice.choice((f"window{window}", "line"))
    steps = 2 * sum(2 + case.pages for case in windows[window]) if source != "line" else 20
    value = {**WINDOW_KINDS, **GATEWAY_KINDS}[kind](dice)
    return Strike(kind, window if kind in WINDOW_KINDS else -1, source, dice.randint(1, steps), value)
