"""The one place where the English words of SANE become exceptions.

The words are those of `sane_strstatus` (SANE standard 1.06, section 4.3.13), never translated by the library;
vendors' back-ends and newer statuses come close to them. Where the device has sensors, they are
believed rather than the words: many a back-end says "jammed" for an open cover, or "out of documents" for a
stuck sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from scanners import errors
from scanners.errors import ScannerError

CANCELLED = "Operation was canceled"
WARM_UP_S = 60.0
"""How long a lamp may take to be ready before the clerk is told."""


class Step(StrEnum):
    """What was being done when the library said no; the same words mean different things."""

    LIST = "list"
    OPEN = "open"
    OPTION = "option"
    START = "start"
    READ = "read"


class Sign(StrEnum):
    """What a sensor of the device can show."""

    COVER_OPEN = "cover_open"
    DOUBLE_FEED = "double_feed"
    PAPER = "paper"
    """A sheet lies in the feeder."""


Signs = Mapping[str, bool]
"""Readings by `Sign`; a sensor the device lacks is absent."""

STATUSES: tuple[tuple[re.Pattern[str], type[ScannerError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"double[ -]?feed|multi[ -]?feed|multi[ -]?pick", errors.DoubleFeed),
        (r"\bjam", errors.PaperJam),
        (r"out of documents|\bno (more )?(documents|paper)|feeder (is )?empty", errors.FeederEmpty),
        (r"\b(cover|door|hatch)\b.*\bopen", errors.CoverOpen),
        (r"warming|status code 12\b", errors.WarmingUp),
        (r"\block(ed)?\b|status code 13\b", errors.TransportLock),
        (r"\bbusy\b", errors.DeviceBusy),
        (r"access.*denied|permission denied", errors.AccessDenied),
        (r"not supported|invalid argument", errors.BadSetting),
    )
)
"""Words to situation, the first that fits; everything else, I/O errors among it, is a fault of the device.

12 (warming up) and 13 (locked for transport) are in `sane.h` since SANE 1.1, without words in the library.
"""

AT_OPEN: dict[str, type[ScannerError]] = {
    "Invalid argument": errors.DeviceGone,
    "Error during device I/O": errors.DeviceGone,
    "Operation not supported": errors.DeviceGone,
}
"""A device that cannot even be opened is off, unplugged, or no longer known under this id."""

BY_CODE: dict[str, type[ScannerError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ScannerError)
}

NO_SIGNS: Signs = {}


def situation(words: str, step: Step, *, device: str, signs: Signs = NO_SIGNS) -> ScannerError:
    """Return the exception for what the library said at a step and what the sensors showed."""
    kind = _said(words, step)
    if step in (Step.START, Step.READ):
        kind = _seen(kind, step, signs)
    shown = "".join(f" {name}={value}" for name, value in sorted(signs.items()))
    return kind(f"{step.value}: {words}{shown}", device=device)


def patience_s(words: str, *, busy_s: float) -> float:
    """Return how long a sheet may be asked for again after these words; below zero: not at all.

    Args:
        words: what the library said at the start of a sheet.
        busy_s: how long a busy device is worth waiting for.
    """
    waits: dict[type[ScannerError], float] = {errors.WarmingUp: WARM_UP_S}
    if busy_s:
        waits[errors.DeviceBusy] = busy_s
    return waits.get(_said(words, Step.START), -1.0)


def _said(words: str, step: Step) -> type[ScannerError]:
    kind = next((kind for pattern, kind in STATUSES if pattern.search(words)), errors.DeviceFault)
    if step is Step.OPEN:
        return AT_OPEN.get(words, kind)
    return errors.DeviceFault if step is Step.READ and kind is errors.BadSetting else kind


def _seen(said: type[ScannerError], step: Step, signs: Signs) -> type[ScannerError]:
    if signs.get(Sign.COVER_OPEN):
        return errors.CoverOpen
    if signs.get(Sign.DOUBLE_FEED):
        return errors.DoubleFeed
    paper = signs.get(Sign.PAPER)
    if said is errors.FeederEmpty and paper:
        return errors.FeederStopped
    # Some back-ends have no word for the end of the stack and call it a wrong argument or an I/O error.
    if step is Step.START and paper is False and said in (errors.BadSetting, errors.DeviceFault):
        return errors.FeederEmpty
    return said
