"""Cover sheets as they come out of the printer: their codes name the case and the line, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image

from tests.services.conftest import Window
from workstation.domain.covers import Cover, read_cover
from workstation.printing.forms import CoverSheetsForm
from workstation.printing.layout import PrintedFile
from workstation.printing.rendering import render_form
from workstation.services.cover_papers import CoverPapers, cover_lines


def covers_form(window: Window, case_id: str, folder: Path) -> CoverSheetsForm:
    kept: list[object] = []
    desk, papers = window.desk, window.desk.papers

    def keep(form: object, path: Path) -> PrintedFile:
        kept.append(form)
        return render_form(form, path)

    made = CoverPapers(
        papers.store, papers.catalogue, papers.profile, desk.clock, desk.calendar, folder, keep
    ).covers(case_id)
    assert made is not None and made.pages == 1 + len(kept[0].lines)  # type: ignore[attr-defined]
    assert isinstance(kept[0], CoverSheetsForm)
    return kept[0]


@pytest.mark.parametrize(("dpi", "turn"), [(200, 0.0), (150, 4.0), (300, 183.0)])
def test_a_printed_cover_is_read_askew_and_upside_down(
    window: Window, tmp_path: Path, dpi: int, turn: float
) -> None:
    case = window.open()
    form = covers_form(window, case.case_id, tmp_path)
    pdf = pdfium.PdfDocument(tmp_path / f"{case.number}-C.pdf")
    item = window.desk.catalogue.item_of(case)
    for number, line in enumerate(form.lines, start=1):
        sheet = pdf[number].render(scale=dpi / 72).to_pil().convert("L")
        scan = sheet.rotate(turn, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
        read = [read_cover(code.text) for code in zxingcpp.read_barcodes(np.asarray(scan))]
        found = {cover for cover in read if cover is not None}
        assert [cover.slot(item) for cover in found] == [cover_lines(case, item)[number - 1].material.id]
        assert line.code == found.pop().text


def test_covers_are_made_for_what_is_still_to_be_scanned(window: Window, tmp_path: Path) -> None:
    case = window.named(window.open())
    before = covers_form(window, case.case_id, tmp_path)
    window.scan(case, "id-card", 2)
    after = covers_form(window, case.case_id, tmp_path)
    assert len(after.lines) == len(before.lines) - 1
    assert "居民身份证" not in {line.title for line in after.lines}
    assert all(case.number in line.code for line in after.lines)


def test_a_sealed_case_needs_no_covers(window: Window) -> None:
    case = window.received()
    assert window.desk.papers.covers(case.case_id) is None


def test_a_cover_of_another_list_names_no_line(window: Window) -> None:
    item = window.desk.catalogue.item_of(window.open())
    assert Cover("W001-20261103-001", 99).slot(item) == "" == Cover("W001-20261103-001", 0).slot(item)
