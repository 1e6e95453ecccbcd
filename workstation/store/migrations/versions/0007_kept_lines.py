"""Lines of the back office's feed that only a newer program knows, and those that wait behind them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("is_kept", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_changes_kept", "changes", ["subject", "cursor"], sqlite_where=sa.text("is_kept"))
