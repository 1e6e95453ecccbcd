"""What stands in a slot instead of a paper: an e-certificate or a data check, and how far it was verified.

电子证照 are equal to the paper (国务院令第716号 art. 10); a data check makes the paper needless. Neither is
taken on sight: what was verified, when, by which key or library, and what could not be, stays in the slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workstation.domain.kinds import ReplacementKind


class ProofState(StrEnum):
    """How far a proof is."""

    VERIFIED = "VERIFIED"
    """Stands for the paper."""
    PENDING = "PENDING"
    """Could not be verified yet; asked again when the line is up, and counts for nothing till then."""
    MISMATCH = "MISMATCH"
    """The library says otherwise: shown beside the slot, the paper is still wanted."""
    UNKNOWN = "UNKNOWN"
    """The library holds nothing of it: the paper is still wanted."""


class ProofWay(StrEnum):
    """How it was verified."""

    SIGNATURE = "SIGNATURE"
    """By the issuer's key, without any line."""
    LIBRARY = "LIBRARY"
    """By asking the library through the back office."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate a slot takes: the applicant's, or the agent's for the agent's own papers."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One value of the case and what the library says of it."""

    name: str
    title: str
    given: str
    agrees: bool
    held: str = ""
    """The library's value, where it differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One question and its answer, as they stay with the case."""

    kind: ReplacementKind
    way: ProofWay
    state: ProofState
    title: str
    """As the item's material names it, e.g. 户口簿电子证照 or 户籍信息核验."""
    holder: str
    """Name of the person it was asked for."""
    holder_number: str
    asked_at: datetime
    asked_by: str
    ground: str
    """The person's yes, or the law that does without it."""
    service: str = ""
    """Data service asked; empty for a certificate."""
    code: str = ""
    """What the scanner gave: the identifier, or the signed code itself, so that it can be checked again."""
    source: str = ""
    """Library or issuing body."""
    number: str = ""
    """Number of the certificate."""
    reference: str = ""
    """The library's own number of this question."""
    issued_on: date | None = None
    valid_until: date | None = None
    verified_at: datetime | None = None
    key_id: str = ""
    """Of the issuer's key."""
    revocation_known_at: datetime | None = None
    """Up to when revocations were known then; None: never."""
    compared: tuple[Compared, ...] = ()
    reason: str = ""
    """Code of why it is pending."""
    warnings: tuple[str, ...] = ()
    """Codes of what was said and did not bar it, e.g. a wrong check character."""

    @property
    def counts(self) -> bool:
        """True when it stands for the paper."""
        return self.state is ProofState.VERIFIED

    @property
    def differing(self) -> tuple[Compared, ...]:
        """What the library says otherwise."""
        return tuple(value for value in self.compared if not value.agrees)
