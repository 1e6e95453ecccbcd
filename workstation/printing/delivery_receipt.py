"""送达回执: the gateway's signed receipt on paper, with all that is needed to check it elsewhere."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from workstation.printing.codes import QrBlock
from workstation.printing.delivery import DeliveryReceiptForm
from workstation.printing.fonts import Fonts
from workstation.printing.ink import chinese_time, grouped
from workstation.printing.layout import PrintedFile, Sheet, write
from workstation.printing.parts import Parts

TITLE = "送达回执"
CODE_SIDE = 62 * mm


def render(form: DeliveryReceiptForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the receipt on paper at `target`; raises `PrintingError`s."""
    sheet = Sheet(
        title=TITLE,
        authority=form.hall,
        number=form.number,
        left=f"办件编号：{form.subject}",
        bundle_sha256=form.bundle_sha256,
        practice=form.practice,
    )
    return write(sheet, lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: DeliveryReceiptForm) -> list[Flowable]:
    return [
        *parts.facts(
            [
                (("后台回执号", form.number), ("后台收到时间", chinese_time(form.received_at))),
                (("报送窗口", form.window), ("版本", f"第 {form.version} 版")),
                (("封装编号", form.bundle_id),),
                (("封装哈希（SHA-256）", grouped(form.bundle_sha256)),),
                (("后台标识", form.gateway_id), ("签名密钥编号", form.key_id)),
                (("密钥指纹（SHA-256）", grouped(form.key_fingerprint)),),
            ]
        ),
        *parts.section("后台签名的回执（扫码可得全文）"),
        QrBlock(form.signed, CODE_SIDE),
        *parts.section("如何核对"),
        *parts.notes(
            [
                "封装哈希相同，即为同一份材料：与接收回执上的逐组比对，"
                "或在窗口运行 workstation queue show 封装编号。",
                "核对签名：把上面的码扫成文字，存为文件，"
                "运行 workstation queue verify-receipt 文件；不需要联网。",
                "密钥指纹应与后台公布的一致；不一致的，本回执不能证明送达，请与后台联系。",
                "本回执证明后台已完整收到该份封装（清单和全部页），不代表受理或者批准。",
            ]
        ),
    ]
