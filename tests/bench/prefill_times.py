"""How long a page is on disk before the form shows what it says, seen from inside the running program."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Self
from unittest.mock import patch

from ocr.port import Reading
from workstation.domain.case import Page
from workstation.services.capture import Capture
from workstation.services.prefill import Prefill
from workstation.services.view import CaseView
from workstation.tui.screens.case import CaseScreen


@dataclass(frozen=True, slots=True)
class Filled:
    """One page, all in ms."""

    document: str
    checked: float
    """From kept (on disk, synced) until the quality gate had looked at it and the reading began."""
    read: float
    """Until it was read and recorded."""
    shown: float
    """Until the form showed it."""

    @property
    def whole(self) -> float:
        """From kept to shown."""
        return self.checked + self.read + self.shown


@dataclass
class PrefillTimes:
    """While open, notes when pages are kept, read and shown; the program runs as it is."""

    filled: list[Filled] = field(default_factory=list)
    _kept: dict[str, float] = field(default_factory=dict)
    _read: dict[int, tuple[Reading, float, float, float]] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Begin to note."""
        scan, read_new, was_read = Capture.scan, Prefill.read_new, CaseScreen._was_read

        def kept(capture: Capture, *args: Any, **named: Any) -> Iterator[Page]:
            for page in scan(capture, *args, **named):
                self._kept[page.page_id] = time.monotonic()
                yield page

        def read(prefill: Prefill, case_id: str, slot: str, page: Page) -> Reading | None:
            begun = time.monotonic()
            reading = read_new(prefill, case_id, slot, page)
            if reading is not None and page.page_id in self._kept:
                times = self._kept.pop(page.page_id), begun, time.monotonic()
                self._read[id(reading)] = (reading, *times)
            return reading

        def shown(screen: CaseScreen, view: CaseView, reading: Reading) -> None:
            was_read(screen, view, reading)
            if id(reading) in self._read:
                _, kept, begun, done = self._read.pop(id(reading))
                ms = [1000 * (b - a) for a, b in ((kept, begun), (begun, done), (done, time.monotonic()))]
                self.filled.append(Filled(reading.document, *ms))

        for owner, name, instead in (
            (Capture, "scan", kept),
            (Prefill, "read_new", read),
            (CaseScreen, "_was_read", shown),
        ):
            self._open.enter_context(patch.object(owner, name, instead))
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the program as it was."""
        self._open.close()

    def figures(self) -> dict[str, dict[str, float]]:
        """Return the medians of each kind of document."""
        kinds = dict.fromkeys(one.document for one in self.filled)
        return {kind: self._of([one for one in self.filled if one.document == kind]) for kind in kinds}

    @staticmethod
    def _of(pages: list[Filled]) -> dict[str, float]:
        names = ("checked", "read", "shown", "whole")
        return {"pages": len(pages)} | {
            f"{name}_ms": round(median(getattr(one, name) for one in pages), 1) for name in names
        }
