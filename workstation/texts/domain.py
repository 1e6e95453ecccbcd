"""Texts of the error codes of the domain, and of the checks a form value can fail."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "D100": (N_("办件规则不允许这一步"), N_("请按左侧步骤继续; 仍不行时记下编号, 联系主管")),
    "D101": (
        N_("办件 {number} 现在的状态 {state} 不能执行 {move}"),
        N_("请刷新办件后按步骤栏继续; 已封装的内容没有改动"),
    ),
    "D102": (
        N_("工作日历没有 {year} 年, 无法计算期限"),
        N_("请由管理员导入国务院公布的 {year} 年放假安排; 在此之前不显示到期日"),
    ),
    "D103": (N_("身份证号码不正确"), N_("请对照证件原件逐位核对后重新录入")),
    "D104": (N_("统一社会信用代码不正确或校验位不符"), N_("请对照营业执照逐位核对 18 位代码后重新录入")),
    "D105": (
        N_("情形答案「{question} = {option}」不属于本事项"),
        N_("请在「情形」一步重新选择; 若反复出现, 请核对事项包版本"),
    ),
    "D108": (
        N_("身份证号码应为 18 位: 17 位数字加 1 位数字或 X"),
        N_("请对照证件原件核对位数后重新录入"),
    ),
    "D109": (N_("身份证号码校验位不符"), N_("请对照证件原件逐位核对; 常见误读: 0 与 8, 1 与 7, 5 与 6")),
    "D110": (N_("身份证号码中的出生日期不成立"), N_("请对照证件原件核对第 7 至 14 位后重新录入")),
}

CHECKS: dict[str, str] = {
    "required": N_("必填"),
    "control-character": N_("含有不可见的控制字符"),
    "max-length": N_("超过允许的长度"),
    "id-length": N_("应为 18 位身份证号码"),
    "id-check-digit": N_("身份证号码校验位不符"),
    "id-birth-date": N_("身份证号码中的出生日期不成立"),
    "uscc": N_("统一社会信用代码不正确"),
    "date": N_("日期应写作 2026-11-02"),
    "phone": N_("应为 11 位手机号码, 或带区号的固定电话"),
    "choice": N_("请从列出的选项中选择"),
    "money": N_("金额应为数字, 最多两位小数"),
    "unconfirmed": N_("识别结果待核对确认"),
}
"""Names of failed checks (`check_field`, `field_problems`) -> words beside the field."""
