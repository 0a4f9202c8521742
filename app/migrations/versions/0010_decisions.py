"""Decisions, and which one a proposal and a version belong to.

Revision: 0010; follows 0009.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("issuer", sa.String(length=20), nullable=False),
        sa.Column("bases", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("annex", sa.JSON(), nullable=True),
        sa.Column("annex_hash", sa.String(length=64), nullable=True),
        sa.Column("annex_file", sa.String(length=64), nullable=True),
        sa.Column("text_file", sa.String(length=64), nullable=True),
        sa.Column("report", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("symbol", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signatory", sa.String(length=200), nullable=True),
        sa.Column("signed_file", sa.String(length=64), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("made_post", sa.Uuid(), nullable=False),
        sa.Column("made_at", app.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_post"], ["post.id"], name=op.f("fk_decision_made_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("number", name=op.f("uq_decision_number")),
    )
    op.create_index(op.f("ix_decision_step"), "decision", ["step"])
    op.create_index(op.f("ix_decision_entry_id"), "decision", ["entry_id"])
    for table in ("proposal", "version"):
        op.add_column(table, sa.Column("decision_id", sa.Uuid(), nullable=True))
        op.create_index(op.f(f"ix_{table}_decision_id"), table, ["decision_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("version", "proposal"):
        op.drop_index(op.f(f"ix_{table}_decision_id"), table_name=table)
        op.drop_column(table, "decision_id")
    op.drop_table("decision")
