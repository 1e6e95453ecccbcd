"""Marks the log: pages are checked, cut, arranged and settled from this revision on.

Nothing in the tables changes; an older program does not know these entries and must refuse the folder
instead of taking them for damage.
"""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change: the revision itself is the mark."""
