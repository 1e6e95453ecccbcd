"""授权委托书: agent, matter, powers and period, signed by the principal (民法典 art. 165)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.forms import AgentLetterForm
from workstation.printing.ink import chinese_date
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Block, Parts

TITLE = "授权委托书"


def render(form: AgentLetterForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the letter of authority on paper at `target`; raises `PrintingError`s."""
    sheet = replace(common.sheet(TITLE, form), shows_numbers=True)
    return write(sheet, lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: AgentLetterForm) -> list[Flowable]:
    return [
        *parts.section("一、委托人和受托人"),
        *parts.facts(
            [
                (("委托人", form.applicant_name), ("公民身份号码", form.principal_number)),
                (("受托人", form.agent_name), ("公民身份号码", form.agent_number)),
                (("与委托人关系", form.relation), ("受托人电话", form.agent_phone)),
            ]
        ),
        *parts.section("二、委托事项"),
        *parts.facts([(("事项名称", form.item_title),), (("事项编码", form.item_code),)]),
        Spacer(0, 1.5 * mm),
        parts.paragraph(
            f"委托人因故不能到场，现委托上列受托人向{form.authority or form.hall}代为办理上列事项。"
            "受托人在代理权限内以委托人名义所为的行为，后果由委托人承担。"
        ),
        *parts.section("三、代理权限"),
        *parts.notes(form.powers),
        *parts.section("四、委托期限"),
        parts.paragraph(_period(form)),
        *parts.section("五、说明"),
        *parts.notes(_notes()),
        parts.signatures(
            [
                Block(
                    "委托人", (("签字（按指印）", ""), ("联系电话", ""), ("日期", "　　　　年　　月　　日"))
                ),
                Block("受托人：愿意接受委托", (("签字", ""), ("日期", "　　　　年　　月　　日"))),
            ]
        ),
        *parts.small([common.window_words(form)]),
    ]


def _period(form: AgentLetterForm) -> str:
    if form.valid_until is None:
        return "自委托人签字之日起至本次办件办结并领取结果之日止。"
    return f"自委托人签字之日起至{chinese_date(form.valid_until)}止（含当日）。"


def _notes() -> list[str]:
    return [
        "未列明的权限，受托人无权行使；受托人不得转委托，委托人书面同意的除外。",
        "委托人可以随时以书面方式取消委托，并应当及时告知办理窗口。",
        "提交本委托书时，请同时出示委托人和受托人的有效身份证件。",
    ]
