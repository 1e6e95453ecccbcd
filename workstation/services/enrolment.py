"""Joining a gateway: the window's key, its number block and the gateway's key."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import Identity, enrol
from sync.contract.models import Enrolment, EnrolmentRequest
from sync.contract.signing import load_private, load_public, new_key, private_bytes, public_text
from workstation.domain.audit import MACHINE, Action, Deed, detail_of
from workstation.domain.clock import now
from workstation.services.errors import NotEnrolled, PracticeMixed
from workstation.store.database import Store

_KEY = "window.private_key"
_ENROLMENT = "enrolment"
_URL = "gateway.url"
_PRACTICE = "practice"


@dataclass(frozen=True)
class Membership:
    """What enrolment left in the store."""

    enrolment: Enrolment
    key: Ed25519PrivateKey
    url: str
    practice: bool

    @property
    def identity(self) -> Identity:
        """The window as the gateway's client needs it."""
        return Identity(
            window_id=self.enrolment.window_id,
            gateway_id=self.enrolment.gateway_id,
            gateway_key=load_public(self.enrolment.gateway_key),
            private_key=self.key,
        )


def window_key(store: Store) -> Ed25519PrivateKey:
    """Return the window's signing key, made at first use and kept in the encrypted store."""
    with store.transaction() as tx:
        kept = tx.setting(_KEY)
        if kept is None:
            key = new_key()
            tx.put_setting(_KEY, private_bytes(key).hex())
            return key
    return load_private(bytes.fromhex(kept))


def join(store: Store, url: str, *, code: str, window_name: str, street: str, practice: bool) -> Membership:
    """Enrol with a one-time code and keep the answer.

    Raises:
        PracticeMixed: this data folder holds data of the other kind.
        SyncError: the gateway did not answer, or refused the code.
    """
    kept = store.setting(_PRACTICE)
    if kept is not None and (kept == "1") is not practice:
        raise PracticeMixed
    key = window_key(store)
    request = EnrolmentRequest(
        code=code,
        public_key=public_text(key.public_key()),
        window_name=window_name,
        street=street,
        practice=practice,
    )
    answer = enrol(url, request)
    with store.transaction() as tx:
        facts = detail_of(name="back-office", old=tx.setting(_URL) or "", new=url, gateway=answer.gateway_id)
        tx.note(Deed(action=Action.SETTING, detail=facts), actor=MACHINE, at=now())
        tx.put_setting(_ENROLMENT, answer.model_dump_json())
        tx.put_setting(_URL, url)
        tx.put_setting(_PRACTICE, "1" if practice else "0")
    return membership(store)


def membership(store: Store) -> Membership:
    """Return what enrolment left.

    Raises:
        NotEnrolled: this window has not joined a gateway yet.
    """
    kept, url = store.setting(_ENROLMENT), store.setting(_URL)
    if kept is None or url is None:
        raise NotEnrolled
    return Membership(
        enrolment=Enrolment.model_validate_json(kept),
        key=window_key(store),
        url=url,
        practice=store.setting(_PRACTICE) == "1",
    )
