"""接收回执: proof that materials were handed in, and an honest word on what it does not prove.

Fields after 行政许可法 art. 32 and the usual annex 接收回执 of local one-window standards.
"""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import ReceiptForm
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Parts

TITLE = "接收回执"


def render(form: ReceiptForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the receipt on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: ReceiptForm) -> list[Flowable]:
    return [
        *parts.facts(
            [
                *common.case_facts(form),
                (
                    ("收件时间", chinese_time(form.received_at)),
                    ("属地街道", common.streets(form.home_street, form.second_street)),
                ),
                (("收件窗口", form.window), ("收件人", form.clerk)),
                (("补交材料", form.arrival),),
            ]
        ),
        *parts.section("一、收到的材料"),
        *common.material_table(parts, form.materials),
        *common.branch_table(parts, form.branches),
        *parts.section("二、何时、如何得到答复"),
        *parts.facts(_answer(form)),
        *parts.section("三、说明"),
        *parts.notes(_notes(form), strong=1),
        parts.signatures(common.two_parties(form, "收件单位", form.received_at)),
    ]


def _answer(form: ReceiptForm) -> list[tuple[tuple[str, str], ...]]:
    day = f"{chinese_date(form.answer_by)}前（含当日）" if form.answer_by else ""
    return [
        (("最迟答复日", day), ("告知方式", form.answer_way)),
        common.phones(form),
    ]


def _notes(form: ReceiptForm) -> list[str]:
    return [
        "本回执仅证明收到材料，不代表受理。是否受理，以《受理通知书》或者《不予受理通知书》为准。",
        _silence(form),
        _provisional(form),
        *common.promised_notes(form.tolerated, form.committed),
        "“原件已核退还”的材料，原件已当场交还，请核对后妥善保管；“原件留存”的材料随件流转，张数以上表为准。",
        "请妥善保管本回执；查询、补交材料和领取结果时请出示。",
    ]


def _silence(form: ReceiptForm) -> str:
    if not (form.answer_by and form.silence_basis):
        return ""
    return (
        f"材料不齐全或者不符合法定形式的，将在{chinese_date(form.answer_by)}前（含当日）一次告知需要补正的全部内容；"
        f"逾期不告知的，自收到申请材料之日起即为受理（{form.silence_basis}）。"
    )


def _provisional(form: ReceiptForm) -> str:
    if not form.provisional:
        return ""
    return (
        f"编号{form.case_number}为窗口编发的临时编号，后台收到后转为正式编号并告知您；"
        "收件时间和上述期限以本回执为准，不因网络中断而推迟。"
    )
