"""Where a bundle stands: known or not, its place among the versions of its case, and who waits for it."""

from __future__ import annotations

from sync.contract.models import BundleKind, Manifest, SignedManifest
from sync.gateway import matters
from sync.gateway.database import Row, Rows
from sync.gateway.errors import ChainInvalid, Refused, SubjectTaken, VersionConflict

ACCEPTED, HELD, STRAY = "accepted", "held", "stray"
"""In its chain; waiting for the version before; following a version that turned out not to be its own."""


def known(rows: Rows, bundle_id: str) -> Row | None:
    """Return hash and receipt of a bundle that was taken before."""
    return rows.execute(
        "SELECT manifest_sha256, receipt FROM bundle WHERE bundle_id = ?", (bundle_id,)
    ).fetchone()


def place_taken(rows: Rows, manifest: Manifest) -> Refused | None:
    """Return the conflict when another bundle already stands where this one wants to."""
    if manifest.supersedes is not None:
        rival = rows.execute(
            "SELECT bundle_id FROM bundle WHERE window_id = ? AND supersedes = ?",
            (manifest.window_id, manifest.supersedes),
        ).fetchone()
        if rival is not None:
            return VersionConflict(f"taken by {rival['bundle_id']}")
        if not _opens_by_correction(rows, manifest):
            return None
    if manifest.kind not in (BundleKind.CASE, BundleKind.HANDOVER):
        return None
    matter = matters.find(rows, manifest.subject)
    if matter is None:
        return None
    if matter.window_id != manifest.window_id:
        return SubjectTaken()
    return VersionConflict(f"taken by {matter.bundle_id}")


def place(rows: Rows, manifest: Manifest) -> str:
    """Return ACCEPTED, or HELD while the version before has not arrived.

    A version this office refused never arrives: the window says so, and then the one that takes its place
    opens the case, or follows the last version that was taken.

    Raises:
        ChainInvalid: the version before is another subject's or has another number.
    """
    if manifest.supersedes is None:
        return ACCEPTED
    parent = _parent(rows, manifest)
    if parent is None:
        return _place_of_correction(rows, manifest)
    if not _follows(manifest, str(parent["subject"]), int(parent["version"])):
        raise ChainInvalid(f"supersedes version {parent['version']} of its chain")
    return str(parent["state"])


def _parent(rows: Rows, manifest: Manifest) -> Row | None:
    """Return the version that this one names, None while it is not here."""
    return rows.execute(
        "SELECT subject, version, state FROM bundle WHERE window_id = ? AND manifest_sha256 = ?",
        (manifest.window_id, manifest.supersedes),
    ).fetchone()


def _opens_by_correction(rows: Rows, manifest: Manifest) -> bool:
    """True for a later version that is the first one to be taken: all before it were refused."""
    refused = refused_versions(manifest)
    return bool(refused) and min(refused) == 1 and _parent(rows, manifest) is None


def _place_of_correction(rows: Rows, manifest: Manifest) -> str:
    """Return the place of a version whose parent is not here: HELD unless its window will never send it."""
    refused = refused_versions(manifest)
    if manifest.supersedes not in refused.values():
        return HELD
    before = min(refused) - 1
    if before == 0:
        return ACCEPTED
    earlier = rows.execute(
        "SELECT state FROM bundle WHERE window_id = ? AND subject = ? AND version = ? AND state = ?",
        (manifest.window_id, manifest.subject, before, ACCEPTED),
    ).fetchone()
    return HELD if earlier is None else ACCEPTED


def refused_versions(manifest: Manifest) -> dict[int, str]:
    """Return version -> hash of the versions that the window says were refused and will not be sent.

    Empty unless they lie without a gap right below this version.
    """
    named = manifest.body.get("refused")
    found: dict[int, str] = {}
    for one in named if isinstance(named, list) else []:
        version, sha256 = (
            (one.get("version"), one.get("manifest_sha256")) if isinstance(one, dict) else (0, "")
        )
        if isinstance(version, int) and isinstance(sha256, str):
            found[version] = sha256
    below = range(manifest.version - len(found), manifest.version)
    return found if found and set(found) == set(below) and below.start >= 1 else {}


def _follows(manifest: Manifest, subject: str, version: int) -> bool:
    return manifest.subject == subject and manifest.version == version + 1


def release(rows: Rows, parent: Manifest, digest: str) -> tuple[Manifest | None, str]:
    """Return the held version that follows `parent`, now accepted, and its hash, or (None, "")."""
    row = rows.execute(
        "SELECT bundle_id, manifest, manifest_sha256 FROM bundle"
        " WHERE window_id = ? AND supersedes = ? AND state = ?",
        (parent.window_id, digest, HELD),
    ).fetchone()
    if row is None:
        return None, ""
    manifest = SignedManifest.model_validate_json(row["manifest"]).manifest
    follows = _follows(manifest, parent.subject, parent.version)
    rows.execute(
        "UPDATE bundle SET state = ? WHERE bundle_id = ?", (ACCEPTED if follows else STRAY, row["bundle_id"])
    )
    return (manifest, str(row["manifest_sha256"])) if follows else (None, "")
