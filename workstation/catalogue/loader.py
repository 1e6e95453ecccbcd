"""Load a pack: signature first, then every file's digest, and only then the content.

An item's file is checked with all others, and read when the item is opened.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from workstation.catalogue.errors import PackFileAltered, PackInvalid, PackTooLarge, PackUnreadable
from workstation.catalogue.findings import Finding
from workstation.catalogue.reading import read_matters
from workstation.catalogue.schema import parse
from workstation.catalogue.schema_pack import FileEntry, IssuersEntry, ManifestEntry, PackEntry
from workstation.catalogue.shelf import PackItems, read_search
from workstation.catalogue.signing import (
    ISSUERS,
    MANIFEST,
    PACK,
    SEARCH,
    SIGNATURE,
    TrustedKey,
    check_scope,
    check_signature,
    read_trusted_keys,
)
from workstation.catalogue.source import read_document
from workstation.domain.issuers import TrustedIssuer
from workstation.domain.items import Pack

MAX_FILE_BYTES = 512 * 1024
MAX_SEARCH_BYTES = 16 * 1024 * 1024
MAX_FILES = 5_000
PACKS = Path(__file__).with_name("packs")


def bundled_pack() -> Path:
    """Return the folder of the newest pack shipped with the program.

    Raises:
        PackUnreadable: none is shipped.
    """
    folders = [path.parent for path in PACKS.glob(f"*/{MANIFEST}")]
    if not folders:
        raise PackUnreadable(path=PACKS.name)
    return max(folders, key=lambda folder: [int(part) for part in re.findall(r"[0-9]+", folder.name)])


def load_pack(folder: Path, *, trusted_keys: tuple[TrustedKey, ...] | None = None) -> Pack:
    """Return the pack in `folder`; files that the manifest does not name are ignored.

    Args:
        folder: holds `manifest.yaml`, `manifest.sig`, `pack.yaml`, `standards.yaml`, `search.json`,
            `items/*.yaml` and `matters/*.yaml`.
        trusted_keys: None means the list shipped with the program.

    Raises:
        PackUnreadable: a file is missing.
        PackTooLarge: a file or the number of files is over the limit.
        BadPackSignature: no trusted key signed the manifest, or the key may not sign this pack.
        PackFileAltered: a file's sha256 is not the signed one.
        PackInvalid: the content breaks the schema; that of an item is told when it is opened.
    """
    keys = read_trusted_keys() if trusted_keys is None else trusted_keys
    manifest_bytes = _read(folder, MANIFEST, MAX_FILE_BYTES * 4)
    signers = check_signature(manifest_bytes, _read(folder, SIGNATURE, 1024), keys)
    manifest = parse(ManifestEntry, read_document(_text(manifest_bytes, MANIFEST), MANIFEST))
    check_scope(manifest.id, signers)
    if len(manifest.files) > MAX_FILES:
        raise PackTooLarge(path=MANIFEST, limit=MAX_FILES)
    files = {entry.path: _text(_verified(folder, entry), entry.path) for entry in manifest.files}
    return _pack(manifest, files)


def _pack(manifest: ManifestEntry, files: dict[str, str]) -> Pack:
    pack = parse(PackEntry, read_document(files.get(PACK, ""), PACK))
    matters, findings = read_matters(files)
    if (pack.id, pack.version) != (manifest.id, manifest.version):
        findings = (*findings, Finding(PACK, 1, "C134", {"manifest": f"{manifest.id} {manifest.version}"}))
    if findings:
        raise PackInvalid(findings)
    listings, keys = read_search(files.get(SEARCH, ""), files)
    return Pack(
        **pack.model_dump(),
        items=PackItems(files, listings),
        issuers=_issuers(files),
        matters=tuple(replace(matter, search_keys=keys.get(matter.id, ())) for matter in matters),
    )


def _issuers(files: dict[str, str]) -> tuple[TrustedIssuer, ...]:
    """Return the trust list; a pack without one trusts nobody's certificates."""
    if ISSUERS not in files:
        return ()
    listed = parse(IssuersEntry, read_document(files[ISSUERS], ISSUERS))
    try:
        return tuple(entry.to_domain() for entry in listed.issuers)
    except ValueError as error:
        raise PackInvalid((Finding(ISSUERS, 1, "C120", {"problem": "public_key"}),)) from error


def _verified(folder: Path, entry: FileEntry) -> bytes:
    limit = MAX_SEARCH_BYTES if entry.path == SEARCH else MAX_FILE_BYTES
    content = _read(folder, entry.path, limit)
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise PackFileAltered(path=entry.path)
    return content


def _read(folder: Path, name: str, limit: int) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise PackUnreadable(path=name) from error
    if len(content) > limit:
        raise PackTooLarge(path=name, limit=limit)
    return content


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise PackInvalid((Finding(name, 0, "C120", {"problem": "UTF-8"}),)) from error
