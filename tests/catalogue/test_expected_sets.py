"""The material sets that cities publish for an item, situation by situation, asked of the bundled pack.

Sources: the published guides to 老年人优待卡 (Guangzhou), 生育登记 (Guangdong) and 临时救助, and
社会救助暂行办法 art. 47; the application form is made at the window and is no paper to bring.
"""

from __future__ import annotations

import pytest

from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.situations import situations
from workstation.domain.checklist import derive
from workstation.domain.items import Item
from workstation.domain.kinds import OriginalRule
from workstation.domain.matters import join

PACK = load_pack(bundled_pack())
ITEMS = {item.title: item for item in PACK.items}
MATTERS = {matter.title: join(matter, [PACK.item(code) for code in matter.items]) for matter in PACK.matters}
CARD, BIRTH, RELIEF = ITEMS["老年人优待卡"], ITEMS["生育登记"], ITEMS["临时救助"]


def brought(item: Item, answers: dict[str, str]) -> set[str]:
    """Titles of the papers a citizen brings."""
    return {m.title for m in derive(item, answers) if m.original is not OriginalRule.FORM}


ID, BOOK, PHOTO = "居民身份证", "户口簿", "白底小一寸彩色照片"
PERMIT, HMT, AGENT = "广东省居住证", "港澳台居民居住证", "代办人有效身份证件"
OFFICER = {ID, "军官(文职干部)证或离退休证", "所在单位证明", PHOTO}

PUBLISHED = {
    "first issue, local household": ({"case": "first", "origin": "local"}, {ID, BOOK, PHOTO}),
    "first issue, retired officer": ({"case": "first", "origin": "officer"}, OFFICER),
    "first issue, other province": ({"case": "first", "origin": "province"}, {ID, PERMIT, PHOTO}),
    "first issue, Hong Kong, Macao, Taiwan": ({"case": "first", "origin": "hmt"}, {HMT, PHOTO}),
    "upgrade, local": ({"case": "upgrade", "origin": "local"}, {ID}),
    "upgrade, not local": ({"case": "upgrade", "origin": "province"}, {ID, PERMIT}),
    "lost, local": ({"case": "lost", "origin": "local"}, {ID}),
    "lost, not local": ({"case": "lost", "origin": "province"}, {ID, PERMIT}),
}


@pytest.mark.parametrize(("answers", "expected"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_each_published_situation_of_the_seniors_card_asks_for_exactly_its_papers(
    answers: dict[str, str], expected: set[str]
) -> None:
    assert brought(CARD, {**answers, "who": "self"}) == expected
    assert brought(CARD, {**answers, "who": "agent"}) == expected | {AGENT}


def birth_papers(answers: dict[str, str]) -> set[str]:
    """Both identities; marriage; permit at the place of residence; how a marriage ended; earlier children."""
    papers = {ID}
    if answers["marriage"] != "single":
        papers |= {"配偶居民身份证", "结婚证"}
    if answers["place"] == "residence":
        papers.add("女方居住证")
    ended = {"divorced": "离婚证或离婚协议, 判决书", "widowed": "前配偶死亡证明"}
    papers |= {ended[answers["again-reason"]]} if "again-reason" in answers else set()
    return papers | ({"已有子女的出生医学证明"} if answers["child"] == "more" else set())


def relief_papers(answers: dict[str, str]) -> set[str]:
    """Identity, household, account; what proves the cause; the low-income certificate; an agent's papers."""
    cause = {
        "illness": {"诊断证明和出入院记录", "医疗费票据"},
        "accident": {"事故责任认定和赔偿材料"},
        "disaster": {"受灾损失清单和证明"},
        "education": {"必需支出凭证"},
    }
    papers = {ID, BOOK, "本人银行卡或社会保障卡"} | cause[answers["cause"]]
    papers |= {"低保证或特困供养证"} if answers["family"] == "minimum" else set()
    return papers | ({AGENT, "授权委托书"} if answers["who"] == "agent" else set())


def test_every_situation_of_birth_registration_asks_for_exactly_its_papers() -> None:
    walked = list(situations(BIRTH))
    assert len(walked) == 4 * 2 * 2
    for answers in walked:
        assert brought(BIRTH, answers) == birth_papers(answers), answers


def test_every_situation_of_temporary_relief_asks_for_exactly_its_papers() -> None:
    walked = list(situations(RELIEF))
    assert len(walked) == 4 * 2 * 2
    for answers in walked:
        assert brought(RELIEF, answers) == relief_papers(answers), answers


def shop_papers(answers: dict[str, str]) -> set[str]:
    """Identity, premises, plan and health papers once; the licence is made on the way and never asked for."""
    papers = {"经营者居民身份证", "场所方位图和平面图", "从业人员健康合格证"}
    chosen = {name.rpartition("-")[2]: option for name, option in answers.items()}
    papers.add({"own": "经营场所不动产权证", "lease": "经营场所租赁合同"}[chosen["premises"]])
    papers |= {"参加经营的家庭成员身份证"} if chosen["form"] == "family" else set()
    papers |= {"前置许可批准文件"} if chosen["approval"] == "needed" else set()
    papers |= {"集中空调卫生检测报告"} if chosen["aircon"] == "central" else set()
    papers |= {AGENT, "授权委托书"} if chosen["who"] == "agent" else set()
    papers |= {"招牌设计效果图"} if chosen["sign"] == "with" else set()
    return papers | ({"结构安全说明"} if chosen.get("position") == "projecting" else set())


def talent_papers(answers: dict[str, str]) -> set[str]:
    """Three approvals, each paper once: identity, household, family, degree or skill, employment, photo."""
    papers = {ID, BOOK, "数码照相回执"}
    chosen = {name.rpartition("-")[2]: option for name, option in answers.items()}
    papers.add("结婚证" if chosen["marriage"] == "married" else "无配偶声明")
    papers |= {"子女出生医学证明"} if chosen["children"] == "some" else set()
    grounds = {
        "degree": {"学历学位证书", "学历证书电子注册备案表"},
        "overseas": {"学历学位证书", "国(境)外学历学位认证书"},
        "skill": {"专业技术资格证书或职业资格证书"},
    }
    papers |= grounds[chosen["ground"]]
    return papers | {{"insured": "社会保险参保记录", "contract": "劳动合同"}[chosen["job"]]}


def test_a_hairdresser_hands_each_paper_in_once() -> None:
    shop = MATTERS["我要开理发店"]
    for answers in situations(shop):
        assert brought(shop, answers) == shop_papers(answers), answers
        assert "business-licence" not in {material.standard_id for material in derive(shop, answers)}


def test_three_approvals_of_a_move_share_their_papers() -> None:
    move = MATTERS["人才入户"]
    assert len(move.members) == 3
    for answers in situations(move):
        assert brought(move, answers) == talent_papers(answers), answers
