"""What stands for a paper at the counter: e-certificates and data checks, each asked with a recorded ground.

A signed code is verified here; an identifier and a data check are asked of the back office. When nobody
answers, the slot is left pending with the reason, is asked again in the thread that sends, and counts for
nothing until then. Only the checked person of the case may be the holder.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sync.contract.certificate import PREFIX
from sync.contract.libraries import CertificateQuery, CheckQuery, CheckService
from sync.errors import SyncError
from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.case import (
    Case,
    CaseState,
    Payload,
    ProofWithdrawn,
    SlotProved,
)
from workstation.domain.certificate_ids import parse_identifier
from workstation.domain.checklist import SlotStatus, checklist, derive
from workstation.domain.clock import Clock
from workstation.domain.data_services import known_values, service_for
from workstation.domain.issuers import TrustedIssuer
from workstation.domain.items import Item, Material, Replacement
from workstation.domain.kinds import ReplacementKind
from workstation.domain.proofs import Holder, Proof, ProofState, ProofWay
from workstation.services.catalogue import Catalogue
from workstation.services.certificates import Remembered, check_revoked, take_once, verify
from workstation.services.errors import CaseSealed, NoApplicant
from workstation.services.identity import is_compared
from workstation.services.libraries import Libraries, clipped, scene_of, subject_of
from workstation.services.profile import WindowProfile
from workstation.services.proof_answers import answered_certificate, answered_check
from workstation.services.proof_errors import (
    REVOCATIONS_NEVER,
    REVOCATIONS_OLD,
    CertificateExpired,
    CodeUnreadable,
    IdentityNotCompared,
    LibrarySilent,
    NoGround,
    NoSuchService,
    NotAlike,
    NotReplaceable,
    ProofError,
    WrongCertificate,
)
from workstation.services.proof_pictures import ScreenReader
from workstation.services.silence import HEARD
from workstation.store.database import Store, Tx
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

SHOWN = "申请人当面出示"
"""Ground of a certificate: whoever shows it says yes."""
OLD = timedelta(hours=24)
"""Revocations heard of longer ago are said to be old."""
REST = timedelta(minutes=1)
AGENT_PAPERS = frozenset({"agent-id", "guardian-id"})
ENDED = frozenset(
    {
        CaseState.REFUSED,
        CaseState.DECIDED,
        CaseState.DELIVERED,
        CaseState.WITHDRAWN,
        CaseState.TERMINATED,
    }
)
"""States in which no slot is ever filled again."""
PENDING = "proof.pending"
"""Setting: the cases with a pending slot."""


@dataclass
class ProofDesk:
    """Certificates and data checks of one window."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    libraries: Libraries
    issuers: tuple[TrustedIssuer, ...] = ()
    """Trusted beside those of the current pack; practice has its own."""
    screens: ScreenReader | None = None
    """Reads codes off pictures; without one only a hand scanner does."""
    _rests_until: datetime = datetime.min.replace(tzinfo=UTC)

    def replacements(self, case: Case, slot: str) -> tuple[Replacement, ...]:
        """Return what may stand in for the paper of a slot, while it may be filled."""
        material = self._material(case, slot)
        return material.replaced_by if material is not None and case.may_fill(slot) else ()

    # --- certificates ---------------------------------------------------------------------------------

    def take_code(self, case_id: str, slot: str, text: str) -> Case:
        """Take what a hand scanner typed or a picture carried: a signed code, or an identifier.

        Raises:
            ProofError: why it does not stand for the paper, one class a reason.
            NoApplicant: there is nobody it could belong to.
            CaseSealed: the case may not change any more.
        """
        case, holder = self._checked(case_id, slot)
        self._wanted(case, slot, ReplacementKind.E_CERTIFICATE)
        try:
            return self._take(case, slot, text, holder)
        except ProofError as refusal:
            self._note_refusal(case, slot, holder, refusal)
            raise

    def _take(self, case: Case, slot: str, text: str, holder: Holder) -> Case:
        if text.strip().startswith(PREFIX):
            return self._take_signed(case, slot, text.strip(), holder)
        identifier = parse_identifier(text)
        if identifier is None:
            raise CodeUnreadable
        asked = self._asked(holder.name, holder.id_number, ReplacementKind.E_CERTIFICATE, SHOWN)
        proof = replace(asked, code=identifier.text, warnings=() if identifier.check_holds else ("E140",))
        return self._settled(case, slot, proof, self.libraries)

    def _take_signed(self, case: Case, slot: str, text: str, holder: Holder) -> Case:
        at = self.clock()
        found = verify(text, self.trusted, holder, practice=self.profile.practice, at=at)
        self._check_title(case, slot, found.title)
        shown = found.shown
        with self.store.transaction() as tx:
            self._open(tx, case.case_id, slot, holder)
            check_revoked(tx, shown.number, found.key.key_id)
            take_once(tx, shown, f"{case.case_id}:{slot}")
            heard = tx.setting(HEARD)
            known_at = datetime.fromisoformat(heard) if heard else None
            proof = replace(
                self._asked(holder.name, holder.id_number, ReplacementKind.E_CERTIFICATE, SHOWN),
                way=ProofWay.SIGNATURE,
                state=ProofState.VERIFIED,
                title=found.title,
                code=text,
                source=found.issuer.name,
                number=shown.number,
                issued_on=shown.valid_from,
                valid_until=shown.valid_until,
                verified_at=at,
                key_id=found.key.key_id,
                revocation_known_at=known_at,
                warnings=_age_of(known_at, at),
            )
            return self._record(tx, case.case_id, SlotProved(slot=slot, proof=proof))

    # --- data checks ----------------------------------------------------------------------------------

    def check(
        self, case_id: str, slot: str, title: str, *, ground: str, subject: tuple[str, str] | None = None
    ) -> Case:
        """Let a data service compare what the case says, and keep the outcome with the slot.

        Args:
            case_id: the case.
            slot: material id.
            title: the check as the item names it, e.g. 户籍信息核验.
            ground: the person's yes or the law.
            subject: name and number of the person asked about; None: the applicant.

        Raises:
            NoGround, NotReplaceable, NoSuchService: as they say.
            IdentityNotCompared, NotAlike, NoApplicant, CaseSealed: see `take_code`.
        """
        if not ground.strip():
            raise NoGround
        case, holder = self._checked(case_id, slot)
        wanted = self._wanted(case, slot, ReplacementKind.DATA_CHECK)
        if title not in wanted:
            raise NotReplaceable
        service = service_for(title)
        if service is None:
            raise NoSuchService(title=title)
        name, number = subject or (holder.name, holder.id_number)
        if not clipped(number).strip():
            raise NoApplicant
        asked = self._asked(name, number, ReplacementKind.DATA_CHECK, ground.strip())
        return self._settled(case, slot, replace(asked, title=title, service=service.id), self.libraries)

    def withdraw(self, case_id: str, slot: str, *, why: str) -> Case:
        """Let the paper be wanted again."""
        with self.store.transaction() as tx:
            self._open(tx, case_id, slot)
            return self._record(tx, case_id, ProofWithdrawn(slot=slot), why=why)

    # --- asking ---------------------------------------------------------------------------------------

    def settle(self, libraries: Libraries) -> None:
        """Ask again for what is pending; called in the thread that sends, when the line is up.

        A line that fails rests a minute; what a library refuses by now is shown on the slot.
        """
        if self.clock() < self._rests_until:
            return
        for case_id in self._pending():
            try:
                case = self.store.case(case_id)
                if case.state in ENDED:
                    self._forget(case_id)
                elif not self._settle_case(case, libraries):
                    break
            except (StoreError, ValueError) as error:
                log.error("pending proof not settled: %s", type(error).__name__)
        if self._pending():
            self._rests_until = self.clock() + REST

    def _settle_case(self, case: Case, libraries: Libraries) -> bool:
        """Ask for each pending slot; False when the line is down, so that sending is kept no longer."""
        for slot, content in case.slots.items():
            proof = content.proof
            if proof is not None and proof.state is ProofState.PENDING and case.may_fill(slot):
                answer = self._ask_again(case, slot, proof, libraries)
                if answer.state is ProofState.PENDING and answer.reason != LibrarySilent.code:
                    return False
        return True

    def _ask_again(self, case: Case, slot: str, proof: Proof, libraries: Libraries) -> Proof:
        answer = self._answer(case, slot, proof, libraries)
        if answer.state is ProofState.PENDING:
            return answer
        with self.store.transaction() as tx:
            # The clerk may have taken the paper, or another code, while the library was asked.
            if tx.case(case.case_id).slot(slot).proof == proof:
                self._record(tx, case.case_id, SlotProved(slot=slot, proof=answer))
        return answer

    def _answer(self, case: Case, slot: str, proof: Proof, libraries: Libraries) -> Proof:
        """Return the proof as the library answers now; what it refuses is the reason beside the slot."""
        try:
            return self._ask(case, slot, proof, libraries)
        except ProofError as error:
            return replace(proof, state=ProofState.UNKNOWN, reason=error.code, verified_at=self.clock())

    def _settled(self, case: Case, slot: str, proof: Proof, libraries: Libraries) -> Case:
        answer = self._ask(case, slot, proof, libraries)
        with self.store.transaction() as tx:
            self._open(tx, case.case_id, slot, holder_of(case, slot))
            return self._record(tx, case.case_id, SlotProved(slot=slot, proof=answer))

    def _ask(self, case: Case, slot: str, proof: Proof, libraries: Libraries) -> Proof:
        scene = scene_of(case, clerk=proof.asked_by, ground=proof.ground, slot=slot)
        subject = subject_of(proof.holder, proof.holder_number)
        try:
            if proof.kind is ReplacementKind.E_CERTIFICATE:
                query = CertificateQuery(scene=scene, subject=subject, identifier=proof.code)
                found = answered_certificate(proof, libraries.certificate(query))
                self._check_title(case, slot, found.title)
                return found
            service = service_for(proof.title)
            if service is None:
                raise NoSuchService(title=proof.title)
            own = case.applicant is not None and case.applicant.id_number == proof.holder_number
            given = known_values(service, case) if own else {}
            fields = {field: clipped(value) for field, value in given.items()}
            question = CheckQuery(scene=scene, subject=subject, fields=fields)
            return answered_check(proof, libraries.check(CheckService(service.id), question), given)
        except LibrarySilent as silent:
            return replace(proof, state=ProofState.PENDING, reason=silent.code)
        except SyncError as error:
            return replace(proof, state=ProofState.PENDING, reason=error.code)

    # --- what may be ----------------------------------------------------------------------------------

    def _asked(self, name: str, number: str, kind: ReplacementKind, ground: str) -> Proof:
        return Proof(
            kind=kind,
            way=ProofWay.LIBRARY,
            state=ProofState.PENDING,
            title="",
            holder=name,
            holder_number=number,
            asked_at=self.clock(),
            asked_by=self.profile.clerk,
            ground=ground,
        )

    def _checked(self, case_id: str, slot: str) -> tuple[Case, Holder]:
        """Return the case and whose certificate the slot takes, once somebody compared the person."""
        case = self.store.case(case_id)
        if not case.may_fill(slot):
            raise CaseSealed(number=case.number)
        holder = holder_of(case, slot)
        if holder is None:
            raise NoApplicant
        if not is_compared(case) or case.identity is None:
            raise IdentityNotCompared
        if not case.identity.alike:
            raise NotAlike
        return case, holder

    def _wanted(self, case: Case, slot: str, kind: ReplacementKind) -> tuple[str, ...]:
        titles = tuple(each.title for each in self.replacements(case, slot) if each.kind is kind)
        if not titles:
            raise NotReplaceable
        return titles

    def _check_title(self, case: Case, slot: str, title: str) -> None:
        wanted = self._wanted(case, slot, ReplacementKind.E_CERTIFICATE)
        if title and title not in wanted:
            raise WrongCertificate(title=title, wanted="、".join(wanted))

    def _material(self, case: Case, slot: str) -> Material | None:
        asked = derive(self.catalogue.item_of(case), case.answers)
        return next((material for material in asked if material.id == slot), None)

    def _open(self, tx: Tx, case_id: str, slot: str = "", holder: Holder | None = None) -> Case:
        """Return the case as this transaction sees it, while it is open and still of this person."""
        case = tx.case(case_id)
        if case.is_sealed and not (slot and case.may_fill(slot)):
            raise CaseSealed(number=case.number)
        if holder is not None and holder_of(case, slot) != holder:
            raise NoApplicant
        return case

    def _note_refusal(self, case: Case, slot: str, holder: Holder, refusal: ProofError) -> None:
        deed = Deed(
            action=Action.PROOF_REFUSED,
            person=holder.id_number,
            case=case.number,
            item=case.item_code,
            detail=detail_of(slot=slot, code=refusal.code),
        )
        with self.store.transaction() as tx:
            tx.note(deed, actor=self.profile.clerk, at=self.clock())

    @property
    def trusted(self) -> tuple[TrustedIssuer, ...]:
        """Return whose signatures count today: the current pack's issuers, and practice's own."""
        return (*self.catalogue.current.issuers, *self.issuers)

    def _record(self, tx: Tx, case_id: str, payload: Payload, *, why: str = "") -> Case:
        case = tx.record(case_id, payload, actor=self.profile.clerk, at=self.clock(), why=why)
        states = [content.proof.state for content in case.slots.values() if content.proof is not None]
        waiting = set(json.loads(tx.setting(PENDING) or "[]"))
        now = waiting | {case_id} if ProofState.PENDING in states else waiting - {case_id}
        if now != waiting:
            tx.put_setting(PENDING, json.dumps(sorted(now)))
        return case

    def _forget(self, case_id: str) -> None:
        """Ask no more for a case that is over; one that was only sealed may be opened again."""
        with self.store.transaction() as tx:
            waiting = set(json.loads(tx.setting(PENDING) or "[]"))
            tx.put_setting(PENDING, json.dumps(sorted(waiting - {case_id})))

    def _pending(self) -> tuple[str, ...]:
        return tuple(json.loads(self.store.setting(PENDING) or "[]"))


def check_proofs(memory: Remembered, case: Case, item: Item, today: date) -> None:
    """Look once more at every certificate that stands for a paper, at the moment the case is received.

    Raises:
        CertificateRevoked, CertificateExpired: it was taken back, or ran out, since it was shown.
    """
    for line in checklist(item, case).lines:
        proof = case.slot(line.material.id).proof
        if proof is None or line.status is not SlotStatus.PROVED:
            continue
        if proof.valid_until is not None and today > proof.valid_until:
            raise CertificateExpired(day=proof.valid_until)
        check_revoked(memory, proof.number, proof.key_id)


def holder_of(case: Case, slot: str) -> Holder | None:
    """Return whose certificate a slot takes; None while nobody is named."""
    if slot in AGENT_PAPERS and case.agent is not None:
        return Holder(case.agent.name, case.agent.id_number)
    applicant = case.applicant
    return None if applicant is None else Holder(applicant.name, applicant.id_number)


def _age_of(known_at: datetime | None, at: datetime) -> tuple[str, ...]:
    if known_at is None:
        return (REVOCATIONS_NEVER,)
    return (REVOCATIONS_OLD,) if at - known_at > OLD else ()
