"""What the quality gate of this machine is made of: the darkroom, what tells documents and sheets apart."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanners.imaging.darkroom import Darkroom
    from workstation.services.page_faults import Recogniser

log = logging.getLogger(__name__)


def warm(darkroom: Darkroom) -> None:
    """Start the process that touches pixels; where it cannot be had, the first page says so."""
    from scanners.errors import ScannerError

    try:
        darkroom.warm()
    except ScannerError as error:
        log.warning("event=darkroom_cold reason=%s", error.code)


def recogniser() -> Recogniser:
    """Return what tells documents apart by their words."""
    from ocr.kinds import clash, kind_of
    from workstation.services.page_faults import Recogniser

    return Recogniser(kind_of, clash)


def alike(one: str, other: str) -> bool:
    """Return whether two fingerprints may be of one sheet."""
    from scanners.imaging import fingerprint

    return fingerprint.alike(one, other)
