"""The staff in the database; each private key lies there only sealed under its owner's PIN."""

from __future__ import annotations

import base64
import json
import secrets
import unicodedata
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlmodel import Session, col, select

from sync.contract.signing import load_private, private_bytes, public_text
from sync.contract.suites import AES_256_GCM, CIPHER_NAMES, Aead, NoNationalAlgorithms, Suite, cipher_named
from workstation.domain.lockout import NO_TRIES, Tries
from workstation.domain.people import Person, Role
from workstation.store.errors import StoreDamaged, SuiteUnavailable, UnknownAlgorithm, UnknownRecord
from workstation.store.keys import ARGON2ID, KEY_BYTES
from workstation.store.rows import PersonRow
from workstation.store.writing import put

_SALT_BYTES, _NONCE_BYTES = 16, 12
_WHAT = "people"


def wrapped_key(person_id: str, key: Ed25519PrivateKey, pin: str, suite: Suite) -> str:
    """Return a private key sealed under a PIN (Argon2id, then the suite's cipher), bound to its owner."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    header: dict[str, Any] = {
        "kind": "argon2id",
        "salt": _text(salt),
        "wrap": CIPHER_NAMES[suite],
        **ARGON2ID,
    }
    sealed = _cipher(pin, header).encrypt(nonce, private_bytes(key), _bound(person_id, key))
    return json.dumps({**header, "nonce": _text(nonce), "key": public_text(key), "sealed": _text(sealed)})


def opened_key(person_id: str, wrapped: str, pin: str) -> Ed25519PrivateKey | None:
    """Return the private key; None when this is not the PIN.

    Raises:
        StoreDamaged: the sealed key cannot be read.
        UnknownAlgorithm: a newer version sealed it.
        SuiteUnavailable: this computer lacks the cipher that sealed it.
    """
    try:
        slot = json.loads(wrapped)
        bound = f"window-workstation/person/{person_id}/{slot['key']}".encode()
        cipher = _cipher(pin, slot)
        return load_private(cipher.decrypt(_bytes(slot["nonce"]), _bytes(slot["sealed"]), bound))
    except InvalidTag:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(what=_WHAT, reason=type(error).__name__) from error


def put_person(session: Session, person: Person, wrapped: str) -> None:
    """Keep a person as they are now; wrong PINs are forgotten."""
    row = {
        "person_id": person.person_id,
        "name": person.name,
        "role": person.role.value,
        "is_active": person.is_active,
        "enrolled_at": person.enrolled_at,
        "public_key": person.public_key,
        "wrapped": wrapped,
        "tries": "",
    }
    put(session, PersonRow, row)


def people(session: Session) -> tuple[Person, ...]:
    """Return everybody, disabled people included, in the order they came."""
    return tuple(_person(row) for row in session.exec(select(PersonRow).order_by(col(PersonRow.person_id))))


def wrapped_of(session: Session, person_id: str) -> str:
    """Return a person's sealed key; raises UnknownRecord."""
    return _row(session, person_id).wrapped


def tries_of(session: Session, person_id: str) -> Tries:
    """Return a person's wrong PINs in a row; raises UnknownRecord."""
    written = _row(session, person_id).tries
    try:
        return Tries(**json.loads(written)) if written else NO_TRIES
    except (ValueError, TypeError) as error:
        raise StoreDamaged(what=_WHAT, reason="tries") from error


def put_tries(session: Session, person_id: str, tries: Tries) -> None:
    """Keep a person's wrong PINs; raises UnknownRecord."""
    row = _row(session, person_id)
    row.tries = json.dumps(asdict(tries)) if tries.wrong else ""
    session.flush()


def _row(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id, populate_existing=True)
    if row is None:
        raise UnknownRecord(kind="person", name=person_id)
    return row


def _person(row: PersonRow) -> Person:
    enrolled_at: datetime = row.enrolled_at
    return Person(
        person_id=row.person_id,
        name=row.name,
        role=Role(row.role),
        enrolled_at=enrolled_at,
        public_key=row.public_key,
        is_active=row.is_active,
    )


def _cipher(pin: str, slot: dict[str, Any]) -> Aead:
    # Keys sealed before there was a choice name no cipher.
    name = slot.get("wrap", AES_256_GCM)
    if name not in CIPHER_NAMES.values():
        raise UnknownAlgorithm(what=_WHAT, algorithm=str(name)[:20])
    try:
        return cipher_named(name, _stretched(pin, slot), "window-workstation/person/sm4")
    except NoNationalAlgorithms as error:
        raise SuiteUnavailable() from error


def _stretched(pin: str, slot: dict[str, Any]) -> bytes:
    # NFKC as for the store's passphrase: the same keys, whether the input method stood on full or half width.
    spelled = unicodedata.normalize("NFKC", pin).encode("utf-8", "surrogatepass")
    stretch = Argon2id(
        salt=_bytes(slot["salt"]),
        length=KEY_BYTES,
        iterations=slot["iterations"],
        lanes=slot["lanes"],
        memory_cost=slot["memory_kib"],
    )
    return stretch.derive(spelled)


def _bound(person_id: str, key: Ed25519PrivateKey) -> bytes:
    return f"window-workstation/person/{person_id}/{public_text(key)}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
