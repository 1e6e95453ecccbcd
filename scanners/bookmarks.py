"""How far a file with several pages was taken when a scan ended early: no page twice, none left out."""

from __future__ import annotations

import logging
from pathlib import Path

from scanners.arrivals import Arrival

log = logging.getLogger(__name__)

PREFIX = ".bookmark-"
"""Hidden, so no program takes it for a page."""


def read(arrival: Arrival) -> int:
    """Return how many pages of the file are safe already."""
    try:
        return max(0, int(_place(arrival).read_text("ascii")))
    except (OSError, ValueError):
        return 0


def write(arrival: Arrival, pages: int) -> None:
    """Note that so many pages are safe; without the note they come again, so failing is only logged."""
    place = _place(arrival)
    fresh = place.with_name(f"{place.name}.part")
    try:
        fresh.write_text(str(pages), "ascii")
        fresh.replace(place)
    except OSError as error:
        log.warning("event=bookmark_not_written errno=%s", error.errno)


def clear(arrival: Arrival) -> None:
    """Forget the file."""
    _place(arrival).unlink(missing_ok=True)


def sweep(folder: Path, present: tuple[Arrival, ...]) -> None:
    """Drop the notes on files that are no longer there."""
    known = {_place(arrival).name for arrival in present}
    for place in folder.glob(f"{PREFIX}*"):
        if place.name not in known:
            place.unlink(missing_ok=True)


def _place(arrival: Arrival) -> Path:
    return arrival.path.parent / f"{PREFIX}{arrival.inode:x}-{arrival.size:x}-{arrival.written_ns:x}"
