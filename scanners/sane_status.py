"""The one place where the English words of SANE become exceptions.

The words are those of `sane_strstatus` (SANE standard 1.06, section 4.3.13), never translated by the library.
"""

from __future__ import annotations

from enum import StrEnum

from scanners import errors
from scanners.errors import ScannerError

NO_DOCS = "Document feeder out of documents"
CANCELLED = "Operation was canceled"


class Step(StrEnum):
    """What was being done when the library said no; the same words mean different things."""

    LIST = "list"
    OPEN = "open"
    OPTION = "option"
    START = "start"
    READ = "read"


STATUSES: dict[str, type[ScannerError]] = {
    "Document feeder jammed": errors.PaperJam,
    NO_DOCS: errors.FeederEmpty,
    "Scanner cover is open": errors.CoverOpen,
    "Device busy": errors.DeviceBusy,
    "Access to resource has been denied": errors.AccessDenied,
    "Operation not supported": errors.BadSetting,
    "Invalid argument": errors.BadSetting,
}
"""Words to situation; everything else, I/O errors among it, is a fault of the device."""

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


def situation(words: str, step: Step, *, device: str) -> ScannerError:
    """Return the exception for what the library said at a step."""
    kind = STATUSES.get(words, errors.DeviceFault)
    if step is Step.OPEN:
        kind = AT_OPEN.get(words, kind)
    elif step is Step.READ and kind is errors.BadSetting:
        kind = errors.DeviceFault
    return kind(f"{step.value}: {words}", device=device)
