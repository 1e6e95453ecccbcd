"""No table changes: from now on logs may hold `Reopened`, and lines of the queue the state REPLACED."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing; an older program must refuse what it would take for damage."""
