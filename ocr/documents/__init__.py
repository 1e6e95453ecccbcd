"""The registry of document kinds: which module knows what."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

from PIL import Image

from ocr import calibration, imaging
from ocr.documents import (
    birth_certificate,
    business_licence,
    consistency,
    disability_certificate,
    household_register_page,
    id_card_back,
    id_card_front,
    marriage_certificate,
    passport,
    property_certificate,
    residence_permit_back,
    residence_permit_front,
    social_security_card,
)
from ocr.documents.form import Filled, Form
from ocr.errors import UnknownDocument
from ocr.port import Engine, FieldReading, LineEngine, Reading


class Kind(Protocol):
    """What a module of one kind of document has."""

    @property
    def KIND(self) -> str:
        """The name of the kind."""
        ...

    @property
    def FIELDS(self) -> tuple[str, ...]:
        """The names of its fields, in the order of the document."""
        ...

    @property
    def FORM(self) -> Form:
        """Where what is printed on it."""
        ...

    def interpret(self, blanks: Filled, today: date, /) -> dict[str, FieldReading]:
        """Return the fields, all of `FIELDS`, from what is written in the blanks of `FORM`."""
        ...


_MODULES: tuple[Kind, ...] = (
    id_card_front,
    id_card_back,
    household_register_page,
    marriage_certificate,
    birth_certificate,
    business_licence,
    disability_certificate,
    passport,
    social_security_card,
    residence_permit_front,
    residence_permit_back,
    property_certificate,
)
READERS: Mapping[str, Kind] = {module.KIND: module for module in _MODULES}
KINDS: Mapping[str, tuple[str, ...]] = {module.KIND: module.FIELDS for module in _MODULES}
"""The kinds that can be read, with the fields of each in the order of the document."""


def read(engine: Engine, image: Image.Image, kind: str, *, today: date | None = None) -> Reading:
    """Read `image` (RGB or L, see `ocr.imaging.open_image`) as a document of `kind`.

    Every field of the kind is in the result; one that could not be read is empty with confidence 0.

    Args:
        engine: the recogniser.
        image: a scan or photo; the document may lie anywhere on it, any way round.
        kind: one of `KINDS`.
        today: for the plausibility of dates; the clock's date in UTC when absent.

    Raises:
        UnknownDocument: there is no reader for `kind`.
        OcrError: from the engine.
    """
    module = READERS.get(kind)
    if module is None:
        raise UnknownDocument(kind)
    # Here, because it loads numpy and OpenCV, and those who only ask for `KINDS` are spared them.
    from ocr.documents.measures import quality
    from ocr.documents.reader import fill

    started = time.monotonic()
    small = imaging.reduced(image)
    fine, step = imaging.fine_enough(image)
    filling = fill(engine, fine, small, module.FORM)
    day = today or datetime.now(UTC).date()
    read = consistency.checked_together(kind, module.interpret(filling.blanks, day), day)
    fields = calibration.calibrated(read, by_lines=isinstance(engine, LineEngine))
    return Reading(
        document=kind,
        engine=engine.name,
        elapsed_ms=round((time.monotonic() - started) * 1000),
        fields={name: _enlarged(fields[name], step) for name in module.FIELDS},
        quality=quality(image.size, small, filling.skew_deg),
        reason=filling.reason,
    )


def _enlarged(field: FieldReading, step: int) -> FieldReading:
    """Return a field with its place on the picture as it came, which was read so many times smaller."""
    if field.box is None or step == 1:
        return field
    left, top, width, height = (side * step for side in field.box)
    return replace(field, box=(left, top, width, height))
