"""The space left beside the pages: an early warning, and a line below which nothing new is taken in.

Intake stops while there is still room for what goes on: sending, receipts, the database's own work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from workstation.i18n import _
from workstation.services.errors import DiskAlmostFull

MIB = 1024 * 1024
WARN_BELOW, STOP_BELOW = 2048 * MIB, 300 * MIB
"""A case of fifty pages with its documents is some 50 MB, a busy day two gigabytes."""


class Space(StrEnum):
    """How much room there is."""

    ENOUGH = "ENOUGH"
    LOW = "LOW"
    """Somebody should make room soon."""
    STOPPED = "STOPPED"
    """Nothing new is taken in."""


@dataclass(frozen=True)
class DiskWatch:
    """Looks at the disk each time it is asked: what was full a moment ago may be free again."""

    free_bytes: Callable[[], int]
    warn_below: int = WARN_BELOW
    stop_below: int = STOP_BELOW

    def space(self) -> Space:
        """Return how much room there is now."""
        free = self.free_bytes()
        if free < self.stop_below:
            return Space.STOPPED
        return Space.LOW if free < self.warn_below else Space.ENOUGH

    def check(self) -> None:
        """Pass while something new may be taken in.

        Raises:
            DiskAlmostFull: too little space; nothing was written.
        """
        free = self.free_bytes()
        if free < self.stop_below:
            raise DiskAlmostFull(free_mb=free // MIB, least_mb=self.stop_below // MIB)

    def warning(self) -> str:
        """Say in a few words what every screen must show; empty while there is room."""
        words = {
            Space.LOW: _("磁盘剩 {mb} MB"),
            Space.STOPPED: _("磁盘剩 {mb} MB, 停止收件"),
        }
        said = words.get(self.space(), "")
        return said.format(mb=self.free_bytes() // MIB)
