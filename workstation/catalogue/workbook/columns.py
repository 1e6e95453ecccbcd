"""The sheets and columns of the workbook: one list from which the template and the import are made.

Headers and words are what a supervisor reads and types, so they are Chinese in every language of the screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from workstation.catalogue.elements import BODY_KINDS, ITEM_TYPES, LEVELS, POWER_SOURCES, SERVICE_OBJECTS
from workstation.catalogue.words import TITLES
from workstation.domain import kinds


class Kind(Enum):
    """How a cell is read."""

    TEXT = auto()
    LINES = auto()
    """A list, one entry a line."""
    NUMBER = auto()
    YES_NO = auto()
    DATE = auto()
    CHOICE = auto()
    CHOICES = auto()
    """A list of choices, one a line."""
    CONDITION = auto()
    """`case=lost|first; who=agent`; alternatives on lines of their own."""


Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, where its value stands in the YAML, and how it is read."""

    header: str
    path: Path
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[tuple[str, object], ...] = ()
    """What may be typed, and the value it stands for."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet and its columns; the first column says which item a row belongs to."""

    title: str
    columns: tuple[Column, ...]
    about: str


def _named(kind: type[StrEnum]) -> tuple[tuple[str, object], ...]:
    return tuple((words, member.value) for member, words in TITLES if type(member) is kind)


def _numbered(table: dict[str, str]) -> tuple[tuple[str, object], ...]:
    return tuple((f"{code} {words}", code) for code, words in table.items())


UNITS = (("工作日", "WORKDAY"), ("自然日", "CALENDAR_DAY"))
KNOWN = (("年龄", "AGE"), ("性别", "SEX"), ("住址", "ADDRESS"), ("归档", "ARCHIVE"))
HANDLING = (("承诺件", "promised"), ("即办件", "instant"), ("秒批", "review_free"))
_LEVELS = tuple((f"{number} {words}", number) for number, words in LEVELS.items())
_WHEN = "写作 问题标识=选项标识; 同时满足用分号, 多个选项用竖线, 任一组另起一行; 空白为总是"
_LIST = "每行一条"

CODE = Column("基本编码", ("code",), required=True, hint="12 位数字, 单元格设为文本")
_BELONGS = Column("基本编码", ("item",), required=True, hint="事项的基本编码, 或一件事的标识")

ITEM_COLUMNS = (
    CODE,
    Column(
        "实施编码", ("implementation_code",), required=True, hint="31 位: 统一社会信用代码, 层级, 基本编码"
    ),
    Column("事项名称", ("title",), required=True),
    Column("通俗名称", ("plain_title",), required=True),
    Column("别名", ("aliases",), Kind.LINES, hint=_LIST),
    Column("主项", ("main_item",), required=True),
    Column("子项", ("sub_item",), required=True),
    Column("城市", ("city",), required=True),
    Column("实施主体", ("authority",), required=True),
    Column("事项类型", ("item_type",), Kind.CHOICE, True, _numbered(ITEM_TYPES)),
    Column("行使层级", ("level",), Kind.CHOICE, True, _LEVELS),
    Column("权力来源", ("elements", "power_source"), Kind.CHOICE, True, _numbered(POWER_SOURCES)),
    Column("主体性质", ("elements", "body_kind"), Kind.CHOICE, True, _numbered(BODY_KINDS)),
    Column("委托部门", ("elements", "entrusted_by")),
    Column(
        "服务对象", ("elements", "service_objects"), Kind.CHOICES, False, _numbered(SERVICE_OBJECTS), _LIST
    ),
    Column("窗口类别", ("category",), Kind.CHOICE, True, _named(kinds.WindowCategory)),
    Column("通办范围", ("reach",), Kind.CHOICE, True, _named(kinds.Reach)),
    Column("通办模式", ("mode",), Kind.CHOICE, True, _named(kinds.HandlingMode)),
    Column("流转", ("routing",), Kind.CHOICE, True, _named(kinds.Routing)),
    Column("第二街道核验", ("second_street",), Kind.CONDITION, hint=_WHEN + "; 双方户籍地流转时填写"),
    Column("标记", ("flags",), Kind.CHOICES, False, _named(kinds.ItemFlag), _LIST),
    Column("办件类型", ("handling",), Kind.CHOICE, True, HANDLING),
    Column("仅限网上", ("online_only",), Kind.YES_NO),
    Column("网上办理地址", ("online_at",)),
    Column("窗口可受理", ("acceptance_delegated",), Kind.YES_NO, True),
    Column("受理依据", ("acceptance_basis",)),
    Column("不予受理依据", ("refusal_basis",)),
    Column("受理条件", ("conditions",), Kind.LINES, True, hint=_LIST),
    Column("法定时限", ("limits", "statutory", "number"), Kind.NUMBER, hint="空白为未规定"),
    Column("法定时限单位", ("limits", "statutory", "unit"), Kind.CHOICE, False, UNITS),
    Column("承诺时限", ("limits", "promised", "number"), Kind.NUMBER, hint="空白为未规定"),
    Column("承诺时限单位", ("limits", "promised", "unit"), Kind.CHOICE, False, UNITS),
    Column("补正规则", ("correction",), Kind.CHOICE, True, _named(kinds.CorrectionRule)),
    Column("收费", ("fee",), required=True, hint="不收费的写: 不收费"),
    Column("收费依据", ("elements", "fee_basis")),
    Column("办理结果", ("result",), required=True),
    Column("结果类型", ("elements", "result_kind"), required=True, hint="证照, 批文, 证明, 资金等"),
    Column("送达方式", ("delivery",), Kind.LINES, True, hint=_LIST),
    Column("代办方式", ("agents", "kinds"), Kind.CHOICES, False, _named(kinds.AgentKind), "空白为须本人办理"),
    Column("代办人年龄", ("agents", "min_age"), Kind.NUMBER),
    Column("代办说明", ("agents", "note")),
    Column("到场次数", ("visits",), Kind.NUMBER, True),
    Column("办理时间", ("hours", "words"), required=True),
    Column("延时可办", ("hours", "extended"), Kind.YES_NO),
    Column("办理形式", ("elements", "channels"), Kind.CHOICES, False, _named(kinds.Channel), _LIST),
    Column("办理流程", ("elements", "flow"), Kind.LINES, True, hint=_LIST),
    Column("特别程序", ("elements", "special_procedures"), Kind.LINES, hint=_LIST),
    Column("办理地点", ("elements", "place"), required=True),
    Column("联办机构", ("elements", "joint_bodies"), Kind.LINES, hint=_LIST),
    Column("中介服务", ("elements", "intermediary")),
    Column("数量限制", ("elements", "quantity_limit")),
    Column("可预约", ("elements", "bookable"), Kind.YES_NO),
    Column("可网上支付", ("elements", "online_payment"), Kind.YES_NO),
    Column("可物流快递", ("elements", "express"), Kind.YES_NO),
    Column("信用核准", ("credit_check",), Kind.YES_NO),
    Column("承诺书内容", ("commitment", "text")),
    Column("承诺依据", ("commitment", "basis")),
    Column("不实后果", ("commitment", "consequence")),
    Column("设定依据", ("legal_basis",), Kind.LINES, True, hint=_LIST),
    Column("咨询方式", ("contact",), required=True),
    Column("投诉方式", ("complaint",), required=True),
    Column("表单名称", ("form", "title")),
    Column("表单声明", ("form", "statement")),
    Column("机关填写栏", ("form", "agency_part"), Kind.LINES, hint=_LIST),
    Column("资料来源", ("sources",), Kind.LINES, True, hint=_LIST),
    Column("生效日期", ("effective_from",), Kind.DATE),
)

QUESTION_COLUMNS = (
    _BELONGS,
    Column("问题标识", ("id",), required=True, hint="小写字母开头, 例如 case"),
    Column("问题", ("title",), hint="同一问题的第一行填写"),
    Column("何时询问", ("when",), Kind.CONDITION, hint=_WHEN),
    Column("选项标识", ("option", "id"), required=True),
    Column("选项", ("option", "title"), required=True),
    Column("选项依据", ("option", "basis")),
    Column("已知来源", ("known", "source"), Kind.CHOICE, False, KNOWN, "由身份证, 住址或归档材料得出时填写"),
    Column("已知范围", ("known", "range"), hint="年龄写作 0-69; 其余每行一个词; 空白为其余情况"),
)

MATERIAL_COLUMNS = (
    _BELONGS,
    Column("材料标识", ("id",), hint="空白时与标准材料相同"),
    Column(
        "标准材料",
        ("standard_id",),
        required=True,
        hint="同一种纸同一标识; standards.yaml 已有的可只填不同之处",
    ),
    Column("材料名称", ("title",)),
    Column("收取方式", ("original",), Kind.CHOICE, False, _named(kinds.OriginalRule)),
    Column("必要性", ("need",), Kind.CHOICE, False, _named(kinds.Need)),
    Column("要求依据", ("basis",)),
    Column("受理标准", ("standard",)),
    Column("出具单位", ("issuer",)),
    Column("最少页数", ("pages_min",), Kind.NUMBER),
    Column("最多页数", ("pages_max",), Kind.NUMBER),
    Column("识别种类", ("document_kind",), hint="例如 id-card-front; 不识别的空白"),
    Column("背面种类", ("back_kind",)),
    Column("扫描分辨率", ("scan_dpi",), Kind.NUMBER, hint="小字、密排材料填 300; 空白按窗口设置 (200)"),
    Column("来源渠道", ("origin",), Kind.CHOICE, False, _named(kinds.MaterialOrigin)),
    Column("可用电子证照", ("e_certificates",), Kind.LINES, hint=_LIST),
    Column("可用数据核验", ("data_checks",), Kind.LINES, hint=_LIST),
    Column("可承诺代替", ("committable",), Kind.YES_NO),
    Column("复用有效天数", ("validity_days",), Kind.NUMBER),
    Column("可复用", ("reusable",), Kind.YES_NO),
    Column("何时需要", ("when",), Kind.CONDITION, hint=_WHEN),
)

FIELD_COLUMNS = (
    _BELONGS,
    Column("字段标识", ("id",), required=True),
    Column("字段名称", ("title",), hint="standards.yaml 已有的字段可空白"),
    Column("类型", ("kind",), Kind.CHOICE, False, _named(kinds.FieldKind)),
    Column("必填", ("required",), Kind.YES_NO),
    Column("可选值", ("choices",), Kind.LINES, hint=_LIST),
    Column("识别来源", ("sources",), Kind.LINES, hint="每行一个, 例如 id-card-front.name"),
    Column("最长", ("max_length",), Kind.NUMBER),
    Column("分区标识", ("section", "id")),
    Column("分区名称", ("section", "title"), hint="同一分区的第一行填写"),
    Column("栏宽", ("columns",), Kind.NUMBER, hint="1 或 2"),
    Column("何时填写", ("when",), Kind.CONDITION, hint=_WHEN),
)

MATTER_COLUMNS = (
    Column("标识", ("id",), required=True, hint="小写字母开头, 例如 open-shop"),
    Column("名称", ("title",), required=True),
    Column("别名", ("aliases",), Kind.LINES, hint=_LIST),
    Column("成员事项", ("items",), Kind.LINES, True, hint="每行一个基本编码"),
    Column("参与条件", ("when",), Kind.LINES, hint="每行一个: 基本编码: 问题标识=选项标识; 未写的总是参与"),
    Column("合并", ("same",), Kind.LINES, hint="每行一个: 标识 = 基本编码.标识, 基本编码.标识"),
    Column("承诺时限", ("promised", "number"), Kind.NUMBER, True),
    Column("承诺时限单位", ("promised", "unit"), Kind.CHOICE, True, UNITS),
    Column("说明", ("explanation",), required=True),
    Column("资料来源", ("sources",), Kind.LINES, True, hint=_LIST),
)

ITEMS = Sheet("事项", ITEM_COLUMNS, "每行一个事项; 含实施清单的 36 项要素")
QUESTIONS = Sheet("情形", QUESTION_COLUMNS, "每行一个选项; 同一问题的各行连在一起")
MATERIALS = Sheet("材料", MATERIAL_COLUMNS, "每行一种材料, 按清单顺序")
FIELDS = Sheet("表单", FIELD_COLUMNS, "每行一个表单字段, 按表单顺序")
MATTERS = Sheet("一件事", MATTER_COLUMNS, "每行一件事; 它自己的问题写在情形表")
SHEETS = (ITEMS, QUESTIONS, MATERIALS, FIELDS, MATTERS)
