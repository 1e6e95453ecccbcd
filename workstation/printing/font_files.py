"""Where the Chinese fonts lie that papers and watermarks are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workstation.printing.errors import FontMissing

SEARCH = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
)
"""Folders searched in this order, with all their sub-folders, when the settings name no file."""

HEADING = ("wqy-microhei.ttc", "fonts-wqy-microhei")
"""File name of the heading font and the Debian package that brings it."""
BODY = ("uming.ttc", "fonts-arphic-uming")
"""File name of the body font (first face: mainland forms) and its Debian package."""


def located(setting: Path | None, wanted: tuple[str, str], search: Sequence[Path] = SEARCH) -> Path:
    """Return a font's file: the one of the settings, else the first of its name in the folders.

    Raises:
        FontMissing: it is not there; `details` name the Debian package to install.
    """
    name, package = wanted
    if setting is not None:
        if setting.is_file():
            return setting
        raise FontMissing(font=setting, package=package)
    for folder in search:
        for found in sorted(folder.expanduser().rglob(name)):
            return found
    raise FontMissing(font=name, package=package)
