"""The gateway's own signing key: made once, kept in a file only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.signing import load_private, new_key, private_bytes
from sync.gateway.blobs import sync_folder
from sync.gateway.errors import FolderUnusable

KEY_FILE = "gateway.key"


def gateway_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key of this folder, making it at the first start.

    Two first starts at once agree: the file is linked into place, so the second finds the first one's key.

    Raises:
        FolderUnusable: the key file is damaged.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    try:
        return load_private(path.read_bytes())
    except ValueError as error:
        raise FolderUnusable(folder=folder, reason=KEY_FILE) from error


def _make(path: Path) -> None:
    temporary = path.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(private_bytes(new_key()))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
