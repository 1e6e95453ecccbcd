"""The libraries of other bodies as a window asks them: through its back office, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sync.client import GatewayClient
from sync.contract.libraries import (
    CertificateAnswer,
    CertificateQuery,
    CheckAnswer,
    CheckQuery,
    CheckService,
    CreditAnswer,
    CreditQuery,
    CreditStanding,
    Scene,
    Subject,
)
from sync.errors import NotEnrolled, SyncError
from sync.wire import Timeouts
from workstation.domain.case import Case, CreditChecked
from workstation.domain.clock import Clock
from workstation.domain.facts import CreditOutcome
from workstation.services.enrolment import Membership

PATIENCE = Timeouts(connect_s=3.0, read_s=6.0, exchange_s=8.0)
"""A citizen stands at the counter: after this the slot waits by itself."""
MAX_SHORT, MAX_GROUND = 200, 4000
CREDIT_GROUND = "容缺受理信用核准"


class Libraries(Protocol):
    """Who answers; each call blocks, and raises SyncError when nobody does. The gateway's client is one."""

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """Ask for a certificate by its identifier."""
        ...

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """Let a data service compare what the case says."""
        ...

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """Ask whether somebody stands on a list of dishonest persons."""
        ...


@dataclass(frozen=True)
class NoLibraries:
    """A window that has not enrolled: nobody answers."""

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """Answer nothing."""
        raise NotEnrolled

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """Answer nothing."""
        raise NotEnrolled

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """Answer nothing."""
        raise NotEnrolled


@dataclass(frozen=True)
class GatewayLibraries:
    """Asks from any thread, with a line of its own for each question."""

    membership: Membership
    clock: Clock

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """See `Libraries`."""
        with self._client() as client:
            return client.certificate(query)

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """See `Libraries`."""
        with self._client() as client:
            return client.check(service, query)

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """See `Libraries`."""
        with self._client() as client:
            return client.credit(query)

    def _client(self) -> GatewayClient:
        joined = self.membership
        return GatewayClient(joined.url, joined.identity, timeouts=PATIENCE, clock=self.clock)


@dataclass(frozen=True)
class LibraryCredit:
    """The credit library behind the back office; whoever gets no answer knows nothing."""

    libraries: Libraries
    clerk: str

    def ask(self, id_number: str, case: Case | None = None) -> CreditChecked:
        """Ask about a person, for the case that allows it."""
        if case is None or case.applicant is None:
            return CreditChecked(outcome=CreditOutcome.UNKNOWN)
        scene = scene_of(case, clerk=self.clerk, ground=CREDIT_GROUND)
        subject = subject_of(case.applicant.name, id_number)
        try:
            answer = self.libraries.credit(CreditQuery(scene=scene, subject=subject))
        except SyncError:
            return CreditChecked(outcome=CreditOutcome.UNKNOWN)
        return CreditChecked(outcome=_OUTCOMES[answer.standing], lists=answer.lists)


_OUTCOMES = {
    CreditStanding.GOOD: CreditOutcome.GOOD,
    CreditStanding.BAD: CreditOutcome.BAD,
    CreditStanding.UNKNOWN: CreditOutcome.UNKNOWN,
}


def subject_of(name: str, number: str) -> Subject:
    """Return whom a question is about."""
    return Subject(name=clipped(name), number=clipped(number))


def clipped(text: str) -> str:
    """Return a text as the contract takes it: no longer than a short one, without NUL."""
    return text.replace("\0", "")[:MAX_SHORT]


def scene_of(case: Case, *, clerk: str, ground: str, slot: str = "") -> Scene:
    """Return why this case may ask."""
    return Scene(
        case_number=case.number,
        item_code=case.item_code,
        material_id=slot,
        clerk=clipped(clerk),
        ground=ground[:MAX_GROUND],
    )
