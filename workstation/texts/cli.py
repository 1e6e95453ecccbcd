"""Texts of the error codes of the commands."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "W100": (N_("命令没有完成"), N_("请重试; 仍不行请联系信息技术人员")),
    "W101": (
        N_("没有终端可以输入口令"),
        N_("请在终端中运行, 或加 --passphrase-stdin 从标准输入给出口令"),
    ),
    "W102": (N_("两次输入的口令不一致, 没有新建"), N_("请重新运行并输入相同的口令")),
    "W103": (N_("口令太短, 没有新建"), N_("请至少使用 {least} 位")),
    "W104": (
        N_("本机另一个程序正在发送 (进程 {pid}, {host}, 自 {since})"),
        N_("由它继续发送即可; 若它已无响应, 请结束该进程后再运行"),
    ),
    "W105": (
        N_("队列里没有 {name}"),
        N_("请用 workstation queue list --all 核对封装编号或办件编号"),
    ),
    "W106": (N_("有 {count} 件封装的编号以 {name} 开头"), N_("请写出更长的编号")),
    "W107": (N_("{name} 已送达, 没有可再发的"), N_("请用 workstation queue show 查看回执")),
    "W108": (N_("本机还没有练习数据"), N_("请先运行 workstation demo")),
    "W109": (
        N_("本窗口已注册到 {url} ({street}, 编号段 {prefix})"),
        N_("不必再注册; 确需重新注册时, 请先发完队列, 再加 --again"),
    ),
    "W110": (
        N_("还有 {count} 件没有送达, 没有重新注册"),
        N_("重新注册后旧编号段的件无法报送; 请先运行 workstation sync --once 发完队列"),
    ),
    "W111": (
        N_("后台没有接受这个注册码 ({reason})"),
        N_("请核对注册码和街道代码; 已用过或过期的, 请向后台索取新的注册码"),
    ),
    "W112": (N_("连不上后台 {url}"), N_("请检查地址、网线和后台是否已启动, 再运行一次; 注册码仍然有效")),
}
