"""Texts of the error codes of the embedded back office (`sync.gateway`)."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "Y500": (N_("后台未能完成操作"), N_("请重试; 仍不行请联系信息技术人员")),
    "Y501": (N_("后台没有编号为 {subject} 的办件或文件袋"), N_("请用 workstation gateway list 核对编号")),
    "Y502": (
        N_("{subject} 现在的状态是 {state}, 不能作出 {decision}"),
        N_("请先查看该办件已作出的决定"),
    ),
    "Y503": (
        N_("街道 {street} 不在本后台的服务名单内"),
        N_("请核对街道代码, 或在启动后台时用 --street 添加"),
    ),
    "Y504": (N_("{folder} 与所要求的模式(练习或正式)不同"), N_("练习与正式必须分开存放, 请换一个文件夹")),
    "Y505": (N_("后台没有收到过封装包 {bundle}"), N_("请核对编号")),
    "Y506": (N_("无法在 {host}:{port} 上提供服务"), N_("端口可能已被占用, 请换一个端口或地址")),
    "Y507": (N_("后台没有登记窗口 {window}"), N_("请核对窗口编号")),
    "Y540": (
        N_("事项包 {pack} {version} 已发布过, 内容不同"),
        N_("已发布的版本不可更改; 请改版本号, 重新签名后再发布"),
    ),
    "Y508": (N_("后台文件夹不可用: {folder} ({reason})"), N_("请检查权限、磁盘和备份; 不要删除其中的文件")),
    "Y509": (
        N_("{subject} 的 {decision} 缺少必要内容"),
        N_("补正须一次列明全部缺陷(--defect), 不予受理须写明理由(--reason)"),
    ),
    "Y551": (
        N_("{subject} 正在进行特别程序: {procedure}"),
        N_("请先用 workstation gateway resume 登记程序结束"),
    ),
    "Y552": (N_("{subject} 没有进行中的特别程序"), N_("期限正在计算, 不用恢复")),
    "Y553": (
        N_("{subject} 不能延长 {workdays} 个工作日, 最多 {most} 个"),
        N_("请改正天数; 联合办理的加 --joint"),
    ),
    "Y554": (
        N_("{subject} 已延长过 {workdays} 个工作日"),
        N_("法律只允许延长一次; 确需更多时间的, 请依法启动特别程序或作出决定"),
    ),
    "Y520": (
        N_("{subject} 没有事项 {branch} 这一部分"),
        N_("请用 workstation gateway list 核对该件由哪些部门办理"),
    ),
    "Y521": (
        N_("{subject} 在您查看之后已有变化: 别人已作出决定, 或窗口送来了新版本"),
        N_("请重新打开该件, 核对后再作决定"),
    ),
    "Y522": (
        N_("没有名为 {name} 的审核账号"),
        N_("请用 workstation gateway reviewer list 核对"),
    ),
    "Y523": (
        N_("审核账号 {name} 已经存在"),
        N_("要重发设置码请用 workstation gateway reviewer code {name}"),
    ),
    "Y524": (
        N_("账号名 {name} 不可用"),
        N_("账号名须为 2 到 40 个字母、数字、汉字或 . _ - , 并至少给一个街道"),
    ),
    "Y525": (
        N_("结果文件 {name} 不能发出"),
        N_("须为 PDF、JPEG 或 PNG, 不超过 16 MB"),
    ),
    "Y560": (
        N_("这个后台已迁移到 {place}, 原数据只供查阅"),
        N_("请用 --database {place} 启动; 原文件请留作备份"),
    ),
    "Y561": (
        N_("目标数据库中已有数据, 且与本后台现在的数据不同"),
        N_("请另建一个空数据库再迁移; 原后台没有变动"),
    ),
    "Y562": (
        N_("迁移后核对不符: 表 {table}; 已全部撤回"),
        N_("原后台没有变动; 请检查数据库服务后再试"),
    ),
    "Y511": (
        N_("数据库不可用: {place} ({reason})"),
        N_("请检查数据库服务、账号与口令文件 (~/.pgpass 或 PGPASSFILE) 和网络"),
    ),
    "Y512": (
        N_("页面的存储桶不可用: {place} ({reason})"),
        N_("请检查存储服务、桶名、AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY 以及网络"),
    ),
    "Y510": (N_("后台正忙, 另一个程序正在写入"), N_("请稍等片刻再试")),
}
