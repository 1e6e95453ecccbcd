"""An entry of the audit chain names the algorithm of its hash; those there are were hashed with SHA-256."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_entries", sa.Column("hashing", sa.String(), nullable=False, server_default=""))
