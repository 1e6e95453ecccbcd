"""Texts of the error codes of printing, and the notice for characters that no font has."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "P100": (N_("纸质文书没有生成"), N_("办件内容已保存, 请稍后重新打印; 再次失败时联系信息技术人员")),
    "P101": (
        N_("缺少打印用的中文字体 {font}"),
        N_("请信息技术人员安装软件包 {package}, 或在设置中写明字体文件; 办件内容已保存, 装好后可补打"),
    ),
    "P102": (
        N_("字体文件 {font} 无法嵌入文书 ({reason})"),
        N_("请信息技术人员换用 TrueType 字体 (.ttf 或 .ttc); 以 CFF 轮廓制作的 .otf 不可用"),
    ),
    "P103": (
        N_("文书没有写入磁盘: {path} ({reason})"),
        N_("请检查磁盘空间和文件夹权限后重新打印; 原有的文件没有改动"),
    ),
    "P104": (
        N_("《{title}》排版失败 ({reason})"),
        N_("请缩短过长的内容后重新打印; 没有生成文件, 办件内容已保存"),
    ),
    "P105": (
        N_("文书中有字库以外的字: {characters}, 纸上以方框代替"),
        N_("请在方框处手写并盖校对章, 或请信息技术人员在设置中增加收字更全的字体"),
    ),
    "P106": (
        N_("文书排版程序中断 ({reason})"),
        N_("办件内容已保存, 请按 F4 重新打印; 再次失败时联系信息技术人员"),
    ),
}
