"""Whatever people type, the layout holds, nothing is cut, and nothing that should be masked is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workstation.printing import correction, receipt
from workstation.printing import samples as specimen
from workstation.printing.errors import FontMissing, FontUnusable, PaperNotSaved
from workstation.printing.font_files import BODY, HEADING
from workstation.printing.fonts import Fonts, covers, find_fonts
from workstation.printing.ink import BOX, Ink, masked
from workstation.printing.layout import PrintedFile
from workstation.printing.lines import NEVER_FIRST, NEVER_LAST, break_before
from workstation.printing.sample_set import SAMPLES
from workstation.texts import describe

ReadText = Callable[[Path], str]
CFF = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")

HOSTILE = {
    "markup": "<b>赵</b>&样本</para><br/><font size=90>",
    "ampersand": "A & B &lt; &#x41; &nbsp",
    "rich markup": "[/red]样本[bold]",
    "control": "赵\x00\x07\x1b[31m样\x7f本\u202e\u200b",
    "long name": "阿" * 200,
    "long word": "W" * 400,
    "brackets only": "（" * 300,
    "emoji": "👨‍👩‍👧 样本 🎉",
    "rare": "𠮷㵧样本",
    "lone surrogate": "样\ud800本",
    "many lines": "一\n二\r\n三\u2028四\n" * 25,
    "novel": "材料说明，" * 240,
    "empty": "",
    "blanks": " \t\u3000\xa0 ",
    "percent and braces": "%s {0} {name} \\",
}

RENDERERS: dict[str, tuple[Callable[..., PrintedFile], Callable[[], Any]]] = {
    name: drawn for name, drawn in SAMPLES.items() if name != "receipt"
}
PAIRS = [(name, list(RENDERERS)[n % len(RENDERERS)]) for n, name in enumerate(HOSTILE)]


def spoiled(form: Any, text: str) -> Any:
    """Return the form with `text` in every text field, also inside its lines; its own number stays."""
    changed: dict[str, Any] = {}
    for field in fields(form):
        value = getattr(form, field.name)
        if isinstance(value, str) and field.name not in ("number", "bundle_sha256"):
            changed[field.name] = text
        elif isinstance(value, tuple):
            changed[field.name] = tuple(_spoiled(line, text) for line in value[:2])
    return replace(form, **changed)


def _spoiled(line: Any, text: str) -> Any:
    return text if isinstance(line, str) else spoiled(line, text)


@pytest.mark.parametrize(("kind", "paper"), PAIRS)
def test_hostile_text_everywhere_never_breaks_a_paper(
    kind: str, paper: str, fonts: Fonts, tmp_path: Path
) -> None:
    render, sample = RENDERERS[paper]
    printed = render(spoiled(sample(), HOSTILE[kind]), tmp_path / "x.pdf", fonts=fonts)
    assert printed.pages >= 1
    assert printed.path.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("paper", RENDERERS)
def test_markup_is_printed_as_it_was_typed(
    paper: str, fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    render, sample = RENDERERS[paper]
    text = read_text(render(spoiled(sample(), "<b>&样[/red]"), tmp_path / "x.pdf", fonts=fonts).path)
    assert "<b>&样[/red]" in text


def test_a_name_of_two_hundred_characters_is_printed_whole(
    fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    name = "".join(chr(0x4E00 + n) for n in range(200))
    form = replace(specimen.receipt_form(), applicant_name=name)
    printed = receipt.render(form, tmp_path / "x.pdf", fonts=fonts)
    text = read_text(printed.path)
    assert [character for character in name if character not in text] == []


def test_a_note_longer_than_a_page_is_not_cut(fonts: Fonts, tmp_path: Path, read_text: ReadText) -> None:
    form = specimen.correction_form()
    long = "".join(f"第{n}处错误，" for n in range(900))
    form = replace(form, defects=(replace(form.defects[0], problem=long),))
    printed = correction.render(form, tmp_path / "x.pdf", fonts=fonts)
    text = read_text(printed.path)
    assert printed.pages > 2
    assert [n for n in range(900) if str(n) not in text] == []


def test_a_character_no_font_has_is_boxed_and_reported(
    fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    form = replace(specimen.receipt_form(), applicant_name="赵𠮷👩", agent="钱㵧")
    printed = receipt.render(form, tmp_path / "x.pdf", fonts=fonts)
    text = read_text(printed.path)
    assert set(printed.missing) == {"𠮷", "👩", "㵧"}
    assert f"赵{BOX}{BOX}" in text
    assert "U+20BB7" in text


def test_unreadable_bytes_leave_a_visible_gap(fonts: Fonts) -> None:
    ink = Ink(fonts)
    assert ink.plain("赵\ufffd\ud800") == f"赵{BOX}{BOX}"
    assert list(ink.missing) == ["\ufffd", "\ud800"]


def test_a_whole_identity_number_is_masked_even_when_the_caller_forgot(
    fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    form = replace(specimen.receipt_form(), id_masked="440304195001019971", agent="钱样本 440304198001019982")
    text = read_text(receipt.render(form, tmp_path / "x.pdf", fonts=fonts).path)
    assert "440304********9971" in text
    assert "440304********9982" in text
    assert "19500101" not in text


@pytest.mark.parametrize(
    "other", ["FT-03-20261120-0042", "1043827650123", "91440300MA5EXAMPLE", "440304********997X"]
)
def test_other_numbers_are_left_as_they_are(other: str) -> None:
    assert masked(other) == other


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ink_shows_only_what_a_font_has(fonts: Fonts, text: str) -> None:
    ink = Ink(fonts)
    chain = fonts.chain(fonts.body)
    for character in ink.plain(text):
        assert any(covers(font, character) for font in chain)
    assert "\x00" not in ink.markup(text, fonts.body)


@given(st.text("赵样本a1，。（《》）", min_size=2, max_size=40), st.data())
@settings(max_examples=200, deadline=None)
def test_a_line_always_takes_something_and_parts_where_it_may(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    overflow = data.draw(st.integers(start, len(text) - 1))
    end = break_before(text, start, overflow)
    assert start < end <= max(overflow, start + 1)
    if end < overflow:
        assert text[end] not in NEVER_FIRST
        assert text[end - 1] not in NEVER_LAST


def test_no_line_begins_with_a_comma() -> None:
    text = "甲乙丙丁戊己，庚辛"
    assert break_before(text, 0, 6) == 5
    assert break_before("甲乙丙丁（戊己", 0, 5) == 4
    assert break_before("甲乙丙FT-03-2026", 0, 6) == 6 - 3


def test_a_missing_font_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(FontMissing) as caught:
        find_fonts(search=(tmp_path,))
    assert caught.value.code == "P101"
    assert HEADING[1] in str(describe(caught.value))
    with pytest.raises(FontMissing) as caught:
        find_fonts(body=tmp_path / "none.ttf")
    assert BODY[1] in str(describe(caught.value))


def test_a_font_set_by_hand_is_used(fonts: Fonts) -> None:
    body = next(Path("/usr/share/fonts").rglob(BODY[0]))
    heading = next(Path("/usr/share/fonts").rglob(HEADING[0]))
    swapped = find_fonts(heading=body, body=heading, extras=(body,))
    assert (swapped.heading, swapped.body) == (fonts.body, fonts.heading)
    assert swapped.chain(swapped.body) == (fonts.heading, fonts.body)


def test_a_broken_font_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font at all")
    with pytest.raises(FontUnusable):
        find_fonts(heading=broken)


@pytest.mark.skipif(not CFF.exists(), reason="no CFF font on this machine")
def test_a_font_with_cff_outlines_is_refused() -> None:
    with pytest.raises(FontUnusable) as caught:
        find_fonts(heading=CFF)
    assert caught.value.code == "P102"


def test_a_failed_write_leaves_the_old_paper_and_no_rubbish(
    fonts: Fonts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "r.pdf"
    receipt.render(specimen.receipt_form(), target, fonts=fonts)
    before = target.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workstation.printing.layout.os.fsync", full)
    with pytest.raises(PaperNotSaved) as caught:
        receipt.render(specimen.provisional_receipt_form(), target, fonts=fonts)
    assert caught.value.code == "P103"
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["r.pdf"]


def test_a_paper_is_readable_by_its_owner_only(fonts: Fonts, tmp_path: Path) -> None:
    printed = receipt.render(specimen.receipt_form(), tmp_path / "new" / "r.pdf", fonts=fonts)
    assert printed.path.stat().st_mode & 0o077 == 0


def test_a_folder_that_is_a_file_is_reported(fonts: Fonts, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PaperNotSaved):
        receipt.render(specimen.receipt_form(), tmp_path / "file" / "r.pdf", fonts=fonts)
