"""Foreign text in terminal cells: nothing in it moves the cursor, and it fits where it is put.

Imported with the first frame, so it knows nothing of the domain.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size


def printable(text: str) -> str:
    """Return text without characters that would move the cursor or hide others (Cc, Cf, Cs, Zl, Zp)."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)


def fit(text: str, cells: int) -> str:
    """Return text cut or padded to exactly `cells` cells; a cut one ends in an ellipsis."""
    clean = printable(text)
    if cell_len(clean) > cells:
        clean = set_cell_size(clean, max(0, cells - 1)) + "…"
    return set_cell_size(clean, cells)
