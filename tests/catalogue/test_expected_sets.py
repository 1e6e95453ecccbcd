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

PACK = load_pack(bundled_pack())
ITEMS = {item.title: item for item in PACK.items}
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
