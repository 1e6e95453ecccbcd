"""The sixteen data services (数据核验) a window may ask: what each compares, and which checks it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.case import Case

TITLES: Mapping[str, str] = {
    "name": "姓名",
    "id_number": "证件号码",
    "sex": "性别",
    "birth_date": "出生日期",
    "ethnicity": "民族",
    "address": "住址",
    "marital_status": "婚姻状况",
    "registered_on": "登记日期",
    "certificate_number": "证件编号",
    "mother_name": "母亲姓名",
    "father_name": "父亲姓名",
    "newborn_name": "新生儿姓名",
    "born_at": "出生时间",
    "education": "文化程度",
    "uscc": "统一社会信用代码",
    "legal_person": "法定代表人",
    "kind": "类别",
    "grade": "等级",
    "valid_until": "有效期至",
}


@dataclass(frozen=True, slots=True)
class DataService:
    """One service: its wire name, its words, and what it compares."""

    id: str
    title: str
    fields: tuple[str, ...]
    """Of `TITLES`; those the case knows are sent, name and number always."""
    words: tuple[str, ...]
    """A check of an item belongs here when its title holds one of these."""
    documents: tuple[str, ...] = ()
    """Kinds of documents whose readings give the fields."""


_PERSON = ("sex", "birth_date", "ethnicity", "address")
_CARD = ("id-card-front", "household-register-page")

SERVICES: tuple[DataService, ...] = (
    DataService("death", "死亡信息", ("birth_date",), ("死亡", "火化")),
    DataService(
        "marriage",
        "婚姻登记信息",
        ("registered_on", "certificate_number"),
        ("婚姻", "离婚", "结婚"),
        ("marriage-certificate",),
    ),
    DataService(
        "birth",
        "出生与生育登记信息",
        ("certificate_number", "newborn_name", "mother_name", "father_name", "born_at"),
        ("生育", "婚育", "分娩", "出生"),
        ("birth-certificate",),
    ),
    DataService("residence", "居住登记信息", ("address",), ("居住",), _CARD),
    DataService("student", "学籍信息", ("birth_date",), ("学籍",), _CARD),
    DataService("education", "学历学位信息", ("education",), ("学历", "学位")),
    DataService(
        "enterprise",
        "市场主体登记信息",
        ("uscc", "legal_person", "address"),
        ("市场主体", "企业名称", "投资项目"),
        ("business-licence",),
    ),
    DataService(
        "association", "社会组织登记信息", ("uscc", "legal_person"), ("社会组织", "社会团体", "民办非企业")
    ),
    DataService(
        "insurance", "社会保险和医疗保障信息", ("birth_date",), ("参保", "医保", "社保", "养老保险"), _CARD
    ),
    DataService("employment", "就业与人才信息", ("education",), ("失业", "就业", "用工", "人才", "档案")),
    DataService("tax", "纳税信息", ("uscc",), ("纳税", "完税", "税务"), ("business-licence",)),
    DataService(
        "property",
        "不动产与房屋信息",
        ("certificate_number", "address"),
        ("不动产", "房屋", "购房", "用地", "租赁"),
        ("property-certificate",),
    ),
    DataService(
        "disability",
        "残疾人信息",
        ("certificate_number", "kind", "grade", "valid_until"),
        ("残疾",),
        ("disability-certificate",),
    ),
    DataService("relief", "社会救助信息", ("address",), ("救助", "低保", "特困"), _CARD),
    DataService(
        "licence",
        "许可与资格证照信息",
        ("uscc", "certificate_number", "valid_until"),
        ("许可", "资格", "健康证明", "证照"),
        ("business-licence",),
    ),
    DataService("population", "人口与户籍信息", _PERSON, ("人口", "户籍", "户口"), _CARD),
)
"""From the narrow to the broad: the first whose words fit serves a check."""


def service_for(title: str) -> DataService | None:
    """Return the service that an item's check is asked of; None when no connected service has it."""
    return next((service for service in SERVICES if any(word in title for word in service.words)), None)


def service_of(service_id: str) -> DataService:
    """Return the service with this id.

    Raises:
        KeyError: there is none.
    """
    return {service.id: service for service in SERVICES}[service_id]


def known_values(service: DataService, case: Case) -> dict[str, str]:
    """Return what the case says of the fields the service compares: confirmed first, then as read.

    A reading that fails a check of its own is not sent: a misread value is no contradiction.
    """
    applicant = case.applicant
    if applicant is None:
        return {}
    told = {
        "sex": applicant.sex,
        "birth_date": str(applicant.birth_date or ""),
        "ethnicity": applicant.ethnicity,
        "address": applicant.address,
    }
    for document in service.documents:
        for name in service.fields:
            value = case.fields.get(f"{document}.{name}")
            if value is not None and value.valid:
                told[name] = told.get(name) or value.value
    return {name: told[name] for name in service.fields if told.get(name)}
