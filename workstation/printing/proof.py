"""电子证照核验单, 数据核验表单: what was verified instead of taking the paper, when, by whom, on what ground.

Ground: 国务院令第716号 art. 10, 11 (an e-certificate equals the paper); 个人信息保护法 art. 13 (yes or law).
"""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import ProofForm, ProofLine
from workstation.printing.ink import chinese_date, chinese_time
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Block, Fact, Parts

CERTIFICATES, CHECKS = "电子证照核验单", "数据核验表单"


def render(form: ProofForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the form on paper at `target`; raises `PrintingError`s."""
    title = CERTIFICATES if form.certificates else CHECKS
    return write(common.sheet(title, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: ProofForm) -> list[Flowable]:
    story = [
        *parts.facts(
            [
                *common.case_facts(form),
                (("办理窗口", form.window), ("经办人", form.clerk)),
                common.phones(form),
            ]
        )
    ]
    for number, line in enumerate(form.lines, start=1):
        story += parts.section(f"{number}　{line.material}：{line.title}")
        story += parts.facts(_facts(line))
        story += _compared(parts, line)
    return [
        *story,
        *parts.section("说明"),
        *parts.notes(_notes(form)),
        parts.signatures([_clerk(form), common.seal(form, "经办单位", form.made_at)]),
    ]


def _facts(line: ProofLine) -> list[tuple[Fact, ...]]:
    rows: list[tuple[Fact, ...]] = [
        (("核验结果", line.outcome),),
        (("被核验人", line.holder), ("核验来源", line.source or "　")),
        (
            ("核验时间", chinese_time(line.verified_at) if line.verified_at else "尚未答复"),
            ("核验人", line.asked_by),
        ),
        (("核验依据", line.ground),),
    ]
    if line.number:
        until = chinese_date(line.valid_until, unknown="未设期限")
        rows.append((("证照编号", line.number), ("有效期至", until)))
    if line.key_id:
        rows.append((("签名密钥", line.key_id), ("吊销核对至", line.revocation or "未取得吊销名单")))
    if line.reference:
        rows.append((("查询编号", line.reference),))
    return rows


def _compared(parts: Parts, line: ProofLine) -> list[Flowable]:
    if not line.compared:
        return []
    rows = [
        (c.title, c.given, "一致" if c.agrees else c.held or "不一致", "✔" if c.agrees else "✘")
        for c in line.compared
    ]
    return parts.table(
        ("比对项", "申报（证件）内容", "核验来源内容", "结论"),
        (30, 62, 62, 16),
        rows,
        centred=frozenset({3}),
        size=9,
    )


def _notes(form: ProofForm) -> list[str]:
    subject = "电子证照" if form.certificates else "数据核验"
    notes = [
        f"核验结果为“一致”或“有效”的，{subject}代替相应纸质材料，申请人不再提交。",
        "结果为“不一致”“未查到”或者尚未答复的，不作为拒绝办理的依据，申请人可以提交纸质原件。",
        "核验内容仅用于本次办件，随办件存档备查。",
    ]
    if any(line.warning for line in form.lines):
        notes.append(
            "提示：" + "；".join(dict.fromkeys(line.warning for line in form.lines if line.warning)) + "。"
        )
    return notes


def _clerk(form: ProofForm) -> Block:
    return Block("核验人", (("签字", ""), ("日期", chinese_date(form.made_at.date()))))
