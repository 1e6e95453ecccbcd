"""A bundle on its way in, and what it becomes: one row with its receipt."""

from __future__ import annotations

from dataclasses import dataclass

from sync.contract.models import Manifest, SignedManifest, SignedReceipt
from sync.gateway.enrolment import Window

COLUMNS = (
    "serial",
    "bundle_id",
    "window_id",
    "kind",
    "subject",
    "version",
    "supersedes",
    "manifest_sha256",
    "manifest",
    "receipt",
    "received_at",
    "state",
)
"""Of the table of bundles."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """The receipt as first signed, byte for byte, and whether this call made it."""

    receipt: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A bundle that may come in, as far as that can be told without the rows of other bundles."""

    window: Window
    signed: SignedManifest
    digest: str
    """The manifest's hash."""
    earlier: SignedReceipt | None
    """The receipt this office gave for it before it was restored from a backup."""

    @property
    def manifest(self) -> Manifest:
        """What the window signed."""
        return self.signed.manifest

    @property
    def name(self) -> str:
        """The name under which the number of its case or bag is held."""
        return f"subject {self.signed.manifest.subject}"
