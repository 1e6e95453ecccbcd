"""Sign a pack, and the list of keys whose packs are trusted.

A line of the list: `SCOPE NAME BASE64`, where the last is the 32 bytes of an Ed25519 public key (RFC 8032).
Scope `any` may sign any pack; scope `sample` only packs whose id starts with `sample-`, because the sample
key's private half is public for everybody who works on the program.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from workstation.catalogue.errors import (
    BadKeyFile,
    BadPackSignature,
    KeyOutOfScope,
    PackInvalid,
    PackUnreadable,
)
from workstation.catalogue.findings import Finding
from workstation.catalogue.reading import read_items_by_path, read_matters
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_pack import PackEntry
from workstation.catalogue.source import read_document
from workstation.catalogue.standards import STANDARDS
from workstation.domain.items import Item

MANIFEST = "manifest.yaml"
SIGNATURE = "manifest.sig"
PACK = "pack.yaml"
ISSUERS = "issuers.yaml"
"""Optional: whose e-certificates are taken, see `workstation.domain.issuers`."""
SEARCH = "search.json"
SAMPLE_PREFIX = "sample-"
TRUSTED_KEYS = Path(__file__).with_name("trusted_keys.txt")


class Scope(StrEnum):
    """Which packs a key may sign."""

    ANY = "any"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key and what it may sign."""

    scope: Scope
    name: str
    public_key: bytes
    """32 bytes."""

    def may_sign(self, pack_id: str) -> bool:
        """True when a pack with this id may carry this key's signature."""
        return self.scope is Scope.ANY or pack_id.startswith(SAMPLE_PREFIX)

    def made(self, signature: bytes, message: bytes) -> bool:
        """True when this key made the signature."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def read_trusted_keys(path: Path = TRUSTED_KEYS) -> tuple[TrustedKey, ...]:
    """Return the keys of a list; the default is the one shipped with the program.

    Raises:
        BadKeyFile: the list is missing or a line is malformed.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeyFile(path=path.name, line=0) from error
    keys = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            keys.append(_trusted_key(line, path.name, number))
    return tuple(keys)


def _trusted_key(line: str, file: str, number: int) -> TrustedKey:
    try:
        scope, name, encoded = line.split()
        public_key = base64.b64decode(encoded, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key)
        return TrustedKey(Scope(scope), name, public_key)
    except (ValueError, binascii.Error) as error:
        raise BadKeyFile(path=file, line=number) from error


def check_signature(
    manifest: bytes, signature: bytes, trusted_keys: tuple[TrustedKey, ...]
) -> tuple[TrustedKey, ...]:
    """Return the trusted keys that made the signature (base64, over the manifest's bytes).

    Raises:
        BadPackSignature: none did.
    """
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
    except binascii.Error as error:
        raise BadPackSignature() from error
    signers = tuple(key for key in trusted_keys if key.made(raw, manifest))
    if not signers:
        raise BadPackSignature()
    return signers


def check_scope(pack_id: str, signers: tuple[TrustedKey, ...]) -> None:
    """Refuse a pack that is signed only by keys that may not sign it.

    Raises:
        KeyOutOfScope: the pack's id is outside the scope of every signer.
    """
    if not any(key.may_sign(pack_id) for key in signers):
        raise KeyOutOfScope(pack=pack_id, key=signers[0].name)


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Return the key in a PEM file (PKCS 8, without a passphrase).

    Raises:
        BadKeyFile: there is no such file, or it holds no Ed25519 key.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKeyFile(path=path.name, line=0) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyFile(path=path.name, line=0)
    return key


def content_files(folder: Path) -> list[Path]:
    """Return the files people write (pack, standards, issuers, items, matters) in the order they are read."""
    shared = [folder / PACK, *(path for path in (folder / STANDARDS, folder / ISSUERS) if path.exists())]
    return [*shared, *sorted(folder.glob("items/*.yaml")), *sorted(folder.glob("matters/*.yaml"))]


def sign_pack(folder: Path, private_key: Ed25519PrivateKey) -> None:
    """Write the search keys, the manifest and its signature into a pack's folder.

    Raises:
        PackInvalid: `pack.yaml` or an item breaks the schema.
        PackUnreadable: a file is missing.
    """
    try:
        pack = parse(PackEntry, read_document((folder / PACK).read_text("utf-8"), PACK))
        _write_search_list(folder)
        manifest = _manifest(folder, pack).encode()
        (folder / MANIFEST).write_bytes(manifest)
        (folder / SIGNATURE).write_bytes(base64.b64encode(private_key.sign(manifest)) + b"\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PackUnreadable(path=folder.name) from error


def _write_search_list(folder: Path) -> None:
    """Store what a search shows, so that loading a pack needs neither the items nor the pinyin tables."""
    from workstation.catalogue.pinyin import search_keys
    from workstation.catalogue.shelf import search_text

    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in content_files(folder)}
    items, faults = read_items_by_path(files)
    matters, more = read_matters(files)
    faults = (*faults, *more, *_double_codes(items))
    if faults:
        raise PackInvalid(faults)
    listed = {path: replace(item, search_keys=search_keys(item)) for path, item in items.items()}
    text = search_text(listed, (replace(one, search_keys=search_keys(one)) for one in matters))
    (folder / SEARCH).write_text(text, "utf-8")


def _double_codes(items: dict[str, Item]) -> tuple[Finding, ...]:
    first: dict[str, str] = {}
    return tuple(
        Finding(path, 1, "C140", {"item": item.code})
        for path, item in items.items()
        if first.setdefault(item.code, path) != path
    )


def _manifest(folder: Path, pack: PackEntry) -> str:
    paths = [*content_files(folder), folder / SEARCH]
    lines = [f"format: 1\nid: {pack.id}\nversion: '{pack.version}'\nfiles:"]
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"- path: {path.relative_to(folder).as_posix()}\n  sha256: {digest}")
    return "\n".join(lines) + "\n"
