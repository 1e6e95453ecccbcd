"""What a finished paper is, without what it takes to make one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A finished paper on disk."""

    path: Path
    pages: int
    sha256: str
    """Lower-case hex of the file's bytes."""
    missing: tuple[str, ...] = ()
    """Characters that no font has, each printed as a box: tell the clerk (code P105)."""
