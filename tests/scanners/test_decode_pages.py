"""What each kind of file becomes, and which are refused with which words; in this process, no child."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from scanners import errors, file_errors
from scanners.decode_child import guard_pillow
from scanners.file_pages import Pages, open_pages, translated
from scanners.port import MAX_PAGE_PIXELS, Mode
from tests.fuzz import specimens
from tests.fuzz.specimens import A4_PT, SIZE, picture

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
# Made outside a test: qpdf opens its source of random numbers once and keeps it.
OWNED_PDF, LOCKED_PDF = specimens.owned_pdf(), specimens.locked_pdf()


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", MAX_PAGE_PIXELS)
    guard_pillow()


def opened(data: bytes) -> Pages:
    return open_pages(io.BytesIO(data))


def taken(data: bytes, mode: Mode = Mode.COLOUR, dpi: int = 200) -> list[tuple[Image.Image, int]]:
    """Check and return all pages of a file; any failure is what the clerk is told."""
    try:
        pages = opened(data)
        for number in range(pages.count):
            pages.check(number)
        return [pages.page(number, mode, dpi) for number in range(pages.count)]
    except Exception as error:
        raise translated(error) from error


def test_a_pdf_is_drawn_at_the_resolution_of_the_job() -> None:
    (first, dpi), (second, _) = taken(specimens.pdf(2), dpi=100)
    assert (first.mode, first.size, dpi) == ("RGB", (827, 1170), 100)
    assert first.getpixel((5, 5)) == WHITE
    assert first.convert("L").getextrema()[0] < 50  # type: ignore[operator]
    assert ImageChops.difference(first, second).getbbox()


def test_a_scanned_pdf_keeps_the_pixels_it_was_scanned_with() -> None:
    size_px = (620, 877)
    ((page, dpi),) = taken(specimens.scanned_pdf(size_px, (148.8, 210.48)), Mode.GREY, 200)
    assert (page.mode, page.size, dpi) == ("L", size_px, 300)


def test_what_was_typed_into_a_form_is_on_the_page() -> None:
    (filled,), (empty,) = taken(specimens.form_pdf("SPECIMEN"), dpi=72), taken(specimens.form_pdf(""), dpi=72)
    field = (110, 310, 390, 335)
    assert ImageChops.difference(filled[0].crop(field), empty[0].crop(field)).getbbox()


def test_a_pdf_that_anybody_may_open_is_taken_whatever_else_it_forbids() -> None:
    assert len(taken(OWNED_PDF)) == 1


def test_a_pdf_may_begin_with_a_line_that_is_none() -> None:
    assert len(taken(b"\r\n" + specimens.pdf())) == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("script_pdf", "JavaScript"),
        ("launch_pdf", "Launch"),
        ("attachment_pdf", "EmbeddedFiles"),
        ("xfa_pdf", "XFA"),
    ],
)
def test_a_pdf_that_does_more_than_show_pages_is_refused_and_says_why(name: str, found: str) -> None:
    with pytest.raises(file_errors.ActiveFile) as caught:
        taken(getattr(specimens, name)())
    assert caught.value.details["found"] == found


REFUSED: dict[str, tuple[Callable[[], bytes], type[errors.ScannerError]]] = {
    "no byte": (bytes, file_errors.EmptyFile),
    "pdf without a page": (specimens.pageless_pdf, file_errors.EmptyFile),
    "pdf with a password": (lambda: LOCKED_PDF, file_errors.LockedFile),
    "pdf cut short": (lambda: specimens.pdf(3)[:-300], errors.UnreadableFile),
    "pdf with a page of a kilometre": (specimens.wide_pdf, errors.PageTooLarge),
    "pdf with a bomb for a picture": (specimens.bomb_pdf, errors.PageTooLarge),
    "pdf of one line": (lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", errors.UnreadableFile),
    "png bomb": (lambda: specimens.bomb_png(40_000, 40_000), errors.PageTooLarge),
    "png just too large": (
        lambda: specimens.bomb_png(14_000, MAX_PAGE_PIXELS // 14_000 + 1),
        errors.PageTooLarge,
    ),
    "tiff bomb": (lambda: specimens.bomb_tiff(60_000, 60_000), errors.PageTooLarge),
    "picture longer than a jpeg can be": (lambda: specimens.bomb_png(66_000, 100), errors.PageTooLarge),
    "tiff with a lie about its bytes": (lambda: specimens.bomb_tiff(9_000, 9_000), errors.UnreadableFile),
    "tiff cut in its second page": (specimens.cut_tiff, errors.UnreadableFile),
    "jpeg cut in the middle": (lambda: picture("JPEG")[:900], errors.UnreadableFile),
    "png cut in the middle": (lambda: picture("PNG")[:-400], errors.UnreadableFile),
    "webp cut in the middle": (lambda: picture("WEBP")[:-400], errors.UnreadableFile),
    "one pixel": (lambda: picture("PNG", Image.new("1", (1, 1))), file_errors.PictureTooSmall),
    "a line of dots": (lambda: picture("PNG", Image.new("L", (2000, 3))), file_errors.PictureTooSmall),
    "moving gif": (lambda: specimens.several("GIF", 2), file_errors.MovingPicture),
    "moving png": (lambda: specimens.several("PNG", 2), file_errors.MovingPicture),
    "moving webp": (lambda: specimens.several("WEBP", 2), file_errors.MovingPicture),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", file_errors.UnsupportedKind),
    "avif": (lambda: b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", file_errors.UnsupportedKind),
    "film": (lambda: b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", file_errors.UnsupportedKind),
    "jpeg 2000": (lambda: picture("JPEG2000"), file_errors.UnsupportedKind),
    "word or ofd": (lambda: b"PK\x03\x04" + bytes(60), file_errors.UnsupportedKind),
    "words": ("样本".encode, errors.UnreadableFile),
    "program": (lambda: b"\x7fELF" + bytes(200), errors.UnreadableFile),
    "floating point": (
        lambda: picture("TIFF", Image.new("F", SIZE, 0.5)),
        file_errors.UnsupportedKind,
    ),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_is_no_page_is_refused_with_its_own_remedy(name: str) -> None:
    make, kind = REFUSED[name]
    with pytest.raises(errors.ScannerError) as caught:
        taken(make())
    assert type(caught.value) is kind


@pytest.mark.parametrize("name", sorted(specimens.seeds()))
def test_a_sound_file_of_each_kind_is_taken(name: str) -> None:
    assert all(page.mode in ("L", "RGB") for page, _ in taken(specimens.seeds()[name]))


def test_a_tiff_that_runs_in_a_circle_ends() -> None:
    assert len(taken(specimens.looped_tiff())) == 2


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "expected"),
    [
        ("RGBA", "PNG", (10, 20, 30, 0), WHITE),
        ("LA", "PNG", (10, 0), 255),
        ("I;16", "PNG", 0x4080, 0x40),
        ("I;16", "TIFF", 0x4080, 0x40),
        ("1", "PNG", 1, 255),
        ("1", "TIFF", 0, 0),
        ("CMYK", "TIFF", (0, 0, 0, 0), WHITE),
        ("CMYK", "JPEG", (0, 0, 0, 0), WHITE),
        ("CMYK", "JPEG", (0, 0, 0, 255), BLACK),
        ("LAB", "TIFF", (255, 128, 128), WHITE),
    ],
)
def test_every_depth_and_colour_space_becomes_grey_or_colour_on_white(
    mode: str, kind: str, colour: object, expected: object
) -> None:
    ((page, _),) = taken(picture(kind, Image.new(mode, SIZE, colour)))  # type: ignore[arg-type]
    found = page.getpixel((30, 30))
    pairs = zip(_parts(found), _parts(expected), strict=True)
    assert all(abs(one - other) <= 2 for one, other in pairs), found


def _parts(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize(("ink", "expected"), [((0, 0, 0, 0), 255), ((0, 0, 0, 255), 0)])
def test_a_cmyk_jpeg_without_the_mark_of_adobe_is_no_negative(
    ink: tuple[int, int, int, int], expected: int
) -> None:
    ((page, _),) = taken(specimens.plain_cmyk_jpeg(ink), Mode.GREY)
    assert abs(page.getpixel((30, 30)) - expected) <= 2  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_the_rotation_a_camera_noted_is_applied_once(kind: str) -> None:
    image = Image.new("RGB", (100, 60), "white")
    image.paste("black", (0, 0, 50, 60))
    ((page, _),) = taken(picture(kind, image, exif=specimens.turned(6)), Mode.GREY)
    assert page.size == (60, 100)
    assert page.getpixel((30, 10)) < 20  # type: ignore[operator]
    assert page.getpixel((30, 90)) > 235  # type: ignore[operator]


def test_a_fax_gets_square_pixels() -> None:
    fax = Image.new("1", (204, 98), 1)
    ((page, dpi),) = taken(picture("TIFF", fax, compression="group4", dpi=(204, 98)))
    assert (page.size, dpi) == ((204, 204), 204)
    turned = picture("TIFF", fax.convert("L"), dpi=(204, 98), exif=specimens.turned(6))
    ((page, dpi),) = taken(turned)
    assert (page.size, dpi) == ((204, 204), 204)


def test_a_page_measured_in_points_is_as_large_as_its_pixels_say() -> None:
    ((page, dpi),) = taken(specimens.pdf(), dpi=72)
    assert page.size == A4_PT
    assert dpi == 72
