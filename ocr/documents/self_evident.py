"""Numbers that say themselves what they are: their check digit holds, and one blank alone waits for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocr.documents.anchors import Part
from ocr.documents.form import Form, Written
from ocr.documents.reading import Page
from ocr.knowledge import identity, uscc

_LEAST = 18
"""Characters of numbers that no other line of a paper comes near."""


def numbers_without_label(
    form: Form, written: Mapping[str, Written], page: Page, parts: Sequence[Part]
) -> dict[str, Written]:
    """Return the value of the one blank for a number that is empty, from the one line that holds one.

    Its label may be under a seal or a watermark; of two lines, or two empty blanks, none is told.
    """
    waiting = [
        name for name, blank in form.blanks.items() if blank.length >= _LEAST and not written[name].text
    ]
    taken = {value.text for value in written.values()}
    if len(waiting) != 1:
        return {}
    length = form.blanks[waiting[0]].length
    found = [part for part in parts if part.text not in taken and _holds(part.text, length)]
    if len({part.text for part in found}) != 1:
        return {}
    part = found[0]
    return {waiting[0]: Written(part.text, part.sure, page.box_of([part.piece]), (part.text,))}


def _holds(text: str, length: int) -> bool:
    is_number = len(text) == length and text.isascii()
    return is_number and (identity.check_digit_holds(text[:_LEAST]) or uscc.holds(text))
