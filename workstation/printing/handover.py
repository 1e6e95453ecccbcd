"""物料流转凭证: the list inside and beside a courier bag, signed by who hands over and who receives.

Fields after the annex 物料流转凭证 of local one-window standards; persons appear masked: identity data stay
off the way (快递暂行条例 art. 22, 34).
"""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing.fonts import Fonts
from workstation.printing.forms import HandoverForm
from workstation.printing.ink import chinese_time
from workstation.printing.layout import PrintedFile, Sheet, write
from workstation.printing.parts import Block, Parts

TITLE = "物料流转凭证"
TAKEN_TOTAL = "　　　　实收合计：　　　　　张"
MOMENT = "　　　年　　月　　日　　时　　分"


def render(form: HandoverForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the handover list on paper (landscape) at `target`; raises `PrintingError`s."""
    return write(_sheet(form), lambda parts: _story(parts, form), target, fonts)


def _sheet(form: HandoverForm) -> Sheet:
    return Sheet(
        title=TITLE,
        authority=form.hall,
        number=form.number,
        left=f"袋号：{form.bag_number}",
        bundle_sha256=form.bundle_sha256,
        practice=form.practice,
        is_landscape=True,
    )


def _story(parts: Parts, form: HandoverForm) -> list[Flowable]:
    due = f"{chinese_time(form.due_at)}前" if form.due_at else ""
    return [
        *parts.facts(
            [
                (("移交街道", form.from_street), ("接收街道", form.to_street), ("封签号", form.seal_number)),
                (
                    ("制单时间", chinese_time(form.listed_at)),
                    ("应到时间", due),
                    ("承运、运单", f"{form.carrier} {form.waybill}"),
                ),
                (("接收地址", form.to_address), ("移交方电话", form.phone)),
            ]
        ),
        *parts.section("一、移交清单（右侧三栏由接收方逐项核对填写）"),
        *_lines(parts, form),
        *parts.section("二、差异记录（少件、多件、破损、封签异常；无差异写“无”）"),
        parts.ruled(1),
        parts.signatures([_given(form), _carried(form), _taken(form)]),
        *parts.small(
            [
                "本凭证一式两份：一份随袋流转，一份由移交方留存。接收方逐项核对、签字后将结果回传移交方；有差异的，"
                "当日记录并通知移交方，逐件对应办件处理，不得自行更改清单。"
            ]
        ),
    ]


def _lines(parts: Parts, form: HandoverForm) -> list[Flowable]:
    rows = [
        (
            str(n),
            line.case_number,
            line.item_title,
            line.applicant_masked,
            line.paper,
            str(line.sheets),
            line.note,
        )
        + ("", "", "")
        for n, line in enumerate(form.lines, start=1)
    ]
    cases = len({line.case_number for line in form.lines})
    sheets = sum(line.sheets for line in form.lines)
    return parts.table(
        ("序号", "办件编号", "事项", "申请人", "材料", "张数", "备注", "实收张数", "是否相符", "核对备注"),
        (13, 44, 46, 19, 46, 13, 24, 16, 16, 20),
        rows,
        total=f"合计：办件 {cases} 件，材料 {len(form.lines)} 项，共 {sheets} 张。{TAKEN_TOTAL}",
        centred=frozenset({0, 3, 5}),
        size=9,
    )


def _given(form: HandoverForm) -> Block:
    return Block(
        f"移交方：{form.hall}{_mark(form)}",
        (
            (f"移交人（{form.clerk}）签字", ""),
            (f"复核人（{form.supervisor}）签字" if form.supervisor else "复核人签字", ""),
            ("移交时间", MOMENT),
        ),
    )


def _carried(form: HandoverForm) -> Block:
    return Block(
        f"揽收方：{form.carrier}{_mark(form)}",
        (("揽收人签字", ""), ("工号", ""), ("揽收时间", MOMENT)),
    )


def _taken(form: HandoverForm) -> Block:
    return Block(
        f"接收方：{form.to_street}{_mark(form)}",
        (
            ("接收人签字", ""),
            ("封签和件数", "均相符（　　）　有差异（　　）"),
            ("接收时间", MOMENT),
        ),
    )


def _mark(form: HandoverForm) -> str:
    return "（练习）" if form.practice else ""
