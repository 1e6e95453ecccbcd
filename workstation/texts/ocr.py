"""Texts of the error codes of this package."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "O100": (N_("识别没有完成"), N_("请人工录入; 反复出现时联系信息技术人员")),
    "O101": (
        N_("没有安装文字识别程序"),
        N_("请人工录入, 并请信息技术人员安装 tesseract-ocr; 用 tesseract --version 可以复查"),
    ),
    "O102": (
        N_("文字识别程序缺少所需的语言数据"),
        N_("请人工录入, 并请信息技术人员安装 tesseract-ocr-chi-sim 和 tesseract-ocr-eng"),
    ),
    "O103": (N_("文字识别程序出错, 没有给出可用的结果"), N_("再试一次; 仍不行就人工录入")),
    "O104": (N_("文字识别超时, 已经停止"), N_("请人工录入; 页面过大时降低分辨率重新扫描")),
    "O105": (N_("文件打不开: 不存在、不完整或者不是图片"), N_("请重新扫描这一页; PDF 文件请先转成图片")),
    "O106": (N_("图片过大, 没有打开"), N_("请用 200 到 300 dpi 重新扫描这一页")),
    "O107": (N_("这类材料还不能自动识别"), N_("请人工录入; 可识别的种类见 workstation ocr --help")),
}

UNREAD = (N_("这一页没有读出来"), N_("请按 F2 重新扫描, 或对照原件录入"))
REASONS: dict[str, tuple[str, str]] = {
    "blank": (N_("页面是空白的"), N_("请看是否放反, 按 F2 重新扫描, 或直接录入")),
    "no-document": (N_("没有找到这种材料"), N_("请看放的是不是这份材料, 按 F2 重新扫描, 或对照原件录入")),
    "mirrored": (N_("页面是镜像的"), N_("请用原件正面按 F2 重新扫描, 或对照原件录入")),
    "cut-off": (N_("材料没有拍全"), N_("请把材料放全, 按 F2 重新扫描, 或对照原件补录")),
    "several": (N_("一页上有几份同类材料"), N_("请逐份扫描, 按 F2 重新扫描, 或对照原件核对")),
}
"""Why a page could not be read (`ocr.port.Reading.reason`), and what to do next."""
