"""Passages that several papers share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from reportlab.platypus import Flowable

from workstation.printing.forms import BranchLine, MaterialLine, PaperForm, ToleratedLine
from workstation.printing.ink import BEIJING, chinese_date
from workstation.printing.layout import Sheet
from workstation.printing.parts import Block, Fact, Parts

SEAL = "（盖章处）"
NO_SEAL = "（练习样张　不得盖章）"


def sheet(title: str, form: PaperForm) -> Sheet:
    """Return the heading and marks of a case's paper."""
    label = "办件临时编号" if form.provisional else "办件编号"
    return Sheet(
        title=title,
        authority=form.authority or form.hall,
        number=form.number,
        left=f"{label}：{form.case_number}",
        bundle_sha256=form.bundle_sha256,
        provisional=form.provisional,
        practice=form.practice,
        stamp=form.stamp,
    )


def case_facts(form: PaperForm) -> list[tuple[Fact, ...]]:
    """Return the rows that say what is applied for and by whom."""
    return [
        (("事项名称", form.item_title),),
        (("事项编码", form.item_code), ("代理人", form.agent or "无")),
        (("申请人", form.applicant_name), (form.id_kind, form.id_masked)),
    ]


def window_words(form: PaperForm) -> str:
    """Return where and by whom the case is handled, on one line."""
    return (
        f"收件窗口：{form.hall}　{form.window}；经办人：{form.clerk}；"
        f"咨询电话 {form.phone}，投诉电话 {form.complaint_phone}。"
    )


def phones(form: PaperForm) -> tuple[Fact, ...]:
    """Return the row with where to ask and where to complain."""
    return ("咨询电话", form.phone), ("投诉电话", form.complaint_phone)


def material_table(parts: Parts, materials: Sequence[MaterialLine]) -> list[Flowable]:
    """Return the list of materials with its totals."""
    rows = [
        (str(n), line.title, line.original, count(line.sheets), count(line.pages), line.note)
        for n, line in enumerate(materials, start=1)
    ]
    sheets = sum(line.sheets for line in materials)
    pages = sum(line.pages for line in materials)
    return parts.table(
        ("序号", "材料名称", "原件处理", "留存张数", "扫描页数", "备注"),
        (13, 56, 32, 19, 19, 31),
        rows,
        total=f"合计：材料 {len(materials)} 项，留存纸质材料 {sheets} 张，扫描 {pages} 页",
        centred=frozenset({0, 2, 3, 4}),
    )


def tolerated_table(parts: Parts, lines: Sequence[ToleratedLine]) -> list[Flowable]:
    """Return the list of materials that may follow, each with its last day."""
    rows = [(str(n), t.title, chinese_date(t.due), t.way) for n, t in enumerate(lines, start=1)]
    head = ("序号", "容缺后补的材料", "最迟补交日", "补交方式")
    return parts.table(head, (13, 70, 37, 50), rows, centred=frozenset({0, 2}))


def branch_table(parts: Parts, branches: Sequence[BranchLine]) -> list[Flowable]:
    """Return who approves which part of a matter; nothing for a single item."""
    if not branches:
        return []
    rows = [(str(n), b.item_title, b.authority, b.limit or "—") for n, b in enumerate(branches, start=1)]
    title = f"本件为一件事，由下列 {len(rows)} 个机关并联办理"
    table = parts.table(
        ("序号", "事项", "办理机关", "单项期限"), (13, 72, 58, 27), rows, centred=frozenset({0, 3})
    )
    return [*parts.section(title), *table]


def promised_notes(tolerated: Sequence[ToleratedLine], committed: Sequence[str]) -> list[str]:
    """Return the notes on what follows later and on what a written promise stands for."""
    later = "；".join(f"{line.title}，{chinese_date(line.due)}前（含当日）" for line in tolerated)
    return [
        f"容缺后补的材料：{later}。见《容缺受理承诺书》和《容缺受理通知书》。" if later else "",
        f"以书面承诺代替的材料：{'、'.join(committed)}。见《告知承诺书》。" if committed else "",
    ]


def streets(form_street: str, second: str) -> str:
    """Return the home street, or both where two verify."""
    return f"{form_street}、{second}" if second else form_street


def count(number: int) -> str:
    """Return the number, or a dash for none."""
    return str(number) if number else "—"


def two_parties(form: PaperForm, office: str, moment: datetime | date) -> list[Block]:
    """Return the applicant's and the office's place to sign."""
    return [applicant(form), seal(form, office, moment)]


def applicant(form: PaperForm, words: str = "以上内容已核对无误") -> Block:
    """Return the applicant's place to sign."""
    who = "申请人（代理人）" if form.agent else "申请人"
    return Block(f"{who}：{words}", (("签字", ""), ("联系电话", ""), ("日期", "　　　年　　月　　日")))


def seal(form: PaperForm, office: str, moment: datetime | date) -> Block:
    """Return the office's place to sign and seal, dated."""
    day = day_of(moment) if isinstance(moment, datetime) else moment
    words = NO_SEAL if form.practice else SEAL
    title = f"{office}：{form.authority or form.hall}"
    return Block(title, ((f"经办人（{form.clerk}）签字", ""),), words, chinese_date(day))


def day_of(moment: datetime) -> date:
    """Return the day in Beijing; a naive moment is taken as such already."""
    return moment.astimezone(BEIJING).date() if moment.tzinfo else moment.date()
