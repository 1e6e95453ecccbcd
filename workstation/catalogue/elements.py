"""The 36 elements of the implementation list (实施清单) of an item, numbered and in words.

The numbering follows the order of the national exchange tables for service items (事项基本信息 and its
extension); a city publishes exactly these, so a pack must have each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workstation.catalogue.words import limit_words, listed, material_words, named, yes_no
from workstation.domain.items import Item
from workstation.i18n import N_, _

ITEM_TYPES = {
    "01": N_("行政许可"),
    "02": N_("行政处罚"),
    "03": N_("行政强制"),
    "04": N_("行政征收"),
    "05": N_("行政给付"),
    "06": N_("行政检查"),
    "07": N_("行政确认"),
    "08": N_("行政奖励"),
    "09": N_("行政裁决"),
    "10": N_("其他行政权力"),
    "20": N_("公共服务"),
    "99": N_("其他"),
}
LEVELS = {
    1: N_("国家级"),
    2: N_("省级"),
    3: N_("市级"),
    4: N_("县级"),
    5: N_("镇(乡、街道)级"),
    6: N_("村(社区)级"),
    7: N_("分级管理"),
}
POWER_SOURCES = {
    "1": N_("法定本级行使"),
    "2": N_("上级下放"),
    "3": N_("上级授权"),
    "4": N_("同级授权"),
    "5": N_("上级委托"),
    "6": N_("同级委托"),
}
BODY_KINDS = {"1": N_("法定机关"), "2": N_("授权组织"), "3": N_("受委托组织")}
SERVICE_OBJECTS = {
    "1": N_("自然人"),
    "2": N_("企业法人"),
    "3": N_("事业法人"),
    "4": N_("社会组织法人"),
    "5": N_("非法人企业"),
    "6": N_("行政机关"),
    "9": N_("其他组织"),
}
FREE = "不收费"
"""How a pack says that an item costs nothing."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its number, its name, where it stands in an item's file, and its words for an item."""

    number: int
    title: str
    path: Path
    """Keys of the YAML."""
    words: Callable[[Item], str]


def _coded(table: dict[str, str], code: str) -> str:
    return f"{code} {_(table[code])}" if code in table else code


def _level(item: Item) -> str:
    return f"{item.level} {_(LEVELS[item.level])}" if item.level in LEVELS else str(item.level)


def _handling(item: Item) -> str:
    if item.review_free:
        return _("即办件(秒批)")
    return _("即办件") if item.instant else _("承诺件")


def _fee(item: Item) -> str:
    return f"{item.fee} ({item.elements.fee_basis})" if item.elements.fee_basis else item.fee


def _hours(item: Item) -> str:
    return f"{item.hours.words} ({_('延时可办')})" if item.hours.extended else item.hours.words


ELEMENTS: tuple[Element, ...] = (
    Element(1, N_("事项名称"), ("title",), lambda item: item.title),
    Element(2, N_("基本编码"), ("code",), lambda item: item.code),
    Element(3, N_("实施编码"), ("implementation_code",), lambda item: item.implementation_code),
    Element(
        4,
        N_("业务办理项编码"),
        ("sub_item",),
        lambda item: _("未另设, 对应子项 {name}").format(name=item.sub_item),
    ),
    Element(5, N_("事项类型"), ("item_type",), lambda item: _coded(ITEM_TYPES, item.item_type)),
    Element(6, N_("设定依据"), ("legal_basis",), lambda item: listed(item.legal_basis)),
    Element(
        7,
        N_("权力来源"),
        ("elements", "power_source"),
        lambda item: _coded(POWER_SOURCES, item.elements.power_source),
    ),
    Element(8, N_("行使层级"), ("level",), _level),
    Element(9, N_("实施主体"), ("authority",), lambda item: item.authority),
    Element(
        10,
        N_("实施主体性质"),
        ("elements", "body_kind"),
        lambda item: _coded(BODY_KINDS, item.elements.body_kind),
    ),
    Element(11, N_("实施主体编码"), ("implementation_code",), lambda item: item.implementation_code[:18]),
    Element(
        12,
        N_("委托部门"),
        ("elements", "entrusted_by"),
        lambda item: item.elements.entrusted_by or listed(()),
    ),
    Element(13, N_("法定办结时限"), ("limits", "statutory"), lambda item: limit_words(item.statutory)),
    Element(14, N_("承诺办结时限"), ("limits", "promised"), lambda item: limit_words(item.promised)),
    Element(15, N_("受理条件"), ("conditions",), lambda item: listed(item.conditions)),
    Element(
        16,
        N_("申请材料"),
        ("materials",),
        lambda item: listed(material_words(item, m) for m in item.materials),
    ),
    Element(17, N_("办理流程"), ("elements", "flow"), lambda item: " → ".join(item.elements.flow)),
    Element(18, N_("是否收费"), ("fee",), lambda item: yes_no(item.fee != FREE)),
    Element(19, N_("收费标准和依据"), ("elements", "fee_basis"), _fee),
    Element(
        20,
        N_("服务对象"),
        ("elements", "service_objects"),
        lambda item: listed(_coded(SERVICE_OBJECTS, one) for one in item.elements.service_objects),
    ),
    Element(21, N_("办件类型"), ("instant",), _handling),
    Element(
        22, N_("办理形式"), ("elements", "channels"), lambda item: listed(map(named, item.elements.channels))
    ),
    Element(23, N_("到办事现场次数"), ("visits",), lambda item: str(item.visits)),
    Element(
        24,
        N_("特别程序"),
        ("elements", "special_procedures"),
        lambda item: listed(item.elements.special_procedures),
    ),
    Element(25, N_("办理地点"), ("elements", "place"), lambda item: item.elements.place),
    Element(26, N_("办理时间"), ("hours",), _hours),
    Element(27, N_("咨询方式"), ("contact",), lambda item: item.contact),
    Element(28, N_("监督投诉方式"), ("complaint",), lambda item: item.complaint),
    Element(29, N_("通办范围"), ("reach",), lambda item: named(item.reach)),
    Element(
        30, N_("联办机构"), ("elements", "joint_bodies"), lambda item: listed(item.elements.joint_bodies)
    ),
    Element(
        31,
        N_("中介服务"),
        ("elements", "intermediary"),
        lambda item: item.elements.intermediary or listed(()),
    ),
    Element(
        32,
        N_("数量限制"),
        ("elements", "quantity_limit"),
        lambda item: item.elements.quantity_limit or listed(()),
    ),
    Element(33, N_("审批结果"), ("result",), lambda item: f"{item.result} ({item.elements.result_kind})"),
    Element(34, N_("是否支持预约"), ("elements", "bookable"), lambda item: yes_no(item.elements.bookable)),
    Element(
        35,
        N_("是否支持网上支付"),
        ("elements", "online_payment"),
        lambda item: yes_no(item.elements.online_payment),
    ),
    Element(36, N_("是否支持物流快递"), ("elements", "express"), lambda item: yes_no(item.elements.express)),
)


def element_at(path: tuple[object, ...]) -> Element | None:
    """Return the element that stands at a path of an item's file; None when none does."""
    if path[:2] == ("elements", "result_kind"):
        return ELEMENTS[32]
    if path[:1] == ("limits",) and len(path) == 1:
        return ELEMENTS[12]
    return next((element for element in ELEMENTS if path[: len(element.path)] == element.path), None)
