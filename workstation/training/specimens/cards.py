"""Both sides of a specimen identity card: size by ISO/IEC 7810 ID-1, content by 居民身份证法 art. 3."""

from __future__ import annotations

from PIL import Image

from workstation.training.specimens.fonts import Face
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import MALE, SpecimenPerson
from workstation.training.specimens.sheet import NOTICE, RED, Colour, Sheet, wrap

CARD_MM = (85.6, 54.0)
LABEL: Colour = (52, 112, 168)
_PAPER: Colour = (240, 246, 250)
_WAVES: tuple[Colour, Colour] = ((214, 230, 242), (244, 224, 226))
_LABEL_EM, _VALUE_EM, _NUMBER_EM = 2.75, 3.3, 4.2
_VALUE_X = 15.6
_ADDRESS_COLUMNS, _ADDRESS_Y, _LEADING = 11, 25.4, 4.8
_STAINED_COLUMN = 2
_OFFICE_COLUMNS, _OFFICE_LEADING = 13, 4.4


def id_card_front(
    person: SpecimenPerson, dpi: int = 300, *, blot: str = "", look: Look = PLAIN
) -> Image.Image:
    """Draw the portrait side.

    Args:
        person: whose card.
        dpi: resolution; the picture is 85.6 x 54 mm.
        blot: `name` or `address`: spill ink over one character of it, so that it is hard to read.
        look: of this copy.
    """
    sheet = _blank(dpi)
    sheet.watermark([(22, 44), (46, 9), (36, 30)], 8.5)
    _portrait(sheet, person)
    _labels(sheet, look)
    _values(sheet, person, look)
    _blot(sheet, person, blot)
    sheet.text(6.2, 50.6, NOTICE, 2.1, fill=RED)
    return sheet.image


def id_card_back(person: SpecimenPerson, dpi: int = 300, *, look: Look = PLAIN) -> Image.Image:
    """Draw the emblem side; a rosette with 样本 stands where the emblem would be."""
    sheet = _blank(dpi)
    sheet.watermark([(20, 36), (68, 40), (46, 32)], 8.5)
    _rosette(sheet, 6.0, 5.0, 15.5)
    sheet.text(28.0, 6.6, "中华人民共和国", 4.6, face=look.title, spread=2.0)
    sheet.text(27.0, 14.2, "居民身份证", 6.6, face=look.title, spread=3.0)
    right, down = look.shift_mm
    for y, label, lines in (
        (38.0, "签发机关", wrap(person.issuing_authority, _OFFICE_COLUMNS)),
        (44.4, "有效期限", (validity_text(person),)),
    ):
        sheet.text(18.6, y, label, _LABEL_EM, fill=LABEL, face=look.label)
        # The second line of a long name runs level with the label, the first one stands above it.
        top = y - 0.3 + down - (len(lines) - 1) * _OFFICE_LEADING
        for row, text in enumerate(lines):
            at = top + row * _OFFICE_LEADING
            sheet.text(34.0 + right, at, text, _VALUE_EM * look.grow, face=look.value, fill=look.ink)
    sheet.text(6.2, 50.6, NOTICE, 2.1, fill=RED)
    return sheet.image


def validity_text(person: SpecimenPerson) -> str:
    """Return the span as printed: `2012.05.18-长期` or two dates."""
    until = f"{person.id_valid_until:%Y.%m.%d}" if person.id_valid_until else "长期"
    return f"{person.id_valid_from:%Y.%m.%d}-{until}"


def _blank(dpi: int) -> Sheet:
    sheet = Sheet(*CARD_MM, dpi, _PAPER)
    sheet.guilloche(_WAVES)
    return sheet


def truth_front(person: SpecimenPerson) -> dict[str, str]:
    """Return what the portrait side says, in normal form."""
    return {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth_date.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }


def truth_back(person: SpecimenPerson) -> dict[str, str]:
    """Return what the emblem side says, in normal form."""
    until = person.id_valid_until
    return {
        "authority": person.issuing_authority,
        "valid_from": person.id_valid_from.isoformat(),
        "valid_until": until.isoformat() if until else "长期",
    }


def _labels(sheet: Sheet, look: Look) -> None:
    for x, y, label in (
        (6.2, 6.4, "姓名"), (6.2, 12.8, "性别"), (24.0, 12.8, "民族"), (6.2, 19.0, "出生"),
        (24.6, 19.0, "年"), (33.4, 19.0, "月"), (42.2, 19.0, "日"), (6.2, 25.6, "住址"),
        (6.2, 45.8, "公民身份号码"),
    ):  # fmt: skip
        spread = 0.35 if len(label) == 2 else 0.1
        sheet.text(x, y, label, _LABEL_EM, face=look.label, fill=LABEL, spread=spread)


def _values(sheet: Sheet, person: SpecimenPerson, look: Look) -> None:
    born = person.birth_date
    right, down = look.shift_mm
    em = _VALUE_EM * look.grow

    def write(
        x: float, y: float, text: str, size: float, *, face: Face = look.value, spread: float = 0
    ) -> None:
        sheet.text(x + right, y + down, text, size, face=face, fill=look.ink, spread=spread)

    write(_VALUE_X, 5.7, person.name, em + 0.4, spread=0.35)
    write(_VALUE_X, 12.4, person.sex, em)
    write(32.6, 12.4, person.ethnicity, em)
    write(_VALUE_X, 18.7, f"{born.year}", em)
    for middle, number in ((30.3, born.month), (39.1, born.day)):
        write(middle - 0.95 * len(str(number)), 18.7, str(number), em)
    for row, line in enumerate(wrap(person.address, _ADDRESS_COLUMNS)):
        write(_VALUE_X, _ADDRESS_Y + row * _LEADING, line, em)
    write(28.4, 44.1, person.id_number, _NUMBER_EM, face=look.figures, spread=0.55)


def _blot(sheet: Sheet, person: SpecimenPerson, field: str) -> None:
    if field == "name":
        sheet.blot(_VALUE_X + (_VALUE_EM + 0.75), 6.4, _VALUE_EM + 0.4, person.seed)
    elif field == "address":
        row = min(1, len(wrap(person.address, _ADDRESS_COLUMNS)) - 1)
        sheet.blot(
            _VALUE_X + _STAINED_COLUMN * _VALUE_EM, _ADDRESS_Y + row * _LEADING + 0.8, _VALUE_EM, person.seed
        )


def _portrait(sheet: Sheet, person: SpecimenPerson) -> None:
    sheet.place(portrait(person, round(sheet.scale * 25.4)), 56.4, 7.4)


def portrait(person: SpecimenPerson, dpi: int) -> Image.Image:
    """Draw the head and shoulders of nobody: 22.4 x 30 mm."""
    photo = Sheet(22.4, 30.0, dpi, (224, 233, 240))
    coat, hair = ((62, 78, 98), (58, 56, 58)) if person.sex == MALE else ((120, 72, 86), (48, 44, 46))
    photo.ellipse(1.6, 20.6, 19.2, 22.0, fill=coat)
    if person.sex == MALE:
        photo.ellipse(6.1, 3.4, 10.2, 9.0, fill=hair)
    else:
        photo.ellipse(4.9, 3.4, 12.6, 19.4, fill=hair)
    photo.box(9.2, 15.6, 4.0, 7.2, outline=None, fill=(226, 196, 176))
    photo.ellipse(6.5, 5.8, 9.4, 12.6, fill=(236, 208, 188))
    photo.ellipse(6.4, 3.6, 9.6, 4.6, fill=hair)
    photo.text(5.8, 23.6, "样本", 4.6, fill=(232, 238, 244), spread=0.6)
    return photo.image


def _rosette(sheet: Sheet, x: float, y: float, side: float) -> None:
    for ring in range(7):
        inset = ring * side / 18
        size = side - 2 * inset
        sheet.ellipse(x + inset, y + inset, size, size, outline=RED, pen=0.18)
    sheet.ellipse(x + side * 0.2, y + side * 0.2, side * 0.6, side * 0.6, fill=RED)
    sheet.text(x + side * 0.24, y + side * 0.33, "样本", side * 0.26, fill=(255, 236, 200))
