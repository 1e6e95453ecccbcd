"""What every maker of papers shares: the case with its item, the press, and the log of what was made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workstation.domain.case import Case, Entry, Printed
from workstation.domain.clock import Clock
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Item
from workstation.services.catalogue import Catalogue
from workstation.services.paper_words import Common, common, stale_words
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.texts import Message, words

_UNSAFE = re.compile(r"[^\w.-]+")


class Made(Protocol):
    """What a renderer returns."""

    @property
    def pages(self) -> int:
        """Page count."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Characters no font has, each printed as a box."""
        ...


Render = Callable[[object, Path], Made]
"""Renders any form to a PDF at the path."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that was made."""

    form: str
    """Its title as printed."""
    number: str
    path: Path
    pages: int
    missing: tuple[str, ...] = ()
    """Characters that stand on it as a box."""

    @property
    def warning(self) -> Message | None:
        """What the clerk must put right by hand (P105); None when the paper is whole."""
        return words("P105", {"characters": " ".join(self.missing)}) if self.missing else None


@dataclass(frozen=True)
class PaperDesk:
    """Makes PDFs; `folder` holds them until they are printed or cleared."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    calendar: WorkCalendar
    folder: Path
    render: Render

    def _case(self, case_id: str) -> tuple[Case, Item, tuple[Entry, ...]]:
        case = self.store.case(case_id)
        return case, self.catalogue.item_of(case), self.store.log(case_id)

    def _make(self, case: Case, title: str, number: str, form: object, *, name: str = "") -> Paper:
        paper = self._rendered(title, number, form, name or number)
        printed = Printed(form=title, number=number, path=paper.path.name)
        with self.store.transaction() as tx:
            tx.record(case.case_id, printed, actor=self.profile.clerk, at=self.clock())
        return paper

    def _rendered(self, title: str, number: str, form: object, name: str) -> Paper:
        # The back office may give a paper any number; as a file name it must stay inside the folder.
        path = self.folder / f"{_UNSAFE.sub('_', name).lstrip('.')}.pdf"
        made = self.render(form, path)
        return Paper(title, number, path, made.pages, tuple(made.missing))

    def _common(self, case: Case, item: Item) -> Common:
        shared = common(case, item, self.profile)
        shared["stamp"] = stale_words(case, self.catalogue.packs)
        return shared

    def _second_street(self, case: Case) -> str:
        return self.catalogue.street_name(case.second_street) if len(case.streets) > 1 else ""
