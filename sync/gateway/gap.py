"""Numbers of an office that came back from a backup: it forgot some that it gave, and must not repeat them.

A window that sends a bundle again with the receipt of this very office proves what was forgotten: the office
gave that receipt, and does not hold the bundle. From then on every number (prefixes of windows, papers) goes
on behind a gap that is wider than what a backup can have missed. Receipts of before the last gap prove
nothing new, so there is one gap a restore. Its width is drawn: who restores the same backup twice has
forgotten the first gap as well, and should not find the same numbers behind the second.
"""

from __future__ import annotations

from datetime import datetime
from secrets import randbelow

from sync.gateway.database import NUMBERS_BEGIN, Rows

SEEN = "restored"
"""Counter that holds the microsecond up to which everything forgotten lies within a gap."""
GAP = 1000
"""More windows than an office enrols, and more papers of a kind for one window, between two backups."""
MOST_GAPS = 900
"""The gap is 1 to so many times as wide, which leaves six digits enough."""


def leave_gap(rows: Rows, proven: datetime, now: datetime) -> bool:
    """Leave a gap in all numbers unless one has been left since `proven`; inside the caller's transaction.

    Args:
        rows: where the counters are.
        proven: when the office gave a receipt it no longer knows of.
        now: the time.

    Returns:
        Whether this call left it.
    """
    for name in (SEEN, NUMBERS_BEGIN):
        rows.execute("INSERT INTO counter (name, value) VALUES (?, 0) ON CONFLICT DO NOTHING", (name,))
    marked = rows.execute(
        "UPDATE counter SET value = ? WHERE name = ? AND value < ?", (_micro(now), SEEN, _micro(proven))
    )
    if marked.rowcount == 1:
        rows.execute(
            "UPDATE counter SET value = value + ? WHERE name <> ?", (GAP * (1 + randbelow(MOST_GAPS)), SEEN)
        )
    return marked.rowcount == 1


def _micro(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
