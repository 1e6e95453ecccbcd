"""Packs written for tests, signed with keys made on the spot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workstation.catalogue.reading import read_items
from workstation.catalogue.signing import Scope, TrustedKey, sign_pack
from workstation.domain.items import Item

PACK = """id: sample-test
version: '2026.11'
issued_on: 2026-11-01
valid_until: 2027-12-31
notice: 样例
streets: {HF: 华富街道}
"""

ITEM = """code: '442090001001'
implementation_code: 11440300YANGBEN01U3442090001001
title: 样例事项
plain_title: 办理样例
main_item: 样例主项
sub_item: 样例子项
city: 深圳市
authority: 样例机关
item_type: '20'
level: 3
category: SOCIAL_AFFAIRS
reach: CITY
flags: []
instant: false
mode: LOCAL
routing: RECEIVING
acceptance_delegated: true
acceptance_basis: 样例委托依据
conditions: [样例条件]
questions:
- id: case
  title: 情形
  options:
  - {id: first, title: 首次}
  - {id: lost, title: 补办}
materials:
- id: id-card
  title: 居民身份证
  standard_id: id-card
  original: SIGHTED
  need: REQUIRED
  basis: 样例依据
  standard: 清晰
  issuer: 公安机关
  document_kind: id-card-front
- id: statement
  title: 遗失声明
  standard_id: statement
  original: KEPT
  need: REQUIRED
  basis: 样例依据
  standard: 本人签名
  issuer: 申请人
  when: {case: [lost]}
fields:
- {id: name, title: 姓名, sources: [{document_kind: id-card-front, field: name}]}
limits:
  statutory: {number: 20, unit: WORKDAY}
  promised: {number: 10, unit: WORKDAY}
correction: ON_SPOT_OR_5_WORKDAYS
fee: 不收费
result: 样例证
delivery: [窗口领取]
agents: {kinds: [AUTHORISED]}
visits: 1
hours: {words: 工作日}
elements: {power_source: '1', body_kind: '1', flow: [收件], place: 样例大厅, result_kind: 证照}
legal_basis: [样例依据]
contact: 样例
complaint: '12345'
sources: [样例]
"""


def write_pack(folder: Path, *items: str, pack: str = PACK) -> Path:
    """Write an unsigned pack."""
    (folder / "items").mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(pack, "utf-8")
    for number, item in enumerate(items or (ITEM,), start=1):
        (folder / "items" / f"item-{number}.yaml").write_text(item, "utf-8")
    return folder


def signed_pack(
    folder: Path, *items: str, pack: str = PACK, scope: Scope = Scope.SAMPLE
) -> tuple[TrustedKey, ...]:
    """Write and sign a pack, and return the keys that trust it."""
    key = Ed25519PrivateKey.generate()
    sign_pack(write_pack(folder, *items, pack=pack), key)
    return (TrustedKey(scope, "test", key.public_key().public_bytes_raw()),)


def many_items(count: int) -> tuple[Item, ...]:
    """Return `count` items whose names are put together from words of real item lists."""
    (template,), _ = read_items({"items/a.yaml": ITEM})
    return tuple(_variant(template, n) for n in range(count))


def _variant(template: Item, n: int) -> Item:
    subject = SUBJECTS[n % len(SUBJECTS)]
    title = f"{PLACES[n % 7]}{subject}{KINDS[n % 5 * 2]}{ACTS[n % 11]}(第{n:04d}项)"
    return replace(
        template,
        code=f"4420{n:08d}",
        title=title,
        plain_title=f"办理{title}",
        main_item=subject,
        sub_item=title,
        aliases=(f"{subject[:2]}证",),
    )


PLACES = ("", "本市", "外来", "个人", "单位", "社区", "农村")
SUBJECT_WORDS = (
    "老年人优待 高龄津贴 生育服务 临时救助 社会保障卡 居住证 房屋租赁 残疾人 "
    "最低生活保障 个体工商户 食品经营 公共场所卫生 户外广告 道路占用 建筑垃圾处置 "
    "民办幼儿园 教师资格 医师执业 护士注册 养老机构 殡葬服务 收养登记 婚姻登记 "
    "户口迁移 机动车登记 出租车营运 烟草专卖 药品经营 特种设备 银行账户 重大项目 "
    "长期护理保险 退役军人优抚 公租房 "
)
SUBJECTS = SUBJECT_WORDS.split()
KINDS = ("资格", "补贴", "登记", "许可", "备案", "确认", "证明", "待遇", "信息", "关系", "名录", "档案")
ACTS = ("申领", "核发", "变更", "注销", "延续", "补办", "转移", "给付", "审核", "年审", "换发")
