"""The citizen's phone in practice: an invented issuer, and the codes its certificates are shown with.

The issuer's key is made from words printed here, so anybody can sign with it: it is trusted in practice only,
and every code it signs says that it is practice.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanners.id_reader import ChipCard
from sync.contract.certificate import NONCE_BYTES, Presentation, holder_hash, seal_code
from sync.contract.signing import key_id, load_private, public_text
from sync.gateway.libraries import SPECIMEN_ISSUER, SPECIMEN_KINDS, specimen_serial
from workstation.domain.certificate_ids import ROOT, check_character
from workstation.domain.issuers import IssuerKey, TrustedIssuer
from workstation.training.specimens.people import SpecimenPerson

ISSUER_NAME = "样本市政务服务数据管理局"
SHOWN_FOR = timedelta(minutes=5)


def practice_key() -> Ed25519PrivateKey:
    """Return the key of the invented issuer; it is no secret."""
    return load_private(hashlib.sha256(b"specimen issuer of window-workstation, no secret").digest())


def practice_issuers() -> tuple[TrustedIssuer, ...]:
    """Return the trust list of practice."""
    public = practice_key().public_key()
    key = IssuerKey(public_key=public_text(public), key_id=key_id(public), valid_from=date(2020, 1, 1))
    return (
        TrustedIssuer(
            uscc=SPECIMEN_ISSUER, name=ISSUER_NAME, keys=(key,), kinds=tuple(SPECIMEN_KINDS.items())
        ),
    )


def presentation(name: str, id_number: str, title: str, at: datetime, **differing: object) -> Presentation:
    """Return what a phone shows at a moment; `differing` replaces any field of it.

    Raises:
        KeyError: no specimen certificate has this title.
    """
    kinds = {named: kind for kind, named in SPECIMEN_KINDS.items()}
    nonce = secrets.token_bytes(NONCE_BYTES)
    shown = Presentation(
        issuer=SPECIMEN_ISSUER,
        kind=kinds[title],
        number=f"样本{specimen_serial(id_number)[:8]}",
        holder=holder_hash(name, id_number, nonce),
        valid_from=date(2020, 1, 1),
        valid_until=None,
        nonce=nonce,
        shown_at=at,
        shown_until=at + SHOWN_FOR,
        practice=True,
    )
    return replace(shown, **differing)  # type: ignore[arg-type]


def code_of(
    name: str,
    id_number: str,
    title: str,
    at: datetime,
    *,
    key: Ed25519PrivateKey | None = None,
    **differing: object,
) -> str:
    """Return the text of the code a phone shows; see `presentation`."""
    return seal_code(presentation(name, id_number, title, at, **differing), key or practice_key())


def identifier_of(id_number: str, title: str, *, version: str = "001") -> str:
    """Return a specimen identifier of this person; see `sync.gateway.libraries` for what a version means."""
    kinds = {named: kind for kind, named in SPECIMEN_KINDS.items()}
    parts = kinds[title], SPECIMEN_ISSUER, specimen_serial(id_number), version
    return f"{ROOT}{'.'.join(parts)}.{check_character(''.join(parts))}"


def chip_card(person: SpecimenPerson) -> ChipCard:
    """Return what the chip of an invented person's card says."""
    return ChipCard(
        name=person.name,
        sex=person.sex,
        ethnicity=person.ethnicity,
        birth_date=person.birth_date,
        address=person.address,
        id_number=person.id_number,
        authority=person.issuing_authority,
        valid_from=person.id_valid_from,
        valid_until=person.id_valid_until,
        chip_serial=f"SPECIMEN{person.seed:07d}",
    )
