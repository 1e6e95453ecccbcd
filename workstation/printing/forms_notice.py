"""What the notice of data handling says; it is printed before anything is scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from workstation.printing.forms import PaperForm


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyNoticeForm(PaperForm):
    """个人信息处理告知书."""

    authority: str
    """Who handles the data: the competent body."""
    told_on: date
    materials: tuple[str, ...]
    """What the citizen's answers ask for."""
    keep_days: int
    """Days a copy without a limit of its own stays for reuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialForm(PaperForm):
    """不予批准决定告知书: what the office decided, why, and how to object."""

    received_at: datetime
    decided_on: date
    decision_number: str
    """Of the office's own decision, where it gave one."""
    authority: str
    reason: str
    basis: str
    in_part: bool = False
    """Some parts of a matter were granted."""
    parts: tuple[tuple[str, str], ...] = ()
    """Of a matter: each approver's item and how its part was decided."""
    review_body: str = ""
    """Where to ask for administrative review."""
    court: str = ""
