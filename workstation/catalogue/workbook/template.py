"""Write the workbook that supervisors fill in: explained, with drop-downs and one item as an example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workstation.catalogue.errors import FileInTheWay
from workstation.catalogue.workbook.columns import SHEETS, Column, Kind, Sheet
from workstation.catalogue.workbook.example import ROWS
from workstation.catalogue.workbook.records import letters

EXPLANATION = "说明"
WORDS = "选项"
_ROWS = 2000
"""Rows that have a drop-down."""
_KINDS = {
    Kind.TEXT: "文字",
    Kind.LINES: "多行, 每行一条",
    Kind.NUMBER: "整数",
    Kind.YES_NO: "是 或 否",
    Kind.DATE: "日期",
    Kind.CHOICE: "从下拉中选一个",
    Kind.CHOICES: "多行, 每行一个选项",
    Kind.CONDITION: "条件",
}
_ABOUT = (
    "事项导入模板。各表第一行是表头, 请勿改动; 表头带 * 的列必须填写。示例行可以删除。",
    "编码列已设为文本格式, 请直接输入数字。不要使用公式, 导入时不计算公式, 也不跟随外部链接。",
    "条件写作 问题标识=选项标识, 如 case=lost; 同时满足用分号, 多个选项用竖线, 任一组另起一行, 空白为总是。",
    "材料和字段若在事项包的 standards.yaml 中已有, 只填标准材料(字段标识)和不同之处。",
    "区级调整和跨字段校验请导入后在 YAML 中补写。导入后请运行 catalogue lint, 再由有权单位签名。",
)


def write_template(path: Path) -> None:
    """Write the workbook.

    Raises:
        FileInTheWay: there is a file of that name already.
    """
    from openpyxl import Workbook

    if path.exists():
        raise FileInTheWay(path=path.name)
    book = Workbook()
    _explain(book.active)
    words = book.create_sheet(WORDS)
    for sheet in SHEETS:
        _fill(book.create_sheet(sheet.title), sheet, words)
    words.sheet_state = "hidden"
    book.save(path)


def _explain(page: Any) -> None:
    from openpyxl.styles import Alignment, Font

    page.title = EXPLANATION
    for line in _ABOUT:
        page.append([line])
    page.append([])
    page.append(["表", "列", "必填", "填写方式", "说明"])
    for cell in page[page.max_row]:
        cell.font = Font(bold=True)
    for sheet in SHEETS:
        page.append([sheet.title, sheet.about])
        page.cell(page.max_row, 1).font = Font(bold=True)
        for column in sheet.columns:
            choices = ", ".join(words for words, _value in column.choices)
            told = "; ".join(filter(None, (column.hint, choices)))
            page.append(["", column.header, "是" if column.required else "", _KINDS[column.kind], told])
    for letter, width in zip("ABCDE", (12, 18, 6, 20, 100), strict=True):
        page.column_dimensions[letter].width = width
    for row in page.iter_rows(min_row=len(_ABOUT) + 2, min_col=5, max_col=5):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _fill(page: Any, sheet: Sheet, words: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    page.append([column.header + (" *" if column.required else "") for column in sheet.columns])
    for cell in page[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="DCE6F1")
    page.freeze_panes = "B2"
    for number, column in enumerate(sheet.columns):
        page.column_dimensions[letters(number)].width = 28 if column.kind is Kind.LINES else 16
        _offer(page, number, column, words)
    for row in ROWS[sheet.title]:
        page.append([row.get(column.header) for column in sheet.columns])
    for row in page.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@" if isinstance(cell.value, str) else cell.number_format


def _offer(page: Any, number: int, column: Column, words: Any) -> None:
    """Give a column its drop-down, from the hidden sheet: Excel limits a list in place to 255 letters."""
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = letters(number)
    if column.path in (("code",), ("item",)):
        page.column_dimensions[letter].number_format = "@"
    choices = ["是", "否"] if column.kind is Kind.YES_NO else [one for one, _value in column.choices]
    if not choices or column.kind is Kind.CHOICES:
        return
    place = words.max_column + 1
    for row, word in enumerate([column.header, *choices], start=1):
        words.cell(row, place, word)
    source = f"'{WORDS}'!${letters(place - 1)}$2:${letters(place - 1)}${len(choices) + 1}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    rule.error = f"请从下拉中选择: {', '.join(choices)}"[:255]
    rule.add(f"{letter}2:{letter}{_ROWS}")
    page.add_data_validation(rule)
