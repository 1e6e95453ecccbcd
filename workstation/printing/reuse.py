"""材料复用确认书: the citizen's separate yes for each archived copy, for this case only.

Consent to a further use of personal information: 个人信息保护法 art. 14, 23.
"""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import ReuseForm, ReuseLine
from workstation.printing.ink import chinese_date, chinese_time, grouped
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Block, Parts

TITLE = "材料复用确认书"

LEVELS = {
    "A": "A（机关制发）",
    "B": "B（窗口核验）",
    "C": "C（本人上传）",
    "D": "D（本人填写）",
}


def render(form: ReuseForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the confirmation on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: ReuseForm) -> list[Flowable]:
    return [
        *parts.facts(
            [
                *common.case_facts(form),
                (("询问时间", chinese_time(form.asked_at)), ("同意方式", form.consent_way)),
                (("办理窗口", form.window), ("经办人", form.clerk)),
                common.phones(form),
            ]
        ),
        *parts.section(f"一、同意复用的材料（共 {len(form.lines)} 项）"),
        *_lines(parts, form.lines),
        *parts.section("二、申请人声明"),
        parts.paragraph(
            f"上列材料是本人（单位）此前提交或者由机关制发的。本人已查看各项材料的内容，确认内容没有变化，"
            f"同意仅在办理“{form.item_title}”（办件编号{form.case_number}）时复用，不再重复提交。"
        ),
        *parts.section("三、说明"),
        *parts.notes(_notes()),
        parts.signatures([_consent(form), common.seal(form, "经办单位", form.asked_at)]),
    ]


def _lines(parts: Parts, lines: tuple[ReuseLine, ...]) -> list[Flowable]:
    table = parts.table(
        ("序号", "材料名称", "来源办件", "核验", "信任级别", "有效期至", "页数"),
        (12, 34, 36, 25, 25, 26, 12),
        [_row(n, line) for n, line in enumerate(lines, start=1)],
        centred=frozenset({0, 4, 5, 6}),
        size=9,
    )
    return [
        *table,
        *parts.small([f"材料 {n} 校验值：{grouped(line.sha256)}" for n, line in enumerate(lines, start=1)]),
    ]


def _row(number: int, line: ReuseLine) -> tuple[str, ...]:
    return (
        str(number),
        line.material,
        line.source_case,
        f"{chinese_date(line.checked_on)}\n{line.checked_by}",
        LEVELS.get(line.level, line.level),
        chinese_date(line.valid_until, unknown="未设期限"),
        str(line.pages),
    )


def _notes() -> list[str]:
    return [
        "是否同意由您决定。不同意的，可以提交原件办理，不影响本次申请。",
        "同意仅对本次办件和上列材料有效；封装前可以撤回，撤回后改为提交原件。",
        "复用的来源办件、核验人、核验日期和您的同意都记入本办件，随办件一并送达办理机关。",
        "材料内容已有变化的，请不要确认，应当提交新的原件。",
    ]


def _consent(form: ReuseForm) -> Block:
    who = "申请人（代理人）" if form.agent else "申请人"
    if form.ticks:
        last = form.ticks[-1]
        return Block(
            f"{who}：已当面勾选同意复用上列材料",
            (
                ("勾选人", form.agent or form.applicant_name),
                ("勾选时间", "、".join(dict.fromkeys(chinese_time(tick.at) for tick in form.ticks))),
                ("见证的经办人", "、".join(dict.fromkeys(tick.witness for tick in form.ticks))),
                ("经办人密钥指纹", last.witness_key or "无"),
                ("经办人签字", ""),
            ),
        )
    return Block(f"{who}：同意复用上列材料", (("签字或按指印", ""), ("日期", "　　　年　　月　　日")))
