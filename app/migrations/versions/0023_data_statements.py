"""What owners say of how fresh their data are.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_statement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("entry_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("post_id", sa.Uuid(), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("recorded_seq", sa.Integer(), nullable=False),
    )
    op.create_index(
        "ix_data_statement_entry_id_seq", "data_statement", ["entry_id", "recorded_seq"]
    )


def downgrade() -> None:
    op.drop_table("data_statement")
