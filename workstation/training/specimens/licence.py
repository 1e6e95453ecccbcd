"""A 营业执照: the duplicate, upright, or the original, across, with its QR code (form of 2019)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import segno
from PIL import Image
from stdnum.cn import uscc

from ocr.knowledge import regions
from workstation.training.specimens import dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import address, citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.sheet import Colour, wrap

KIND = "business-licence"
UPRIGHT_MM, ACROSS_MM = (210.0, 297.0), (297.0, 210.0)
_PAPER: Colour = (252, 249, 240)
_WAVES: tuple[Colour, Colour] = ((236, 228, 206), (228, 236, 226))
_TRADES = (
    "商贸", "科技", "餐饮管理", "物业服务", "建筑工程", "信息咨询", "医疗器械", "文化传播", "供应链管理",
    "家政服务",
)  # fmt: skip
_LIMITED = (
    "有限责任公司", "有限责任公司(自然人独资)", "有限责任公司(自然人投资或控股)", "有限责任公司(法人独资)",
    "股份有限公司(非上市、自然人投资或控股)",
)  # fmt: skip
_SOLE = "个体工商户"
_SCOPES = (
    "日用百货销售", "食品销售(仅销售预包装食品)", "信息技术咨询服务", "家政服务", "餐饮管理",
    "建筑材料销售", "会议及展览服务",
    "货物进出口", "物业管理", "办公用品销售", "计算机软硬件及辅助设备零售", "理发服务", "服装服饰批发",
    "第二类医疗器械销售", "园林绿化工程施工", "普通货物仓储服务(不含危险化学品等需许可审批的项目)", 
    "母婴用品销售", "广告设计、代理", "小微型客车租赁经营服务", "五金产品零售",
)  # fmt: skip
_TAIL = "(依法须经批准的项目,经相关部门批准后方可开展经营活动)"
_CAPITAL = (
    "壹佰万元整", "伍拾万元整", "壹仟万元人民币", "叁佰万元人民币", "人民币伍佰万元整",
    "100万元人民币", "贰仟零捌拾捌万元整",
    "1000.000000万人民币",
)  # fmt: skip
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_EM = 4.6


@dataclass(frozen=True, slots=True)
class Licence:
    """What the licence says."""

    uscc: str
    name: str
    kind: str
    legal_person: str
    registered_capital: str
    """Empty for an individual business, whose licence has no such line."""
    established_on: date
    address: str
    business_scope: str
    issued_on: date
    seed: int

    @property
    def is_sole(self) -> bool:
        """True for an individual business (个体工商户)."""
        return self.kind == _SOLE


def credit_code(kind: str, region: str, dice: random.Random) -> str:
    """Return a code whose three check characters hold; `kind` is its first two characters, e.g. `91`."""
    body = f"MA9{''.join(dice.choice(_ALPHABET[:30]) for _ in range(5))}"
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(weight * values.index(c) for weight, c in zip(_BODY_WEIGHTS, body, strict=True))
    organisation = body + "0123456789X0"[11 - total % 11]
    front = f"{kind}{region}{organisation}"
    return front + str(uscc.calc_check_digit(front))


def invent(seed: int) -> Licence:
    """Return a licence from a seed; one in four is an individual business."""
    dice = random.Random(f"{KIND} {seed}")
    owner = citizen(f"{KIND} {seed}", born=(1950, 2003))
    code = owner.id_number[:6]
    is_sole = dice.random() < 0.25
    place = regions.full_name(code)
    town = regions.names_of(code)[-1]
    mark = (
        "样本"
        + dice.choice(("华", "鑫", "源", "达", "诚", "瑞"))
        + dice.choice(("通", "海", "丰", "泰", "隆"))
    )
    trade = dice.choice(_TRADES)
    day = dates.some_day(dice, 2001, 2024)
    scope = "; ".join(dice.sample(_SCOPES, dice.randrange(2, 14))).replace(
        "; ", dice.choice(("; ", "、", ";"))
    )
    return Licence(
        uscc=credit_code("92" if is_sole else "91", code, dice),
        name=f"{town}{mark}{trade}{'店' if is_sole else '部'}"
        if is_sole
        else f"{place}{mark}{trade}有限公司"[-26:],
        kind=_SOLE if is_sole else dice.choice(_LIMITED),
        legal_person=owner.name,
        registered_capital="" if is_sole else dice.choice(_CAPITAL),
        established_on=day,
        address=address(code, dice),
        business_scope=(scope + dice.choice(("", _TAIL))).replace(" ", ""),
        issued_on=max(day, dates.some_day(dice, 2015, 2025)),
        seed=seed,
    )


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


def draw(licence: Licence, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the licence; two of three are upright duplicates."""
    dice = random.Random(f"draw {KIND} {licence.seed}")
    return _upright(licence, dpi, look, dice) if dice.random() < 0.65 else _across(licence, dpi, look, dice)


def _upright(licence: Licence, dpi: int, look: Look, dice: random.Random) -> Image.Image:
    board = Board(UPRIGHT_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=60)
    board.mark([(60, 110), (130, 170), (80, 230)], 24)
    _frame(board)
    board.title(30, "营业执照", 17, spread=7)
    board.title(54, "(副  本)", 5.4)
    board.printed(24, 66, "统一社会信用代码", 4.4)
    board.filled(64, 65.8, licence.uscc, 4.8)
    _code(board, licence, 158, 62, 24, dice)
    y = 80.0
    for label, value in _rows(licence, dice):
        board.printed(28, y, label, _EM, spread=(4 - len(label)) * _EM / 3 if len(label) < 4 else 0.0)
        board.filled_lines(62, y, value, _EM, columns=26, leading=6.6)
        y += 5.2 + 6.6 * max(1, len(wrap(value, 26)))
    _signed(board, licence, 118, 252, dice)
    return board.image


def _across(licence: Licence, dpi: int, look: Look, dice: random.Random) -> Image.Image:
    board = Board(ACROSS_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=50)
    board.mark([(80, 90), (150, 130), (220, 160)], 24)
    _frame(board)
    board.title(32, "营业执照", 18, spread=8)
    if dice.random() < 0.6:
        board.title(55, "(副本)", 5.6)
    board.printed(26, 42, "统一社会信用代码", 4.2)
    board.filled(26, 49, licence.uscc, 4.8)
    _code(board, licence, 244, 30, 28, dice)
    at = {26.0: 72.0, 160.0: 72.0}
    right = {"注册资本", "成立日期", "营业期限", "住所", "经营场所", "组成形式", "注册日期"}
    for label, value in _rows(licence, dice):
        x = 160.0 if label in right else 26.0
        board.printed(x, at[x], label, _EM, spread=(4 - len(label)) * _EM / 3 if len(label) < 4 else 0.0)
        board.filled_lines(x + 32, at[x], value, _EM, columns=19, leading=6.4)
        at[x] += 5.0 + 6.4 * max(1, len(wrap(value, 19)))
    _signed(board, licence, 190, 168, dice)
    return board.image


def _rows(licence: Licence, dice: random.Random) -> list[tuple[str, str]]:
    day = dates.padded(licence.established_on)
    if licence.is_sole:
        rows = [
            ("名称", licence.name), ("类型", licence.kind), ("经营者", licence.legal_person),
            ("组成形式", "个人经营"), ("注册日期", day), ("经营场所", licence.address),
        ]  # fmt: skip
    else:
        rows = [
            ("名称", licence.name), ("类型", licence.kind), ("法定代表人", licence.legal_person),
            ("注册资本", licence.registered_capital), ("成立日期", day),
            ("营业期限", dice.choice(("长期", f"{day}至长期"))), ("住所", licence.address),
        ]  # fmt: skip
    return [*rows, ("经营范围", licence.business_scope)]


def _frame(board: Board) -> None:
    width, height = board.sheet.width_mm, board.sheet.height_mm
    for inset, pen in ((9.0, 0.9), (11.0, 0.3)):
        board.sheet.box(inset, inset, width - 2 * inset, height - 2 * inset, outline=(150, 122, 60), pen=pen)


def _code(board: Board, licence: Licence, x: float, y: float, side: float, dice: random.Random) -> None:
    """Print the QR code: an address with the code in it, or, on newer licences, with a serial alone."""
    serial = f"serial=999{dice.randrange(10**9):09d}"
    query = f"uniscid={licence.uscc}" if dice.random() < 0.7 else serial
    code = segno.make(f"https://licence.example/index.html?{query}", error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(border=2)]
    plain = Image.new("L", (len(rows), len(rows)))
    plain.putdata([0 if dark else 255 for row in rows for dark in row])
    px = board.sheet.px(side)
    board.sheet.place(plain.resize((px, px), Image.Resampling.NEAREST).convert("RGB"), x, y)
    board.printed(x - 2, y + side + 1.5, "扫描二维码登录公示系统", 2.2)


def _signed(board: Board, licence: Licence, x: float, y: float, dice: random.Random) -> None:
    board.printed(x, y, "登记机关", _EM, spread=1.0)
    day = licence.issued_on
    gap = "  " if dice.random() < 0.5 else ""
    in_figures = f"{day.year}{gap}年{gap}{day:%m}{gap}月{gap}{day:%d}{gap}日"
    board.filled(x + 14, y + 12, dates.in_words(day) if dice.random() < 0.15 else in_figures, _EM)
    board.seal(x + 42, y + 6, "样本市市场监督管理局", "样本专用章")
    board.notice(26, board.sheet.height_mm - 17, 3.2)
