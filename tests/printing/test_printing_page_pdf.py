"""Scanned materials as PDF/A: true size, pictures as they were, text where it was read."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from scanners.imaging.packing import pack
from scanners.imaging.port import Layers
from workstation.domain.clock import CHINA
from workstation.printing.page_pdf import lines_of, render, sheets_of
from workstation.printing.press import PaperPress
from workstation.printing.printed import PrintedFile
from workstation.printing.scanned import MaterialDocument, ReadText, ScannedPage

DPI = 200
A4 = (210.0, 297.0)
CARD = (91.0, 59.0)
TAKEN = datetime(2026, 11, 20, 10, 42, tzinfo=CHINA)
NAME = ReadText("赵样本", 40.0, 30.0, 24.0, 8.0)
Run = Callable[..., str]


def jpeg(size_mm: tuple[float, float], colour: tuple[int, int, int] | int = (200, 30, 30)) -> bytes:
    size = (round(size_mm[0] / 25.4 * DPI), round(size_mm[1] / 25.4 * DPI))
    target = io.BytesIO()
    Image.new("L" if isinstance(colour, int) else "RGB", size, colour).save(target, "JPEG")
    return target.getvalue()


def printed_page(size_mm: tuple[float, float] = A4) -> Layers:
    """A page with a black bar at (20, 20)-(100, 40) mm and a red square at (120, 100)-(160, 140) mm."""
    scale = DPI / 25.4
    picture = Image.new("RGB", (round(size_mm[0] * scale), round(size_mm[1] * scale)), (250, 250, 248))
    draw = ImageDraw.Draw(picture)
    for x in range(20, 100, 4):
        draw.rectangle((x * scale, 20 * scale, (x + 2) * scale, 40 * scale), fill=(20, 20, 24))
    draw.rectangle((120 * scale, 100 * scale, 160 * scale, 140 * scale), fill=(200, 40, 44))
    layers = pack(np.asarray(picture), DPI).layers
    assert layers is not None and layers.stencil
    return layers


def document(*pages: ScannedPage, title: str = "居民身份证") -> MaterialDocument:
    return MaterialDocument(title=title, subject="W03-20261120-0001", taken_at=TAKEN, pages=pages)


def made(tmp_path: Path, *pages: ScannedPage) -> PrintedFile:
    return render(document(*pages), tmp_path / "material.pdf")


def seen(path: Path, dpi: int = 100) -> list[Image.Image]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pdf]


def level(picture: Image.Image, x_mm: float, y_mm: float, dpi: int = 100) -> tuple[int, ...]:
    found = picture.getpixel((round(x_mm / 25.4 * dpi), round(y_mm / 25.4 * dpi)))
    assert isinstance(found, tuple)
    return found


def words(run: Run, path: Path) -> dict[str, tuple[float, ...]]:
    """Text -> left, top, right, bottom in mm on its page."""
    found = re.findall(
        r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>',
        run("pdftotext", "-bbox", path, "-"),
    )
    return {word[4]: tuple(float(side) / 72 * 25.4 for side in word[:4]) for word in found}


def test_print_and_seal_lie_where_they_were_scanned_in_their_colours(tmp_path: Path) -> None:
    path = made(tmp_path, ScannedPage(*A4, printed_page())).path
    (page,) = seen(path)
    assert max(level(page, 21, 30)) < 70 and min(level(page, 23, 30)) > 200
    red, green, blue = level(page, 140, 120)
    assert red > 180 and max(green, blue) < 70
    assert min(level(page, 60, 200)) > 240


def test_pages_have_their_true_size(tmp_path: Path) -> None:
    path = made(
        tmp_path, ScannedPage(*A4, printed_page()), ScannedPage(143, 105, Layers(paper=jpeg((143, 105))))
    ).path
    with pikepdf.open(path) as pdf:
        sizes = [[round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] for page in pdf.pages]
    assert sizes == [[210, 297], [143, 105]]


def test_both_sides_of_a_card_stand_on_one_sheet_at_true_size(tmp_path: Path, run: Run) -> None:
    front = ScannedPage(*CARD, Layers(paper=jpeg(CARD)), (ReadText("赵样本", 18, 8, 15, 5),))
    back = ScannedPage(*CARD, Layers(paper=jpeg(CARD, (30, 60, 200))))
    path = made(tmp_path, front, back).path
    (page,) = seen(path)
    assert [round(side / 100 * 25.4) for side in page.size] == [210, 297]
    across = [level(page, x, 99)[1] < 100 for x in range(210)]
    down = [min(level(page, 105, y)) < 100 for y in range(297)]
    assert abs(sum(across) - CARD[0]) <= 1 and abs(sum(down) - 2 * CARD[1]) <= 2
    assert level(page, 105, 99)[0] > 150 and level(page, 105, 198)[2] > 150
    left, top = 105 - CARD[0] / 2 + 18, 99 - CARD[1] / 2 + 8
    assert words(run, path)["赵样本"] == pytest.approx((left, top, left + 15, top + 5), abs=1.5)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([CARD], [1]),
        ([CARD] * 4, [2, 2]),
        ([CARD, A4, CARD[::-1], CARD, CARD], [1, 1, 2, 1]),
        ([A4, A4], [1, 1]),
    ],
)
def test_cards_go_by_twos_and_keep_their_order(
    sizes: Sequence[tuple[float, float]], expected: list[int]
) -> None:
    pages = [ScannedPage(*size, Layers(paper=b"%d" % place)) for place, size in enumerate(sizes)]
    sheets = list(sheets_of(pages))
    assert [len(sheet.placed) for sheet in sheets] == expected
    assert [page for sheet in sheets for _, _, page in sheet.placed] == pages


def test_what_was_read_is_found_at_its_place_and_not_seen(tmp_path: Path, run: Run) -> None:
    number = ReadText("440304199901019987", 40, 60, 80, 6)
    path = made(tmp_path, ScannedPage(*A4, Layers(paper=jpeg(A4, (250, 250, 250))), (NAME, number))).path
    found = words(run, path)
    assert found["赵样本"] == pytest.approx((40, 30, 64, 38), abs=1.5)
    assert found["440304199901019987"] == pytest.approx((40, 60, 120, 66), abs=1.5)
    (page,) = seen(path)
    assert np.asarray(page).min() > 240
    assert "emb sub uni" in run("pdffonts", path)
    assert re.search(r"TrueType .* yes +yes +yes ", run("pdffonts", path))


def test_an_address_of_three_lines_is_laid_in_three_lines() -> None:
    address = ReadText("样本省样本市样本区样本街道样本路一号样本花园二栋三〇四室", 10, 10, 50, 18)
    lines = lines_of(address)
    assert [round(line.y) for line in lines] == [10, 16, 22]
    assert "".join(line.text for line in lines) == address.text
    assert lines_of(ReadText("  ", 0, 0, 5, 5)) == lines_of(ReadText("字", 0, 0, 0, 5)) == []


def test_it_says_that_it_is_an_archive_file_and_brings_all_it_needs(tmp_path: Path) -> None:
    path = made(tmp_path, ScannedPage(*A4, printed_page(), (NAME,))).path
    assert path.read_bytes().startswith(b"%PDF-1.7")
    with pikepdf.open(path) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) == ("2", "B")
            assert metadata.get("dc:title") == "居民身份证"
        assert not pdf.is_encrypted and "/Encrypt" not in pdf.trailer and "/ID" in pdf.trailer
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1" and intent.DestOutputProfile.read_bytes()
        assert not {"/AA", "/OpenAction", "/Names", "/AcroForm"} & set(pdf.Root.keys())
        (font,) = pdf.pages[0].Resources.Font.values()
        assert "/ToUnicode" in font
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
        for picture in pdf.pages[0].get_images().values():
            assert "/Interpolate" not in picture and "/Alternates" not in picture


def test_a_validator_of_the_standard_finds_no_fault(tmp_path: Path) -> None:
    """pikepdf's own validator approves only what it knows to conform; it wants `pikepdf[pdfa]`."""
    pdfa = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    card = ScannedPage(*CARD, Layers(paper=jpeg(CARD)), (NAME,))
    grey = ScannedPage(*A4, Layers(paper=jpeg(A4, 240)))
    path = made(tmp_path, ScannedPage(*A4, printed_page(), (NAME,)), card, card, grey).path
    with pikepdf.open(path) as pdf:
        assert pdfa.check(pdf, pdfa.Flavour.PDFA_2B).findings == []


def test_the_same_material_gives_the_same_bytes_in_another_second_too(tmp_path: Path) -> None:
    page = ScannedPage(*A4, printed_page(), (NAME,))
    one = render(document(page), tmp_path / "1.pdf")
    time.sleep(1.01)
    two = render(document(page), tmp_path / "2.pdf")
    assert one.sha256 == two.sha256
    later = MaterialDocument(title="x", subject="", taken_at=TAKEN + timedelta(days=1), pages=(page,))
    assert render(later, tmp_path / "3.pdf").sha256 != one.sha256


def test_the_press_makes_it_too(tmp_path: Path) -> None:
    press = PaperPress()
    try:
        form = document(ScannedPage(*CARD, Layers(paper=jpeg(CARD)), (NAME,)))
        assert press.render(form, tmp_path / "p.pdf").sha256 == render(form, tmp_path / "h.pdf").sha256
    finally:
        press.close()
