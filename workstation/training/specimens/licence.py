"""A 营业执照 of any kind of market entity: who it is, what the licence says, what its QR code says."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc

from ocr.knowledge import regions
from workstation.training.specimens import dates
from workstation.training.specimens.crowd import address, citizen

KIND = "business-licence"
_TRADES = (
    "商贸", "科技", "餐饮管理", "物业服务", "建筑工程", "信息咨询", "医疗器械", "文化传播", "供应链管理",
    "家政服务",
)  # fmt: skip
_LIMITED = (
    "有限责任公司", "有限责任公司(自然人独资)", "有限责任公司(自然人投资或控股)", "有限责任公司(法人独资)",
    "股份有限公司(非上市、自然人投资或控股)",
)  # fmt: skip
_SCOPES = (
    "日用百货销售", "食品销售(仅销售预包装食品)", "信息技术咨询服务", "家政服务", "餐饮管理",
    "建筑材料销售", "会议及展览服务",
    "货物进出口", "物业管理", "办公用品销售", "计算机软硬件及辅助设备零售", "理发服务", "服装服饰批发",
    "第二类医疗器械销售", "园林绿化工程施工", "普通货物仓储服务(不含危险化学品等需许可审批的项目)",
    "母婴用品销售", "广告设计、代理", "小微型客车租赁经营服务", "五金产品零售",
)  # fmt: skip
_TAIL = "(依法须经批准的项目,经相关部门批准后方可开展经营活动)"
_ORDINARY = "一般项目:{}。(除依法须经批准的项目外,凭营业执照依法自主开展经营活动)"
_CAPITAL = (
    "壹佰万元整", "伍拾万元整", "壹仟万元人民币", "叁佰万元人民币", "人民币伍佰万元整",
    "100万元人民币", "贰仟零捌拾捌万元整", "500万元", "50万人民币",
    "1000.000000万人民币", "壹佰贰拾万美元", "人民币1,000万元",
)  # fmt: skip
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """How licences of one kind of entity are worded (市场主体登记管理条例实施细则 art. 23)."""

    kinds: tuple[str, ...]
    prefix: str
    """The first two characters of its code (GB 32100)."""
    ending: str
    """Of its name."""
    head: str
    """Label of the person."""
    capital: str
    """Label of the capital, empty where there is none."""
    since: str
    """Label of the day it was founded."""
    term: str
    """Label of the time it may trade, empty where there is none."""
    seat: str
    """Label of the address."""


COMPANY = Entity(
    kinds=_LIMITED, prefix="91", ending="有限公司", head="法定代表人", capital="注册资本",
    since="成立日期", term="营业期限", seat="住所",
)  # fmt: skip
SOLE = Entity(
    kinds=("个体工商户",), prefix="92", ending="部", head="经营者", capital="", since="注册日期", term="",
    seat="经营场所",
)  # fmt: skip
_OTHERS = (
    Entity(
        kinds=("普通合伙企业", "有限合伙企业"), prefix="91", ending="中心", head="执行事务合伙人",
        capital="出资额", since="成立日期", term="合伙期限", seat="主要经营场所",
    ),
    Entity(
        kinds=("个人独资企业",), prefix="91", ending="工作室", head="投资人", capital="出资额",
        since="成立日期", term="", seat="住所",
    ),
    Entity(
        kinds=("有限责任公司分公司", "有限责任公司分公司(自然人独资)"), prefix="91", ending="分公司",
        head="负责人", capital="", since="成立日期", term="营业期限", seat="营业场所",
    ),
    Entity(
        kinds=("农民专业合作社",), prefix="93", ending="合作社", head="法定代表人", capital="成员出资总额",
        since="成立日期", term="", seat="住所",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Licence:
    """What the licence says."""

    entity: Entity
    uscc: str
    name: str
    kind: str
    legal_person: str
    """Of a partnership it may be a company with the person it sends."""
    registered_capital: str
    """Empty for entities whose licence has no such line."""
    established_on: date
    address: str
    business_scope: str
    issued_on: date
    coded: str
    """What the QR code says; empty for a licence without one."""
    seed: int


def credit_code(kind: str, region: str, dice: random.Random) -> str:
    """Return a code whose three check characters hold; `kind` is its first two characters, e.g. `91`."""
    body = f"MA9{''.join(dice.choice(_ALPHABET[:30]) for _ in range(5))}"
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(weight * values.index(c) for weight, c in zip(_BODY_WEIGHTS, body, strict=True))
    organisation = body + "0123456789X0"[11 - total % 11]
    front = f"{kind}{region}{organisation}"
    return front + str(uscc.calc_check_digit(front))


def invent(seed: int) -> Licence:
    """Return a licence from a seed: half are companies, a quarter individual businesses, the rest others."""
    dice = random.Random(f"{KIND} {seed}")
    owner = citizen(f"{KIND} {seed}", born=(1950, 2003))
    code = owner.id_number[:6]
    entity = dice.choice((COMPANY, COMPANY, SOLE, dice.choice(_OTHERS)))
    place = regions.full_name(code)
    trade = f"{_mark(dice)}{dice.choice(_TRADES)}"
    name = f"{regions.names_of(code)[-1]}{trade}部" if entity is SOLE else f"{place}{trade}{entity.ending}"
    day = dates.some_day(dice, 2001, 2024)
    number = credit_code(entity.prefix, code, dice)
    return Licence(
        entity=entity,
        uscc=number,
        name=name[-26:],
        kind=dice.choice(entity.kinds),
        legal_person=_head(entity, owner.name, dice),
        registered_capital=dice.choice(_CAPITAL) if entity.capital else "",
        established_on=day,
        address=address(code, dice),
        business_scope=_scope(dice),
        issued_on=max(day, dates.some_day(dice, 2015, 2025)),
        coded=_coded(number, name[-26:], dice),
        seed=seed,
    )


def _mark(dice: random.Random) -> str:
    return f"样本{dice.choice('华鑫源达诚瑞')}{dice.choice('通海丰泰隆')}"


def _head(entity: Entity, name: str, dice: random.Random) -> str:
    if "合伙" in entity.head and dice.random() < 0.3:
        return f"{_mark(dice)}投资有限公司(委派代表:{name})"
    return name


def _scope(dice: random.Random) -> str:
    parts = dice.sample(_SCOPES, dice.randrange(2, 14))
    joined = dice.choice((";", "、", ";")).join(parts)
    return dice.choice(("{}", "{}。", f"{{}}{_TAIL}", f"{{}}。{_TAIL}", _ORDINARY)).format(joined)


def _coded(number: str, name: str, dice: random.Random) -> str:
    """Return what licences of different years and places say: an address with or without the code, words."""
    site = "https://licence.example"
    opaque = "".join(dice.choice("abcdefGHIJK0123456789") for _ in range(24))
    return dice.choice((
        f"{site}/index.html?uniscid={number}",
        f"{site}/index.html?uniscid={number}",
        f"{site}/index.html?serial=999{dice.randrange(10**9):09d}",
        f"{site}/toHandleQuery.do?id={opaque}&uniScID={opaque[::-1]}&jumpFlag=false",
        f"统一社会信用代码:{number};名称:{name};登记机关:样本市市场监督管理局;",
        f"名称:{name}\n注册号/统一社会信用代码:{number}",
        "",
    ))  # fmt: skip


def truth(licence: Licence) -> dict[str, str]:
    """Return each field in normal form."""
    return {
        "uscc": licence.uscc,
        "name": licence.name,
        "kind": licence.kind,
        "legal_person": licence.legal_person,
        "registered_capital": licence.registered_capital,
        "established_on": licence.established_on.isoformat(),
        "address": licence.address,
        "business_scope": licence.business_scope,
        "issued_on": licence.issued_on.isoformat(),
    }
