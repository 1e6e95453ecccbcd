"""`workstation queue receipt` and `queue verify-receipt`: the back office's receipt to hold, and to check."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.cli.errors import CannotReadReceipt
from workstation.cli.private import private_room
from workstation.i18n import _

if TYPE_CHECKING:
    from sync.contract.models import SignedReceipt
    from sync.port import Line
    from workstation.cli.settings import Settings
    from workstation.store.database import Store

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

MAX_BYTES = 64 * 1024


def add_receipt(actions: Actions) -> argparse.ArgumentParser:
    """Add the way out."""
    receipt = actions.add_parser("receipt", help=_("把后台签名的回执打成 PDF, 或写成 .json"))
    receipt.add_argument("name", metavar="ID|NUMBER", help=_("封装编号 (可只写开头), 办件编号或邮袋编号"))
    receipt.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("PDF 或 .json 文件"))
    return receipt


def add_verify(actions: Actions) -> argparse.ArgumentParser:
    """Add the check."""
    check = actions.add_parser(
        "verify-receipt", help=_("核对回执文件 (扫回执上的码所得的文字) 的后台签名, 不联网")
    )
    check.add_argument("file", type=Path, metavar="FILE", help=_(".json 或文字文件"))
    check.add_argument("--json", action="store_true", help=_("输出 JSON"))
    return check


def write_receipt(settings: Settings, store: Store, lines: Sequence[Line], out: Path) -> int:
    """Write the receipt of the last delivered bundle of a name.

    Raises:
        NoReceiptYet: none of them is delivered.
        PrintingError: the paper cannot be made.
    """
    from workstation.cli.devices import render_here
    from workstation.services.delivery_receipts import DeliveryReceipts

    with private_room() as folder:
        desk = DeliveryReceipts(store, settings.hall, settings.window_name, folder, render_here)
        delivered = [line for line in lines if line.delivered_at is not None] or list(lines)
        bundle_id = delivered[-1].bundle_id
        if out.suffix == ".json":
            out.write_text(desk.signed(bundle_id).model_dump_json() + "\n", encoding="utf-8")
        else:
            desk.paper(bundle_id, out)
    print(_("回执已写到 {path}").format(path=out))
    return 0


def verify_receipt(store: Store, args: argparse.Namespace) -> int:
    """Check a receipt against the enrolled back office's key; 1 when it proves nothing.

    Raises:
        CannotReadReceipt: the file cannot be read.
        NotAReceipt: it holds no receipt.
        NotEnrolled: no back office's key is known here.
    """
    from sync.contract.signing import load_public
    from workstation.services.delivery_receipts import fingerprint, is_genuine, read_receipt
    from workstation.services.enrolment import membership

    signed = read_receipt(_text(args.file))
    gateway = membership(store).enrolment
    key = load_public(gateway.gateway_key)
    genuine = is_genuine(signed, key) and signed.receipt.gateway_id == gateway.gateway_id
    said = {
        "genuine": genuine,
        "number": signed.receipt.number,
        "bundle_id": signed.receipt.bundle_id,
        "manifest_sha256": signed.receipt.manifest_sha256,
        "received_at": signed.receipt.received_at.isoformat(),
        "gateway_id": signed.receipt.gateway_id,
        "key_fingerprint": fingerprint(key),
        "matches_this_window": _matches(store, signed),
    }
    print(json.dumps(said, ensure_ascii=False, indent=2) if args.json else _in_words(said))
    return 0 if genuine and said["matches_this_window"] is not False else 1


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotReadReceipt(path=path, reason=type(error).__name__) from error


def _matches(store: Store, signed: SignedReceipt) -> bool | None:
    """Compare with the bundle sealed here; None when it is another window's."""
    found = store.outbox.named(signed.receipt.bundle_id, least_prefix=MAX_BYTES)
    return found[0].manifest_sha256 == signed.receipt.manifest_sha256 if found else None


def _in_words(said: dict[str, Any]) -> str:
    matches = {
        True: _("✔ 与本窗口封装的一致"),
        False: _("✘ 与本窗口封装的不一致"),
        None: _("○ 不是本窗口封装的"),
    }
    return "\n".join(
        [
            _("✔ 签名有效, 由本窗口登记的后台签发") if said["genuine"] else _("✘ 签名无效, 不能证明送达"),
            matches[said["matches_this_window"]],
            _("回执号  {number}  {time}").format(number=said["number"], time=said["received_at"]),
            _("封装编号  {id}").format(id=said["bundle_id"]),
            _("清单哈希  {sha}").format(sha=said["manifest_sha256"]),
            _("密钥指纹  {sha}").format(sha=said["key_fingerprint"]),
        ]
    )
