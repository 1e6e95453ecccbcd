"""What was read on a page, as the invisible text of its document."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.case import Case, FieldValue, Page
from workstation.domain.facts import Box, Treatment
from workstation.domain.geometry import box_on_page
from workstation.printing.scanned import ReadText

MM_PER_INCH = 25.4


def texts_on(case: Case, page: Page, treatment: Treatment) -> Iterator[ReadText]:
    """Yield what was read on the page, where it stands on the page cut by `treatment`.

    Where a clerk confirmed a form value against the same place, that is what the place says.
    """
    for box, text in _by_place(case, page).items():
        x, y, width, height = box_on_page(treatment, box)
        if width and height:
            scale = MM_PER_INCH / page.resolution_dpi
            yield ReadText(text, x * scale, y * scale, width * scale, height * scale)


def _by_place(case: Case, page: Page) -> dict[Box, str]:
    here = {
        name: value
        for name, value in case.fields.items()
        if value.page_id == page.page_id and value.box is not None and value.value.strip()
    }
    readings = {name: value for name, value in here.items() if "." in name}
    confirmed = {name: value for name, value in here.items() if name not in readings and value.confirmed_by}
    return {**_texts(readings), **_texts(confirmed)}


def _texts(values: dict[str, FieldValue]) -> dict[Box, str]:
    return {value.box: value.value for value in values.values() if value.box is not None}
