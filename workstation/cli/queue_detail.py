"""`workstation queue show`: one sealed bundle with its pages, what happened to it, and its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workstation.cli.queue import in_time, plain
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.contract.models import SignedManifest, SignedReceipt
    from workstation.services.queue import QueueLine
    from workstation.store.database import Attempt, Store


def detail(store: Store, line: QueueLine, *, names: bool = False) -> dict[str, Any]:
    """Return all that is kept of a bundle; the keys are stable.

    A bundle whose manifest can no longer be read has `pages` None and `unreadable` with the code.
    """
    from sync.errors import UnreadableBundle

    manifest: SignedManifest | None = None
    unreadable = ""
    try:
        manifest = store.outbox.load(line.line.bundle_id)
    except UnreadableBundle as error:
        unreadable = error.code
    receipt = store.outbox.receipt(line.line.bundle_id)
    return {
        **plain(line, names=names),
        "sentence": line.sentence,
        "detail": line.line.detail,
        "version": manifest.manifest.version if manifest else None,
        "supersedes": manifest.manifest.supersedes if manifest else None,
        "pages": _pages(manifest) if manifest else None,
        "unreadable": unreadable,
        "history": [_attempt(attempt) for attempt in store.outbox.history(line.line.bundle_id)],
        "receipt": _receipt(store, receipt, manifest) if receipt else None,
    }


def detail_in_words(one: dict[str, Any]) -> str:
    """Return the same for people."""
    from workstation.tui.cells import printable

    lines = [
        "  ".join(part for part in (one["case_number"], one["item"], one["applicant"], one["kind"]) if part),
        f"  {one['sentence']}",
        *([f"  [{one['code']}] {one['why']}"] if one["code"] else []),
        _("封装编号  {id}  第 {n} 版").format(id=one["bundle_id"], n=one["version"] or "?"),
        _("清单哈希  {sha}").format(sha=one["manifest_sha256"]),
        *_pages_in_words(one),
        *_history_in_words(one),
        _receipt_in_words(one["receipt"]),
    ]
    return "\n".join(printable(line) for line in lines)


def _pages(signed: SignedManifest) -> list[dict[str, Any]]:
    return [
        {
            "slot": page.slot,
            "origin": page.origin,
            "media_type": page.media_type,
            "bytes": page.size,
            "sha256": page.sha256,
        }
        for page in signed.manifest.pages
    ]


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": in_time(attempt.at),
        "state": attempt.state.value,
        "code": attempt.code,
        "detail": attempt.detail,
    }


def _receipt(store: Store, signed: SignedReceipt, manifest: SignedManifest | None) -> dict[str, Any]:
    receipt = signed.receipt
    return {
        "number": receipt.number,
        "received_at": in_time(receipt.received_at),
        "gateway_id": receipt.gateway_id,
        "manifest_sha256": receipt.manifest_sha256,
        "valid": manifest is not None and _is_valid(store, signed, manifest),
    }


def _is_valid(store: Store, signed: SignedReceipt, manifest: SignedManifest) -> bool:
    """Check again, now, that the enrolled back office signed for this very manifest."""
    from sync.errors import BadReceipt
    from sync.receipts import check_receipt
    from workstation.services.enrolment import membership

    gateway = membership(store).identity
    try:
        check_receipt(signed, manifest, gateway_id=gateway.gateway_id, gateway_key=gateway.gateway_key)
    except BadReceipt:
        return False
    return True


def _pages_in_words(one: dict[str, Any]) -> list[str]:
    if one["pages"] is None:
        return [_("页  清单已读不出 [{code}]").format(code=one["unreadable"])]
    # A document repeats the pages of its slot: it is listed, and is no page more.
    count = sum(page["origin"] != "assembled" for page in one["pages"])
    lines = [_("页  {n}").format(n=count)]
    for page in one["pages"]:
        lines.append(f"  {page['slot']}  {page['media_type']}  {page['bytes']} B  {page['sha256'][:16]}…")
    return lines


def _history_in_words(one: dict[str, Any]) -> list[str]:
    from workstation.services.ways_out import note_words

    lines = [_("经过")]
    for attempt in one["history"]:
        code = attempt["code"] or ("✔" if attempt["state"] == "DELIVERED" else "·")
        lines.append(
            f"  {attempt['at'][:19].replace('T', ' ')}  {code}  {note_words(attempt['detail'])}".rstrip()
        )
    return lines if one["history"] else [_("经过  还没有发送过")]


def _receipt_in_words(receipt: dict[str, Any] | None) -> str:
    if receipt is None:
        return _("回执  还没有, 未送达")
    verdict = _("✔ 后台签名有效") if receipt["valid"] else _("✘ 后台签名或内容不符, 请联系主管")
    return _("回执  {number}  {time}  {verdict}").format(
        number=receipt["number"], time=receipt["received_at"][:19].replace("T", " "), verdict=verdict
    )
