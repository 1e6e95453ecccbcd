"""Everything that is wrong with a case, gathered for the one notice the law allows (行政许可法 art. 32(4)).

The words stand on paper, so they are Chinese whatever language the screens use.
"""

from __future__ import annotations

from collections.abc import Iterable

from workstation.domain.case import Defect
from workstation.domain.checklist import ChecklistLine, Readiness, Todo
from workstation.domain.fields import FieldProblem
from workstation.domain.items import Item, Material
from workstation.domain.kinds import OriginalRule

FORM = "form"
"""Material id of a defect in the form, where the item has no form among its materials."""
OTHER = "-"
"""Material id of a defect that belongs to no line."""
PROBLEMS = {
    Todo.SCAN: "未提交",
    Todo.SCAN_MORE: "页数不足: 已收 {pages} 页, 至少 {least} 页",
    Todo.REMOVE_PAGES: "页数过多: 已收 {pages} 页, 至多 {most} 页",
    Todo.AWAIT_PROOF: "电子证照或数据尚未核验, 也未提交原件",
    Todo.MARK_ORIGINAL: "未出示原件核对",
}
FIELD_PROBLEMS = {
    "required": "未填写",
    "unconfirmed": "未经核对确认",
    "control-character": "含有不可见字符",
    "max-length": "超过规定长度",
    "id-length": "证件号码位数不对",
    "id-check-digit": "证件号码校验位不符",
    "id-birth-date": "证件号码中的出生日期不对",
    "uscc": "统一社会信用代码不对",
    "date": "日期格式不对",
    "phone": "电话号码格式不对",
    "choice": "不在可选范围",
    "money": "金额格式不对",
}


def collect(item: Item, status: Readiness) -> tuple[Defect, ...]:
    """Return every defect the program can see: missing lines, page counts, form fields and their rules."""
    form = _form(item)
    fields = (_of_field(problem, item, form) for problem in status.fields)
    rules = (_in_form(item, form, "、".join(_titles(item, r.fields)), r.message) for r in status.rules)
    return (*(of_line(line) for line in status.lines), *fields, *rules)


def of_line(line: ChecklistLine, problem: str = "") -> Defect:
    """Return the defect of a line, in the clerk's words where some are given, e.g. 照片不清晰."""
    material = line.material
    seen = PROBLEMS.get(line.todo, "").format(
        pages=line.pages, least=material.pages_min, most=material.pages_max
    )
    return Defect(
        material_id=material.id,
        material=material.title,
        problem=problem or seen,
        needed=material.standard,
        basis=material.basis,
    )


def in_words(problem: str) -> Defect:
    """Return a defect that belongs to no line, in the clerk's words."""
    return Defect(material_id=OTHER, material="其他", problem=problem, needed="按告知内容补正", basis="")


def _of_field(problem: FieldProblem, item: Item, form: Material | None) -> Defect:
    words = "、".join(FIELD_PROBLEMS.get(name, name) for name in problem.problems)
    return _in_form(item, form, problem.field.title, words)


def _in_form(item: Item, form: Material | None, titles: str, words: str) -> Defect:
    return Defect(
        material_id=form.id if form else FORM,
        material=f"{form.title if form else '申请表'} · {titles}",
        problem=words,
        needed="按要求如实填写",
        basis=form.basis if form and form.basis else "、".join(item.legal_basis[:1]),
    )


def _form(item: Item) -> Material | None:
    return next((m for m in item.materials if m.original is OriginalRule.FORM), None)


def _titles(item: Item, fields: Iterable[str]) -> list[str]:
    names = {field.id: field.title for field in item.fields}
    return [names.get(name, name) for name in fields]
