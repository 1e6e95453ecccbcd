"""Words for what the audit chain holds, and for what can be wrong with it."""

from __future__ import annotations

from workstation.domain.audit import Action
from workstation.i18n import N_
from workstation.services.audit_check import Fault

ACTION_WORDS: dict[str, str] = {
    Action.BEGUN: N_("审计开始"),
    Action.UNLOCKED: N_("登录"),
    Action.LOCKED: N_("锁屏"),
    Action.WRONG_PIN: N_("口令错误"),
    Action.LOCKED_OUT: N_("口令连续错误, 暂停登录"),
    Action.SWITCHED: N_("换人"),
    Action.LOOKED: N_("调阅"),
    Action.OPENED_FOREIGN: N_("打开他人在办的件"),
    Action.REFUSED: N_("调阅被拒"),
    Action.REUSED: N_("复用材料"),
    Action.REUSE_WITHDRAWN: N_("撤回复用"),
    Action.PROVED: N_("电子证照或数据核验通过"),
    Action.COMPARED: N_("人工比对"),
    Action.PROOF_WITHDRAWN: N_("撤回证照或核验"),
    Action.PROOF_REFUSED: N_("证照或核验不予采用"),
    Action.EXPORTED: N_("导出"),
    Action.RESCUED: N_("取回坏电脑数据"),
    Action.PRINTED: N_("打印"),
    Action.SEALED: N_("封装"),
    Action.CUSTODY: N_("原件去向"),
    Action.RELEASED: N_("放行"),
    Action.RETENTION: N_("到期清理"),
    Action.PERSON_ADDED: N_("登记人员"),
    Action.PERSON_DISABLED: N_("停用人员"),
    Action.PERSON_ENABLED: N_("启用人员"),
    Action.PIN_CHANGED: N_("更换口令"),
    Action.PIN_RESET: N_("重设口令"),
    Action.ARCHIVE_MARKED: N_("停用存档副本"),
    Action.RECOVERY_MADE: N_("做恢复密钥"),
    Action.PIN_RECOVERED: N_("凭恢复密钥重设口令"),
    Action.SETTING: N_("更改设置"),
    Action.REHASHED: N_("更换杂凑算法"),
    Action.AUDIT_READ: N_("查阅审计"),
    Action.AUDIT_EXPORTED: N_("导出审计"),
}
FAULT_WORDS: dict[Fault, str] = {
    Fault.UNREADABLE: N_("记录无法读取"),
    Fault.REMOVED: N_("此条之前有记录被删除"),
    Fault.UNLINKED: N_("与前一条接不上"),
    Fault.ALTERED: N_("内容被改动"),
    Fault.FORGED: N_("签名是伪造的"),
    Fault.UNKNOWN_KEY: N_("签名的密钥不是该人员的"),
    Fault.DISABLED_KEY: N_("签名的密钥已停用"),
    Fault.NOT_ENTITLED: N_("变更人员的人没有这项权限"),
    Fault.STAFF: N_("人员名单与审计记录不符"),
    Fault.SWITCHED: N_("杂凑算法在此改变而没有声明, 或声明了却没有改变"),
    Fault.UNKNOWN_HASH: N_("杂凑算法不认识, 可能由更新版本的程序写成"),
    Fault.CUT: N_("末尾被截去, 或数据库被换回旧的"),
    Fault.REPLACED: N_("此处原来是另一条记录"),
    Fault.MEMO: N_("数据库外的审计标记文件丢失或被改动"),
    Fault.RECEIPT: N_("后台的锚定回执是伪造的"),
}
