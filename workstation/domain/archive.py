"""Material kept from earlier cases of the same person, for reuse with the citizen's yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workstation.domain.case import Page, TrustLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedMaterial:
    """A checked copy of one standard material."""

    archive_id: str
    """UUIDv7."""
    id_number: str
    """Whose it is; stored only inside the encrypted database."""
    standard_id: str
    title: str
    source_case: str
    pages: tuple[Page, ...]
    level: TrustLevel
    checked_by: str
    checked_on: date
    valid_until: date | None = None
    practice: bool = False

    def usable_on(self, day: date) -> bool:
        """True while the copy may be reused (level A or B and not expired)."""
        in_time = self.valid_until is None or day <= self.valid_until
        return in_time and self.level in (TrustLevel.A, TrustLevel.B)
