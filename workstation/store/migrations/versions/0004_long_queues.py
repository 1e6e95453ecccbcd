"""What keeps long queues quick: the lines by their clocks, and how each open case stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_bundles_clock",
        "bundles",
        ["legal_due_at", "sealed_at", "version"],
        sqlite_where=sa.text("state != 'DELIVERED'"),
    )
    op.create_index(
        "ix_bundles_done", "bundles", ["delivered_at"], sqlite_where=sa.text("state = 'DELIVERED'")
    )
    op.create_index(op.f("ix_cases_changed_at"), "cases", ["changed_at"], unique=False)
    op.create_index(op.f("ix_cases_received_at"), "cases", ["received_at"], unique=False)
    op.create_table(
        "standings",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("tick", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("runs", sa.Boolean(), nullable=False),
        sa.Column("yellow_on", sa.Date(), nullable=True),
        sa.Column("red_on", sa.Date(), nullable=True),
        sa.Column("is_grey", sa.Boolean(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_standings_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_standings")),
    )
    op.create_index(op.f("ix_standings_tick"), "standings", ["tick"], unique=False)
    op.create_index(op.f("ix_standings_answer_by"), "standings", ["answer_by"], unique=False)
