"""Which earlier versions the back office will never get, and what becomes of their lines."""

from __future__ import annotations

from typing import Any

from sync.contract.models import Manifest
from sync.port import LineState
from workstation.domain.case import Case
from workstation.i18n import _
from workstation.store.database import Tx


def refused_versions(tx: Tx, case: Case) -> list[dict[str, Any]]:
    """Return the versions before the next one that the back office will never get, the latest first.

    They are the one being corrected and those replaced before it; one that arrived meanwhile, by hand for
    instance, ends the list.
    """
    refused: list[dict[str, Any]] = []
    for sealed in reversed(case.bundles):
        is_corrected = sealed.bundle_id == case.reopened
        state = tx.line_state(sealed.bundle_id)
        if state is LineState.DELIVERED or not (is_corrected or state is LineState.REPLACED):
            break
        refused.append({"version": sealed.version, "manifest_sha256": sealed.manifest_sha256})
    return refused


def replace_refused(tx: Tx, case: Case, manifest: Manifest) -> None:
    """Take the corrected version's line out of the queue, now that `manifest` stands in its place."""
    if case.reopened:
        words = _("由第 {n} 版代替").format(n=manifest.version)
        tx.set_aside(case.reopened, LineState.REPLACED, manifest.created_at, words)
