"""Who answers a window from outside: the libraries behind its back office, issuers, the reader of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanners.id_reader import IdReader
    from workstation.domain.clock import Clock
    from workstation.domain.issuers import TrustedIssuer
    from workstation.services.credit import CreditLibrary
    from workstation.services.enrolment import Membership
    from workstation.services.libraries import Libraries


def libraries_of(member: Membership | None, clock: Clock) -> Libraries:
    """Return the libraries behind the back office; a window that has not enrolled has none."""
    from workstation.services.libraries import GatewayLibraries, NoLibraries

    return GatewayLibraries(member, clock) if member is not None else NoLibraries()


def credit_of(member: Membership | None, clock: Clock, clerk: str) -> CreditLibrary:
    """Return the credit library behind the back office; nobody answers before enrolment."""
    from workstation.services.credit import NoLibrary
    from workstation.services.libraries import LibraryCredit

    return LibraryCredit(libraries_of(member, clock), clerk) if member is not None else NoLibrary()


def issuers_of(member: Membership | None) -> tuple[TrustedIssuer, ...]:
    """Return whom a window trusts beside its pack: the invented issuer, in practice only."""
    if member is None or not member.practice:
        return ()
    from workstation.training.wallet import practice_issuers

    return practice_issuers()


def id_reader_of(member: Membership | None) -> IdReader | None:
    """Return the reader of identity cards; practice has one on which the cast lay their cards in turn.

    A vendor's reader is added here, as one module that fulfils `scanners.id_reader.IdReader`.
    """
    if member is None or not member.practice:
        return None
    from scanners.id_reader import ScriptedIdReader
    from workstation.training.specimens.people import CAST
    from workstation.training.wallet import chip_card

    return ScriptedIdReader(*(chip_card(person) for person in CAST))
