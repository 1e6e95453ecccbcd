from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.errors import BadSetting
from scanners.port import Mode, Source
from scanners.sane_child import unpad
from scanners.sane_options import far_corner, legal_resolution, mode_value, source_value, sources_of

# The words real back-ends use, as their manuals and bug reports show them.
AIRSCAN = ["Flatbed", "ADF", "ADF Duplex"]
EPSON = ["Flatbed", "Automatic Document Feeder"]
BROTHER = [
    "FlatBed",
    "Automatic Document Feeder(left aligned)",
    "Automatic Document Feeder(left aligned,Duplex)",
]
FUJITSU = ["ADF Front", "ADF Back", "ADF Duplex", "Card Front", "Card Back", "Card Duplex"]
HP = ["Auto", "Flatbed", "ADF", "Duplex"]
AVISION = ["Normal", "ADF Front", "ADF Rear", "ADF Duplex"]
FILM = ["Transparency Adapter", "Negative"]


@pytest.mark.parametrize(
    ("values", "flatbed", "feeder", "duplex"),
    [
        (AIRSCAN, "Flatbed", "ADF", "ADF Duplex"),
        (EPSON, "Flatbed", "Automatic Document Feeder", None),
        (BROTHER, "FlatBed", BROTHER[1], BROTHER[2]),
        (FUJITSU, None, "ADF Front", "ADF Duplex"),
        (HP, "Flatbed", "ADF", "Duplex"),
        (AVISION, "Normal", "ADF Front", "ADF Duplex"),
        (FILM, None, None, None),
    ],
)
def test_sources_are_matched_by_meaning(
    values: list[str], flatbed: str | None, feeder: str | None, duplex: str | None
) -> None:
    found = [source_value(values, source) for source in (Source.FLATBED, Source.FEEDER, Source.DUPLEX)]
    assert found == [flatbed, feeder, duplex]
    assert len(sources_of(values)) == sum(value is not None for value in found)


@pytest.mark.parametrize(
    ("values", "colour", "grey"),
    [
        (["Lineart", "Gray", "Color"], "Color", "Gray"),
        (["Black & White", "Gray[Error Diffusion]", "True Gray", "24bit Color"], "24bit Color", "True Gray"),
        (["Lineart", "Halftone", "16-bit Gray", "Grayscale", "48-bit Color", "RGB"], "RGB", "Grayscale"),
        (["Monochrome", "256 Levels Gray"], None, "256 Levels Gray"),
        (["Colour"], "Colour", "Colour"),
        (["Gray[Error Diffusion]", "Lineart"], None, None),
    ],
)
def test_modes_are_matched_by_meaning_and_error_diffusion_is_not_grey(
    values: list[str], colour: str | None, grey: str | None
) -> None:
    assert mode_value(values, Mode.COLOUR) == colour
    assert mode_value(values, Mode.GREY) == grey


def test_a_listed_resolution_is_the_next_at_or_above() -> None:
    assert legal_resolution([600, 75, 150, 300], 200) == 300
    assert legal_resolution([600, 75, 150, 300], 150) == 150
    assert legal_resolution(None, 200) == 200
    for wrong in (50, 601):
        with pytest.raises(BadSetting):
            legal_resolution([600, 75, 150, 300], wrong)


@given(
    lowest=st.integers(1, 300),
    extent=st.integers(0, 2400),
    step=st.integers(0, 100),
    wanted=st.integers(0, 3000),
)
def test_a_resolution_in_a_range_is_never_below_the_wish_nor_outside(
    lowest: int, extent: int, step: int, wanted: int
) -> None:
    highest = lowest + extent
    try:
        legal = legal_resolution((lowest, highest, step), wanted)
    except BadSetting:
        assert not lowest <= wanted <= highest
    else:
        assert wanted <= legal <= highest


def test_a4_fits_a_glass_that_is_a_hair_shorter() -> None:
    assert far_corner((0.0, 295.0, 0.1), 0.0, 297, 1.0) == 295.0
    assert far_corner((0.0, 320.0, 0.1), 0.0, 297, 1.0) == 297
    assert far_corner((0.0, 320.0, 0.1), 0.0, None, 1.0) == 320.0
    assert far_corner((0, 5000, 1), 0, 254, 10.0) == 2540
    assert far_corner(None, 0.0, None, 1.0) is None
    with pytest.raises(BadSetting):
        far_corner((0.0, 297.0, 0.1), 0.0, 420, 1.0)


@given(rows=st.integers(0, 20), row_bytes=st.integers(1, 12), padding=st.integers(0, 9), data=st.data())
def test_unpadding_gives_back_the_rows_but_at_most_the_last(
    rows: int, row_bytes: int, padding: int, data: st.DataObject
) -> None:
    lines = [data.draw(st.binary(min_size=row_bytes, max_size=row_bytes)) for _ in range(rows)]
    stream = b"".join(line + bytes(padding) for line in lines)
    chopped = bytearray(stream[: len(stream) // row_bytes * row_bytes])
    found, pixels = unpad(chopped, row_bytes, row_bytes + padding)
    assert pixels == b"".join(lines[:found])
    assert rows - (1 if padding else 0) <= found <= rows or rows == 0
