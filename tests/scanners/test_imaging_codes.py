"""Codes are read however they lie; those nobody asked for are passed over."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from scanners.errors import DarkroomFailed
from scanners.imaging import codes
from scanners.imaging.darkroom import Darkroom
from scanners.port import Mode, RawPage


def sheet(
    text: str, kind: zxingcpp.BarcodeFormat, scale: int = 4
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    drawn = np.asarray(zxingcpp.create_barcode(text, kind).to_image(scale=scale), np.uint8)
    page = np.full((1754, 1240), 255, np.uint8)
    page[300 : 300 + drawn.shape[0], 200 : 200 + drawn.shape[1]] = drawn
    return page


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])
def test_a_code_is_read_however_the_sheet_lies(kind: zxingcpp.BarcodeFormat, quarters: int) -> None:
    page = np.rot90(sheet("ZHCK-0042-7", kind), quarters)
    (code,) = codes.find(page)
    assert (code.text, code.format) == ("ZHCK-0042-7", kind.name)


def test_corners_are_in_px_of_the_picture_that_was_given() -> None:
    page = sheet("996", zxingcpp.BarcodeFormat.QRCode, scale=8)
    (code,) = codes.find(np.repeat(np.repeat(page, 2, 0), 2, 1))
    assert 400 < code.corners[0] < 520
    assert 600 < code.corners[1] < 720


def test_a_product_code_is_none_of_ours() -> None:
    assert codes.find(sheet("6901234567892", zxingcpp.BarcodeFormat.EAN13)) == ()


def test_colour_and_emptiness_are_no_trouble() -> None:
    assert codes.find(np.full((60, 80, 3), 255, np.uint8)) == ()


def test_the_darkroom_tells_the_codes_of_a_page_it_keeps_in_px_of_that_page() -> None:
    page = sheet("WWC1/W03-1/02/A", zxingcpp.BarcodeFormat.QRCode, scale=8)
    raw = RawPage(
        number=1,
        width_px=page.shape[1],
        height_px=page.shape[0],
        mode=Mode.GREY,
        resolution_dpi=300,
        pixels=page.tobytes(),
        source_name="feeder",
    )
    with Darkroom() as darkroom:
        (code,) = darkroom.codes(darkroom.keep(raw), 300)
        assert code.text == "WWC1/W03-1/02/A"
        assert 200 <= code.corners[0] < 260 and 300 <= code.corners[1] < 360
        with pytest.raises(DarkroomFailed):
            darkroom.codes(b"no picture", 300)
