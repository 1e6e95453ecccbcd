"""What the notice of data handling says; it is printed before anything is scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
