"""Texts of the error codes about those who act for an applicant."""

from __future__ import annotations

from workstation.i18n import N_

TEXTS: dict[str, tuple[str, str]] = {
    "V141": (
        N_("{item} 不能由这类人代办"),
        N_("请改选本事项允许的代办人; 列表为空的须由申请人本人到窗口办理"),
    ),
    "V142": (N_("代办人的证件号码与申请人相同"), N_("请核对代办人的身份证; 本人到场的不用登记代办人")),
    "V143": (
        N_("代办人未满 {age} 周岁, 不能代办本事项"),
        N_("请由年满 {age} 周岁的人代办, 或由申请人本人办理"),
    ),
    "V144": (N_("授权已于 {until} 到期"), N_("请申请人重新出具授权委托书, 或由申请人本人办理")),
    "V145": (
        N_("代办人的信息不全"),
        N_("请填写姓名、与申请人的关系、证明文书和至少一项代理权限"),
    ),
}
