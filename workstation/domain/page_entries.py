"""What a case's action log may say of its pages: added, checked, settled, arranged by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from workstation.domain.facts import Fault, Finding, Page, Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAdded:
    """A page is in the vault, synced, and belongs to a slot."""

    slot: str
    page: Page
    kind: Literal["page_added"] = "page_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRemoved:
    """A page was taken out of its slot before sealing (rescan); the file stays until the sweep."""

    slot: str
    page_id: str
    kind: Literal["page_removed"] = "page_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMoved:
    """A page belongs to another slot than was thought, or left the tray for one."""

    slot: str
    """Where it was."""
    page_id: str
    to: str
    kind: Literal["page_moved"] = "page_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChecked:
    """The quality gate looked at a page; what a clerk decided about the page stays."""

    page_id: str
    findings: tuple[Finding, ...] = ()
    treatment: Treatment | None = None
    fingerprint: str = ""
    document: str = ""
    kind: Literal["page_checked"] = "page_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSettled:
    """The clerk lets a page stand in spite of a fault; the entry's `why` is the reason."""

    page_id: str
    fault: Fault
    kind: Literal["finding_settled"] = "finding_settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCountSettled:
    """The clerk takes a slot with fewer or more pages than the item says; the entry's `why` is the reason."""

    slot: str
    pages: int
    """It holds for this number only: a page more or less asks anew."""
    kind: Literal["page_count_settled"] = "page_count_settled"


class PageWork(StrEnum):
    """What was done to pages by hand."""

    TURN = "TURN"
    CUT = "CUT"
    INSERT = "INSERT"
    REPLACE = "REPLACE"
    REMOVE = "REMOVE"
    REORDER = "REORDER"
    MOVE = "MOVE"
    SPLIT = "SPLIT"
    JOIN = "JOIN"
    SORT = "SORT"
    """Pages of a mixed stack went to the slots they were proposed for."""
    UNDO = "UNDO"
    REDO = "REDO"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesArranged:
    """Work on pages: the complete page lists of every slot it touched, as they are afterwards.

    So the log alone can take any of it back, in any order of slots, until the next seal.
    """

    work: PageWork
    slots: Mapping[str, tuple[Page, ...]]
    of: int = 0
    """For UNDO and REDO: `seq` of the entry that was taken back or done again."""
    kind: Literal["pages_arranged"] = "pages_arranged"
