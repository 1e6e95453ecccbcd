"""The registry of document kinds: which module reads what."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from PIL import Image

from ocr import imaging
from ocr.documents import id_card_back, id_card_front
from ocr.errors import UnknownDocument
from ocr.port import Engine, FieldReading, Reading

FieldReader = Callable[[Engine, Image.Image, date], tuple[dict[str, FieldReading], float]]

READERS: Mapping[str, FieldReader] = {
    id_card_front.KIND: id_card_front.read_fields,
    id_card_back.KIND: id_card_back.read_fields,
}
KINDS: Mapping[str, tuple[str, ...]] = {
    id_card_front.KIND: id_card_front.FIELDS,
    id_card_back.KIND: id_card_back.FIELDS,
}
"""The kinds that can be read, with the fields of each in the order of the document."""


def read(engine: Engine, image: Image.Image, kind: str, *, today: date | None = None) -> Reading:
    """Read `image` (RGB or L, see `ocr.imaging.open_image`) as a document of `kind`.

    Every field of the kind is in the result; one that could not be read is empty with confidence 0.

    Args:
        engine: the recogniser.
        image: a scan; the document may lie anywhere on the glass.
        kind: one of `KINDS`.
        today: for the plausibility of dates; the clock's date in UTC when absent.

    Raises:
        UnknownDocument: there is no reader for `kind`.
        OcrError: from the engine.
    """
    reader = READERS.get(kind)
    if reader is None:
        raise UnknownDocument(kind)
    started = time.monotonic()
    fields, skew_deg = reader(engine, image, today or datetime.now(UTC).date())
    return Reading(
        document=kind,
        engine=engine.name,
        elapsed_ms=round((time.monotonic() - started) * 1000),
        fields=fields,
        quality=imaging.quality(image, skew_deg),
    )
