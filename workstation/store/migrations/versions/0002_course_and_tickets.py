"""What the clocks of a case need beside its line, queue numbers and bookings.

It also marks the log: payloads of this revision (agents, commitments, special procedures and others) are
unknown to an older program, which must refuse the folder instead of taking them for damage.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("course", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "tickets",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_day"), "tickets", ["day"], unique=False)
    op.create_index(op.f("ix_tickets_booking"), "tickets", ["booking"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bookings")),
    )
    op.create_index(op.f("ix_bookings_day"), "bookings", ["day"], unique=False)
