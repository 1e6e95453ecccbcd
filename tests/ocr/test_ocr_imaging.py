from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr import errors, imaging


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


def test_a_truncated_jpeg_is_unreadable() -> None:
    whole = _encoded(Image.effect_noise((300, 200), 60), "JPEG")
    with pytest.raises(errors.UnreadableImage):
        imaging.open_image(whole[: len(whole) // 2])


@pytest.mark.parametrize("size", [(40_000, 40_000), (12_000, 11_700), (14_000, 14_000)])
def test_a_header_that_promises_too_many_pixels_is_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(errors.ImageTooLarge):
        imaging.open_image(_png_header(*size))


def test_a_bomb_is_refused_even_where_warnings_are_ignored() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(errors.ImageTooLarge):
            imaging.open_image(_png_header(14_000, 14_000))


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7\n1 0 obj", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"GIF89a",
     b"\xff\xd8\xff\xe0"],
    ids=["empty", "pdf", "png head", "postscript", "gif head", "jpeg head"],
)  # fmt: skip
def test_what_is_no_picture_is_unreadable(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(data)
    with pytest.raises(errors.UnreadableImage):
        imaging.open_image(path)


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(errors.UnreadableImage):
            imaging.open_image(path)


@given(st.integers(0, 3000), st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_a_spoilt_byte_never_gives_another_error(place: int, value: int) -> None:
    data = bytearray(_encoded(Image.radial_gradient("L").resize((60, 60)), "PNG"))
    data[place % len(data)] = value
    with contextlib.suppress(errors.OcrError):
        imaging.open_image(bytes(data))


@pytest.mark.parametrize(
    ("picture", "kind", "mode"),
    [
        (Image.new("CMYK", (8, 6), (0, 255, 255, 0)), "TIFF", "RGB"),
        (Image.new("L", (1, 1), 7), "PNG", "L"),
        (Image.new("1", (9, 9), 1), "PNG", "L"),
        (Image.new("P", (9, 9), 3), "GIF", "RGB"),
        (Image.new("LA", (9, 9), (0, 0)), "PNG", "RGB"),
        (Image.new("I;16", (9, 9), 65_535), "PNG", "L"),
        (Image.new("F", (9, 9), 1.0), "TIFF", "L"),
    ],
    ids=["cmyk", "one px", "bilevel", "palette", "alpha", "16 bit", "float"],
)  # fmt: skip
def test_every_kind_of_pixels_becomes_grey_or_colour(picture: Image.Image, kind: str, mode: str) -> None:
    opened = imaging.open_image(_encoded(picture, kind))
    assert (opened.mode, opened.size) == (mode, picture.size)


def test_sixteen_bits_keep_their_brightness() -> None:
    opened = imaging.open_image(_encoded(Image.new("I;16", (4, 4), 32_896), "PNG"))
    assert opened.getpixel((0, 0)) == 128


def test_transparent_parts_become_paper() -> None:
    assert imaging.open_image(_encoded(Image.new("LA", (4, 4), (0, 0)), "PNG")).getpixel((1, 1)) == (
        255,
        255,
        255,
    )


def test_of_an_animated_picture_the_first_frame_counts() -> None:
    frames = [Image.new("L", (5, 5), 200), Image.new("L", (5, 5), 10)]
    data = _encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert imaging.open_image(data).convert("L").getpixel((2, 2)) == 200


def test_the_exif_note_turns_the_picture_upright() -> None:
    picture = Image.new("L", (40, 20), 255)
    note = picture.getexif()
    note[0x0112] = 6
    assert imaging.open_image(_encoded(picture, "JPEG", exif=note)).size == (20, 40)


def test_the_resolution_is_kept() -> None:
    opened = imaging.open_image(_encoded(Image.new("L", (40, 20), 255), "JPEG", dpi=(300, 300)))
    assert opened.info["dpi"] == (300, 300)


def test_red_ink_is_as_pale_as_paper_and_black_stays() -> None:
    picture = Image.new("RGB", (2, 1), (230, 40, 40))
    picture.putpixel((1, 0), (20, 20, 20))
    assert imaging.without_red(picture).tobytes() == bytes([230, 20])


@pytest.mark.parametrize("kind", ["BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP"])
def test_each_common_format_is_opened(kind: str) -> None:
    assert imaging.open_image(_encoded(Image.new("RGB", (12, 9), "white"), kind)).size == (12, 9)


def test_a_camera_file_of_several_pictures_gives_the_first() -> None:
    frames = [Image.new("RGB", (12, 9), "white"), Image.new("RGB", (12, 9), "black")]
    data = _encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])
    assert imaging.open_image(data).getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize(("size", "step"), [((2480, 3508), 1), ((4000, 5199), 1), ((4960, 7016), 2)])
def test_a_page_finer_than_needed_is_read_smaller(size: tuple[int, int], step: int) -> None:
    picture = Image.new("L", size, 255)
    picture.info["dpi"] = (600, 600)
    smaller, by = imaging.fine_enough(picture)
    assert (smaller.size, by) == ((size[0] // step, size[1] // step), step)
    assert smaller.info["dpi"] == (600 / step, 600 / step)
