"""告知承诺书: the agency tells conditions and consequences, the applicant promises instead of proving.

Never the same as tolerance: nothing is handed in later, the promise itself is decided upon and checked
afterwards.
"""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from workstation.printing import common
from workstation.printing.fonts import Fonts
from workstation.printing.form_grid import form_part
from workstation.printing.forms import CommitmentForm, FormPart
from workstation.printing.layout import PrintedFile, write
from workstation.printing.parts import Block, Parts

TITLE = "告知承诺书"


def render(form: CommitmentForm, target: Path, *, fonts: Fonts) -> PrintedFile:
    """Put the commitment on paper at `target`; raises `PrintingError`s."""
    return write(common.sheet(TITLE, form), lambda parts: _story(parts, form), target, fonts)


def _story(parts: Parts, form: CommitmentForm) -> list[Flowable]:
    cells = form_part(parts, FormPart(title="承诺人填写", cells=form.cells)) if form.cells else []
    return [
        *parts.facts(common.case_facts(form)),
        *parts.section("一、机关告知"),
        *parts.facts(
            [
                (("以承诺代替", "、".join(form.lines)),),
                (("依据", form.basis),),
                (("承诺的内容", form.text),),
                (("不实的后果", form.consequence),),
            ]
        ),
        Spacer(0, 1.5 * mm),
        *parts.notes(_told()),
        *cells,
        *parts.section("二、申请人承诺"),
        *parts.notes([*_promises(form)]),
        parts.signatures([_promisor(form), common.seal(form, "告知单位", form.told_on)]),
        *parts.small([common.window_words(form)]),
    ]


def _told() -> list[str]:
    return [
        "申请人可以自愿选择是否承诺；不选择承诺或者不适用承诺的，应当提交上列材料。",
        "本机关在办理中或者办结后核查承诺的内容，申请人应当配合。",
    ]


def _promises(form: CommitmentForm) -> list[str]:
    return [
        "已经知悉上列告知的全部内容，本承诺是本人（单位）真实的意思表示。",
        form.text,
        f"承诺不实的，愿意承担下列后果：{form.consequence}",
    ]


def _promisor(form: CommitmentForm) -> Block:
    who = f"承诺人（代理人：{form.agent}）" if form.agent else "承诺人"
    return Block(who, (("签字（盖章）", ""), ("联系电话", ""), ("日期", "　　　　年　　月　　日")))
