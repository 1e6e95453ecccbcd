"""What looks at pages here: the darkroom, the reading room, what tells documents and sheets apart."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    from ocr.port import Reading
    from ocr.reading_room import ReadingRoom
    from scanners.imaging.darkroom import Darkroom
    from workstation.services.page_faults import Recogniser
    from workstation.services.prefill import Reader

log = logging.getLogger(__name__)


def warm(darkroom: Darkroom, reading_room: ReadingRoom) -> None:
    """Start the processes that touch pixels and that read; where one cannot be had, the first page says so.

    One after the other: a page is looked at before it is read.
    """
    from ocr.errors import OcrError
    from scanners.errors import ScannerError

    try:
        darkroom.warm()
    except ScannerError as error:
        log.warning("event=darkroom_cold reason=%s", error.code)
    try:
        reading_room.warm()
    except OcrError as error:
        log.warning("event=reading_room_cold reason=%s", error.code)


def reader(reading_room: ReadingRoom | None) -> Reader:
    """Return what reads pages; without a reading room no document is known."""
    from ocr.errors import UnknownDocument
    from workstation.domain.clock import local_date, now

    def read(picture: Image.Image, kind: str) -> Reading:
        if reading_room is None:
            raise UnknownDocument(kind)
        return reading_room.read(picture, kind, today=local_date(now()))

    return read


def recogniser(reading_room: ReadingRoom | None) -> Recogniser | None:
    """Return what tells documents apart by their words; nothing does without a reading room."""
    from ocr.kinds import clash
    from workstation.services.page_faults import Recogniser

    return None if reading_room is None else Recogniser(reading_room.kind_of, clash)


def alike(one: str, other: str) -> bool:
    """Return whether two fingerprints may be of one sheet."""
    from scanners.imaging import fingerprint

    return fingerprint.alike(one, other)
