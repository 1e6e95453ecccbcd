"""The items and matters of a pack's folder, signed or not: what a supervisor compares and prints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workstation.catalogue.errors import PackInvalid, PackUnreadable
from workstation.catalogue.reading import read_items, read_matters
from workstation.catalogue.signing import content_files
from workstation.domain.items import Item, Matter


@dataclass(frozen=True, slots=True)
class Contents:
    """Items in the order of their files, and matters."""

    items: tuple[Item, ...]
    matters: tuple[Matter, ...]


def read_contents(folder: Path) -> Contents:
    """Read a pack's folder without asking who signed it; nobody may take cases under what this returns.

    Raises:
        PackUnreadable: a file is missing.
        PackInvalid: an item or a matter breaks the schema.
    """
    try:
        paths = content_files(folder)
        files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise PackUnreadable(path=folder.name) from error
    items, faults = read_items(files)
    matters, more = read_matters(files)
    if faults or more:
        raise PackInvalid((*faults, *more))
    return Contents(items, matters)
