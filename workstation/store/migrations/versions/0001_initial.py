"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bags",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bags")),
    )
    op.create_index(op.f("ix_bags_state"), "bags", ["state"], unique=False)
    op.create_table(
        "bundles",
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.Text(), nullable=False),
        sa.Column("legal_due_at", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.Text(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_state"), "bundles", ["state"], unique=False)
    op.create_index(op.f("ix_bundles_subject"), "bundles", ["subject"], unique=False)
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("applicant_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("flags", sa.String(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.Column("home_street", sa.String(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("last_tick", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(op.f("ix_cases_last_tick"), "cases", ["last_tick"], unique=False)
    op.create_index(op.f("ix_cases_opened_on"), "cases", ["opened_on"], unique=False)
    op.create_index(op.f("ix_cases_state"), "cases", ["state"], unique=False)
    op.create_table(
        "changes",
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_cursor"), "changes", ["cursor"], unique=False)
    op.create_index(op.f("ix_changes_subject"), "changes", ["subject"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "materials",
        sa.Column("archive_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("archive_id", name=op.f("pk_materials")),
    )
    op.create_index(op.f("ix_materials_person"), "materials", ["person"], unique=False)
    op.create_table(
        "page_uses",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "holder", "holder_id", name=op.f("pk_page_uses")),
    )
    op.create_index(op.f("ix_page_uses_holder_id"), "page_uses", ["holder_id"], unique=False)
    op.create_table(
        "settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "attempts",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.bundle_id"], name=op.f("fk_attempts_bundle_id_bundles")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_bundle_id"), "attempts", ["bundle_id"], unique=False)
    op.create_table(
        "bundle_documents",
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.bundle_id"], name=op.f("fk_bundle_documents_bundle_id_bundles")
        ),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_bundle_documents")),
    )
    op.create_table(
        "entries",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tick", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_entries_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_entries")),
        sa.UniqueConstraint("tick", name=op.f("uq_entries_tick")),
    )
