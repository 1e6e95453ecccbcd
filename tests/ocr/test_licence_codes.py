"""The QR code of a licence: compared in every form that licences carry, and never more than compared."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr.documents import business_licence
from ocr.documents.form import NOTHING, Written
from ocr.documents.page_codes import codes_on
from ocr.knowledge.licence_codes import Said, said_by
from ocr.port import FieldReading
from workstation.training.specimens import licence

TODAY = date(2026, 11, 21)
PAGE, OTHER = licence.invent(1), licence.invent(2)
SITE = "http://www.gsxt.example/index.html"


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        (f"{SITE}?uniscid={PAGE.uscc}", PAGE.uscc, ""),
        (f"{SITE}?uniscid={PAGE.uscc.lower()}&x=1", PAGE.uscc, ""),
        (f"{SITE}#/detail/{PAGE.uscc}/1", PAGE.uscc, ""),
        (f"{SITE}?uniScID=amJrbW9ycXheVXVxVWhc", "", ""),
        (f"{SITE}?id=A{PAGE.uscc}9", "", ""),
        (f"统一社会信用代码：{PAGE.uscc}；名称：样本公司（普通合伙）；", PAGE.uscc, "样本公司普通合伙"),
        (f"名称:样本公司\n注册号:440301000000001\n代码:{PAGE.uscc}", PAGE.uscc, "样本公司"),
        ("企业名称:样本公司,注册号:440301000000001", "440301000000001", "样本公司"),
        (f"{PAGE.uscc} {OTHER.uscc}", "", ""),
        (PAGE.uscc[:-1] + ("0" if PAGE.uscc[-1] != "0" else "1"), "", ""),
        ("", "", ""),
    ],
)
def test_a_code_says_what_can_be_compared_in_the_forms_of_all_years(
    text: str, number: str, name: str
) -> None:
    assert said_by([text]) == Said(number, name)


@given(st.lists(st.text(max_size=400), max_size=4))
def test_whatever_a_code_says_is_read_without_harm(texts: list[str]) -> None:
    said = said_by(texts)
    assert len(said.number) in {0, 15, 18}
    assert len(said.name) <= 320


def test_a_code_of_any_length_is_looked_at_in_part_only() -> None:
    assert said_by(["名称:" * 100_000, "9" * 1_000_000]) == Said()


def _read(codes: tuple[str, ...], number: str = PAGE.uscc, name: str = PAGE.name) -> dict[str, FieldReading]:
    blanks = dict.fromkeys(business_licence.FORM.blanks, NOTHING)
    blanks["uscc"] = Written(number, (0.96,) * len(number), None, (number,))
    blanks["name"] = Written(name, (0.96,) * len(name), None, (name,))
    return business_licence.interpret(blanks | {"qr_codes": Written(lines=codes)}, TODAY)


def test_a_code_that_says_the_same_makes_the_values_surer() -> None:
    found = _read((f"名称:{PAGE.name};统一社会信用代码:{PAGE.uscc}",))
    assert found["uscc"].checks == ("check-character", "matches-code")
    assert "matches-code" in found["name"].checks
    assert found["name"].confidence > 0.99


def test_the_code_of_another_licence_makes_number_and_name_doubtful() -> None:
    found = _read((f"{SITE}?uniscid={OTHER.uscc}",))
    for name in ("uscc", "name"):
        assert "!matches-code" in found[name].checks
        assert not found[name].valid
        assert found[name].confidence <= 0.5
    assert found["uscc"].value == PAGE.uscc


def test_another_name_in_the_code_makes_the_name_alone_doubtful() -> None:
    found = _read((f"名称:{OTHER.name};统一社会信用代码:{PAGE.uscc}",))
    assert found["uscc"].valid
    assert "!matches-code" in found["name"].checks


@pytest.mark.parametrize("codes", [(), ("http://evil.example/" + "a" * 2000,), ("javascript:alert(1)",)])
def test_a_code_that_says_nothing_comparable_adds_nothing(codes: tuple[str, ...]) -> None:
    found = _read(codes)
    assert found["uscc"].checks == ("check-character",)
    assert found["name"].checks == ("length",)


def test_nothing_of_the_code_gets_into_a_value_that_was_not_read() -> None:
    found = _read((f"名称:{PAGE.name};统一社会信用代码:{PAGE.uscc}",), number="", name="")
    assert not found["uscc"].value
    assert not found["name"].value


def _printed(text: str | bytes) -> Image.Image:
    held = io.BytesIO()
    segno.make(text, error="l", micro=False).save(held, kind="png", scale=6, border=4)
    return Image.open(held).convert("L")


@pytest.mark.parametrize(
    "text", [f"{SITE}?uniscid={PAGE.uscc}", f"名称:{PAGE.name}", b"\x00\x01\xff\xfe binary", "a" * 2500]
)
def test_any_code_on_a_picture_is_handed_over_as_text(text: str | bytes) -> None:
    found = codes_on(_printed(text))
    assert len(found.lines) == 1
    if isinstance(text, str):
        assert found.lines == (text,)


def test_a_small_code_on_a_large_picture_is_found() -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    code = np.asarray(
        _printed(f"名称:{PAGE.name};统一社会信用代码:{PAGE.uscc};登记机关:样本局").resize((150, 150))
    )
    page[200:350, 2100:2250] = code
    assert PAGE.uscc in codes_on(Image.fromarray(page)).lines[0]


def test_a_picture_without_codes_has_none() -> None:
    assert codes_on(Image.new("RGB", (800, 600), "white")) == NOTHING


def test_what_licences_of_the_specimens_say_agrees_with_their_values_or_says_nothing() -> None:
    for seed in range(40):
        page = licence.invent(seed)
        said = said_by([page.coded])
        assert said.number in {"", page.uscc}
        found = _read((page.coded,), page.uscc, page.name)
        assert not any(check.startswith("!") for name in ("uscc", "name") for check in found[name].checks)
