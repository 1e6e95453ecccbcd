"""The agency's form: cells in columns, ticked choices, the photo's place, many pages, copies in one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.printing.test_printing_hostile import HOSTILE, spoiled
from workstation.printing import application, tolerance_notice
from workstation.printing.fonts import Fonts
from workstation.printing.form_grid import cell_words
from workstation.printing.forms import ApplicationForm, FormCell, FormPart
from workstation.printing.samples_around import application_form, tolerance_notice_form

ReadText = Callable[[Path], str]
Run = Callable[..., str]


@pytest.fixture
def form() -> ApplicationForm:
    return application_form()


def many(count: int, value: str = "样本") -> FormPart:
    cells = (FormCell(label=f"第{n}栏", value=f"{value}{n}号", columns=1 + n % 2) for n in range(count))
    return FormPart(title="家庭成员情况", cells=tuple(cells))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("女", "□男　■女"),
        ("", "□男　□女"),
        ("不详", "□男　□女　（不详）"),
    ],
)
def test_the_chosen_answer_is_ticked_and_another_is_not_lost(value: str, words: str) -> None:
    assert cell_words(FormCell(label="性别", value=value, choices=("男", "女"))) == words


def test_a_form_of_many_fields_names_itself_and_counts_on_every_page(
    form: ApplicationForm, fonts: Fonts, tmp_path: Path, run: Run
) -> None:
    form = replace(form, parts=(*form.parts, many(120)))
    made = application.render(form, tmp_path / "f.pdf", fonts=fonts)
    assert made.pages >= 3
    for page in range(1, made.pages + 1):
        text = "".join(run("pdftotext", "-raw", "-f", page, "-l", page, made.path, "-").split())
        assert f"第{page}页共{made.pages}页" in text
        assert text.count("敬老优待证申请表") >= (1 if page == 1 else 2)
        assert "FT-03-20261120-0042" in text
    whole = "".join(run("pdftotext", "-raw", made.path, "-").split())
    assert [n for n in range(120) if f"样本{n}号" not in whole] == []


def test_a_first_value_taller_than_the_photo_pushes_nothing_off_the_paper(
    form: ApplicationForm, fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    story = "".join(chr(0x4E00 + n) for n in range(3000))
    parts = (FormPart(title="一、经历", cells=(FormCell(label="经历", value=story, columns=2),)),)
    made = application.render(replace(form, parts=parts), tmp_path / "f.pdf", fonts=fonts)
    text = read_text(made.path)
    assert "照片" in text
    assert [character for character in story if character not in text and character not in made.missing] == []


@pytest.mark.parametrize("wants_photo", [True, False])
def test_an_empty_form_is_still_a_form_to_fill_by_hand(
    form: ApplicationForm, fonts: Fonts, tmp_path: Path, read_text: ReadText, wants_photo: bool
) -> None:
    empty = replace(form, parts=(FormPart(title="", cells=()),), statement="", wants_photo=wants_photo)
    text = read_text(application.render(empty, tmp_path / "f.pdf", fonts=fonts).path)
    assert "承诺所填内容和所交材料真实" in text
    assert ("照片" in text) is wants_photo


def test_a_heading_that_names_one_entry_gets_one_line(
    form: ApplicationForm, fonts: Fonts, tmp_path: Path
) -> None:
    many_boxes = replace(form, agency_boxes=("备案编号",) * 6)
    assert application.render(many_boxes, tmp_path / "f.pdf", fonts=fonts).pages == 1
    assert (
        application.render(replace(form, agency_boxes=("意见",) * 6), tmp_path / "g.pdf", fonts=fonts).pages
        > 1
    )


def test_an_agent_signs_beside_the_applicant(
    form: ApplicationForm, fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    made = application.render(replace(form, agent="钱样本（女儿）"), tmp_path / "f.pdf", fonts=fonts)
    assert "代理人：钱样本（女儿）" in read_text(made.path)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_values_never_break_the_form(
    kind: str, form: ApplicationForm, fonts: Fonts, tmp_path: Path
) -> None:
    made = application.render(spoiled(form, HOSTILE[kind]), tmp_path / "f.pdf", fonts=fonts)
    assert made.pages >= 1


def test_both_copies_are_whole_and_count_their_own_pages(
    fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    notice = tolerance_notice_form()
    lines = tuple(replace(notice.lines[0], title=f"第{n}份证明") for n in range(70))
    made = tolerance_notice.render(replace(notice, lines=lines), tmp_path / "n.pdf", fonts=fonts)
    text, half = read_text(made.path), made.pages // 2
    assert made.pages % 2 == 0 and half >= 2
    assert text.count(f"第1页共{half}页") == text.count(f"第{half}页共{half}页") == 2
    assert (text.count("第一联交申请人"), text.count("第二联存档")) == (half, half)
    assert text.count("第69份证明") == 2


def test_the_two_copies_differ_in_nothing_but_for_whom_they_are(
    fonts: Fonts, tmp_path: Path, run: Run
) -> None:
    made = tolerance_notice.render(tolerance_notice_form(), tmp_path / "n.pdf", fonts=fonts)
    first, second = (run("pdftotext", "-f", n, "-l", n, made.path, "-") for n in (1, 2))
    assert first.replace("第一联", "").replace("交申请人", "").split() == (
        second.replace("第二联", "").replace("存档", "", 1).split()
    )
