"""Texts of the error codes of queue numbers, bookings and their files."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "D106": (
        N_("号码 {number} 现在不能这样办 (状态 {state})"),
        N_("请按 F3 叫下一位; 未到的按 F4 过号, 到了的按回车开始办理"),
    ),
    "V181": (N_("没有等候的号码"), N_("按 F2 取号, 或直接按 Esc 回主屏办新件")),
    "V182": (
        N_("号码 {number} 已叫, 还没有开始办理"),
        N_("人到了按回车开始办理, 没到按 F4 过号, 再叫一遍按 F5"),
    ),
    "V183": (
        N_("没有编号为 {number} 的预约或预审"),
        N_("请核对编号; 预约由 workstation tickets import 导入, 也可按普通号取号"),
    ),
    "V184": (N_("预约 {number} 已取号 {ticket}"), N_("不必再取; 过号的按 F5 重呼")),
    "V185": (
        N_("预约 {number} 的时间是 {day}, 不是今天"),
        N_("请按普通号取号, 或请本人改约后重新导入"),
    ),
    "V186": (
        N_("预约文件第 {line} 行的 {column} 不对: {reason}"),
        N_("整个文件都没有导入; 请改正后重新导入"),
    ),
    "V187": (
        N_("预约文件不能读取: {reason}"),
        N_("请用 UTF-8 的 CSV (第一行是列名) 或 JSON 列表, 列为 {columns}"),
    ),
    "V189": (N_("窗口现在没有叫号"), N_("按 F3 叫下一位")),
    "V188": (N_("没有号码 {number}"), N_("号码每天从头开始; 请在叫号屏查看今天的号码")),
}
