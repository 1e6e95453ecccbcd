"""The sheet of a 营业执照: the upright form of 2014 and the one across of 2019, original and duplicate."""

from __future__ import annotations

import random
from collections.abc import Sequence

import segno
from PIL import Image

from workstation.training.specimens import dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.licence import KIND, Licence
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.sheet import Colour, wrap

UPRIGHT_MM, ACROSS_MM = (210.0, 297.0), (297.0, 210.0)
_PAPER: Colour = (252, 249, 240)
_WAVES: tuple[Colour, Colour] = ((236, 228, 206), (228, 236, 226))
_EM, _SMALL_EM, _LEADING = 4.6, 3.7, 6.5
_MOST_LINES = 7
_SITE = "国家企业信用信息公示系统网址: http://www.gsxt.gov.cn"
_YEARLY = "市场主体应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送公示年度报告。"
_MADE_BY = "国家市场监督管理总局监制"
_INVITATION = "扫描二维码登录“国家企业信用信息公示系统”了解更多登记、备案、许可、监管信息。"
Row = tuple[str, str]


def draw(licence: Licence, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the licence; half are upright."""
    dice = random.Random(f"draw {KIND} {licence.seed}")
    return _upright(licence, dpi, look, dice) if dice.random() < 0.5 else _across(licence, dpi, look, dice)


def _upright(licence: Licence, dpi: int, look: Look, dice: random.Random) -> Image.Image:
    board = Board(UPRIGHT_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=60)
    board.mark([(60, 110), (130, 170), (80, 230)], 24)
    _frame(board)
    board.title(30, "营业执照", 17, spread=7)
    if dice.random() < 0.7:
        board.title(53, dice.choice(("(副  本)", "(副  本)(1-1)")), 5.4)
    board.printed(60, 65, "统一社会信用代码", 4.4)
    board.filled(99, 64.8, licence.uscc, 4.8)
    x = 62.0 + max(0.0, (len(licence.entity.head) - 6) * _EM)
    _column(board, 28, x, 80, _rows(licence, dice), 184)
    at = dice.choice(((27.0, 222.0), (163.0, 32.0)))
    _code(board, licence.coded, *at, 25, beside=False)
    _signed(board, licence, 112, 240, dice)
    board.printed(22, 275, _SITE, 2.4)
    board.printed(150, 275, _MADE_BY, 2.4)
    return board.image


def _across(licence: Licence, dpi: int, look: Look, dice: random.Random) -> Image.Image:
    board = Board(ACROSS_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=50)
    board.mark([(80, 90), (150, 130), (220, 160)], 24)
    _frame(board)
    board.title(30, "营业执照", 18, spread=8)
    if dice.random() < 0.6:
        board.title(54, dice.choice(("(副本)", "(副  本)(1-1)")), 5.4)
    board.printed(26, 34, "统一社会信用代码", 4.2)
    board.filled(26, 41, licence.uscc, 4.8)
    _code(board, licence.coded, 205, 28, 27, beside=True)
    rows = _rows(licence, dice)
    right = {licence.entity.capital, licence.entity.since, licence.entity.term, licence.entity.seat}
    wide = max(24.0, _EM * max(len(label) for label, _ in rows)) + 5
    for left, end, ours in ((26.0, 150.0, False), (158.0, 276.0, True)):
        own = [row for row in rows if (row[0] in right) == ours]
        _column(board, left, left + wide, 72, own, end)
    _signed(board, licence, 178, 150, dice)
    board.printed(24, 191, _SITE, 2.5)
    board.printed(120, 191, _YEARLY, 2.5)
    board.printed(240, 191, _MADE_BY, 2.5)
    return board.image


def _column(board: Board, left: float, x: float, y: float, rows: Sequence[Row], end: float) -> None:
    """Write labels, spread to four characters, and their values from `x` to `end`, long ones small."""
    for label, value in rows:
        spread = (4 - len(label)) * _EM / (len(label) - 1) if len(label) < 4 else 0.0
        board.printed(left, y, label, _EM, spread=spread)
        is_long = len(wrap(value, int((end - x) / _EM))) > _MOST_LINES
        size = _SMALL_EM if is_long else _EM
        columns, leading = int((end - x) / size), _LEADING * size / _EM
        board.filled_lines(x, y, value, size, columns=columns, leading=leading)
        y += 4.6 + leading * max(1, len(wrap(value, columns)))


def _rows(licence: Licence, dice: random.Random) -> list[Row]:
    entity, day = licence.entity, dates.padded(licence.established_on)
    rows = [
        ("名称", licence.name), ("类型", licence.kind), (entity.head, licence.legal_person),
        (entity.capital, licence.registered_capital), (entity.since, day),
        (entity.term, dice.choice(("长期", f"{day}至长期", f"{day}至2099年12月31日"))),
        (entity.seat, licence.address), ("经营范围", licence.business_scope),
    ]  # fmt: skip
    if not entity.capital and not entity.term:
        rows.insert(3, ("组成形式", "个人经营"))
    wide = dice.random() < 0.4
    return [(label, _full_width(value) if wide else value) for label, value in rows if label]


def _full_width(text: str) -> str:
    return text.translate(str.maketrans("(),:;", "（），：；"))


def _frame(board: Board) -> None:
    width, height = board.sheet.width_mm, board.sheet.height_mm
    for inset, pen in ((9.0, 0.9), (11.0, 0.3)):
        board.sheet.box(inset, inset, width - 2 * inset, height - 2 * inset, outline=(150, 122, 60), pen=pen)


def _code(board: Board, text: str, x: float, y: float, side: float, *, beside: bool) -> None:
    """Print the QR code and, beside or below it, what it is for."""
    if not text:
        return
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=2)]
    plain = Image.new("L", (len(rows[0]), len(rows)))
    plain.putdata([0 if dark else 255 for row in rows for dark in row])
    px = board.sheet.px(side)
    board.sheet.place(plain.resize((px, px), Image.Resampling.NEAREST).convert("RGB"), x, y)
    left, top = (x + side + 1.5, y + 2) if beside else (x - 2, y + side + 1)
    for row, line in enumerate(wrap(_INVITATION, 10 if beside else 13)):
        board.printed(left, top + row * 3.2, line, 2.3)


def _signed(board: Board, licence: Licence, x: float, y: float, dice: random.Random) -> None:
    board.printed(x, y, "登记机关", _EM, spread=1.0)
    day = licence.issued_on
    gap = "  " * dice.randrange(3)
    month, number = (f"{day:%m}", f"{day:%d}") if dice.random() < 0.7 else (str(day.month), str(day.day))
    in_figures = f"{day.year}{gap}年{gap}{month}{gap}月{gap}{number}{gap}日"
    down = dice.uniform(11, 20)
    board.filled(x + 14, y + down, dates.in_words(day) if dice.random() < 0.15 else in_figures, _EM)
    board.seal(x + 42, y + 6, "样本市市场监督管理局", "样本专用章")
    board.notice(26, board.sheet.height_mm - 17, 3.2)
