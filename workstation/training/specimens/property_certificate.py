"""The data page of a 不动产权证书 (rows by 不动产登记暂行条例实施细则, form of 2015)."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from ocr.knowledge import regions
from workstation.training.specimens import dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import address, citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import Colour

KIND = "property-certificate"
SIZE_MM = (190.0, 260.0)
_PAPER: Colour = (252, 246, 240)
_WAVES: tuple[Colour, Colour] = ((238, 226, 216), (240, 234, 214))
_LABEL: Colour = (84, 60, 48)
_EM = 4.4
_SHORT = {
    "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "蒙", "21": "辽", "22": "吉", "23": "黑",
    "31": "沪", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁", "41": "豫",
    "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼", "50": "渝", "51": "川", "52": "黔",
    "53": "滇", "54": "藏", "61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新",
}  # fmt: skip
_USES = ("城镇住宅用地/住宅", "商业用地/商业", "城镇住宅用地/成套住宅", "工业用地/厂房")
_NATURES = ("出让/市场化商品房", "划拨/房改房", "出让/自建房", "出让/存量房")
_YEARS = 70


@dataclass(frozen=True, slots=True)
class Title:
    """What the page says."""

    number: str
    """e.g. 粤(2020)深圳市不动产权第0999123号."""
    owner: SpecimenPerson
    co_ownership: str
    location: str
    unit_number: str
    """28 characters: county, cadastral district and block, parcel, building unit."""
    right_type: str
    right_nature: str
    use: str
    area: str
    term: str
    """As printed, without spaces; some offices put the right before it."""
    seed: int


def invent(seed: int) -> Title:
    """Return a title from a seed."""
    dice = random.Random(f"{KIND} {seed}")
    owner = citizen(f"{KIND} {seed}", born=(1945, 2003))
    code = owner.id_number[:6]
    city = (regions.names_of(f"{code[:4]}00") or regions.names_of(code))[-1]
    town = regions.names_of(code)[-1] if city in {"市辖区", "县"} else city
    land, house = dice.uniform(20, 400), dice.uniform(30, 260)
    parcel = f"{dice.randrange(1000):03d}{dice.randrange(1000):03d}GB{dice.randrange(10**5):05d}"
    year, serial = dice.randrange(2016, 2026), f"0999{dice.randrange(1000):03d}"
    return Title(
        number=f"{_SHORT[code[:2]]}({year}){town}不动产权第{serial}号",
        owner=owner,
        co_ownership=dice.choice(("单独所有", "单独所有", "共同共有")),
        location=address(code, dice),
        unit_number=f"{code}{parcel}F{dice.randrange(10**8):08d}",
        right_type="国有建设用地使用权/房屋所有权",
        right_nature=dice.choice(_NATURES),
        use=dice.choice(_USES),
        area=dice.choice(
            (f"{house:.2f}平方米", f"共有宗地面积{land:.2f}平方米/房屋建筑面积{house:.2f}平方米")
        ),
        term=_term(dice),
        seed=seed,
    )


def _term(dice: random.Random) -> str:
    start = dates.some_day(dice, 1995, 2020)
    until = start.replace(year=start.year + _YEARS)
    right = dice.choice(("", "", "国有建设用地使用权"))
    return f"{right}{dates.padded(start)}起至{dates.padded(until)}止"


def truth(title: Title) -> dict[str, str]:
    """Return each field in normal form."""
    return {
        "certificate_number": title.number,
        "owner": title.owner.name,
        "co_ownership": title.co_ownership,
        "location": title.location,
        "unit_number": title.unit_number,
        "right_type": title.right_type,
        "right_nature": title.right_nature,
        "use": title.use,
        "area": title.area,
        "term": title.term,
    }


def draw(title: Title, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the page."""
    dice = random.Random(f"draw {KIND} {title.seed}")
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=60, label=_LABEL)
    board.mark([(60, 90), (120, 140), (70, 200)], 20)
    board.filled(18, 14, title.number, 5.2)
    unit = title.unit_number
    spaced = f"{unit[:6]} {unit[6:12]} {unit[12:19]} {unit[19:]}" if dice.random() < 0.6 else unit
    rows = (
        ("权利人", title.owner.name), ("共有情况", title.co_ownership), ("坐落", title.location),
        ("不动产单元号", spaced), ("权利类型", title.right_type), ("权利性质", title.right_nature),
        ("用途", title.use), ("面积", title.area), ("使用期限", title.term),
    )  # fmt: skip
    y, height = 28.0, dice.uniform(15.5, 17.5)
    for label, value in rows:
        board.cell((15, y, 160, height), label, value, _EM, label_width=34, columns=26)
        y += height
    facts = f"身份证号:{title.owner.id_number}; 房屋结构:钢筋混凝土; 登记原因:样本"
    board.cell((15, y, 160, 46), "权利其他状况", facts, _EM, label_width=34, columns=26)
    board.notice(18, 246, 3.4)
    return board.image
