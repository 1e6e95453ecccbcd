"""The audit as people use it: is it whole, and who saw this person's papers, when, for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from sync.contract.anchors import SignedAnchor
from sync.contract.signing import BadSignature, verify
from workstation.domain.audit import Action, AuditEntry, Deed, detail_of
from workstation.domain.clock import Clock
from workstation.domain.people import Permission
from workstation.services.audit_check import Fault, Finding, Seen, check_chain
from workstation.services.people_errors import NotPermitted, ReasonNeeded
from workstation.services.profile import WindowProfile
from workstation.services.rights import require
from workstation.store.database import Store


@dataclass(frozen=True)
class AuditDesk:
    """Reads and checks the chain of one store."""

    store: Store
    profile: WindowProfile
    clock: Clock

    def note(self, action: Action, *, reason: str = "", **facts: str | int | bool) -> None:
        """Write a deed that changes nothing else, e.g. an export."""
        with self.store.transaction() as tx:
            deed = Deed(action=action, reason=reason, detail=detail_of(**facts) if facts else "")
            tx.note(deed, actor=self.profile.clerk, at=self.clock())

    def trace(
        self,
        *,
        person: str = "",
        case: str = "",
        actor: str = "",
        since: datetime | None = None,
        reason: str,
        action: Action = Action.AUDIT_READ,
    ) -> tuple[AuditEntry, ...]:
        """Return what was recorded; that it was asked for is recorded first.

        Args:
            person: identity number: only entries about their papers.
            case: case number.
            actor: id of one of the staff.
            since: only from then on.
            reason: why this is asked.
            action: `AUDIT_EXPORTED` when it leaves the house.

        Raises:
            NotPermitted: whoever is at the window may not read the audit, or nobody has signed in.
            ReasonNeeded: no reason is given.
        """
        require(self.profile, Permission.READ_AUDIT)
        if not self.profile.person_id:
            raise NotPermitted(role="")
        if not reason.strip():
            raise ReasonNeeded
        asked = {"actor": actor, "since": since.isoformat() if since else ""}
        with self.store.transaction() as tx:
            deed = Deed(
                action=action,
                person=person,
                case=case,
                reason=reason.strip(),
                detail=detail_of(**{name: text for name, text in asked.items() if text}),
            )
            tx.note(deed, actor=self.profile.clerk, at=self.clock())
        subject = self.store.person_hash(person) if person else ""
        return self.store.audit.entries(subject=subject, case=case, actor=actor, since=since)


def check(
    store: Store,
    *,
    gateway_id: str = "",
    gateway_key: Ed25519PublicKey | None = None,
    online: Iterable[Seen] = (),
) -> tuple[Finding, ...]:
    """Return everything that is wrong with a store's chain; nothing when it is whole.

    Args:
        store: whose chain.
        gateway_id: the gateway this window has joined.
        gateway_key: its key; without one receipts count unproved.
        online: what the gateway says it has seen.
    """
    memo = store.audit.memo()
    receipts = [row.receipt for row in store.audit.anchors()]
    if memo.receipt:
        receipts.append(memo.receipt)
    forged: list[Finding] = []
    seen = {Seen(memo.head.seq, memo.head.hash)} if memo.is_sound and memo.head.seq else set()
    seen.update(_anchored(receipts, gateway_id, gateway_key, forged))
    machine = store.audit.signers.machine.key.public_key()
    found = check_chain(store.audit.raw(), machine, store.people(), [*seen, *online])
    if not memo.is_sound:
        forged.append(Finding(Fault.MEMO, 0))
    return (*found, *forged)


def _anchored(
    receipts: Iterable[str], gateway_id: str, key: Ed25519PublicKey | None, forged: list[Finding]
) -> Iterator[Seen]:
    """Yield what receipts prove; one that is not the gateway's own goes to `forged`."""
    for text in receipts:
        try:
            signed = SignedAnchor.model_validate_json(text)
            # Of a gateway this window has left only its word is kept, not its key.
            if key is not None and signed.anchor.gateway_id == gateway_id:
                verify(signed.anchor, signed.signature, key)
        except (ValidationError, BadSignature):
            forged.append(Finding(Fault.RECEIPT, 0))
            continue
        yield Seen(signed.anchor.seq, signed.anchor.hash)
